"""Answers that hold what JSON can write and a face cannot say: each is told of alike on both faces, and is of its own call alone."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson
import pytest

from harness.cases import Case, Exchange, good_case
from harness.gateway import Gateway
from harness.graph import plain_result, whole_selection
from harness.upstream import Upstream
from searchway.contract.catalog import load
from searchway.contract.records import Operation
from searchway.engine.run import Run
from searchway.transcode import inputs
from searchway.transcode.depth import DEEPEST
from searchway.transcode.jsontext import JsonText

OPERATIONS: Final = list(load().unary.values())
EVERY = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
DEEP: Final = "[" * 100_000 + "]" * 100_000
HOSTILE: Final = {
    "lone-surrogate": r'"\ud83d"',
    "surrogate-name": r'{"\ud83d":1}',
    "deep": DEEP,
    "deep-objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "200-digits": "9" * 200,
    "5000-digits": "-" + "9" * 5000,
    "beyond-64-bits": str(2**63),
    "infinite": "1e400",
    "not-a-number": "NaN",
    "nan-as-text": '"NaN"',
    "list": '[[1],{"a":null},"x"]',
    "object": '{"a":[1]}',
    "text": '"x"',
    "truth": "true",
    "null": "null",
}
_PLACEHOLDER: Final = "@hostile@"
_MOST_PLACES: Final = 14
_SAME: Final = ("code", "message", "applied", "retryable", "http_status")

SEARCH: Final = load().operation("fleet.Search")
GET_POLICY: Final = load().operation("ism.GetPolicy")
UPDATE_POLICY: Final = load().operation("ism.UpdatePolicy")
CREATE_POLICY: Final = load().operation("ism.CreatePolicy")
ALLOCATION: Final = load().operation("cat.ListAllocation")


def answering(body: str | bytes, status: int = 200) -> list[Exchange]:
    return [Exchange(line="", headers={}, status=status, answer=body.encode() if isinstance(body, str) else body)]


def with_hostile_values(answer: bytes, hostile: str) -> Iterator[str]:
    """Yield the answer with the hostile value in one place after the other."""
    document = orjson.loads(answer)
    for way in list(_ways(document))[:_MOST_PLACES]:
        yield json.dumps(_replaced(document, way)).replace(f'"{_PLACEHOLDER}"', hostile)


def _ways(value: Any) -> Iterator[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (key,)
        yield from ((key, *way) for way in _ways(inner))


def _replaced(value: Any, way: tuple[Any, ...]) -> Any:
    if not way:
        return _PLACEHOLDER
    copy = value.copy()
    copy[way[0]] = _replaced(value[way[0]], way[1:])
    return copy


async def both(gateway: Gateway, operation: Operation, values: Mapping[str, Any], case: Case) -> tuple[Any, Any]:
    """Call over both faces; return what came of it in the plain form: a result, or the part of a failure that must be the same."""
    message = inputs.build(operation.request, values)
    over_grpc = await gateway.grpc.send(operation, message, case.engine)
    raw, failure = await gateway.graphql.ask(operation, values, case.engine, whole_selection(operation, {}))
    return over_grpc.result or _comparable(over_grpc.failure), _comparable(failure) or plain_result(operation, raw)


def _comparable(failure: Mapping[str, Any] | None) -> dict[str, Any]:
    told = {name: (failure or {}).get(name) for name in _SAME}
    return {
        name: value.replace("_", "").lower() if name == "message" else value for name, value in told.items() if value
    }


@EVERY
@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.asyncio(loop_scope="session")
async def test_a_hostile_value_anywhere_is_a_typed_error_or_nothing(
    gateway: Gateway, upstream: Upstream, operation: Operation, hostile: str
) -> None:
    case = good_case(operation)
    step = case.steps[0]
    for body in with_hostile_values(step.exchanges[0].answer, HOSTILE[hostile]):
        upstream.expect(answering(body), forever=True)
        over_grpc, over_graphql = await both(gateway, operation, step.values, case)
        for outcome in (over_grpc, over_graphql):
            assert outcome.get("code", "INTERNAL") in {"INTERNAL", "FAILED_PRECONDITION", "NOT_FOUND"}, body[:400]
            assert "internal error" not in str(outcome.get("message")), body[:400]
        assert over_grpc.get("code") == over_graphql.get("code"), body[:400]
        assert over_grpc.get("message") == over_graphql.get("message"), body[:400]
        assert over_grpc.get("applied") == over_graphql.get("applied"), body[:400]
        if "code" in over_grpc:
            assert ("applied" in over_grpc) is not operation.read_only, body[:400]


HITS: Final = (
    '{"hits":{"total":{"value":1,"relation":"eq"},"max_score":1.0,"hits":[{"_index":"i","_id":"1",%s}]},"status":200}'
)


async def search(gateway: Gateway, upstream: Upstream, member: str) -> tuple[Any, Any]:
    upstream.expect(answering('{"took":1,"responses":[%s]}' % (HITS % member)), forever=True)
    return await both(gateway, SEARCH, {"body": {}}, good_case(SEARCH))


@pytest.mark.parametrize(
    "source",
    [
        r'{"t":"\ud83d", "u":"\uD83D\ude00\ude00","\udfff":[1E2]}',
        r'"\\\ud83d\\ud83d"',
        "9" * 200,
        "1e400",
        "9" * 5000,
        "[" * DEEPEST + "]" * DEEPEST,
        '{"a":' * (DEEPEST - 1) + '[ "[[[[\\"[{" ]' + "}" * (DEEPEST - 1),
        '{"t":"' + "[" * 2000 + '"}',
    ],
    ids=lambda source: source[:12],
)
@pytest.mark.asyncio(loop_scope="session")
async def test_free_json_goes_through_as_the_bytes_it_was(gateway: Gateway, upstream: Upstream, source: str) -> None:
    over_grpc, over_graphql = await search(gateway, upstream, f'"_source":{source}')
    assert over_grpc["hits"][0]["source"] == over_graphql["hits"][0]["source"] == JsonText(source)


@pytest.mark.parametrize("levels", [DEEPEST + 1, 900, 990, 1030, 100_000])
@pytest.mark.asyncio(loop_scope="session")
async def test_free_json_that_is_too_deep_is_an_error_that_names_the_bound(
    gateway: Gateway, upstream: Upstream, levels: int
) -> None:
    over_grpc, over_graphql = await search(gateway, upstream, '"_source":' + "[" * levels + "]" * levels)
    assert over_grpc == over_graphql
    assert over_grpc["code"] == "INTERNAL"
    assert f"at most {DEEPEST} levels" in over_grpc["message"]


@pytest.mark.parametrize("source", [b'"\xff"', b'{"\xed\xa0\xbd":1}'])
@pytest.mark.asyncio(loop_scope="session")
async def test_bytes_that_are_no_text_reach_nobody(gateway: Gateway, upstream: Upstream, source: bytes) -> None:
    body = (HITS % '"_source":@').encode().replace(b"@", source)
    upstream.expect(answering(b'{"responses":[%b]}' % body), forever=True)
    over_grpc, over_graphql = await both(gateway, SEARCH, {"body": {}}, good_case(SEARCH))
    assert over_grpc == over_graphql
    assert over_grpc["code"] == "INTERNAL"


@pytest.mark.asyncio(loop_scope="session")
async def test_a_typed_text_has_the_replacement_character(gateway: Gateway, upstream: Upstream) -> None:
    body = r'{"_id":"p\ud83d","policy":{"description":"a\udc00b","error_notification":{"channel":{"id":"\ud83d"}},"states":[]}}'
    upstream.expect(answering(body), forever=True)
    over_grpc, over_graphql = await both(gateway, GET_POLICY, {"policy_id": "p"}, good_case(GET_POLICY))
    assert over_grpc == over_graphql
    assert (over_grpc["policy"]["policy_id"], over_grpc["policy"]["definition"]["description"]) == (
        "p\ufffd",
        "a\ufffdb",
    )


@pytest.mark.parametrize(
    ("operation", "values", "body", "field"),
    [
        (GET_POLICY, {"policy_id": "p"}, '{"_id":"p","_seq_no":%s}' % 2**63, "seq_no"),
        (GET_POLICY, {"policy_id": "p"}, '{"_id":"p","_seq_no":%s}' % ("9" * 200), "seq_no"),
        (GET_POLICY, {"policy_id": "p"}, '{"_id":"p","_seq_no":%s}' % ("9" * 5000), "seq_no"),
        (GET_POLICY, {"policy_id": "p"}, '{"_id":"p","_version":-1e400}', "version"),
        (SEARCH, {"body": {}}, '{"responses":[{"_shards":{"total":2147483648},"hits":{"hits":[]},"status":200}]}', "total"),
        (ALLOCATION, {}, '[{"node":"n","disk.percent":"NaN"}]', "disk_percent"),
        (ALLOCATION, {}, '[{"node":"n","disk.used":"9223372036854775808"}]', "disk_used"),
        (SEARCH, {"body": {}}, '{"responses":[{"hits":{"max_score":"NaN","hits":[]},"status":200}]}', "max_score"),
    ],
)  # fmt: skip
@pytest.mark.asyncio(loop_scope="session")
async def test_a_number_out_of_range_names_its_field(  # noqa: PLR0917  # two fixtures and a row of the table
    gateway: Gateway, upstream: Upstream, operation: Operation, values: Mapping[str, Any], body: str, field: str
) -> None:
    upstream.expect(answering(body), forever=True)
    over_grpc, over_graphql = await both(gateway, operation, values, good_case(operation))
    assert over_grpc == over_graphql
    assert over_grpc["code"] == "INTERNAL"
    assert f"{field.replace('_', '')}: expected a" in over_grpc["message"]


@pytest.mark.parametrize("hostile", ["deep", "200-digits", "infinite", "not-a-number"])
@pytest.mark.asyncio(loop_scope="session")
async def test_a_write_that_was_answered_with_success_was_applied(
    gateway: Gateway, upstream: Upstream, hostile: str
) -> None:
    upstream.expect(answering(f'{{"_id":"p","_version":1,"_seq_no":{HOSTILE[hostile]}}}', 201), forever=True)
    over_grpc, over_graphql = await both(
        gateway, CREATE_POLICY, good_case(CREATE_POLICY).steps[0].values, good_case(CREATE_POLICY)
    )
    assert over_grpc == over_graphql
    assert (over_grpc["code"], over_grpc["applied"]) == ("INTERNAL", "yes")


@pytest.mark.asyncio(loop_scope="session")
async def test_a_success_of_somebody_else_says_nothing_of_a_write(gateway: Gateway, upstream: Upstream) -> None:
    for body in ('{"login":"https://sso.example"}', "<html>", ""):
        upstream.expect(answering(body), forever=True)
        over_grpc, over_graphql = await both(
            gateway, CREATE_POLICY, good_case(CREATE_POLICY).steps[0].values, good_case(CREATE_POLICY)
        )
        assert over_grpc == over_graphql
        assert over_grpc["applied"] == "unknown"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (r"bad \ud83d thing", "bad \ufffd thing"),
        (r"bad\"\\\ud83d", 'bad"\\\ufffd'),
    ],
)
@pytest.mark.asyncio(loop_scope="session")
async def test_an_error_keeps_its_cause(gateway: Gateway, upstream: Upstream, told: str, reason: str) -> None:
    cause = f'{{"type":"parsing_exception","reason":"{told}","line":1e400,"root_cause":[],"x":{"9" * 5000}}}'
    upstream.expect(answering(f'{{"error":{cause},"status":400}}', 400), forever=True)
    message = inputs.build(GET_POLICY.request, {"policy_id": "p"})
    over_grpc = (await gateway.grpc.send(GET_POLICY, message, good_case(GET_POLICY).engine)).failure
    _, over_graphql = await gateway.graphql.ask(
        GET_POLICY, {"policy_id": "p"}, good_case(GET_POLICY).engine, "{ policy { policyId } }"
    )
    for failure in (over_grpc, over_graphql):
        assert failure is not None
        assert (failure["code"], failure["message"]) == ("INVALID_ARGUMENT", reason)
        assert (failure["cause"]["type"], failure["cause"]["reason"]) == ("parsing_exception", reason)


@pytest.mark.asyncio(loop_scope="session")
async def test_an_error_that_is_too_deep_keeps_its_status(gateway: Gateway, upstream: Upstream) -> None:
    deep = '{"type":"t","reason":"r","caused_by":' * 400 + "null" + "}" * 400
    for body, message in ((f'{{"error":{deep}}}', "r"), (f'{{"error":{DEEP}}}', "400 Bad Request")):
        upstream.expect(answering(body, 400), forever=True)
        over_grpc, over_graphql = await both(gateway, GET_POLICY, {"policy_id": "p"}, good_case(GET_POLICY))
        assert over_grpc == over_graphql
        assert over_grpc["code"] == "INVALID_ARGUMENT"
        assert over_grpc["message"].startswith(message.lower())


MULTI_SEARCH: Final = load().operation("fleet.MultiSearch")
ITEMS: Final = {
    "deep": DEEP,
    "not-a-number": "NaN",
    "list": "[]",
    "range": '{"took":9223372036854775808,"status":200}',
    "hit": '{"hits":{"max_score":1,"hits":[{"_version":{}}]},"status":200}',
    "source": '{"hits":{"hits":[{"_source":%s}]},"status":200}' % ("[" * 600 + "]" * 600),
}


@pytest.mark.parametrize("hostile", ITEMS)
@pytest.mark.asyncio(loop_scope="session")
async def test_a_search_that_cannot_be_read_is_an_item_that_failed(
    gateway: Gateway, upstream: Upstream, hostile: str
) -> None:
    good = '{"took":1,"hits":{"max_score":1.0,"hits":[{"_id":"g","_source":{"a":"\\ud83d"}}]},"status":200}'
    upstream.expect(answering(f'{{"took":2,"responses":[{good},{ITEMS[hostile]},{good}]}}'), forever=True)
    values: dict[str, Any] = {"searches": [{"body": {}}] * 3}
    outcomes = await both(gateway, MULTI_SEARCH, values, good_case(MULTI_SEARCH))
    for outcome in outcomes:
        first, second, third = outcome["items"]
        assert first == third
        assert first["hits"]["hits"][0]["source"] == '{"a":"\\ud83d"}'
        assert second["status"] == 502
        assert "not of the documented shape" in second["error"]["reason"]
        (failure,) = outcome["failures"]
        assert (failure["code"], failure["item"], failure["operation"]) == ("INTERNAL", "1", "fleet.MultiSearch")
    strict = await both(gateway, MULTI_SEARCH, {**values, "strict": True}, good_case(MULTI_SEARCH))
    assert strict[0] == strict[1]
    assert strict[0]["code"] == "INTERNAL"
    assert strict[0]["message"].startswith("1: ")


@pytest.mark.asyncio(loop_scope="session")
async def test_a_page_with_an_item_that_cannot_be_read_names_it(gateway: Gateway, upstream: Upstream) -> None:
    operation = load().operation("ism.ListPolicies")
    for hostile, problem in (('{"_id":"b","_seq_no":1e400}', ": seqno: expected a whole number of 64 bits"), ("7", "")):
        upstream.expect(
            answering(f'{{"policies":[{{"_id":"a"}},{hostile},{{"_id":"c"}}],"total_policies":3}}'), forever=True
        )
        over_grpc, over_graphql = await both(gateway, operation, {}, good_case(operation))
        assert over_grpc == over_graphql
        assert over_grpc["message"].endswith(f"documented shape: policies[1]{problem}")


class _BrokenError(Exception):
    """What nobody foresaw."""


@pytest.mark.parametrize("operation", [CREATE_POLICY, GET_POLICY], ids=lambda operation: operation.name)
@pytest.mark.asyncio(loop_scope="session")
async def test_a_defect_says_that_nobody_knows_what_became_of_a_write(
    gateway: Gateway, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, operation: Operation
) -> None:
    async def fail(_run: Run) -> None:
        raise _BrokenError

    upstream.expect(())
    monkeypatch.setattr(Run, "answer", fail)
    over_grpc, over_graphql = await both(gateway, operation, good_case(operation).steps[0].values, good_case(operation))
    for outcome in (over_grpc, over_graphql):
        assert outcome["code"] == "INTERNAL"
        assert outcome["message"].startswith("internal error; the gateway logged it")
        assert outcome.get("applied") == (None if operation.read_only else "unknown")
