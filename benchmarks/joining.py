"""What joining and sharing save, and what they cost a call that has no company.

    python -m benchmarks.joining

The engine runs over the sandbox, which answers after a delay, in one process. Every kind of call is made so many at the same time, with
sharing and without, in turn. Then a read is made again and again by itself, over a transport that answers at once.
"""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from statistics import median
from typing import Any

import httpx
import orjson
import uvloop

from searchway.contract.catalog import load
from searchway.engine import Call, Engine
from searchway.engine.telemetry import Telemetry
from searchway.graph.app import create_app
from searchway.sandbox import Fault, Sandbox, create_sandbox
from searchway.settings import EngineName, Settings
from searchway.transcode import inputs
from searchway.transcode.jsontext import dumps
from searchway.transcode.response import Dialect, reader
from searchway.upstream import Clusters
from searchway.upstream.asgi import AsgiTransport

ROUNDS, LONE_CALLS = 5, 3000
INDICES = [f"index-{number}" for number in range(50)]
ROLE = '(input: {name: "role-%d", role: {cluster: ["monitor"]}}) { created }'
ALIASES = orjson.dumps({"query": "mutation {" + "".join(f"r{n}: securityPutRole{ROLE % n} " for n in range(100)) + "}"})
_ids = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Calls of one moment."""

    title: str
    operation: str
    engine: EngineName
    values: Sequence[Mapping[str, Any]]


WORKLOADS = (
    Workload(
        title="100 roles",
        operation="security.PutRole",
        engine="elasticsearch",
        values=[{"name": f"role-{n}", "role": {"cluster": ["monitor"]}} for n in range(100)],
    ),
    Workload(title="50 equal reads", operation="cat.ListAllocation", engine="elasticsearch", values=[{}] * 50),
    Workload(
        title="50 different explains",
        operation="ism.ExplainIndices",
        engine="opensearch",
        values=[{"indices": [name]} for name in INDICES],
    ),
    Workload(
        title="50 fleet searches",
        operation="fleet.MultiSearch",
        engine="elasticsearch",
        values=[{"searches": [{"header": {"index": [name]}, "body": dumps({})}]} for name in INDICES],
    ),
)


class AtOnce(httpx.AsyncBaseTransport):
    """Answers every request with an empty table."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        del request
        return httpx.Response(200, headers={"content-type": "application/json"}, stream=httpx.ByteStream(b"[]"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The engine, and the GraphQL face before it."""

    engine: Engine
    graphql: httpx.AsyncClient

    async def call(self, operation: str, values: Mapping[str, Any]) -> None:
        """Make a call."""
        found = load().operation(operation)
        call = Call(face="cli", request_id=str(next(_ids)))
        read = reader(found, None, Dialect.GRAPH).read
        await self.engine.run(found, inputs.build(found.request, values), call, read)

    async def ask(self, document: bytes) -> None:
        """Send a GraphQL request."""
        answer = await self.graphql.post("/graphql", content=document, headers={"content-type": "application/json"})
        if b'"errors"' in answer.content:
            raise RuntimeError(answer.text[:300])


@asynccontextmanager
async def open_gateway(engine: str, transport: httpx.AsyncBaseTransport, *, sharing: bool) -> AsyncIterator[Gateway]:
    """Put a gateway together in this process, with sharing or without."""
    version = {"version": "9.0.0"} if engine == "elasticsearch" else {}
    cluster = {"nodes": ["http://cluster:9200"], "engine": engine, **version}
    settings = Settings.model_validate({"clusters": {"c": cluster}, "batching": {"enabled": sharing}})
    clusters = Clusters(settings, transports={"c": transport})
    run = Engine(load(), clusters, settings, Telemetry(access_log=False))
    face = httpx.ASGITransport(create_app(run, load(), settings))
    async with httpx.AsyncClient(transport=face, base_url="http://gateway", timeout=60) as client:
        yield Gateway(engine=run, graphql=client)
    await clusters.aclose()


async def open_sandbox(engine: EngineName, delay: float) -> Sandbox:
    """Make a cluster with the indices that the workloads name, which answers after so many seconds."""
    sandbox = create_sandbox(engine)
    async with open_gateway(engine, AsgiTransport(sandbox), sharing=False) as gateway:
        for name in INDICES:
            await gateway.call("indices.CreateIndex", {"index": name})
    sandbox.faults.add(Fault(delay=delay, times=None))
    return sandbox


async def compare(title: str, engine: EngineName, delay: float, work: Callable[[Gateway], Awaitable[None]]) -> None:
    """Do some work with sharing and without, in turn, and print requests and wall time of both."""
    sandbox = await open_sandbox(engine, delay)
    transport, lines = AsgiTransport(sandbox), []
    for sharing in (True, False):
        async with open_gateway(engine, transport, sharing=sharing) as gateway:
            await work(gateway)
            sandbox.requests.clear()
            times = [await _timed(gateway, work) for _ in range(ROUNDS)]
        lines.append((len(sandbox.requests) / ROUNDS, median(times)))
    (requests, shared), (all_requests, apart) = lines
    print(
        f"{title:34}{requests:10.0f}{all_requests:10.0f}{shared * 1000:12.1f}{apart * 1000:12.1f}{shared / apart:8.2f}"
    )


async def _all_of(workload: Workload, gateway: Gateway) -> None:
    await asyncio.gather(*(gateway.call(workload.operation, values) for values in workload.values))


async def _timed(gateway: Gateway, work: Callable[[Gateway], Awaitable[None]]) -> float:
    started = time.perf_counter()
    await work(gateway)
    return time.perf_counter() - started


async def compare_lone() -> None:
    """Make reads one after the other, with sharing and without, and print the processor time of each."""
    costs: dict[bool, list[float]] = {True: [], False: []}
    async with (
        open_gateway("elasticsearch", AtOnce(), sharing=True) as shared,
        open_gateway("elasticsearch", AtOnce(), sharing=False) as apart,
    ):
        for _ in range(ROUNDS):
            for sharing, gateway in ((True, shared), (False, apart)):
                costs[sharing].append(await _cost(gateway))
    with_it, without = (median(costs[sharing]) * 1e6 for sharing in (True, False))
    print(f"\nA lone read: {with_it:.0f} µs of processor time, {without:.0f} without sharing, {with_it - without:+.0f}")


async def _cost(gateway: Gateway) -> float:
    started = time.process_time()
    for _ in range(LONE_CALLS):
        await gateway.call("cat.ListAllocation", {})
    return (time.process_time() - started) / LONE_CALLS


async def measure(delay: float) -> None:
    """Measure everything."""
    print(f"{'':34}{'requests':>10}{'without':>10}{'ms':>12}{'without':>12}{'ratio':>8}")
    for workload in WORKLOADS:
        await compare(workload.title, workload.engine, delay, partial(_all_of, workload))
    await compare("100 aliased securityPutRole", "elasticsearch", delay, lambda gateway: gateway.ask(ALIASES))
    await compare_lone()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.joining", description="What sharing requests saves.")
    parser.add_argument("--delay", type=float, default=0.005, help="seconds after which the cluster answers")
    uvloop.run(measure(parser.parse_args().delay))


if __name__ == "__main__":
    main()
