"""No message of a caller, and no account of failed items from a cluster, holds the event loop for more than a bounded amount of work."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import httpx
import orjson
import pytest

from hostile.work import held
from searchway.contract.catalog import load
from searchway.engine import Call, Engine
from searchway.engine.telemetry import Telemetry
from searchway.errors import CallError, MalformedAnswerError
from searchway.settings import Settings
from searchway.transcode import inputs
from searchway.transcode.response import Dialect, reader
from searchway.upstream import Clusters

MOST_ON_THE_LOOP: Final = 100_000
"""Function calls of a tenth of a microsecond to half of one each: 50 ms at worst."""
SIZES: Final = (100, 4_000)

ROLE: Final[dict[str, Any]] = {"cluster": ["all"], "indices": [{"names": ["a"], "privileges": ["read"]}]}

MESSAGES: Final[dict[str, tuple[str, Callable[[int], Any]]]] = {
    "many roles": ("security.BulkPutRole", lambda n: {"roles": [{"name": f"r{i}", "role": ROLE} for i in range(n)]}),
    "a role of many privileges": (
        "security.PutRole",
        lambda n: {"name": "r", "role": {"indices": ROLE["indices"] * n}},
    ),
    "a role of many words": ("security.PutRole", lambda n: {"name": "r", "role": {"cluster": ["a"] * (20 * n)}}),
    "many searches": ("fleet.MultiSearch", lambda n: {"searches": [{"header": {"index": ["a"]}, "body": {}}] * n}),
    "many names": ("ism.ExplainIndices", lambda n: {"indices": [f"i{i}" for i in range(n)]}),
    "many names of a write": (
        "ism.AddPolicy",
        lambda n: {"policy_id": "p", "indices": [f"i{i}" for i in range(10 * n)]},
    ),
}

ANSWERS: Final[dict[str, tuple[str, Any, Callable[[int], Any]]]] = {
    "roles that are refused": (
        "security.BulkPutRole",
        {"roles": [{"name": "r", "role": {}}]},
        lambda n: {"errors": {"count": n, "details": {f"r{i}": {"type": "t", "reason": "a:1"} for i in range(n)}}},
    ),
    "indices that are refused": (
        "ism.AddPolicy",
        {"policy_id": "p", "indices": ["*"]},
        lambda n: {
            "updated_indices": 0,
            "failures": True,
            "failed_indices": [{"index_name": f"i{i}", "index_uuid": "u", "reason": "a.b:1"} for i in range(n)],
        },
    ),
    "searches that fail": (
        "fleet.MultiSearch",
        {"searches": [{"header": {}, "body": {}}]},
        lambda n: {"responses": [{"error": {"type": "t", "reason": "a.b:1"}, "status": 400}] * n},
    ),
    "searches of another shape": (
        "fleet.MultiSearch",
        {"searches": [{"header": {}, "body": {}}]},
        lambda n: {"responses": [{"took": "a long time"}] * n},
    ),
}


async def run(operation: str, values: Any, answer: Any) -> int:
    """Call an operation; return how long that held the loop."""
    found = load().operation(operation)
    engine_name = found.engines[0].engine.value
    cluster = {"nodes": ["http://c:9200"], "engine": engine_name, "max_request_line_bytes": 10**9}
    settings = Settings.model_validate({"clusters": {"c": cluster}})
    content = orjson.dumps(answer)
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, content=content))
    clusters = Clusters(settings, transports={"c": transport})
    engine = Engine(load(), clusters, settings, Telemetry(access_log=False))
    message, read = inputs.build(found.request, values), reader(found, None, Dialect.PROTO).read
    async with held() as loop:
        try:
            await engine.run(found, message, Call(face="cli", request_id="r"), read)
        except MalformedAnswerError:
            assert answer == {}  # of the others the account is to be read
        except CallError:
            pass
    await clusters.aclose()
    return loop.longest


def within_bounds(works: Sequence[int]) -> bool:
    return max(works) <= MOST_ON_THE_LOOP


@pytest.mark.parametrize(("operation", "values"), MESSAGES.values(), ids=MESSAGES.keys())
async def test_no_message_holds_the_loop(operation: str, values: Callable[[int], Any]) -> None:
    assert within_bounds([await run(operation, values(size), {}) for size in SIZES])


@pytest.mark.parametrize(("operation", "values", "answer"), ANSWERS.values(), ids=ANSWERS.keys())
async def test_no_account_of_failures_holds_the_loop(operation: str, values: Any, answer: Callable[[int], Any]) -> None:
    assert within_bounds([await run(operation, values, answer(size)) for size in SIZES])
