"""Callers' JSON that engines or parsers cannot hold: refused with the name of its field, or sent as the bytes that it was."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson
import pytest

from harness.cases import Case, Exchange, read_cases
from harness.gateway import Gateway
from harness.upstream import Upstream
from searchway.contract.catalog import load
from searchway.contract.records import Kind, Shape
from searchway.transcode import inputs
from searchway.transcode.depth import DEEPEST
from searchway.transcode.jsontext import JsonText

_JSON: Final = "searchway.api.types.v1.Json"
REFUSED: Final = {
    "deep-list": '{"a":' + "[" * DEEPEST + "]" * DEEPEST + "}",
    "deep-object": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "open": '{"a":' * 100_000,
    "nan": '{"a":NaN}',
    "half": '{"a":',
    "two": '{"a":1}{"b":2}',
    "lines": '{"a":"\n"}',
    "bad-escape": r'{"a":"\ud83"}',
    "zeros": '{"a":01}',
}
SENT: Final = {
    "as-deep-as-can-be": '{"a":' * DEEPEST + "1" + "}" * DEEPEST,
    "lone-surrogate": r'{"x":"\ud83d","\udc00":["\\\ud83d"]}',
    "200-digits": '{"x":%s}' % ("9" * 200),
    "5000-digits": '{"x":-%s}' % ("9" * 5000),
    "infinite": '{"x":1e400,"y":-1E-400}',
    "twice": '{"x":1,"x":2, "x" :3}',
}


def json_fields(message: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the free JSON of a message, with its path."""
    for descriptor, value in message.ListFields():
        if descriptor.message_type is None:
            continue
        for index, one in enumerate(value) if descriptor.is_repeated else [(None, value)]:
            at = f"{path}{descriptor.name}" + ("" if index is None else f"[{index}]")
            if descriptor.message_type.full_name == _JSON:
                yield at, one
            else:
                yield from json_fields(one, at + ".")


def _cases() -> Iterator[Case]:
    """Yield a case for each operation that takes free JSON: the one that gives most of it."""
    best: dict[str, tuple[int, Case]] = {}
    for case in read_cases():
        if case.is_message and case.steps[0].gives is not None and not case.operation.streaming:
            count = len(list(json_fields(inputs.build(case.operation.request, case.steps[0].values))))
            if count > best.get(case.operation.name, (0, case))[0]:
                best[case.operation.name] = (count, case)
    return (case for _, case in best.values())


CASES: Final = list(_cases())
EACH: Final = pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation.name)


@EACH
@pytest.mark.parametrize("hostile", REFUSED)
@pytest.mark.asyncio(loop_scope="session")
async def test_what_is_no_json_or_too_deep_is_refused_with_its_field(
    gateway: Gateway, upstream: Upstream, case: Case, hostile: str
) -> None:
    message = inputs.build(case.operation.request, case.steps[0].values)
    for path, field in list(json_fields(message)):
        before, field.text = field.text, REFUSED[hostile]
        upstream.expect(case.steps[0].exchanges)
        failure = (await gateway.grpc.send(case.operation, message, case.engine)).failure
        field.text = before
        assert failure is not None
        assert (failure["code"], failure["field"], failure["applied"]) == ("INVALID_ARGUMENT", path, "no")
        assert upstream.arrived == []


@EACH
@pytest.mark.parametrize("hostile", SENT)
@pytest.mark.asyncio(loop_scope="session")
async def test_what_is_json_is_sent_as_it_is(gateway: Gateway, upstream: Upstream, case: Case, hostile: str) -> None:
    message = inputs.build(case.operation.request, case.steps[0].values)
    for path, field in list(json_fields(message)):
        before, field.text = field.text, SENT[hostile]
        upstream.expect([Exchange(line="", headers={}, status=500)], forever=True)
        failure = (await gateway.grpc.send(case.operation, message, case.engine)).failure
        field.text = before
        if failure is not None and failure["code"] == "INVALID_ARGUMENT":  # of members beside declared ones
            assert (failure["field"], upstream.arrived) == (path, [])
            assert hostile in {"lone-surrogate", "twice"}
            assert path.endswith("extra")
            continue
        (sent,) = [arrived.body for arrived in upstream.arrived if arrived.body]
        assert (SENT[hostile].strip("{}") if path.endswith("extra") else SENT[hostile]).encode() in sent


@pytest.mark.parametrize("levels", [DEEPEST + 1, 700])
@pytest.mark.asyncio(loop_scope="session")
async def test_a_variable_that_is_too_deep_is_refused(gateway: Gateway, upstream: Upstream, levels: int) -> None:
    upstream.expect(())
    _, failure = await _search_over_graphql(gateway, levels)
    assert failure is not None
    assert failure["code"] == "INVALID_ARGUMENT"
    assert upstream.arrived == []


@pytest.mark.parametrize("levels", [1500, 100_000])
@pytest.mark.asyncio(loop_scope="session")
async def test_a_body_that_no_parser_takes_is_refused_as_a_whole(
    gateway: Gateway, upstream: Upstream, levels: int
) -> None:
    upstream.expect(())
    with pytest.raises(AssertionError, match=r"nested too deeply.*INVALID_ARGUMENT"):
        await _search_over_graphql(gateway, levels)
    assert upstream.arrived == []


async def _search_over_graphql(gateway: Gateway, levels: int) -> tuple[bytes, Mapping[str, Any] | None]:
    case = next(case for case in CASES if case.operation.name == "fleet.Search")
    values = {"body": JsonText('{"a":' * levels + "1" + "}" * levels)}
    return await gateway.graphql.ask(case.operation, values, case.engine, "{ __typename }")


@pytest.mark.parametrize(
    "variables",
    [
        r'{"n":"\ud83d"}',
        r'{"n":["\ud83d"]}',
        r'{"n":{"\ud83d":1}}',
        r'{"\ud83d":1}',
        r'{"n":"a","r":{"\udc00":1}}',
        r'{"n":"a","r":{"indices":[{"names":["\udc00"],"privileges":[]}]}}',
        r'{"n":"a","r":{"indices":"\udc00"}}',
    ],
)
@pytest.mark.asyncio(loop_scope="session")
async def test_a_lone_surrogate_in_typed_input_is_refused(gateway: Gateway, upstream: Upstream, variables: str) -> None:
    upstream.expect(())
    query = "mutation ($n: String!, $r: RoleDescriptorInput! = {}) { securityPutRole(input: {name: $n, role: $r}) { created } }"
    answer = await gateway.graphql.send(query, variables)
    assert answer.status_code in {200, 400}
    assert orjson.loads(answer.content)["errors"][0]["extensions"]["code"] == "INVALID_ARGUMENT"
    assert upstream.arrived == []


def test_every_operation_that_takes_free_json_is_here() -> None:
    takers = {operation.name for operation in load().unary.values() if _takes_json(operation.request)}
    assert takers - {case.operation.name for case in CASES} == {
        "ism.UpdatePolicy"
    }  # its policy is that of ism.CreatePolicy


def _takes_json(shape: Shape, above: frozenset[Shape] = frozenset()) -> bool:
    below = (field.shape for field in shape.fields if field.shape is not None and field.shape not in above)
    return any(f.kind is Kind.JSON for f in shape.fields) or any(_takes_json(one, above | {shape}) for one in below)
