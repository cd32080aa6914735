from typing import Any

import orjson
import pytest

from searchway.contract.catalog import load
from searchway.contract.records import Engine
from searchway.errors import InvalidArgumentError
from searchway.transcode import inputs
from searchway.transcode.jsontext import JsonText
from searchway.transcode.request import encode
from searchway.wire import HttpRequest


def request(name: str, values: dict[str, Any], engine: Engine | None = None) -> HttpRequest:
    operation = load().operation(name)
    return encode(operation, inputs.build(operation.request, values), engine=engine)


@pytest.mark.parametrize(
    ("values", "target"),
    [
        ({}, "/_cat/allocation?format=json&bytes=b"),
        ({"node_ids": ["a/b", "c"]}, "/_cat/allocation/a%2Fb,c?format=json&bytes=b"),
        ({"columns": ["da", "disk.u*"]}, "/_cat/allocation?h=disk.used,disk.avail&format=json&bytes=b"),
        ({"sort": ["du:desc", "node"]}, "/_cat/allocation?s=du:desc,node&format=json&bytes=b"),
        (
            {"local": False, "master_timeout": "1m"},
            "/_cat/allocation?local=false&master_timeout=1m&format=json&bytes=b",
        ),
    ],
)
def test_table_asks_for_plain_numbers_under_canonical_columns(values: dict[str, Any], target: str) -> None:
    assert request("cat.ListAllocation", values).target == target


@pytest.mark.parametrize(
    ("index", "path"),
    [("logs", "/logs/_fleet/_fleet_msearch"), ("", "/_fleet/_fleet_msearch"), (None, "/_fleet/_fleet_msearch")],
)
def test_first_route_whose_variables_are_filled_is_taken(index: str | None, path: str) -> None:
    sent = request("fleet.MultiSearch", {"index": index, "searches": [{"body": {}}]})
    assert (sent.method, sent.path) == ("POST", path)


@pytest.mark.parametrize(
    ("engine", "prefix"),
    [(None, "_plugins"), (Engine.OPENSEARCH, "_plugins"), (Engine.OPENDISTRO, "_opendistro")],
)
def test_engine_decides_the_prefix(engine: Engine | None, prefix: str) -> None:
    assert request("ism.GetPolicy", {"policy_id": "p"}, engine).path == f"/{prefix}/_ism/policies/p"


def test_ndjson_has_a_line_for_each_header_and_body() -> None:
    body = JsonText('{"query":\r\n {"match_all": {}},\n"size": 1E2}')
    searches = [{"header": {"index": ["a"], "expand_wildcards": ["OPEN", "HIDDEN"]}, "body": body}, {"body": {}}]
    sent = request("fleet.MultiSearch", {"searches": searches})
    assert sent.content_type == "application/x-ndjson"
    assert sent.body is not None
    lines = sent.body.split(b"\n")
    assert [orjson.loads(line) for line in lines[:-1]] == [
        {"index": ["a"], "expand_wildcards": ["open", "hidden"]},
        {"query": {"match_all": {}}, "size": 100.0},
        {},
        {},
    ]
    assert b"1E2" in lines[1]
    assert lines[-1] == b""


@pytest.mark.parametrize(
    ("name", "values", "body"),
    [
        ("security.PutRole", {"name": "r", "role": {}}, b"{}"),
        ("ml.FlushJob", {"job_id": "j"}, b"{}"),
        ("ml.FlushJob", {"job_id": "j", "calc_interim": False, "start": "5"}, b'{"calc_interim":false,"start":"5"}'),
        (
            "security.BulkPutRole",
            {
                "refresh": "FALSE",
                "roles": [{"name": "a", "role": {"metadata": JsonText('{"v":1E2}')}}, {"name": "b", "role": {}}],
            },
            b'{"roles":{"a":{"metadata":{"v":1E2}},"b":{}}}',
        ),
        ("indices.ShrinkIndex", {"index": "a", "target": "b", "aliases": [{"name": "x"}]}, b'{"aliases":{"x":{}}}'),
        ("enrich.ExecutePolicy", {"name": "p"}, None),
        ("ism.RemovePolicy", {"indices": ["a"]}, None),
    ],
)
def test_body_is_what_the_roles_of_the_fields_say(name: str, values: dict[str, Any], body: bytes | None) -> None:
    assert request(name, values).body == body


def test_fields_beside_a_body_go_into_the_query() -> None:
    assert request("security.PutRole", {"name": "r", "refresh": "WAIT_FOR", "role": {}}).query == (
        ("refresh", "wait_for"),
    )
    values = {"policy_id": "p", "if_seq_no": 0, "if_primary_term": 1}
    policy = {"description": "d", "default_state": "a", "states": [{"name": "a"}], "last_updated_time": 5}
    sent = request("ism.UpdatePolicy", {**values, "policy": policy})
    assert sent.query == (("if_seq_no", "0"), ("if_primary_term", "1"))
    assert sent.body is not None
    assert "last_updated_time" not in orjson.loads(sent.body)["policy"]  # only the server sets it


def test_local_fields_are_never_sent() -> None:
    assert request("ism.ExplainIndices", {"indices": ["a"], "strict": True, "page_size": 1}).query == ()


@pytest.mark.parametrize(
    ("name", "values", "field", "problem"),
    [
        ("ism.GetPolicy", {"policy_id": ".."}, "policy_id", "which a path cannot hold"),
        ("ism.GetPolicy", {"policy_id": "."}, "policy_id", "which a path cannot hold"),
        ("ism.GetPolicy", {"policy_id": "a\nb"}, "policy_id", "control characters"),
        ("ism.GetPolicy", {"policy_id": "a" * 4097}, "policy_id", "'" + "a" * 60 + "…' has more than 4096 bytes"),
        ("ism.GetPolicy", {"policy_id": "_search"}, "policy_id", "'_search' looks like a word of the API"),
        ("indices.CreateIndex", {"index": "_settings"}, "index", "'_settings' must not begin with '_'"),
        (
            "ism.AddPolicy",
            {"indices": ["a", "_explain"], "policy_id": "p"},
            "indices[1]",
            "'_explain' looks like a word",
        ),
        ("ism.AddPolicy", {"indices": ["a,b"], "policy_id": "p"}, "indices[0]", "comma"),
        ("ism.AddPolicy", {"indices": ["a", ""], "policy_id": "p"}, "indices[1]", "empty"),
        ("ism.AddPolicy", {"indices": ["a", ".."], "policy_id": "p"}, "indices[1]", "which a path cannot hold"),
        ("cat.ListAllocation", {"columns": ["nosuch"]}, "columns", "unknown column"),
        ("cat.ListAllocation", {"sort": ["node:up"]}, "sort", ":asc or :desc"),
        ("cat.ListAllocation", {"sort": ["nod"]}, "sort", "did you mean node"),
        (
            "rules.ListRules",
            {"feature_type": "f", "filters": [{"key": "pretty", "values": ["a"]}]},
            "filters[0].key",
            "reserved",
        ),
        (
            "rules.ListRules",
            {"feature_type": "f", "filters": [{"key": "search_after", "values": ["a"]}]},
            "filters[0].key",
            "reserved",
        ),
        (
            "rules.ListRules",
            {"feature_type": "f", "filters": [{"key": "a", "values": ["b,c"]}]},
            "filters[0].values[0]",
            "comma",
        ),
        (
            "rules.ListRules",
            {"feature_type": "f", "filters": [{"key": "a", "values": ["b"]}, {"key": "a", "values": ["c"]}]},
            "filters[1].key",
            "given twice",
        ),
        (
            "security.BulkPutRole",
            {"roles": [{"name": "a", "role": {}}, {"name": "a", "role": {}}]},
            "roles[1].name",
            "given twice",
        ),
    ],
)
def test_input_that_no_path_or_query_can_hold_is_refused(
    name: str, values: dict[str, Any], field: str, problem: str
) -> None:
    with pytest.raises(InvalidArgumentError, match=problem) as caught:
        request(name, values)
    assert caught.value.failure.field == field


RULE = {"feature_type": "workload_group", "description": "d", "feature_value": "g"}


def test_rule_attributes_lie_among_its_own_members() -> None:
    sent = request("rules.CreateRule", {**RULE, "attributes": [{"key": "index_pattern", "values": ["a", "b"]}]})
    assert sent.method == "PUT"
    assert orjson.loads(sent.body or b"") == {"description": "d", "workload_group": "g", "index_pattern": ["a", "b"]}


@pytest.mark.parametrize("key", ["description", "workload_group", "id", "_id", "updated_at", "principal"])
def test_rule_attribute_must_not_be_called_like_a_member(key: str) -> None:
    with pytest.raises(InvalidArgumentError, match="field of its own"):
        request("rules.CreateRule", {**RULE, "attributes": [{"key": key, "values": ["a"]}]})


def test_unknown_members_are_added_unless_they_are_declared() -> None:
    def policy(extra: str) -> dict[str, Any]:
        state = {"name": "a", "actions": [{"extra": JsonText(extra)}]}
        return {"policy_id": "p", "policy": {"description": "d", "default_state": "a", "states": [state]}}

    sent = request("ism.CreatePolicy", policy('{"my_kind": {"x": 1E2}}'))
    assert b'"actions":[{"my_kind":{"x": 1E2}}]' in (sent.body or b"")
    for extra, problem in (('{"delete": {}}', "field of its own"), ("[]", "expected a JSON object")):
        with pytest.raises(InvalidArgumentError, match=problem):
            request("ism.CreatePolicy", policy(extra))
