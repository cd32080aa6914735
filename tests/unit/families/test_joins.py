from collections.abc import Sequence
from typing import Any

import orjson
import pytest

from searchway.contract.catalog import load
from searchway.errors import Applied, CallError, Code, MalformedAnswerError
from searchway.families.joins import JOINS, Part
from searchway.transcode import inputs
from searchway.transcode.jsontext import dumps

PUT, EXPLAIN, SEARCH = "security.PutRole", "ism.ExplainIndices", "fleet.MultiSearch"
ROLE = {"cluster": ["monitor"]}


def split(name: str, values: Sequence[dict[str, Any]], body: Any) -> Sequence[Part]:
    operation = load().operation(name)
    messages = [inputs.build(operation.request, one) for one in values]
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return JOINS[name].split(operation, messages, raw)


def roles(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "role": ROLE} for name in names]


def test_everything_that_is_joined_may_be_by_the_contract() -> None:
    assert {operation.name for operation in load().operations.values() if operation.batch} == JOINS.keys()


def test_each_role_finds_itself() -> None:
    body = {"created": ["a"], "updated": ["b"], "noop": ["c"]}
    assert split(PUT, roles("c", "a", "b"), body) == [
        b'{"role":{"created":false}}',
        b'{"role":{"created":true}}',
        b'{"role":{"created":false}}',
    ]


def test_a_refused_role_has_the_error_that_the_single_call_has() -> None:
    cause = {"type": "action_request_validation_exception", "reason": "Validation Failed: 1: unknown privilege;"}
    good, bad = split(PUT, roles("a", "b"), {"created": ["a"], "errors": {"count": 1, "details": {"b": cause}}})
    assert isinstance(good, bytes)
    assert isinstance(bad, CallError)
    failure = bad.failure
    assert (failure.code, failure.http_status, failure.applied) == (Code.INVALID_ARGUMENT, 400, Applied.NO)
    assert (failure.retryable, failure.item) == (False, "")
    assert failure.message == cause["reason"]


@pytest.mark.parametrize("kind", ["unavailable_shards_exception", "version_conflict_engine_exception", "new_exception"])
def test_a_role_that_failed_otherwise_is_sent_again(kind: str) -> None:
    details = {"a": {"type": kind, "reason": "…"}}
    assert split(PUT, roles("a"), {"errors": {"count": 1, "details": details}}) == [None]


@pytest.mark.parametrize("body", [{}, {"created": ["b"]}])
def test_a_role_that_the_answer_does_not_know_is_an_error(body: Any) -> None:
    assert [type(part) for part in split(PUT, roles("a"), body)] == [MalformedAnswerError]


@pytest.mark.parametrize("body", [b"[]", b"{", b"<html>"])
def test_a_bulk_answer_that_cannot_be_read_is_an_error(body: bytes) -> None:
    with pytest.raises(MalformedAnswerError):
        split(PUT, roles("a"), body)


INDICES = {
    "a": {"index.plugins.index_state_management.policy_id": "p", "index": "a", "policy_id": "p", "n": 1},
    "b": {"index.plugins.index_state_management.policy_id": None, "index": "b"},
    "c": {"index.opendistro.index_state_management.policy_id": "q"},
}


def explain(*names: str) -> dict[str, Any]:
    return {"indices": list(names)}


def test_each_explanation_has_its_indices_and_counts_them() -> None:
    body = {**INDICES, "total_managed_indices": 2}
    parts = split(EXPLAIN, [explain("a"), explain("b"), explain("b", "a"), explain("c")], body)
    found = [orjson.loads(part) for part in parts if isinstance(part, bytes)]
    assert [sorted(one) for one in found] == [
        ["a", "total_managed_indices"],
        ["b", "total_managed_indices"],
        ["a", "b", "total_managed_indices"],
        ["c", "total_managed_indices"],
    ]
    assert [one["total_managed_indices"] for one in found] == [1, 0, 1, 1]
    assert found[0]["a"] == INDICES["a"]


def test_indices_keep_the_clusters_order() -> None:
    (part,) = split(EXPLAIN, [explain("b", "a")], INDICES)
    assert isinstance(part, bytes)
    assert list(orjson.loads(part)) == ["a", "b"]


def test_without_a_total_none_is_made_up() -> None:
    (part,) = split(EXPLAIN, [explain("a")], INDICES)
    assert isinstance(part, bytes)
    assert "total_managed_indices" not in orjson.loads(part)


def test_one_that_misses_a_name_asks_again_alone() -> None:
    first, second = split(EXPLAIN, [explain("a", "alias"), explain("b")], INDICES)
    assert first is None
    assert isinstance(second, bytes)


@pytest.mark.parametrize("body", [b"[]", b"{"])
def test_explanations_that_cannot_be_taken_apart_are_nobodys(body: bytes) -> None:
    with pytest.raises(MalformedAnswerError):
        split(EXPLAIN, [explain("a")] * 2, body)


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (["a"], True),
        (["a", "b"], True),
        (["a*"], False),
        (["-a"], False),
        (["_all"], False),
        (["<a-{now/d}>"], False),
        (["total_managed_indices"], False),
    ],
)
def test_only_plain_names_are_joined(names: list[str], taken: bool) -> None:
    operation = load().operation(EXPLAIN)
    assert JOINS[EXPLAIN].takes(operation, inputs.build(operation.request, explain(*names))) is taken


def test_names_fit_into_a_request_line() -> None:
    operation, join = load().operation(EXPLAIN), JOINS[EXPLAIN]
    message = inputs.build(operation.request, explain("ü" * 10, "b"))
    assert join.size(message) == 60 + 1 + 3 + 1
    assert (
        join.bound + len("/_opendistro/_ism/explain/?show_policy=true&validate_action=true&master_timeout=100m") < 4096
    )


def searches(number: int) -> dict[str, Any]:
    return {"searches": [{"body": dumps({"size": n})} for n in range(number)]}


def test_each_has_as_many_answers_as_searches_to_the_letter() -> None:
    body = b'{"took":7,"responses":[{"hits":{"x":1.0}},{"error":{}},{"hits":{"y":12345678901234567890123}}]}'
    assert split(SEARCH, [searches(1), searches(2)], body) == [
        b'{"took":7,"responses":[{"hits":{"x":1.0}}]}',
        b'{"took":7,"responses":[{"error":{}},{"hits":{"y":12345678901234567890123}}]}',
    ]


def test_answers_under_the_other_key_and_without_a_time() -> None:
    assert split(SEARCH, [searches(1)], b'{"docs":[{"status":200}]}') == [b'{"responses":[{"status":200}]}']


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"{", b'{"responses":[{}]}', b'{"responses":[{},{},{}]}', b'{"responses":7}']
)
def test_searches_that_cannot_be_told_apart_are_nobodys(body: bytes) -> None:
    with pytest.raises(MalformedAnswerError):
        split(SEARCH, [searches(1)] * 2, body)


@pytest.mark.parametrize("name", JOINS)
def test_what_is_written_is_told_from_what_is_read(name: str) -> None:
    operation = load().operation(name)
    one = {"body": dumps({})}
    values: dict[str, dict[str, Any]] = {
        PUT: roles("r")[0],
        EXPLAIN: explain("a"),
        SEARCH: searches(1),
        "fleet.Search": one,
    }
    thing = JOINS[name].thing(inputs.build(operation.request, values[name]))
    assert bool(thing) is not operation.read_only
