"""WebSockets of clients that send too much, or never read."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from hostile.listening import Listening, client, listening, silent, turns, until, within
from searchway.server.http.reading import PIECE
from searchway.server.http.websocket import WebSocketProtocol

HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
TEXT, CONTINUED, PING = 0x1, 0x0, 0x9


def frame(kind: int, payload: bytes = b"", *, final: bool = True, length: int | None = None) -> bytes:
    """Return a frame as clients send it, masked with nothing but zeros; `length` says another length than it has."""
    size = len(payload) if length is None else length
    short = size if size < 126 else 126 if size < 65_536 else 127
    more = b"" if size < 126 else struct.pack("!H", size) if size < 65_536 else struct.pack("!Q", size)
    return bytes([kind | (0x80 if final else 0), 0x80 | short]) + more + bytes(4) + payload


@asynccontextmanager
async def socket_of(at: Listening) -> AsyncIterator[ClientConnection]:
    """Open a WebSocket."""
    async with connect(f"ws://localhost:{at.port}/graphql", ping_interval=None) as opened:
        yield opened


async def code_of(opened: ClientConnection) -> int | None:
    """Wait until it is closed and return the code."""
    with suppress(ConnectionClosed):
        while True:
            await within(opened.recv())
    return opened.close_code


@pytest.mark.parametrize(
    "header", [b"Transfer-Encoding: chunked\r\n", b"Content-Length: 5\r\n", b"X: " + b"x" * 9000 + b"\r\n"]
)
async def test_handshake_that_cannot_be_read_is_refused(header: bytes) -> None:
    async with listening() as at, client(at) as (reader, writer):
        writer.write(HANDSHAKE[:-2] + header + b"\r\n")
        assert (await within(reader.read())).startswith(b"HTTP/1.1 400 ")
        await until(lambda: len(at.connections) == 0)


async def test_messages_are_small_until_the_sub_protocol_is_open() -> None:
    async with listening(init_bytes=1000) as at:
        async with socket_of(at) as opened:
            await opened.send("x" * 1000)
            assert await within(opened.recv()) == "1000"
            await opened.send("x" * 1001)
            assert await code_of(opened) == 1009
        async with socket_of(at) as opened:
            await opened.send("open")
            assert await within(opened.recv()) == "4"
            await opened.send("x" * 3_000_000)
            assert await within(opened.recv()) == "3000000"


async def test_large_frame_is_refused_by_what_it_says_and_not_by_what_came() -> None:
    async with listening() as at, client(at) as (reader, writer):
        writer.write(HANDSHAKE + frame(TEXT, b"x", length=15_000_000))
        await within(reader.readuntil(b"\r\n\r\n"))
        assert struct.pack("!H", 1009) in await within(reader.read())


@pytest.mark.parametrize(("size", "count", "code"), [(1000, 65, 1009), (0, 1024, 1008)])
async def test_fragments_are_bounded_in_bytes_and_number(size: int, count: int, code: int) -> None:
    async with listening(init_bytes=64_000) as at, client(at) as (reader, writer):
        writer.write(HANDSHAKE + frame(TEXT, final=False) + frame(CONTINUED, b"x" * size, final=False) * (count - 1))
        await within(reader.readuntil(b"\r\n\r\n"))
        await until(lambda: at.read > 0)
        writer.write(frame(CONTINUED, b"x" * size, final=False))
        assert struct.pack("!H", code) in await within(reader.read())


async def test_messages_are_read_one_by_one() -> None:
    async with listening() as at:
        at.app.gate.clear()
        async with silent(at, HANDSHAKE + frame(TEXT, b"x") * 400_000):
            await until(lambda: at.app.started == 1 and isinstance(at.made[0].protocol, WebSocketProtocol))
            await turns(1000)
            protocol = at.made[0].protocol
            assert isinstance(protocol, WebSocketProtocol)
            assert protocol.queue.qsize() <= PIECE // len(frame(TEXT, b"x")) + 1
            assert protocol.read_paused
        at.app.gate.set()


async def test_flood_of_pings_ends_the_socket() -> None:
    async with listening() as at, client(at) as (reader, writer):
        writer.write(HANDSHAKE + frame(PING) * 99)
        await within(reader.readuntil(b"\r\n\r\n"))
        assert await within(reader.readexactly(2 * 99)) == b"\x8a\x00" * 99
        at.sweep(1)
        writer.write(frame(PING) * 600)
        answer = await within(reader.read())
        assert answer.count(b"\x8a\x00") <= PIECE // len(frame(PING))  # a piece is parsed as a whole
        assert struct.pack("!H", 1008) in answer
        assert at.reasons == {"pings": 1}


async def test_client_that_does_not_read_is_read_no_more() -> None:
    async with listening() as at:
        at.app.socket_answer = "x" * 100_000
        async with silent(at, HANDSHAKE + frame(TEXT, b"x") * 400_000):
            await until(lambda: at.made and at.made[0].stalled is not None)
            await turns(1000)
            connection = at.made[0]
            assert connection.transport is not None
            assert connection.transport.get_write_buffer_size() < 300_000
            at.sweep(2 * at.connections.settings.write_timeout + 2)  # something may have left in the first of them
            await until(lambda: len(at.connections) == 0)
            assert at.reasons == {"write_timeout": 1}


async def test_unfinished_messages_share_the_memory_of_bodies() -> None:
    async with listening(body_memory=4_000_000) as at:
        async with socket_of(at) as one, socket_of(at) as other:
            for opened in (one, other):
                await opened.send("open")
                assert await within(opened.recv()) == "4"

            async def parts() -> AsyncIterator[str]:
                for _ in range(12):
                    yield "x" * 100_000
                await asyncio.Event().wait()

            sending = [asyncio.ensure_future(opened.send(parts())) for opened in (one, other)]
            await until(lambda: at.reasons["body_memory"] == 1)
            assert at.connections.held <= 2_000_000
            for task in sending:
                task.cancel()
            await asyncio.wait(sending)
        await until(lambda: at.connections.held == 0)


async def test_message_that_does_not_come_to_an_end_is_given_up() -> None:
    async with listening() as at, client(at) as (reader, writer):
        writer.write(HANDSHAKE + frame(TEXT, b"x", final=False) + frame(PING))
        await within(reader.readuntil(b"\r\n\r\n"))
        await within(reader.readexactly(2))  # the pong
        at.sweep(29)
        assert not at.reasons
        at.sweep(1)
        assert struct.pack("!H", 1013) in await within(reader.read())


async def test_quiet_socket_is_not_given_up() -> None:
    async with listening() as at, client(at) as (reader, writer):
        writer.write(HANDSHAKE + frame(PING))
        await within(reader.readuntil(b"\r\n\r\n"))
        await within(reader.readexactly(2))
        at.sweep(10_000)
        writer.write(frame(TEXT, b"abc"))
        assert await within(reader.readexactly(3)) == b"\x81\x013"


async def test_large_message_is_free_after_it_was_answered() -> None:
    async with listening(body_memory=2_000_000) as at, socket_of(at) as opened:
        await opened.send("open")
        assert await within(opened.recv()) == "4"
        for _ in range(5):
            await opened.send("x" * 900_000)
            assert await within(opened.recv()) == "900000"
        assert not at.reasons
