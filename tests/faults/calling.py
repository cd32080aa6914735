"""Calls over both faces, with all that a caller can read of what came of them."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol

import grpc
import httpx
import orjson
import pytest
import strawberry

from faults.kinds import Kind
from faults.modes import LIMIT
from faults.outcomes import TRIES
from faults.upstream import Faulty
from harness.faces import graph_failure, grpc_failure
from harness.plain import plain_message
from searchway.contract.catalog import Catalog, load
from searchway.engine import Engine
from searchway.engine.telemetry import Telemetry
from searchway.graph.app import create_app
from searchway.graph.schema import build_schema
from searchway.rpc.server import create_server
from searchway.settings import Settings
from searchway.transcode import inputs
from searchway.upstream import Clusters

FACES: Final = ("grpc", "graphql")
MARGIN: Final = 0.5
"""Seconds in which the gateway's own error must be with the caller before the caller's patience ends."""
_PATIENCE: Final = 60.0
_SHARED: Final = ("code", "field", "item", "http_status", "cluster", "operation", "retryable")
_BEGINNING: Final = 300


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one call."""

    code: str
    value: Any = None
    """Of a success: the field that the kind names."""
    failure: Mapping[str, Any] | None = None
    """What an ApiError says that must be the same on both faces."""
    text: str
    """Everything that the caller can read."""

    @property
    def applied(self) -> str:
        """What is said of a write."""
        return str((self.failure or {}).get("applied", ""))

    def shared(self, kind: Kind) -> tuple[str, Any, Mapping[str, Any] | None]:
        """Return what must be the same on both faces: less of calls that share a request on one and not on the other."""
        return self.code, self.value, None if len(kind.inputs) > 1 else self.failure


class Caller(Protocol):
    """Calls over one face."""

    async def call(self, kind: Kind, who: str, seconds: float) -> Sequence[Outcome]:
        """Make the calls of a kind at the same time; return what came of each."""


class GrpcCaller:
    """Over gRPC."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel

    async def call(self, kind: Kind, who: str, seconds: float) -> Sequence[Outcome]:
        """See `Caller`."""
        return await asyncio.gather(*(self._one(kind, values, who, seconds) for values in kind.values(who)))

    async def _one(self, kind: Kind, values: Mapping[str, Any], who: str, seconds: float) -> Outcome:
        operation = kind.operation
        method = self._channel.unary_unary(
            operation.grpc_path,
            request_serializer=operation.request.cls.SerializeToString,
            response_deserializer=operation.response.cls.FromString,
        )
        metadata = (("authorization", f"Basic {who}"),)
        call = method(inputs.build(operation.request, values), metadata=metadata, timeout=seconds)
        try:
            answer = plain_message(operation.response, await call)
        except grpc.aio.AioRpcError as error:
            if "grpc-status-details-bin" not in dict(error.trailing_metadata() or ()):  # the client's own deadline
                return Outcome(code=error.code().name, failure={}, text=str(error))
            failure = _comparable(grpc_failure(error))
            text = f"{error.details()} {error.initial_metadata()} {error.trailing_metadata()}"
            return Outcome(code=error.code().name, failure=failure, text=text)
        text = f"{answer} {await call.initial_metadata()} {await call.trailing_metadata()}"
        return Outcome(code="OK", value=_cut(answer, kind.gives), text=text)


class GraphCaller:
    """Over GraphQL."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def call(self, kind: Kind, who: str, seconds: float) -> Sequence[Outcome]:
        """See `Caller`."""
        headers = {"authorization": f"Basic {who}", "x-searchway-timeout": str(round(seconds * 1000))}
        body = {"query": kind.document.replace("{who}", who)}
        answer = await self._client.post("/graphql", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        document, text = orjson.loads(answer.content), f"{answer.text} {answer.headers}"
        failed = {tuple(error["path"]): error for error in document.get("errors", ())}
        ways = [kind.way] if len(kind.inputs) == 1 else [("a",), ("b",)]
        return [_graph_outcome(kind, way, document, failed, text) for way in ways]


def _graph_outcome(
    kind: Kind, way: tuple[str, ...], document: Mapping[str, Any], failed: Mapping[tuple[str, ...], Any], text: str
) -> Outcome:
    if way in failed:
        failure = _comparable(graph_failure(failed[way]))
        return Outcome(code=failure["code"], failure=failure, text=text)
    assert not failed
    found = document["data"]
    for name in way:
        found = found[name]
    if "edges" in found:
        found = {kind.gives[0]: [edge["node"] for edge in found["edges"]]}
    return Outcome(code="OK", value=_cut(found, kind.gives), text=text)


def _cut(found: Mapping[str, Any], gives: tuple[str, Any]) -> Any:
    """Return the field that a kind names, as far as the kind names its members."""
    name, like = gives
    return _like(found.get(name), like)


def _like(value: Any, like: Any) -> Any:
    if isinstance(like, dict) and isinstance(value, Mapping):
        return {key: _like(value.get(key), like[key]) for key in like}
    if isinstance(like, list) and isinstance(value, list):
        return [_like(item, like[0]) for item in value]
    return value


def _comparable(failure: Mapping[str, Any]) -> dict[str, Any]:
    """Return what must be the same on both faces: trailers are short, so that of a long text only the beginning must."""
    plain = {name: failure.get(name) for name in _SHARED if failure.get(name) not in (None, "", False)}
    cause = failure.get("cause") or {}
    return {
        **plain,
        "message": failure["message"][:_BEGINNING],
        "cause": [str(cause.get(name) or "")[:_BEGINNING] for name in ("type", "reason")],
        "applied": str(failure.get("applied") or "").upper().removeprefix("APPLIED_").removeprefix("UNSPECIFIED"),
        "waits": bool(failure.get("retry_delay_ms")),
    }


def settings_for(port: int) -> Settings:
    """Return settings with one cluster at a port, under which nothing but the mode decides what comes of a call."""
    cluster = {
        "nodes": [f"http://127.0.0.1:{port}"],
        "engine": "elasticsearch",
        "version": "9.5.0",
        "retries": TRIES - 1,
        "compress": True,
        "forward_credentials": True,
        "breaker_failures": 10**9,
    }
    batching = {"window_ms": 10_000, "operations": {"security.PutRole": {"max_size": 2}}}
    loopback = {"host": "127.0.0.1", "port": 0}
    return Settings.model_validate(
        {
            "clusters": {"c": cluster},
            "grpc": loopback,
            "margin": MARGIN,
            "batching": batching,
            "limits": {"response_bytes": LIMIT},
        }
    )


@cache
def _derive() -> strawberry.Schema:
    return build_schema(load())


def _derived(_catalog: Catalog) -> strawberry.Schema:
    return _derive()


@asynccontextmanager
async def open_callers(upstream: Faulty) -> AsyncIterator[Mapping[str, Caller]]:
    """Start a gateway before a cluster; yield a caller for each face."""
    settings = settings_for(upstream.port)
    clusters = Clusters(settings)
    engine = Engine(load(), clusters, settings, Telemetry(access_log=False))
    server = create_server(engine, load(), settings)
    await server.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("searchway.graph.app.build_schema", _derived)
        transport = httpx.ASGITransport(create_app(engine, load(), settings))
    async with (
        grpc.aio.insecure_channel(str(server.address)) as channel,
        httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=_PATIENCE) as client,
    ):
        yield {"grpc": GrpcCaller(channel), "graphql": GraphCaller(client)}
    await server.stop()
    await clusters.aclose()
