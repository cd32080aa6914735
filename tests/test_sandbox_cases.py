"""Runs the cases that say so against the sandbox: what was recorded and what it answers have one form."""

from typing import Final

import httpx
import pytest

from harness.cases import Case, Exchange, read_cases
from harness.gateway import Gateway
from harness.plain import form_differences
from harness.upstream import Upstream
from searchway.contract.catalog import load
from searchway.sandbox import create_sandbox
from searchway.upstream import AsgiTransport

CASES: Final = [case for case in read_cases() if case.sandbox and not case.operation.streaming]


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("face", ["grpc", "graphql"])
@pytest.mark.asyncio(loop_scope="session")
async def test_a_case_on_the_sandbox(gateway: Gateway, upstream: Upstream, face: str, case: Case) -> None:
    sandbox = AsgiTransport(create_sandbox(case.engine.value))
    for exchange in case.given:
        await bring_about(sandbox, exchange)
    upstream.play(sandbox)
    token = ""
    for step in case.steps:
        values = step.values_after(token)
        outcome = await gateway.face(face).call(case.operation, values, cluster=case.engine, expected=step.gives or {})
        if step.fails is not None:
            assert outcome.failure is not None, outcome.result
            assert outcome.failure["code"] == step.fails["code"], outcome.failure
            assert outcome.failure.get("http_status", 0) == step.fails.get(
                "http_status", outcome.failure.get("http_status", 0)
            )
            continue
        assert step.gives is not None
        assert outcome.result is not None, outcome.failure
        found = list(form_differences(case.operation.response, step.gives, outcome.result))
        assert not found
        token = str(outcome.result.get("next_page_token", ""))


async def bring_about(sandbox: AsgiTransport, exchange: Exchange) -> None:
    method, target = exchange.line.split()
    content = httpx.Request(method, "http://sandbox", json=exchange.body).content if exchange.body is not None else b""
    request = httpx.Request(
        method,
        "http://sandbox",
        headers={"content-type": "application/json"} if content else {},
        content=content,
        extensions={"target": target.encode()},
    )
    answer = await sandbox.handle_async_request(request)
    assert answer.status_code < 300, await answer.aread()


def test_the_sandbox_runs_cases_of_every_operation() -> None:
    assert {case.operation.name for case in CASES} == load().unary.keys()
