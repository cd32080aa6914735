"""How the listener stops, on loopback, in this process."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from searchway.readiness import Readiness
from searchway.server.gateway import open_gateway
from searchway.server.http import listener as module
from searchway.server.http.listener import HttpListener
from searchway.server.probes import Probes
from searchway.settings import Settings

HOUR = 3600.0
REQUEST = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n"
ANSWER = b'{"status":"ok"}'


@pytest.fixture
async def listener() -> AsyncIterator[HttpListener]:
    """A listener of a gateway that is not ready any more."""
    settings = Settings.model_validate({"clusters": {"one": {"sandbox": "opensearch"}}, "http": "127.0.0.1:0"})
    readiness = Readiness()

    async def expose() -> bytes:
        return b""

    async with open_gateway(settings) as gateway:
        opened = await module.listen(gateway, readiness, Probes([]), expose)
        assert opened is not None
        readiness.withdraw()
        yield opened


def linger(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(module, "_LINGER_SECONDS", seconds)


async def connect(listener: HttpListener) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", listener.address.port)


async def answered(reader: asyncio.StreamReader) -> bytes:
    """Return all that comes until the connection ends."""
    return await asyncio.wait_for(reader.read(), 30)


async def test_a_connection_without_a_request_is_open_for_a_moment_and_then_closed(
    listener: HttpListener, monkeypatch: pytest.MonkeyPatch
) -> None:
    linger(monkeypatch, 0.01)
    reader, writer = await connect(listener)
    await asyncio.wait_for(listener.stop(HOUR), 30)
    assert await answered(reader) == b""
    writer.close()


async def test_a_request_that_is_on_its_way_is_answered(
    listener: HttpListener, monkeypatch: pytest.MonkeyPatch
) -> None:
    linger(monkeypatch, HOUR)
    reader, writer = await connect(listener)
    stopping = asyncio.ensure_future(listener.stop(2 * HOUR))
    await asyncio.sleep(0)
    writer.write(REQUEST)
    answer = await answered(reader)
    assert b"connection: close" in answer
    assert answer.endswith(ANSWER)
    await asyncio.wait_for(stopping, 30)
    writer.close()


async def test_a_connection_that_waits_to_be_accepted_is_served(
    listener: HttpListener, monkeypatch: pytest.MonkeyPatch
) -> None:
    linger(monkeypatch, HOUR)
    clients = [socket.create_connection(("127.0.0.1", listener.address.port)) for _ in range(200)]
    for client in clients:  # the loop has had no turn to accept any
        client.sendall(REQUEST)
        client.setblocking(False)
    await asyncio.wait_for(listener.stop(2 * HOUR), 30)
    answers = [client.recv(1000) for client in clients]
    assert all(answer.endswith(ANSWER) for answer in answers)
    for client in clients:
        client.close()


async def test_nobody_can_connect_any_more(listener: HttpListener) -> None:
    stopping = asyncio.ensure_future(listener.stop(HOUR))
    await asyncio.sleep(0)
    with pytest.raises(ConnectionRefusedError):
        await connect(listener)
    await asyncio.wait_for(stopping, 30)
