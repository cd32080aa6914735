"""What a request carries that is for several callers, and that nothing one of them sent fails the others."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx
import orjson
import pytest
from structlog.testing import capture_logs

from searchway.contract.catalog import load
from searchway.engine import Call, Engine
from searchway.engine.telemetry import Telemetry
from searchway.errors import CallError
from searchway.settings import Settings
from searchway.transcode import inputs
from searchway.upstream import Clusters
from unit.engine.turns import settle

TABLE, PUT, EXPLAIN = (load().operation(n) for n in ("cat.ListAllocation", "security.PutRole", "ism.ExplainIndices"))
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACING = ("x-opaque-id", "traceparent", "tracestate")
SMALL = 2000
"""Bytes of all tracing headers above which the cluster here answers 400, as engines do above their own bound."""


def _body(request: httpx.Request) -> Any:
    path = request.extensions["target"].decode().partition("?")[0]
    if path.startswith("/_cat"):
        return []
    if "explain" in path:
        names = unquote(path.rpartition("/")[2]).split(",")
        return {**{name: {"index": name} for name in names}, "total_managed_indices": 0}
    if request.method == "POST":
        return {"created": list(orjson.loads(request.read())["roles"])}
    return {"role": {"created": True}}


@dataclass(slots=True, kw_only=True, eq=False)
class World(httpx.AsyncBaseTransport):
    """An engine before a cluster that shows what reaches it, and answers when the gate is open."""

    requests: list[httpx.Request] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    engine: Engine = field(init=False)
    numbers: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        await self.gate.wait()
        if sum(len(request.headers.get(name, "")) for name in TRACING) > SMALL:
            return httpx.Response(400, json={"error": {"type": "x", "reason": "HTTP header is larger"}, "status": 400})
        return httpx.Response(200, json=_body(request))

    def start(self, operation: Any, values: Mapping[str, Any], **headers: str) -> tuple[asyncio.Task[Any], Call]:
        self.numbers += 1
        call = Call(face="cli", request_id=f"caller-{self.numbers}", headers=headers)
        message = inputs.build(operation.request, values)
        return asyncio.create_task(self.engine.run(operation, message, call, lambda answer: answer)), call

    def tracing(self, number: int = 0) -> dict[str, str]:
        return {name: self.requests[number].headers[name] for name in TRACING if name in self.requests[number].headers}


@asynccontextmanager
async def open_world(engine: str = "elasticsearch", version: str = "9.0.0") -> AsyncIterator[World]:
    product = {"engine": engine, "version": version} if version else {}
    one = {"nodes": ["http://c:9200"], "retries": 0, **product}
    settings = Settings.model_validate({"clusters": {"c": one}, "forward_headers": [*TRACING, "x-tenant"]})
    world = World()
    clusters = Clusters(settings, transports={"c": world})
    world.engine = Engine(load(), clusters, settings, Telemetry())
    yield world
    await clusters.aclose()


def role(number: int) -> dict[str, Any]:
    return {"name": f"role-{number}", "role": {"cluster": ["monitor"]}}


def traced(number: int) -> dict[str, str]:
    return {"traceparent": f"00-{number:032x}-{SPAN}-01", "tracestate": f"a={number}"}


CASES = {
    "reads": (TABLE, lambda _: {}),
    "writes": (PUT, role),
    "reads that are joined": (EXPLAIN, lambda n: {"indices": [f"i{n % 3}"]}),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_a_shared_request_goes_in_the_gateways_own_name_and_each_call_tells_it(case: Any) -> None:
    operation, values = case
    async with open_world("opensearch" if operation is EXPLAIN else "elasticsearch") as world:
        world.gate.set()
        with capture_logs() as lines:
            begun = [world.start(operation, values(n), **traced(n + 1)) for n in range(9)]
            await asyncio.gather(*(task for task, _ in begun))
        (request,) = world.requests
        own = request.headers["x-opaque-id"]
        assert re.fullmatch("[0-9a-f]{32}", own)
        assert re.fullmatch(f"00-{own}-[0-9a-f]{{16}}-01", request.headers["traceparent"])
        assert "tracestate" not in request.headers
    calls = {line["request_id"]: line for line in lines if line["event"] == "call"}
    assert {(line["sent_as"], line["trace_id"]) for line in calls.values()} == {
        (own, f"{n + 1:032x}") for n in range(9)
    }
    assert calls.keys() == {call.request_id for _, call in begun}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_a_call_alone_keeps_its_own_headers(case: Any) -> None:
    operation, values = case
    async with open_world("opensearch" if operation is EXPLAIN else "elasticsearch") as world:
        world.gate.set()
        with capture_logs() as lines:
            task, call = world.start(operation, values(1), **traced(7))
            await task
        assert world.tracing() == {"x-opaque-id": call.request_id, **traced(7)}
    assert [line.get("sent_as") for line in lines if line["event"] == "call"] == [None]


async def test_one_that_comes_late_tells_in_whose_name_the_request_went() -> None:
    async with open_world() as world:
        first, first_call = world.start(TABLE, {})
        await settle()
        late, late_call = world.start(TABLE, {})
        await settle()
        world.gate.set()
        await asyncio.gather(first, late)
        assert len(world.requests) == 1
        assert (first_call.sent_as, late_call.sent_as) == ("", first_call.request_id)


async def test_the_only_one_left_goes_in_its_own_name() -> None:
    async with open_world() as world:
        world.gate.set()
        first, _ = world.start(TABLE, {})
        second, call = world.start(TABLE, {})
        await asyncio.sleep(0)
        first.cancel()
        await second
        assert world.tracing() == {"x-opaque-id": call.request_id}


async def test_equal_explanations_that_join_others_are_one_request_in_one_name() -> None:
    async with open_world("opensearch") as world:
        world.gate.set()
        begun = [world.start(EXPLAIN, {"indices": [name]}) for name in ("a", "a", "b")]
        await asyncio.gather(*(task for task, _ in begun))
        assert {call.sent_as for _, call in begun} == {world.tracing()["x-opaque-id"]}


async def test_equal_explanations_alone_go_in_the_gateways_name() -> None:
    async with open_world("opensearch") as world:
        world.gate.set()
        begun = [world.start(EXPLAIN, {"indices": ["a"]}) for _ in range(2)]
        await asyncio.gather(*(task for task, _ in begun))
        (request,) = world.requests
        assert {call.sent_as for _, call in begun} == {request.headers["x-opaque-id"]}


async def test_other_forwarded_headers_still_keep_calls_apart_and_go_on() -> None:
    async with open_world() as world:
        world.gate.set()
        await asyncio.gather(*(world.start(TABLE, {}, **{"x-tenant": f"t{n % 2}"})[0] for n in range(6)))
        assert sorted(request.headers["x-tenant"] for request in world.requests) == ["t0", "t1"]


async def test_the_question_what_the_cluster_runs_is_asked_for_all() -> None:
    async with open_world(version="") as world:
        world.gate.set()
        task, _ = world.start(PUT, role(1), **traced(7))
        await task
        assert [world.tracing(number).keys() for number in range(2)] == [set(), set(TRACING)]


POISON = {
    "too large for the gateway": "a" * 20_000,
    "too large for the cluster": "a" * 3_000,
    "not ASCII": "\xe9",
    "control characters": "a\tb",
    "half a pair": "\ud83d",
}


@pytest.mark.parametrize("name", ["traceparent", "tracestate"])
@pytest.mark.parametrize("value", POISON.values(), ids=POISON.keys())
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("when", ["together", "after it was sent"])
async def test_what_one_sends_fails_nobody_else(case: Any, name: str, value: str, when: str) -> None:
    operation, values = case
    async with open_world("opensearch" if operation is EXPLAIN else "elasticsearch") as world:
        attacker, _ = world.start(operation, values(0), **{name: value})
        if when == "after it was sent":
            await settle()
        victims = [world.start(operation, values(n if operation is PUT else 0))[0] for n in range(1, 9)]
        await settle()
        world.gate.set()
        await asyncio.gather(*victims)
        outcome: Any = (await asyncio.gather(attacker, return_exceptions=True))[0]
        assert not isinstance(outcome, Exception) or isinstance(outcome, CallError)
        assert len(world.requests) <= 2
