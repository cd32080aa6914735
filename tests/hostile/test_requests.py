"""Requests that are not complete, not right or too large, as bytes on a socket."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress

import orjson
import pytest

from hostile.listening import GET, HEAD, ask, client, listening, silent, turns, until, within
from searchway.server.connections import Connection, Connections
from searchway.server.http.protocol import HttpProtocol
from searchway.server.http.reading import PIECE
from searchway.settings import ConnectionSettings


class Double:
    """A protocol that receives a body."""

    is_idle, is_receiving = False, True

    def __init__(self, refuse: Callable[[], None]) -> None:
        self.refuse_body = refuse

    def check(self, now: int) -> None:
        """Wait on."""


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


async def test_small_request_is_answered_and_the_connection_kept() -> None:
    async with listening() as at, client(at) as (reader, writer):
        for _ in range(3):
            writer.write(HEAD + b"Content-Length: 5\r\n\r\nhello")
            assert (await within(reader.readuntil(b"\r\n\r\n5"))).startswith(b"HTTP/1.1 200 ")
        assert at.app.started == 3


@pytest.mark.parametrize("piece", [b"x", b"X: " + b"x" * 1000, b"\r\nA:b"])
async def test_endless_headers_are_refused_at_the_bound(piece: bytes) -> None:
    async with listening(header_bytes=20_000, header_count=50) as at:
        answer = await ask(at, GET[:-2] + b"X: ", piece * (60_000 // len(piece)))
        assert answer.startswith(b"HTTP/1.1 431 ")
        assert b"connections.header_bytes" in answer
        assert at.app.started == 0
        assert at.reasons == {"headers_too_large": 1}


async def test_what_comes_after_a_refusal_is_read_to_a_bound_only() -> None:
    async with listening() as at:
        with suppress(ConnectionError):
            await ask(at, GET[:-2] + b"X: ", *[b"x" * 65_536] * 1000)
        assert at.read < 65_536 + 2**20 + 2 * 2**18  # the bounds, and a read beyond each
        assert at.app.started == 0


@pytest.mark.parametrize(
    "request_",
    [
        HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        HEAD + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        HEAD + b"Content-Length: 5, 5\r\n\r\nhello",
        HEAD + b"Content-Length: +5\r\n\r\nhello",
        HEAD + b"Content-Length: -5\r\n\r\nhello",
        HEAD + b"Content-Length: 99999999999999999999999\r\n\r\nhello",
        HEAD + b"Content-Length : 5\r\n\r\nhello",
        HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        CHUNKED + b"1\nx\n0\n\n",
        CHUNKED + b"0x1\r\nx\r\n0\r\n\r\n",
        CHUNKED + b"1 \r\nx\r\n0\r\n\r\n",
        CHUNKED + b"fffffffffffffffff\r\nx\r\n0\r\n\r\n",
        HEAD + b"X: b\r\n c\r\n\r\n",
        HEAD + b"X: b\nY: c\r\n\r\n",
        HEAD + b"X: b\rY: c\r\n\r\n",
        HEAD + b"X: b\0c\r\n\r\n",
        b"GET / HTTP/1.1\nHost: localhost\n\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /\xe9 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
async def test_what_two_servers_could_read_in_two_ways_is_refused(request_: bytes) -> None:
    async with listening() as at:
        answer = await ask(at, request_ + GET)
        status, body = answer.split(b"\r\n", 1)[0], answer.split(b"\r\n\r\n", 1)[1]
        assert status.split()[1] in {b"400", b"501", b"505"}
        assert list(orjson.loads(body)["errors"][0]) == ["message", "extensions"]
        assert answer.count(b"HTTP/1.1 ") == 1
        assert at.app.complete == 0


@pytest.mark.parametrize("request_", [b"GET / HTTP/1.1\r\n\r\n", GET[:-2] + b"Host: localhost\r\n\r\n"])
async def test_http_1_1_has_one_host(request_: bytes) -> None:
    async with listening() as at:
        assert (await ask(at, request_)).startswith(b"HTTP/1.1 400 ")
        assert at.app.started == 0


async def test_http_1_0_needs_no_host() -> None:
    async with listening() as at:
        assert (await ask(at, b"GET / HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200 ")


async def test_trailers_are_no_headers() -> None:
    async with listening() as at, client(at) as (reader, writer):
        writer.write(CHUNKED + b"1\r\nx\r\n0\r\nAuthorization: evil\r\n\r\n")
        await within(reader.readuntil(b"\r\n\r\n1"))
        assert [name for name, _ in at.app.scopes[0]["headers"]] == [b"host", b"transfer-encoding"]


@pytest.mark.parametrize(
    "endless",
    [b"1;" + b"a" * 70_000, b"1\r\nx\r\n0\r\nX: " + b"a" * 70_000, b"1\r\nx\r\n" * 40_000, b"1;a=b\r\nx\r\n" * 20_000],
)
async def test_what_is_around_the_parts_of_a_chunked_body_is_bounded(endless: bytes) -> None:
    async with listening() as at:
        answer = await ask(at, CHUNKED + endless)
        assert answer.startswith(b"HTTP/1.1 400 ")
        await within(at.app.left.wait())


async def test_chunks_of_some_bytes_are_taken() -> None:
    async with listening() as at, client(at) as (reader, writer):
        writer.write(CHUNKED + b"10\r\n0123456789abcdef\r\n" * 10_000 + b"0\r\n\r\n")
        await within(reader.readuntil(b"\r\n\r\n160000"))


@pytest.mark.parametrize("connection", [b"Upgrade, HTTP2-Settings", b"upgrade"])
async def test_wish_for_http2_is_ignored_and_the_body_read(connection: bytes) -> None:
    wish = (
        b"Connection: "
        + connection
        + b"\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n"
    )
    async with listening() as at, client(at) as (reader, writer):
        for _ in range(2):
            writer.write(HEAD + wish + b"Content-Length: 5\r\n\r\nhello")
            await within(reader.readuntil(b"\r\n\r\n5"))
        assert at.app.started == 2


async def test_answer_that_does_not_wait_for_the_body_ends_with_it() -> None:
    async with listening(request_bytes=1_000_000) as at, client(at) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: elsewhere\r\nContent-Length: 99999999\r\n\r\n")
        assert (await within(reader.read())).startswith(b"HTTP/1.1 421 ")
        assert at.app.started == 0


EARLY = HEAD.replace(b"/echo", b"/early") + b"Content-Length: 100000\r\n\r\n"


async def test_rest_of_a_body_is_skipped_after_an_early_answer() -> None:
    async with listening() as at, client(at) as (reader, writer):
        writer.write(EARLY)
        await within(reader.readuntil(b"\r\n\r\n0"))
        writer.write(b"x" * 100_000 + GET)
        await within(reader.readuntil(b"\r\n\r\nx"))
        assert at.connections.held == 0


async def test_request_is_answered_once_even_if_its_body_never_comes() -> None:
    async with listening() as at, client(at) as (reader, writer):
        writer.write(EARLY)
        await within(reader.readuntil(b"\r\n\r\n0"))
        at.sweep(30)
        assert await within(reader.read()) == b""
        assert at.reasons == {"body_timeout": 1}


async def test_rest_of_a_body_that_was_answered_early_is_bounded() -> None:
    async with listening(request_bytes=1_000_000) as at:
        endless = EARLY.replace(b"100000", b"99999999")
        with suppress(ConnectionError):
            await ask(at, endless, *[b"x" * 65_536] * 200)
        assert at.read < 2 * 1_000_000 + 2 * 2**18


# Pipelines


async def test_requests_are_read_ahead_to_a_bound_and_answered_in_order() -> None:
    async with listening(pipelined=4) as at, client(at) as (reader, writer):
        at.app.gate.clear()
        writer.write(GET * 5000)
        await until(lambda: at.app.started == 1)
        protocol = at.made[0].protocol
        assert isinstance(protocol, HttpProtocol)
        assert len(protocol.pipeline) <= 4 + PIECE // len(GET)
        at.app.gate.set()
        for _ in range(5000):
            await within(reader.readuntil(b"\r\n\r\nx"))
        assert at.app.started == 5000


async def test_client_that_never_reads_is_read_no_more() -> None:
    async with listening() as at:
        at.app.answer = b"x" * 10_000
        async with silent(at, GET * 400_000):
            await until(lambda: at.made and at.made[0].stalled is not None)
            answered = -1
            while answered != at.app.started:  # until what the system takes is full
                answered = at.app.started
                await turns(1000)
            assert answered < 4000
            connection = at.made[0]
            assert isinstance(connection.protocol, HttpProtocol)
            assert connection.transport is not None
            assert connection.transport.get_write_buffer_size() < 300_000
            assert len(connection.protocol.pipeline) < 200
            at.sweep(2 * at.connections.settings.write_timeout + 2)  # something may have left in the first of them
            await until(lambda: len(at.connections) == 0)
            assert at.reasons == {"write_timeout": 1}


async def test_bad_request_behind_a_good_one_does_not_disturb_its_answer() -> None:
    async with listening() as at, client(at) as (reader, writer):
        at.app.gate.clear()
        writer.write(GET + b"nonsense\r\n\r\n" + GET)
        await until(lambda: at.app.started == 1)
        at.sweep(1000)
        at.app.gate.set()
        answer = await within(reader.read())
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert answer.count(b"HTTP/1.1") == at.app.started == 1


async def test_every_request_that_waits_is_given_up_when_its_client_leaves() -> None:
    async with listening() as at:
        at.app.gate.clear()
        async with client(at) as (_, writer):
            writer.write(HEAD + b"Content-Length: 5\r\n\r\nhello" + HEAD + b"Content-Length: 5\r\n\r\nhel")
            await until(lambda: at.app.started == 1)
        await until(lambda: len(at.connections) == 0)
        at.app.gate.set()
        await until(lambda: not at.tasks)
        assert at.app.started == 1


# Bodies


async def test_unfinished_bodies_share_one_memory() -> None:
    async with listening(body_memory=2**23) as at, AsyncExitStack() as stack:
        slow = [await stack.enter_async_context(client(at)) for _ in range(40)]
        for _, writer in slow:
            writer.write(HEAD + b"Content-Length: 15000000\r\n\r\n" + b"x" * 1_000_000)
        answers = [asyncio.ensure_future(reader.read()) for reader, _ in slow]
        await until(lambda: at.reasons["body_memory"] == 36)
        assert at.connections.held <= 2**22  # half of it, since all are one peer
        answered = await within(asyncio.wait(answers, return_when=asyncio.FIRST_COMPLETED))
        assert all(b" 503 " in task.result() and b"connections.body_memory" in task.result() for task in answered[0])
        writer = slow[0][1]
        assert b"\r\n\r\n5" in await ask(at, HEAD + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello")
        writer.close()


class Bodies:
    """Bodies of peers that are being received, and those of them that were refused."""

    def __init__(self, memory: int) -> None:
        self.connections = Connections(ConnectionSettings(body_memory=memory), 100, lambda _reason: None)
        self.refused: list[str] = []

    def add(self, peer: str, count: int) -> Connection:
        made = self.connections.admit(peer)
        assert made is not None
        made.protocol = Double(lambda: self.refused.append(f"{peer}: {count}"))
        self.connections.hold(made, count)
        return made


def test_body_of_the_peer_that_holds_most_is_refused_first() -> None:
    bodies = Bodies(100)
    for peer, count in (("10.0.0.1", 40), ("10.0.0.2", 25), ("10.0.0.2", 20), ("10.0.0.3", 10)):
        bodies.add(peer, count)
    assert bodies.refused == []
    bodies.add("10.0.0.3", 6)
    assert bodies.refused == ["10.0.0.2: 25"]
    assert bodies.connections.held == 76


def test_one_peer_holds_half_of_the_memory_at_most() -> None:
    bodies = Bodies(100)
    first = bodies.add("10.0.0.1", 20)
    bodies.add("10.0.0.1", 31)
    assert bodies.refused == ["10.0.0.1: 31"]
    last = bodies.add("10.0.0.1", 30)
    assert not bodies.connections.try_to_hold(last, 1)
    other = bodies.add("10.0.0.2", 30)
    assert bodies.connections.try_to_hold(other, 20)
    assert not bodies.connections.try_to_hold(other, 1)
    for one in (first, last, other):
        bodies.connections.leave(one)
    assert bodies.connections.held == 0


async def test_memory_of_a_body_is_free_again_after_its_answer() -> None:
    async with listening(body_memory=2**21) as at, client(at) as (reader, writer):
        for _ in range(5):
            writer.write(HEAD + b"Content-Length: 800000\r\n\r\n" + b"x" * 800_000)
            await within(reader.readuntil(b"\r\n\r\n800000"))
            assert at.connections.held == 0
        assert not at.reasons


# Time


@pytest.mark.parametrize(
    ("sent", "seconds", "answer", "reason"),
    [
        (b"", 10, b"", ""),
        (GET[:-2], 10, b"HTTP/1.1 408 ", "header_timeout"),
        (HEAD + b"Content-Length: 5\r\n\r\nhell", 30, b"HTTP/1.1 408 ", "body_timeout"),
        (HEAD + b"Content-Length: 90000\r\n\r\n" + b"x" * 65_536, 34, b"HTTP/1.1 408 ", "body_timeout"),
    ],
)
async def test_what_does_not_arrive_in_time_is_given_up(sent: bytes, seconds: int, answer: bytes, reason: str) -> None:
    async with listening() as at, client(at) as (reader, writer):
        writer.write(sent)
        await until(lambda: at.made and at.made[0].protocol)
        await until(lambda: at.read >= len(sent))
        at.sweep(seconds - 1)
        assert not at.reasons
        at.sweep(1)
        assert (await within(reader.read())).startswith(answer)
        assert at.reasons == ({reason: 1} if reason else {})


async def test_connection_waits_longer_for_a_further_request_than_for_its_first() -> None:
    async with listening() as at, client(at) as (reader, writer):
        writer.write(GET)
        await within(reader.readuntil(b"\r\n\r\nx"))
        at.sweep(74)
        writer.write(GET)
        await within(reader.readuntil(b"\r\n\r\nx"))
        at.sweep(75)
        assert await within(reader.read()) == b""


async def test_call_that_takes_long_is_not_given_up() -> None:
    async with listening() as at, client(at) as (reader, writer):
        at.app.gate.clear()
        writer.write(HEAD + b"Content-Length: 5\r\n\r\nhello" + GET[:-2])
        await until(lambda: at.app.started == 1)
        at.sweep(10_000)
        at.app.gate.set()
        await within(reader.readuntil(b"\r\n\r\n5"))
