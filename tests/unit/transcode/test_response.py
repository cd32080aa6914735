from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import pytest

from searchway.contract.catalog import load
from searchway.contract.records import Field, Shape
from searchway.contract.selection import Selected, Selection
from searchway.errors import MalformedAnswerError
from searchway.transcode.answer import Answer, Page
from searchway.transcode.response import Dialect, reader

RULES = {"feature_type": "workload_group"}


def read(
    name: str,
    body: bytes,
    selection: Selection | None = None,
    *,
    dialect: Dialect = Dialect.GRAPH,
    keys: Mapping[str, str] = RULES,
    **more: Any,
) -> dict[str, Any]:
    found = reader(load().operation(name), selection, dialect).read(Answer(bodies=(body,), keys=keys, **more))
    printed: dict[str, Any] = found if dialect is Dialect.PROTO else orjson.loads(orjson.dumps(found))
    return printed


def field(shape: Shape, name: str) -> Field:
    return shape.by_name[name]


def select(shape: Shape, *names: str | tuple[str, Sequence[Any]]) -> Selection:
    """Select fields by name; a pair is a message and what is selected of it."""
    chosen = []
    for name in names:
        own, inner = name if isinstance(name, tuple) else (name, None)
        below = shape.by_name[own].shape
        chosen.append(Selected(shape.by_name[own], own, select(below, *inner) if below and inner is not None else None))
    return Selection(tuple(chosen))


def given(values: Any) -> Any:
    """Leave out what is absent."""
    if isinstance(values, dict):
        return {key: given(value) for key, value in values.items() if value not in (None, [])}
    return [given(value) for value in values] if isinstance(values, list) else values


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        (
            "cat.ListAllocation",
            b'[{"shards":"4","disk.used":"9","disk.percent":"70","node":"n"},{"shards":"1","disk.used":null,"node":"UNASSIGNED"}]',
            {"allocation": [{"shards": 4, "disk_used": 9, "disk_percent": 70.0, "node": "n"}, {"shards": 1, "node": "UNASSIGNED"}]},
        ),
        ("cat.ListAllocation", b" []", {}),
        (
            "security.BulkPutRole",
            b'{"created":["a"],"errors":{"count":1,"details":{"b":{"type":"t","reason":"r","caused_by":{"type":"c"},"x":1E2}}}}',
            {
                "created": ["a"],
                "error_count": 1,
                "errors": [{"name": "b", "cause": {"type": "t", "reason": "r", "caused_by": {"type": "c"}, "extra": {"x": 100.0}}}],
            },
        ),
        (
            "rules.GetRule",
            b'{"rules":[{"_id":"i","description":"d","index_pattern":["a"],"workload_group":"g","level":3}]}',
            {
                "rule": {
                    "rule_id": "i",
                    "feature_type": "workload_group",
                    "description": "d",
                    "feature_value": "g",
                    "attributes": [{"key": "index_pattern", "values": ["a"]}],
                    "extra": {"level": 3},
                }
            },
        ),
        (
            "ism.ExplainIndices",
            b'{"a.b":{"index.opendistro.index_state_management.policy_id":"p","index":"a.b","enabled":true},"total_managed_indices":1}',
            {"indices": [{"index": "a.b", "policy_id": "p", "enabled": True}], "total_managed_indices": 1},
        ),
        (
            "ism.CreatePolicy",
            b'{"_id":"p","_seq_no":9223372036854775807,"policy":{"policy":{"states":[{"name":"a","actions":[{"delete":{}},{"x":{}}]}]}}}',
            {
                "policy": {
                    "policy_id": "p",
                    "seq_no": 2**63 - 1,
                    "definition": {"states": [{"name": "a", "actions": [{"delete": {}}, {"extra": {"x": {}}}]}]},
                }
            },
        ),
        ("fleet.MultiSearch", b'{"responses":[{"hits":{"total":5},"status":200}]}', {"items": [{"hits": {"total": {"value": 5}}, "status": 200}]}),
        (
            "fleet.MultiSearch",
            b'{"docs":[{"hits":{"total":{"value":5,"relation":"gte"}},"status":200}]}',
            {"items": [{"hits": {"total": {"value": 5, "relation": "gte"}}, "status": 200}]},
        ),
        ("security.PutRole", b'{"role":{"created":true}}', {"created": True, "role": {}}),
        ("rules.UpdateRule", b'{"id":"i"}', {"rule": {"rule_id": "i", "feature_type": "workload_group"}}),
    ],
)  # fmt: skip
def test_answer_is_read_by_the_roles_of_the_fields(name: str, body: bytes, expected: dict[str, Any]) -> None:
    assert given(read(name, body, dialect=Dialect.JSON)) == expected


ADDED = b'{"updated_indices":0,"failures":false}'
STORED = b'{"_id":"i"}'
SMALLEST = {
    "cat.ListAllocation": b"[]",
    "enrich.ExecutePolicy": b'{"status":{"phase":"COMPLETE"}}',
    "enrich.WatchPolicyExecution": b'{"finished":true,"joined":false}',
    "fleet.StreamHits": b'{"hit":{"_index":"i"}}',
    "indices.CreateIndex": b'{"acknowledged":true,"shards_acknowledged":true,"index":"i"}',
    "indices.ModifyDataStream": b'{"acknowledged":true}',
    "indices.ShrinkIndex": b'{"acknowledged":true,"shards_acknowledged":true,"index":"i"}',
    "ism.AddPolicy": ADDED,
    "ism.ChangePolicy": ADDED,
    "ism.CreatePolicy": STORED,
    "ism.DeletePolicy": STORED,
    "ism.GetPolicy": STORED,
    "ism.RemovePolicy": ADDED,
    "ism.RetryIndex": ADDED,
    "ism.UpdatePolicy": STORED,
    "ml.FlushJob": b'{"flushed":true}',
    "rules.CreateRule": b'{"_id":"i"}',
    "rules.DeleteRule": b'{"acknowledged":true}',
    "rules.StreamRules": b'{"rule":{"id":"i"}}',
    "rules.UpdateRule": b'{"_id":"i"}',
    "security.BulkPutRole": b'{"created":["r"]}',
    "security.PutRole": b'{"role":{"created":true}}',
    "tasks.GetTask": b'{"completed":true}',
}
"""The smallest answers of operations whose answers have members that are always there."""


@pytest.mark.parametrize("name", sorted(load().operations))
def test_smallest_answer_gives_every_field_for_every_dialect(name: str) -> None:
    operation = load().operation(name)
    for dialect in Dialect:
        found = read(name, SMALLEST.get(name, b"{}"), dialect=dialect)
        assert set(found) == set(operation.response.by_name)
        if dialect is Dialect.PROTO:
            assert isinstance(operation.response.cls(**found), operation.response.cls)


@pytest.mark.parametrize("name", sorted(load().operations))
@pytest.mark.parametrize(
    "body", [b"", b" ", b"null", b"1", b'"OK"', b"<html></html>", b"[]", b"{}", b'{"a":1}', b'[{"a":1}]', b'{"a":']
)
def test_another_answer_is_no_success(name: str, body: bytes) -> None:
    reads = load().operation(name).read_only
    if (body == b"{}" and reads and name not in SMALLEST) or (body == b"[]" and name == "cat.ListAllocation"):
        return  # which it is: nothing was found
    open_ended = {"ism.ExplainIndices": b'{"a":1}', "tasks.ListTasks": b"", "cat.ListAllocation": b'[{"a":1}]'}
    if open_ended.get(name) == body:
        return  # its members have names of their own
    for dialect in Dialect:
        with pytest.raises(MalformedAnswerError):
            read(name, body, dialect=dialect)


SOURCE = b'{"b": 1E2,"a":0.10000000000000000555, "n":123456789012345678901234567890,"a":1}'


def test_free_json_comes_back_byte_for_byte() -> None:
    body = b'{"responses":[{"hits":{"hits":[{"_index":"i","_source":' + SOURCE + b'}]},"status":200}]}'
    operation = load().operation("fleet.MultiSearch")
    found = reader(operation, None, Dialect.PROTO).read(Answer(bodies=(body,)))
    message = operation.response.cls(**found)
    assert message.items[0].hits.hits[0].source.text == SOURCE.decode()
    graph = reader(operation, None, Dialect.GRAPH).read(Answer(bodies=(body,)))
    assert SOURCE in orjson.dumps(graph)


def test_selection_renames_repeats_and_adds_constants() -> None:
    operation = load().operation("cat.ListAllocation")
    rows = operation.items
    assert rows is not None
    assert rows.shape is not None
    node = rows.shape.by_name["node"]
    inner = Selection((Selected(node, "a"), Selected(node, "b")), constants=(("__typename", "Allocation", 1),))
    found = read(operation.name, b'[{"node":"n","shards":"1"}]', Selection((Selected(rows, "rows", inner),)))
    assert [list(row.items()) for row in found["rows"]] == [[("a", "n"), ("__typename", "Allocation"), ("b", "n")]]


def test_names_in_selections_cannot_become_code() -> None:
    operation = load().operation("security.PutRole")
    out = "x'}: __import__('os').abort() #"
    found = read(
        operation.name, b'{"role":{"created":true}}', Selection((Selected(field(operation.response, "created"), out),))
    )
    assert found == {out: True}


def test_unselected_parts_are_not_read() -> None:
    operation = load().operation("ism.GetPolicy")
    policy = operation.response.by_name["policy"]
    assert policy.shape is not None
    selection = Selection((Selected(policy, "policy", select(policy.shape, "policy_id")),))
    found = read(operation.name, b'{"_id":"p","policy":"not an object"}', selection)
    assert found == {"policy": {"policy_id": "p"}}


def test_page_is_cut_out_of_all_items_of_all_bodies() -> None:
    seen: list[int] = []

    def paginate(items: Sequence[Any]) -> Page:
        seen.append(len(items))
        return Page(window=slice(1, 3), cursor=str, has_next=True, total=4, next_token="t")

    bodies = (b'{"rules":[{"id":"1"},{"id":"2"}]}', b'{"rules":[{"id":"3"},{"id":"4"}]}')
    answer = Answer(bodies=bodies, keys=RULES, paginate=paginate)
    found = reader(load().operation("rules.ListRules"), None, Dialect.GRAPH).read(answer)
    assert [rule["rule_id"] for rule in found["rules"]] == ["2", "3"]
    assert found["next_page_token"] == "t"
    assert seen == [4]
    assert answer.page is not None


def test_local_fields_are_what_the_gateway_says() -> None:
    failure = {"code": "NOT_FOUND", "message": "m", "item": "i", "applied": "no", "cause": {"type": "t", "more": 1}}
    found = given(read("ism.AddPolicy", b'{"updated_indices":0,"failures":true}', local={"failures": [failure]}))
    assert found["failed"] is True
    assert found["failures"][0]["cause"] == {"type": "t", "extra": {"more": 1}}


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"<html>",
        b'{"policies":',
        b'"text"',
        b'{"policies":[5]}',
        b'{"policies":[{"_seq_no":"many"}]}',
        b"\xff",
        b"null",
    ],
)
def test_answer_of_another_shape_is_one_error(body: bytes) -> None:
    with pytest.raises(MalformedAnswerError, match="documented shape"):
        read("ism.ListPolicies", body)
