"""An engine over a sandbox, to see what calls of one moment become."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import orjson

from searchway.contract.catalog import load
from searchway.engine import Call, Engine
from searchway.engine.telemetry import Telemetry
from searchway.errors import CallError
from searchway.sandbox import Sandbox
from searchway.settings import Settings
from searchway.transcode import inputs
from searchway.transcode.response import Dialect, reader
from searchway.upstream import Clusters
from searchway.upstream.asgi import AsgiTransport

NAMES = count()
HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The engine, its clusters and what was counted."""

    engine: Engine
    sandboxes: Mapping[str, Sandbox]
    telemetry: Telemetry

    def start(
        self, operation: str, values: Mapping[str, Any], call: Call | None = None
    ) -> asyncio.Task[dict[str, Any]]:
        """Begin a call."""
        return asyncio.create_task(self.call(operation, values, call or new_call()))

    async def call(self, name: str, values: Mapping[str, Any], call: Call) -> dict[str, Any]:
        """Run a call; return the answer, or the error under `error`."""
        operation = load().operation(name)
        try:
            read = reader(operation, None, Dialect.GRAPH).read
            return plain(await self.engine.run(operation, inputs.build(operation.request, values), call, read))
        except CallError as error:
            return {"error": call.place(error, operation).failure}

    async def all(
        self, name: str, every: Sequence[Mapping[str, Any]], calls: Sequence[Call] | None = None
    ) -> list[dict[str, Any]]:
        """Run calls at the same time."""
        calls = calls or [new_call() for _ in every]
        return await asyncio.gather(*(self.call(name, v, c) for v, c in zip(every, calls, strict=True)))

    def requests(self, cluster: str = "c") -> list[str]:
        """Return the request lines that arrived at a cluster, without the question what it is."""
        lines = (f"{request.method} {request.raw_path}" for request in self.sandboxes[cluster].requests)
        return [line for line in lines if line != "GET /"]

    def metric(self, name: str, **labels: str) -> float:
        """Return the value of a metric."""
        return self.telemetry.registry.get_sample_value(name, labels) or 0.0


def plain(result: Any) -> dict[str, Any]:
    """Return a result as what its JSON says."""
    found: dict[str, Any] = orjson.loads(orjson.dumps(result))
    return found


def new_call(cluster: str = "c", headers: Mapping[str, str] = HEADERS, **more: Any) -> Call:
    """Return the circumstances of a call."""
    return Call(face="cli", request_id=f"r{next(NAMES)}", cluster=cluster, headers=headers, **more)


@asynccontextmanager
async def open_world(
    batching: Mapping[str, Any] | None = None, *, forward_headers: Sequence[str] = (), **sandboxes: Sandbox
) -> AsyncIterator[World]:
    """Start an engine with a sandbox for each cluster."""
    settings = Settings.model_validate(
        {
            "clusters": {
                name: {"nodes": [f"http://{name}:9200"], "retries": 0, "forward_credentials": True}
                for name in sandboxes
            },
            "batching": batching or {},
            "forward_headers": ["x-opaque-id", "traceparent", *forward_headers],
        }
    )
    clusters = Clusters(settings, transports={name: AsgiTransport(sandbox) for name, sandbox in sandboxes.items()})
    telemetry = Telemetry(access_log=False)
    yield World(engine=Engine(load(), clusters, settings, telemetry), sandboxes=sandboxes, telemetry=telemetry)
    await clusters.aclose()
