import asyncio
import gc
from typing import Any

import httpx
import pytest

from searchway.upstream.answers import Answers, AnswerTooLargeError
from searchway.upstream.carrier import Headers, Outgoing
from searchway.upstream.connection import Connection, write_head
from unit.upstream.raw_server import OK, Exchange, RawServer, raw_server

HEAD = b"GET / HTTP/1.1\r\nhost: h\r\n\r\n"


async def connect(server: RawServer) -> Connection:
    _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", server.port)
    return connection


async def test_answer_nobody_waits_for_ends_the_connection() -> None:
    async def answer_twice(exchange: Exchange) -> None:
        await exchange.write(OK)
        await exchange.reader.read()

    async with raw_server(answer_twice) as server:
        connection = await connect(server)
        answer = await connection.exchange(HEAD, b"", 10)
        assert (answer.body, connection.is_open) == (b"ok", True)
        connection.data_received(OK)
        assert not connection.is_open
        with pytest.raises(httpx.ConnectError):
            await connection.exchange(HEAD, b"", 10)
        assert len(server.exchanges) == 1


async def test_answer_that_ends_with_the_connection_is_whole() -> None:
    async def answer_and_close(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\n\r\nok")
        exchange.close()

    async with raw_server(answer_and_close) as server:
        connection = await connect(server)
        answer = await connection.exchange(HEAD, b"", 10)
        assert (answer.body, connection.is_open) == (b"ok", False)


async def test_reset_is_not_such_an_end() -> None:
    async def answer_and_reset(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\n\r\nok")
        exchange.reset()

    async with raw_server(answer_and_reset) as server:
        connection = await connect(server)
        with pytest.raises(httpx.ReadError):
            await connection.exchange(HEAD, b"", 10)


async def test_end_without_a_length_is_heard_while_the_body_is_being_written() -> None:
    async def refuse_early(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 413 T\r\n\r\nno")
        exchange.writer.write_eof()
        await asyncio.Event().wait()

    async with raw_server(refuse_early) as server:
        connection = await connect(server)
        answer = await connection.exchange(HEAD, b"x" * 30_000_000, 10)
        assert (answer.status, answer.body, connection.is_open) == (413, b"no", False)


@pytest.mark.parametrize("status", [200, 413])
async def test_connection_is_not_kept_while_the_body_may_be_unread(status: int) -> None:
    async def answer_early(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 %d T\r\ncontent-length: 0\r\n\r\n" % status)
        await asyncio.Event().wait()

    async with raw_server(answer_early) as server:
        connection = await connect(server)
        answer = await connection.exchange(HEAD, b"x" * 30_000_000, 10)
        assert (answer.status, connection.is_open) == (status, False)


@pytest.mark.parametrize(("size", "kept"), [(100, True), (200_000, False)])
async def test_connection_is_not_kept_after_a_large_body_was_refused(size: int, *, kept: bool) -> None:
    async def refuse(exchange: Exchange) -> None:
        await exchange.reader.readexactly(size)
        await exchange.write(b"HTTP/1.1 400 B\r\ncontent-length: 0\r\n\r\n")

    async with raw_server(refuse) as server:
        connection = await connect(server)
        await connection.exchange(HEAD, b"x" * size, 10)
        assert connection.is_open is kept


TOO_LONG = b'{"error":{"type":"too_long_http_header_exception","reason":"HTTP header is larger than 16384 bytes."}}'


@pytest.mark.parametrize(
    ("status", "body", "large", "kept"),
    [
        (400, b"{}", 0, True),
        (404, b"{}", 9000, True),
        (200, TOO_LONG, 9000, True),
        (400, b"{}", 9000, False),  # the engine may mean the size of the head, whatever it says
        (400, TOO_LONG, 0, False),
        (413, b"", 0, False),
        (414, b"", 0, False),
        (431, b"", 0, False),
    ],
)
async def test_connection_is_not_kept_after_the_request_was_not_read(
    status: int, body: bytes, large: int, *, kept: bool
) -> None:
    async def refuse(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 %d B\r\ncontent-length: %d\r\n\r\n%b" % (status, len(body), body))

    async with raw_server(refuse) as server:
        connection = await connect(server)
        head = write_head(b"h", outgoing("GET", b"/", [(b"x", b"y" * large)]))
        answer = await connection.exchange(head, b"", 1000)
        assert (answer.status, connection.is_open) == (status, kept)


async def test_nothing_is_kept_of_an_answer_that_was_handed_over() -> None:
    body = b"x" * 1_000_000

    async def answer_much(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body)

    async with raw_server(answer_much) as server:
        kept = await connect(server)
        await kept.exchange(HEAD, b"", len(body))
        assert largest(kept) < 1000
        refused = await connect(server)
        with pytest.raises(AnswerTooLargeError):
            await refused.exchange(HEAD, b"", len(body) - 1)
        assert largest(refused) < 1000


def largest(connection: Connection) -> int:
    """Return the size of the largest object that the connection leads to."""
    found: list[Any] = [connection]
    seen = {id(connection)}
    for one in found:
        more = [x for x in gc.get_referents(one) if isinstance(x, Answers | bytes | bytearray | list | dict)]
        found += [x for x in more if id(x) not in seen]
        seen |= {id(x) for x in more}
    return max(len(x) for x in found if isinstance(x, bytes | bytearray))


def outgoing(method: str, target: bytes, headers: Headers = (), body: bytes = b"") -> Outgoing:
    return Outgoing(method=method, target=target, headers=headers, body=body)


@pytest.mark.parametrize(
    ("method", "length", "end"),
    [
        ("GET", 0, b"\r\n"),
        ("GET", 5, b"content-length: 5\r\n\r\n"),
        ("DELETE", 0, b"\r\n"),
        ("PUT", 0, b"content-length: 0\r\n\r\n"),
        ("POST", 0, b"content-length: 0\r\n\r\n"),
        ("POST", 12, b"content-length: 12\r\n\r\n"),
    ],
)
def test_head_says_how_long_a_body_is_where_there_may_be_one(method: str, length: int, end: bytes) -> None:
    start = f"{method} /a?b=c HTTP/1.1\r\nhost: h:1\r\nx: y\r\n".encode()
    assert write_head(b"h:1", outgoing(method, b"/a?b=c", [(b"x", b"y")], b"x" * length)) == start + end


@pytest.mark.parametrize("bad", [b"\n", b"\r", b"\r\n", b"a\r\nx: y"])
@pytest.mark.parametrize("place", ["host", "target", "name", "value"])
def test_nothing_begins_a_line_of_its_own(place: str, bad: bytes) -> None:
    parts = {"host": b"h", "target": b"/", "name": b"n", "value": b"v"} | {place: bad}
    with pytest.raises(ValueError, match="line"):
        write_head(parts["host"], outgoing("GET", parts["target"], [(parts["name"], parts["value"])]))


def test_target_is_one_word() -> None:
    with pytest.raises(ValueError, match="line"):
        write_head(b"h", outgoing("GET", b"/a HTTP/1.1"))
