"""However the network cuts what clients send, it is read the same; and whatever they send, the listener gets over it."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hostile.listening import GET, HEAD, client, listening, silent, within
from hostile.test_websockets import HANDSHAKE

BODIES = st.integers(0, 20_000)
CHUNKS = st.lists(st.integers(1, 9000), max_size=4)


def sized(length: int) -> tuple[bytes, bytes]:
    """Return a request with a body of a known length, and its answer."""
    return HEAD + b"Content-Length: %d\r\n\r\n" % length + b"x" * length, str(length).encode()


def chunked(lengths: list[int]) -> tuple[bytes, bytes]:
    """Return a request with a body in parts, and its answer."""
    parts = b"".join(b"%x;some=thing\r\n%s\r\n" % (length, b"x" * length) for length in lengths)
    body = parts + b"0\r\nX-Trailer: y\r\n\r\n"
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + body, str(sum(lengths)).encode()


REQUESTS = st.lists(st.one_of(st.just((GET, b"x")), BODIES.map(sized), CHUNKS.map(chunked)), min_size=1, max_size=30)
CUTS = st.lists(st.integers(0, 100_000), max_size=12)


@settings(max_examples=60)
@given(requests=REQUESTS, cuts=CUTS, ahead=st.integers(1, 5))
async def test_requests_are_answered_alike_however_they_are_cut(
    requests: list[tuple[bytes, bytes]], cuts: list[int], ahead: int
) -> None:
    sent = b"".join(request for request, _ in requests)
    places = sorted({cut % len(sent) for cut in cuts})
    async with listening(pipelined=ahead) as at, client(at) as (reader, writer):
        for begin, end in zip([0, *places], [*places, len(sent)], strict=True):
            writer.write(sent[begin:end])
            await asyncio.sleep(0)
        for _, answer in requests:
            head = await within(reader.readuntil(b"\r\n\r\n"))
            assert head.startswith(b"HTTP/1.1 200 ")
            assert await within(reader.readexactly(len(answer))) == answer
        assert at.app.complete == len(requests)
        assert at.connections.held == 0
        assert not at.reasons


WORDS = st.sampled_from(
    [GET, HEAD, b"GET / HTTP/1.1\r\n", b"Host: localhost\r\n", b"\r\n", b"\r", b"\n", b" ", b":", b"Transfer-Encoding: chunked\r\n",
     b"Content-Length: 7\r\n", b"Content-Length: 99999\r\n", b"0\r\n\r\n", b"5\r\nhello\r\n", b"ffffffff\r\n", b"Upgrade: websocket\r\n",
     b"Upgrade: h2c\r\n", b"Connection: Upgrade\r\n", b"Connection: close\r\n", b"Sec-WebSocket-Version: 13\r\n",
     b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", b"Expect: 100-continue\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x81\x80\0\0\0\0",
     b"\x89\x80\0\0\0\0", b"\x88\x80\0\0\0\0", b"\x01\x80\0\0\0\0", b"x" * 5000, b"CONNECT a:1 HTTP/1.1\r\n", b"HEAD / HTTP/1.0\r\n"]
)  # fmt: skip

H2C = GET[:-2] + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
BEGINNINGS = st.sampled_from(
    [b"", b"", HANDSHAKE, HANDSHAKE, HANDSHAKE[:-2], H2C, GET, HEAD, b"CONNECT a:1 HTTP/1.1\r\n\r\n"]
)
TEXTS = st.builds(
    lambda beginning, words: [beginning, *words],
    BEGINNINGS,
    st.lists(st.one_of(WORDS, st.binary(max_size=20)), max_size=20),
)


@settings(max_examples=200)
@given(words=TEXTS, together=st.booleans())
async def test_nothing_that_is_sent_is_a_defect(words: list[bytes], together: bool) -> None:
    problems: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: problems.append(context))
    with errors_of_uvicorn(problems):
        await send(words, together=together)
    assert problems == []


class Keeper(logging.Handler):
    """Keeps the errors that are logged."""

    def __init__(self, kept: list[Any]) -> None:
        super().__init__(logging.ERROR)
        self.kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.kept.append(record.getMessage())


@contextmanager
def errors_of_uvicorn(problems: list[Any]) -> Iterator[None]:
    """Take what uvicorn logs as an error for a problem."""
    handler, logger = Keeper(problems), logging.getLogger("uvicorn.error")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


async def send(words: list[bytes], *, together: bool) -> None:
    """Send words on a connection, end it, and let time pass until nothing is left of it."""
    async with listening() as at:
        async with silent(at, b"") as connection:
            with suppress(OSError):  # the listener has closed it
                for piece in [b"".join(words)] if together else words:
                    await asyncio.get_running_loop().sock_sendall(connection, piece)
                    await asyncio.sleep(0)
                connection.shutdown(socket.SHUT_WR)
            for _ in range(20):
                await asyncio.sleep(0)
            at.sweep(200)
        for _ in range(200):
            at.sweep(1)
            await asyncio.sleep(0)
        assert len(at.connections) == 0
        assert at.connections.held == 0
