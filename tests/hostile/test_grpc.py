"""The gRPC listener against clients that speak HTTP/2 badly or not at all."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import grpc
import pytest

from harness.gateway import gateway_settings
from hostile.listening import within
from searchway.contract.catalog import load
from searchway.engine import Engine
from searchway.engine.telemetry import Telemetry
from searchway.rpc.server import create_server
from searchway.upstream import Clusters

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
MAX_STREAMS, MAX_HEADERS = 3, 6  # https://www.rfc-editor.org/rfc/rfc9113#section-6.5.2
GOAWAY = 7


@asynccontextmanager
async def serving(connections: int | None = None, **numbers: Any) -> AsyncIterator[int]:
    """Serve gRPC; yield the port."""
    settings = gateway_settings(connections=numbers)
    clusters = Clusters(settings)
    server = create_server(
        Engine(load(), clusters, settings, Telemetry(access_log=False)), load(), settings, connections=connections
    )
    await server.start()
    yield server.address.port
    await server.stop()
    await clusters.aclose()


@asynccontextmanager
async def client(port: int, sent: bytes = b"") -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read a frame: its kind and what it holds."""
    head = await within(reader.readexactly(9))
    return head[3], await within(reader.readexactly(int.from_bytes(head[:3], "big")))


async def test_connections_are_bounded_and_make_room_again() -> None:
    async with serving(connections=3) as port:
        async with AsyncExitStack() as stack:
            opened = [await stack.enter_async_context(client(port, PREFACE + SETTINGS)) for _ in range(8)]
            answers = [await within(reader.read(9)) for reader, _ in opened]
            assert [bool(answer) for answer in answers] == [True] * 3 + [False] * 5
        while True:
            async with client(port, PREFACE + SETTINGS) as (reader, _):
                if await within(reader.read(9)):
                    break


async def test_client_is_told_how_many_calls_and_how_much_metadata_it_may_send() -> None:
    async with (
        serving(grpc_streams=7, grpc_metadata_bytes=5000) as port,
        client(port, PREFACE + SETTINGS) as (reader, _),
    ):
        kind, payload = await frame(reader)
        told = {struct.unpack_from("!HI", payload, at) for at in range(0, len(payload), 6)}
        assert kind == SETTINGS[3]
        assert {(MAX_STREAMS, 7), (MAX_HEADERS, 5000)} <= told


@pytest.mark.parametrize("sent", [b"", PREFACE[:10], PREFACE])
async def test_client_that_does_not_begin_is_given_up(sent: bytes) -> None:
    async with serving(header_timeout=1) as port, client(port, sent) as (reader, _):
        assert (await within(reader.read()))[9:] is not None  # it ends


async def test_metadata_beyond_the_bound_is_refused_and_below_it_never() -> None:
    async with serving(grpc_metadata_bytes=8000) as port, grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        check = channel.unary_unary("/grpc.health.v1.Health/Check")
        for _ in range(20):
            assert await check(b"", metadata=[("x-some", "a" * 7000)]) is not None
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await check(b"", metadata=[("x-some", "a" * 8001)])
        assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_flood_of_pings_ends_the_connection() -> None:
    ping = bytes([0, 0, 8, 6, 0, 0, 0, 0, 0]) + bytes(8)
    async with serving() as port, client(port, PREFACE + SETTINGS + ping * 1000) as (reader, _):
        kind = SETTINGS[3]
        while kind != GOAWAY:
            kind, payload = await frame(reader)
        assert b"too_many_pings" in payload


@pytest.mark.parametrize("method", ["PutRole", "BulkPutRole"])
async def test_a_message_of_too_many_values_is_refused_before_it_is_parsed(
    monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    parsed: list[Any] = []
    monkeypatch.setattr("searchway.rpc.handler.Handler._understand", lambda *given: parsed.append(given))
    role = b"\x12\x00" * 600_000  # of PutRole: indices, of BulkPutRole: roles
    requests = {"PutRole": b"\x1a" + b"\x80\x9f\x49" + role, "BulkPutRole": role}
    async with serving() as port, grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.unary_unary(f"/searchway.api.security.v1.SecurityService/{method}")
        with pytest.raises(grpc.aio.AioRpcError, match=r"at most 100000 values.*limits\.message_values"):
            await call(requests[method])
    assert parsed == []
