"""What each family makes of answers, by table; and who is called after whom."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import pytest

from searchway.contract.catalog import load
from searchway.errors import CallError, Code, Failure, MalformedAnswerError, UpstreamError
from searchway.families import HOOKS
from searchway.families.hooks import Done, Outcome
from searchway.transcode import inputs


class Following:
    """Takes the calls that hooks make, and fails as told."""

    def __init__(self, failures: Sequence[Failure] = (), error: CallError | None = None) -> None:
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self._failures = failures
        self._error = error

    async def __call__(self, name: str, values: Mapping[str, Any]) -> Sequence[Failure]:
        self.calls.append((name, values))
        if self._error:
            raise self._error
        return self._failures


async def complete(name: str, values: Mapping[str, Any], body: Any, follow: Following | None = None) -> Outcome:
    operation = load().operation(name)
    message = inputs.build(operation.request, values)
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    done = Done(operation=operation, message=message, body=raw, follow=follow or Following())
    return await HOOKS[name].follow(done, HOOKS[name].read(done))


def told(outcome: Outcome) -> list[tuple[Code, str]]:
    return [(failure.code, failure.item) for failure in outcome.failures]


@pytest.mark.parametrize("name", ["ism.AddPolicy", "ism.ChangePolicy", "ism.RemovePolicy", "ism.RetryIndex"])
@pytest.mark.parametrize(
    ("refused", "expected"),
    [
        ([], []),
        (None, []),
        ([{"index_name": "a", "reason": "managed"}], [(Code.FAILED_PRECONDITION, "a")]),
        ([{"index_name": "a"}, {"index_name": "b"}], [(Code.FAILED_PRECONDITION, n) for n in "ab"]),
    ],
)
async def test_every_index_that_was_refused_is_told(name: str, refused: Any, expected: Any) -> None:
    values = {"indices": ["a"], **({"policy_id": "p"} if name in ("ism.AddPolicy", "ism.ChangePolicy") else {})}
    assert told(await complete(name, values, {"updated_indices": 0, "failed_indices": refused})) == expected


@pytest.mark.parametrize(
    ("indices", "missing"),
    [(["a"], []), (["a", "b"], ["b"]), (["b*"], []), (["_all", "-c"], []), (["<b-{now/d}>", "b"], ["b"])],
)
async def test_names_without_an_index_are_told(indices: list[str], missing: list[str]) -> None:
    outcome = await complete("ism.ExplainIndices", {"indices": indices}, {"a": {}, "total_managed_indices": 0})
    assert told(outcome) == [(Code.NOT_FOUND, name) for name in missing]
    assert outcome.local == {"missing": missing}


@pytest.mark.parametrize(
    ("name", "body", "there"),
    [
        ("rules.GetRule", {"rules": [{"id": "r"}]}, True),
        ("rules.GetRule", {"rules": []}, False),
        ("rules.GetRule", {}, False),
        ("rules.DeleteRule", {"acknowledged": True}, True),
        ("rules.DeleteRule", {"acknowledged": False}, False),
    ],
)
async def test_a_success_without_a_rule_is_not_one(name: str, body: Any, there: bool) -> None:
    values = {"feature_type": "f", "rule_id": "r"}
    if there:
        assert await complete(name, values, body) == Outcome()
    else:
        with pytest.raises(UpstreamError, match="'r' of the feature type 'f'") as caught:
            await complete(name, values, body)
        assert caught.value.code is Code.NOT_FOUND


async def test_every_role_that_was_refused_is_told() -> None:
    details = {"b": {"type": "action_request_validation_exception", "reason": "no"}}
    body = {"created": ["a"], "errors": {"count": 1, "details": details}}
    roles = [{"name": name, "role": {}} for name in "ab"]
    assert told(await complete("security.BulkPutRole", {"roles": roles}, body)) == [(Code.INVALID_ARGUMENT, "b")]


@pytest.mark.parametrize("key", ["responses", "docs"])
async def test_every_search_that_failed_is_told_by_its_number(key: str) -> None:
    error = {"type": "index_not_found_exception", "reason": "no such index"}
    body = {key: [{"hits": {}}, {"error": error, "status": 404}, {"hits": {}}]}
    outcome = await complete("fleet.MultiSearch", {"searches": [{"body": "{}"}] * 3}, body)
    assert told(outcome) == [(Code.NOT_FOUND, "1")]


def test_checkpoints_go_into_headers_without_their_own_and_the_callers_message_stays() -> None:
    operation = load().operation("fleet.MultiSearch")
    searches = [{"body": {}}, {"header": {"wait_for_checkpoints": [9]}, "body": {}}]
    message = inputs.build(operation.request, {"searches": searches, "wait_for_checkpoints": [1, 2]})
    before = message.SerializeToString()
    prepared = HOOKS["fleet.MultiSearch"].prepare(message)
    assert [list(search.header.wait_for_checkpoints) for search in prepared.searches] == [[1, 2], [9]]
    assert message.SerializeToString() == before


REFUSED = Failure(code=Code.FAILED_PRECONDITION, message="managed", item="i")


@pytest.mark.parametrize(
    ("values", "follow", "attached", "failures"),
    [
        ({}, Following(), None, []),
        ({"attach": "p"}, Following(), True, []),
        ({"attach": "p"}, Following([REFUSED]), False, [(Code.FAILED_PRECONDITION, "i")]),
        ({"attach": "p"}, Following(error=UpstreamError(REFUSED)), False, [(Code.FAILED_PRECONDITION, "i")]),
    ],
)
async def test_a_new_index_gets_its_policy_and_says_whether(
    values: Mapping[str, Any], follow: Following, attached: bool | None, failures: Any
) -> None:
    outcome = await complete("indices.CreateIndex", {"index": "i", **values}, {"acknowledged": True}, follow)
    assert (outcome.local or {}).get("attached") is attached
    assert told(outcome) == failures
    expected = [("ism.AddPolicy", {"indices": ["i"], "policy_id": "p"})] if values else []
    assert follow.calls == expected


READING: Mapping[str, Mapping[str, Any]] = {
    "ism.AddPolicy": {"indices": ["a"], "policy_id": "p"},
    "ism.ExplainIndices": {"indices": ["a"]},
    "rules.GetRule": {"feature_type": "f", "rule_id": "r"},
    "security.BulkPutRole": {"roles": [{"name": "a", "role": {}}]},
    "fleet.MultiSearch": {"searches": [{"body": "{}"}]},
}


@pytest.mark.parametrize("name", READING)
@pytest.mark.parametrize("body", [b"[]", b"{", b"<html>", b"7"])
async def test_an_answer_that_is_no_object_is_malformed(name: str, body: bytes) -> None:
    with pytest.raises(MalformedAnswerError):
        await complete(name, READING[name], body)
