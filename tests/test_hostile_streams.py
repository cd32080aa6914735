"""Streams whose answers hold hostile values end with a typed error, which is the same over the engine and gRPC, or go on."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest

from harness.cases import Case, Exchange
from harness.gateway import Gateway
from harness.upstream import Upstream
from test_hostile_answers import HOSTILE, with_hostile_values
from test_streams import CASES, stream

SHORT: Final = {
    name: next(case for case in CASES if case.operation.name == name and len(case.steps[0].exchanges) == count)
    for name, count in (("fleet.StreamHits", 1), ("rules.StreamRules", 1), ("enrich.WatchPolicyExecution", 2))
}
CODES: Final = {"INTERNAL", "FAILED_PRECONDITION", "NOT_FOUND"}
OVER: Final = "UNAVAILABLE"
"""What asking for more than is answered comes to."""


def with_hostile_answers(case: Case, hostile: str) -> Iterator[list[Exchange]]:
    """Yield what the cluster answers, with the hostile value in one place after the other."""
    exchanges = case.steps[0].exchanges
    for index, exchange in enumerate(exchanges):
        for body in with_hostile_values(exchange.answer, hostile):
            yield [*exchanges[:index], replace(exchange, answer=body.encode()), *exchanges[index + 1 :]]


@pytest.mark.parametrize(
    "hostile", ["lone-surrogate", "surrogate-name", "deep", "5000-digits", "infinite", "not-a-number", "list", "null"]
)
@pytest.mark.parametrize("name", SHORT)
@pytest.mark.asyncio(loop_scope="session")
async def test_a_hostile_value_in_an_answer_of_a_stream(
    gateway: Gateway, upstream: Upstream, name: str, hostile: str
) -> None:
    case = SHORT[name]
    for exchanges in with_hostile_answers(case, HOSTILE[hostile]):
        outcomes = []
        for face in ("engine", "grpc"):
            upstream.expect(exchanges)
            messages, failure = await stream(gateway, face, case, case.steps[0], "")
            for message in messages:
                message.pop("next_page_token", None)  # signed by the clock
            outcomes.append((messages, (failure or {}).get("code"), (failure or {}).get("message")))
            assert (failure or {}).get("code", "INTERNAL") in {*CODES, OVER}, failure
            assert "internal error" not in str(failure)
        assert outcomes[0] == outcomes[1]
