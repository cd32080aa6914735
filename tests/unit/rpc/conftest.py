"""A gRPC server on a loopback port, over an engine that does as it is told."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import grpc
import pytest

from searchway.contract import catalog
from searchway.contract.catalog import Catalog
from searchway.contract.records import Operation
from searchway.contract.selection import Selection
from searchway.engine.call import Call
from searchway.errors import Code
from searchway.rpc.server import Server, create_server
from searchway.settings import Settings
from searchway.transcode.answer import Answer, Read

CLUSTERS = {"test": {"nodes": ["http://127.0.0.1:9200"]}}


@dataclass
class Run:
    """What the engine was asked."""

    operation: Operation
    message: Any
    call: Call
    selection: Selection | None


T = TypeVar("T")
Reply = Callable[[Run], Awaitable[Answer]]


@dataclass
class FakeEngine:
    """Stands where the engine does: remembers the calls and answers with a body, an error, or by a function."""

    reply: bytes | Exception | Reply = b"{}"
    runs: list[Run] = field(default_factory=list)
    open: int = 0
    refusals: list[tuple[str, Code, str, str]] = field(default_factory=list)

    def refused(self, face: str, code: Code, request_id: str, operation: str = "") -> None:
        self.refusals.append((face, code, request_id, operation))

    async def run(
        self, operation: Operation, message: Any, call: Call, read: Read[T], selection: Selection | None = None
    ) -> T:
        self.runs.append(Run(operation, message, call, selection))
        if isinstance(self.reply, Exception):
            raise self.reply
        if isinstance(self.reply, bytes):
            return read(Answer(bodies=(self.reply,)))
        return read(await self.reply(self.runs[-1]))

    async def stream(
        self, operation: Operation, message: Any, call: Call, read: Read[T], selection: Selection | None = None
    ) -> AsyncGenerator[T, None]:
        """Answer without end, each time as `run` does."""
        self.open += 1
        try:
            while True:
                yield await self.run(operation, message, call, read, selection)
        finally:
            self.open -= 1


@dataclass
class Face:
    """A running server and a channel to it."""

    engine: FakeEngine
    server: Server
    channel: grpc.aio.Channel
    catalog: Catalog

    def method(self, name: str) -> Any:
        operation = self.catalog.operation(name)
        return self.channel.unary_unary(
            operation.grpc_path,
            request_serializer=operation.request.cls.SerializeToString,
            response_deserializer=operation.response.cls.FromString,
        )

    def stream(self, name: str, metadata: dict[str, str] | None = None, timeout: float | None = None) -> Any:
        """Start a call with many answers, to be iterated over."""
        operation = self.catalog.operation(name)
        method = self.channel.unary_stream(
            operation.grpc_path,
            request_serializer=operation.request.cls.SerializeToString,
            response_deserializer=operation.response.cls.FromString,
        )
        return method(operation.request.cls(), metadata=tuple((metadata or {}).items()), timeout=timeout)

    def call(
        self, name: str, metadata: dict[str, str] | None = None, timeout: float | None = None, **values: Any
    ) -> Any:
        """Start a call; awaiting it gives the answer."""
        message = self.catalog.operation(name).request.cls(**values)
        return self.method(name)(message, metadata=tuple((metadata or {}).items()), timeout=timeout)


def make_settings(**values: Any) -> Settings:
    return Settings(**{"clusters": CLUSTERS, "grpc": "127.0.0.1:0", **values})


@asynccontextmanager
async def serving(engine: FakeEngine, **values: Any) -> AsyncIterator[Face]:
    operations = catalog.load()
    server = create_server(engine, operations, make_settings(**values))
    await server.start()
    async with grpc.aio.insecure_channel(str(server.address)) as channel:
        yield Face(engine, server, channel, operations)
    await server.stop()


@pytest.fixture(scope="session")
def serve() -> Any:
    """Serve an engine that answers so, with these settings."""
    return lambda reply, **values: serving(FakeEngine(reply), **values)


@pytest.fixture
async def face() -> AsyncIterator[Face]:
    async with serving(FakeEngine()) as running:
        yield running
