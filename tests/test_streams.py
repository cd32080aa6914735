"""Runs the cases of server streams over the engine and gRPC: the same requests must arrive, the same messages must come; and on the sandbox."""

from collections.abc import Sequence
from typing import Any, Final

import grpc
import pytest

from harness.cases import Case, Step, read_cases
from harness.faces import failure_shape, grpc_failure
from harness.gateway import Gateway
from harness.plain import differences, form_differences, is_json_equal, plain_message
from harness.upstream import Upstream
from searchway.contract.records import Operation
from searchway.engine import Call
from searchway.errors import CallError
from searchway.sandbox import create_sandbox
from searchway.transcode import inputs
from searchway.transcode.response import Dialect, reader
from searchway.upstream import AsgiTransport
from test_sandbox_cases import bring_about

CASES: Final = [case for case in read_cases() if case.operation.streaming]
FACES: Final = ["engine", "grpc"]

Outcome = tuple[list[dict[str, Any]], dict[str, Any] | None]
"""The messages, and what ended them if that was an error."""


@pytest.mark.parametrize(("face", "case"), [(face, case) for case in CASES for face in FACES], ids=str)
@pytest.mark.asyncio(loop_scope="session")
async def test_a_case(gateway: Gateway, upstream: Upstream, face: str, case: Case) -> None:
    token = ""
    for step in case.steps:
        upstream.expect(step.exchanges)
        messages, failure = await stream(gateway, face, case, step, token)
        check(case.operation, step, messages, failure)
        assert [x.line for x in upstream.arrived] == [x.line for x in step.exchanges]
        for arrived, exchange in zip(upstream.arrived, step.exchanges, strict=True):
            assert arrived.body == b"" if exchange.body is None else is_json_equal(exchange.body, arrived.body)
        token = messages[-1].get("next_page_token", "") if messages else ""


@pytest.mark.parametrize("case", [case for case in CASES if case.sandbox], ids=str)
@pytest.mark.parametrize("face", FACES)
@pytest.mark.asyncio(loop_scope="session")
async def test_a_case_on_the_sandbox(gateway: Gateway, upstream: Upstream, face: str, case: Case) -> None:
    sandbox = AsgiTransport(create_sandbox(case.engine.value))
    for exchange in case.given:
        await bring_about(sandbox, exchange)
    upstream.play(sandbox)
    (step,) = case.steps
    messages, failure = await stream(gateway, face, case, step, "")
    assert (failure or {}).get("code") == (step.fails or {}).get("code"), failure
    assert len(messages) == len(step.streams or ())
    for expected, message in zip(step.streams or (), messages, strict=True):
        assert not list(form_differences(case.operation.response, expected, message))


def test_the_sandbox_runs_cases_of_every_stream() -> None:
    assert {case.operation for case in CASES if case.sandbox} == {case.operation for case in CASES}


async def stream(gateway: Gateway, face: str, case: Case, step: Step, token: str) -> Outcome:
    message = inputs.build(case.operation.request, step.values_after(token))
    streams = {"engine": stream_engine, "grpc": stream_grpc}
    return await streams[face](gateway, case, message)


async def stream_engine(gateway: Gateway, case: Case, message: Any) -> Outcome:
    operation = case.operation
    messages: list[dict[str, Any]] = []
    call = Call(face="cli", request_id="r1", cluster=case.engine.value)
    read = reader(operation, None, Dialect.PROTO).read
    try:
        async for values in gateway.engine.stream(operation, message, call, read):
            found = operation.response.cls(**values)
            messages.append(plain_message(operation.response, found))
    except CallError as error:
        return messages, error.failure.document()
    return messages, None


async def stream_grpc(gateway: Gateway, case: Case, message: Any) -> Outcome:
    operation = case.operation
    messages: list[dict[str, Any]] = []
    try:
        async for found in gateway.grpc.stream(operation, message, case.engine):
            messages += [plain_message(operation.response, found)]
    except grpc.aio.AioRpcError as error:
        return messages, grpc_failure(error)
    return messages, None


def check(operation: Operation, step: Step, messages: Sequence[Any], failure: dict[str, Any] | None) -> None:
    assert len(messages) == len(step.streams or ()), failure
    for expected, message in zip(step.streams or (), messages, strict=True):
        assert not list(differences(operation.response, expected, message))
    if step.fails is None:
        assert failure is None
        return
    assert failure is not None
    expected = dict(step.fails)
    assert expected.pop("message", "") in failure["message"]
    assert not list(differences(failure_shape(), expected, failure))
