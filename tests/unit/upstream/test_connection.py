import asyncio

import httpx
import pytest

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
