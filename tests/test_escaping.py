"""Identifiers stay identifiers: whatever a caller writes into one, the bytes on the socket are one segment of the documented path.

Runs over both faces and the real transport, and reads the bytes themselves. What must be refused leaves no byte at all.
"""

import re
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote

import pytest
import pytest_asyncio
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.cases import Case, good_case, read_cases
from harness.faces import Face
from harness.gateway import Gateway, gateway_settings, open_gateway
from harness.wiretap import Wiretap, open_wiretap
from searchway.contract.catalog import load
from searchway.contract.records import Operation
from searchway.transcode import inputs
from searchway.transcode.request import encode

IDS: Final = (
    "../../_cluster/settings",
    "a/..",
    "a\\.\\b",
    "a/b",
    "/",
    "x?pretty",
    "x#y",
    "%2e%2e",
    "%2F",
    "..;/",
    "...",
    "..%00",
    "a b",
    "'\"`<>\\^|{}[]",
    "*",
    "-x",
    "+&=;:@$!()~",
    "größe/日本語/🦜",
    "\u202e\ufeff",
    "HTTP/1.1",
    "http://evil/",
    "x" * 2048,
)
NO_IDS: Final = (
    ".",
    "..",
    "",
    "a,b",
    "a b\t\r\nHost: evil",
    "\0",
    "\x7f",
    "x" * 4097,
    "ü" * 2049,
)
PATH_ARGUMENTS: Final = [
    pytest.param(operation, name, id=f"{operation.name}-{name}")
    for operation in load().unary.values()
    for name in operation.bindings[0].path.variables
]
REFUSED: Final = [
    case
    for case in read_cases()
    if case.steps[0].fails and not case.steps[0].exchanges and not case.operation.streaming
]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def wiretap() -> AsyncIterator[Wiretap]:
    async with open_wiretap() as opened:
        yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def tapped(wiretap: Wiretap) -> AsyncIterator[Gateway]:
    """Return a gateway whose clusters are the wiretap, over the real transport."""
    async with open_gateway(gateway_settings(f"http://127.0.0.1:{wiretap.port}")) as opened:
        yield opened


def both(gateway: Gateway) -> tuple[Face, Face]:
    return gateway.grpc, gateway.graphql


def with_argument(operation: Operation, name: str, value: str) -> dict[str, Any]:
    """Return the values of a good case with another path argument."""
    given_values = dict(good_case(operation).steps[0].values)
    repeated = operation.request.by_name[name].repeated
    return {**given_values, name: [value] if repeated else value}


def documented_path(operation: Operation, values: dict[str, Any]) -> str:
    """Return the path with every argument escaped as a whole."""

    def escaped(variable: re.Match[str]) -> str:
        value = values[variable[1]]
        items = value if isinstance(value, list) else [value]
        return ",".join(quote(item, safe="*") for item in items)

    return re.sub(r"\{(\w+)\}", escaped, str(operation.bindings[0].path))


def filled(operation: Operation, values: dict[str, Any]) -> dict[str, Any]:
    """Give every other argument of the most specific path a value too."""
    others = {n: "other" for n in operation.bindings[0].path.variables if n not in values}
    return {**others, **values}


@pytest.mark.parametrize(("operation", "name"), PATH_ARGUMENTS)
@pytest.mark.asyncio(loop_scope="session")
async def test_an_identifier_is_one_segment(tapped: Gateway, wiretap: Wiretap, operation: Operation, name: str) -> None:
    for face in both(tapped):
        for value in IDS:
            if "," in value and operation.request.by_name[name].repeated:
                continue
            values = filled(operation, with_argument(operation, name, value))
            wiretap.requests.clear()
            await face.call(operation, values, cluster=good_case(operation).engine, expected={})
            assert [t.partition("?")[0] for t in wiretap.targets] == [documented_path(operation, values)]


@pytest.mark.parametrize(("operation", "name"), PATH_ARGUMENTS)
@pytest.mark.parametrize("value", NO_IDS, ids=lambda value: f"{len(value)}-{value[:6]!a}")
@pytest.mark.asyncio(loop_scope="session")
async def test_what_is_no_identifier_is_never_sent(
    tapped: Gateway, wiretap: Wiretap, operation: Operation, name: str, value: str
) -> None:
    field = operation.request.by_name[name]
    if "," in value and not field.repeated:
        value = ".."  # a comma is a character like any other in a single identifier
    if not value and not field.required:
        value = "."  # a missing argument means the route without it
    values = filled(operation, with_argument(operation, name, value))
    wiretap.requests.clear()
    for face in both(tapped):
        outcome = await face.call(operation, values, cluster=good_case(operation).engine, expected={})
        assert outcome.failure is not None
        assert outcome.failure["code"] == "INVALID_ARGUMENT"
    assert wiretap.requests == []


@pytest.mark.parametrize("value", [value for value in IDS if len(value) < 1000])
@pytest.mark.asyncio(loop_scope="session")
async def test_a_query_value_is_one_value(tapped: Gateway, wiretap: Wiretap, value: str) -> None:
    for face in both(tapped):
        wiretap.requests.clear()
        lists = load().operation("ism.ListPolicies")
        await face.call(lists, {"query": value}, cluster=good_case(lists).engine, expected={})
        rules = load().operation("rules.ListRules")
        filters = [{"key": f"x{value}", "values": [value, "z"]}]
        values = {"feature_type": "f", "filters": filters}
        await face.call(rules, values, cluster=good_case(rules).engine, expected={})
        policies, found = (parse_qsl(t.partition("?")[2], keep_blank_values=True) for t in wiretap.targets)
        assert policies == [("queryString", value), ("from", "0"), ("size", "50")]
        assert found == [(f"x{value}", f"{value},z"), ("search_after", " ")]


@pytest.mark.parametrize("case", REFUSED, ids=str)
@pytest.mark.asyncio(loop_scope="session")
async def test_refused_input_leaves_no_byte(tapped: Gateway, wiretap: Wiretap, case: Case) -> None:
    wiretap.requests.clear()
    faces = both(tapped) if case.is_message else [tapped.graphql]
    for face in faces:
        if case.faces == ["engine", "grpc"] and face is tapped.graphql:
            continue
        outcome = await face.call(case.operation, case.steps[0].values, cluster=case.engine, expected={})
        assert outcome.failure is not None
    assert wiretap.requests == []


@pytest.mark.parametrize("operation", load().unary.values(), ids=lambda operation: operation.name)
@pytest.mark.asyncio(loop_scope="session")
async def test_a_field_that_the_contract_does_not_have_leaves_no_byte(
    tapped: Gateway, wiretap: Wiretap, operation: Operation
) -> None:
    case = good_case(operation)
    message = inputs.build(operation.request, case.steps[0].values)
    unknown = operation.request.cls.FromString(message.SerializeToString() + b"\xf8\x3f\x01")  # number 1023
    wiretap.requests.clear()
    outcome = await tapped.grpc.send(operation, unknown, case.engine)
    assert outcome.failure is not None
    assert outcome.failure["code"] == "INVALID_ARGUMENT"
    assert "1023" in outcome.failure["message"]
    assert wiretap.requests == []


@pytest.mark.asyncio(loop_scope="session")
async def test_a_number_that_is_no_word_leaves_no_byte(tapped: Gateway, wiretap: Wiretap) -> None:
    operation = load().operation("security.PutRole")
    message = inputs.build(operation.request, {"name": "r", "role": {}})
    message.refresh = 99
    wiretap.requests.clear()
    outcome = await tapped.grpc.send(operation, message, good_case(operation).engine)
    assert outcome.failure is not None
    assert outcome.failure["field"] == "refresh"
    assert "TRUE, FALSE, WAIT_FOR" in outcome.failure["message"]
    assert wiretap.requests == []


@given(value=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1))
def test_any_text_is_one_segment_that_gives_it_back(value: str) -> None:
    assume(not re.search(r"(^|,)_|^\.\.?$", value))
    operation = load().operation("indices.ShrinkIndex")
    request = encode(operation, inputs.build(operation.request, {"index": value, "target": value}))
    empty, index, verb, target = request.path.split("/")
    assert (empty, verb) == ("", "_shrink")
    assert unquote(index) == unquote(target) == value
    assert re.fullmatch(r"[\x21-\x7e]+", request.target)
    assert "?" not in request.target
