"""Holds both faces to the same error for the same trouble: code, message, what may be done again and what was done."""

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import yaml

from harness.cases import Exchange, good_case
from harness.gateway import Gateway
from harness.graph import whole_selection
from harness.upstream import Upstream
from searchway.contract.catalog import load
from searchway.contract.records import Operation

ROWS: Final = yaml.safe_load(Path(__file__).with_name("contract").joinpath("errors.yaml").read_text(encoding="utf-8"))[
    "answers"
]
OPERATIONS: Final = list(load().unary.values())
EVERY = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
# One answer for each status and what it means.
_KINDS: Final = {(row["status"], row["code"]): row for row in ROWS}.values()
_SAME: Final = (
    "code",
    "message",
    "item",
    "http_status",
    "cluster",
    "operation",
    "retryable",
    "retry_delay_ms",
    "applied",
)
_NUMBERS: Final = count()
_UNREADABLE: Final = (b"<html>Bad</html>", b'{"a', b'"text"', b"7", b"\xff\xfe")
_BROKEN: Final = (
    (httpx.ConnectError("10.0.0.7:9200 refused"), "UNAVAILABLE", "no"),
    (httpx.ConnectTimeout("10.0.0.7:9200"), "UNAVAILABLE", "no"),
    (httpx.ReadError("10.0.0.7:9200 reset"), "UNAVAILABLE", "unknown"),
    (httpx.RemoteProtocolError("10.0.0.7:9200"), "UNAVAILABLE", "unknown"),
)


def exchange_of(row: Mapping[str, Any]) -> Exchange:
    return Exchange(line="", status=row["status"], headers=row.get("headers", {}), answer=row["body"].encode())


async def failures(
    gateway: Gateway, upstream: Upstream, operation: Operation, selection: str = "{ __typename }"
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Call over both faces and return the part of the failures that must be the same."""
    case = good_case(operation)
    values = case.steps[0].values
    # Each call is somebody else's: 429 with Retry-After keeps its caller waiting.
    for face in (gateway.grpc, gateway.graphql):
        face.headers = {"authorization": f"Bearer {next(_NUMBERS)}"}
    over_grpc = await gateway.grpc.call(operation, values, cluster=case.engine, expected={})
    upstream.let_time_pass()  # or the second call may be asked to wait for what the first one got
    _, over_graphql = await gateway.graphql.ask(operation, values, case.engine, selection)
    for face in (gateway.grpc, gateway.graphql):
        face.headers = {}
    assert over_grpc.failure is not None
    assert over_graphql is not None
    return comparable(over_grpc.failure), comparable(over_graphql)


def comparable(failure: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not the same by nature, and what is not there."""
    cause = failure.get("cause") or {}
    told = {name: failure.get(name) for name in _SAME} | {"type": cause.get("type"), "reason": cause.get("reason")}
    return {name: value for name, value in told.items() if value}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['operation']}-{row['name']}")
@pytest.mark.asyncio(loop_scope="session")
async def test_both_faces_say_what_the_table_says(gateway: Gateway, upstream: Upstream, row: Mapping[str, Any]) -> None:
    upstream.expect([exchange_of(row)], forever=True)
    over_grpc, over_graphql = await failures(gateway, upstream, load().operation(row["operation"]))
    assert over_grpc == over_graphql
    assert over_grpc["code"] == row["code"]
    assert row["message"] in over_grpc["message"]
    assert over_grpc.get("retryable", False) == row["retryable"]
    assert over_grpc.get("applied", "unspecified") == row["applied"].removeprefix("APPLIED_").lower()
    assert over_grpc.get("retry_delay_ms", 0) == row.get("retry_delay_ms", 0)


@EVERY
@pytest.mark.asyncio(loop_scope="session")
async def test_every_kind_of_error_is_the_same_on_both_faces(
    gateway: Gateway, upstream: Upstream, operation: Operation
) -> None:
    for row in _KINDS:
        upstream.expect([exchange_of(row)], forever=True)
        over_grpc, over_graphql = await failures(gateway, upstream, operation)
        assert over_grpc == over_graphql, row["name"]
        assert over_grpc["operation"] == operation.name


@EVERY
@pytest.mark.parametrize("broken", _BROKEN, ids=lambda broken: type(broken[0]).__name__)
@pytest.mark.asyncio(loop_scope="session")
async def test_no_answer_is_the_same_on_both_faces(
    gateway: Gateway, upstream: Upstream, operation: Operation, broken: tuple[Exception, str, str]
) -> None:
    error, code, applied = broken
    upstream.break_with(error)
    over_grpc, over_graphql = await failures(gateway, upstream, operation)
    assert over_grpc == over_graphql
    assert over_grpc["code"] == code
    assert over_grpc.get("applied") == (None if operation.read_only else applied)
    assert "10.0.0.7" not in str(over_grpc)


@EVERY
@pytest.mark.asyncio(loop_scope="session")
async def test_an_answer_that_cannot_be_read_is_the_same_on_both_faces(
    gateway: Gateway, upstream: Upstream, operation: Operation
) -> None:
    for body in _UNREADABLE:
        upstream.expect([Exchange(line="", headers={}, answer=body)], forever=True)
        over_grpc, over_graphql = await failures(gateway, upstream, operation, whole_selection(operation, {}))
        assert over_grpc == over_graphql
        assert over_grpc["code"] == "INTERNAL"
        assert over_grpc.get("applied") == (None if operation.read_only else "unknown"), body
