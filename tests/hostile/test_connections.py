"""Many connections at the same time, and such that do nothing."""

import asyncio
import errno
import socket
import ssl
from contextlib import AsyncExitStack
from typing import Any

import pytest
import trustme

from hostile.listening import GET, HEAD, Listening, ask, client, listening, read, silent, until, within
from searchway.server.descriptors import connections_of_a_face
from searchway.settings import Settings

ASK = GET[:-2] + b"Connection: close\r\n\r\n"


async def test_idle_connections_make_room_for_new_ones() -> None:
    async with listening(total=10) as at, AsyncExitStack() as stack:
        for _ in range(50):
            await stack.enter_async_context(client(at))
        await until(lambda: at.reasons["total"] == 40 or at.reasons["per_peer"] == 45)
        assert len(at.connections) <= 10
        assert (await ask(at, ASK)).startswith(b"HTTP/1.1 200 ")


async def test_those_that_never_sent_a_request_go_first() -> None:
    async with listening(total=20) as at, client(at) as (reader, writer), AsyncExitStack() as stack:
        writer.write(GET)
        await within(reader.readuntil(b"\r\n\r\nx"))
        for _ in range(30):
            await stack.enter_async_context(client(at))
        await until(lambda: at.reasons["per_peer"] == 21)
        writer.write(GET)
        await within(reader.readuntil(b"\r\n\r\nx"))


async def test_connection_with_a_call_is_never_given_up() -> None:
    async with listening(total=8) as at, AsyncExitStack() as stack:
        at.app.gate.clear()
        busy = [await stack.enter_async_context(client(at)) for _ in range(4)]
        for _, writer in busy:
            writer.write(GET)
        await until(lambda: at.app.started == 4)
        assert await ask(at) == b""
        assert at.reasons == {"per_peer": 1}
        at.app.gate.set()
        for reader, _ in busy:
            await within(reader.readuntil(b"\r\n\r\nx"))


async def test_one_peer_has_at_most_half_of_all() -> None:
    async with listening(total=8) as at, AsyncExitStack() as stack:
        at.app.gate.clear()
        for _ in range(20):
            _, writer = await stack.enter_async_context(client(at))
            writer.write(GET)
        await until(lambda: at.reasons["per_peer"] == 16)
        assert len(at.connections) == 4
        other = at.connections.admit("10.0.0.1")
        assert other is not None
        at.connections.leave(other)
        at.app.gate.set()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("10.0.0.1", "10.0.0.2", False),
    ],
)
async def test_a_peer_is_an_address_or_a_network_of_ipv6(one: str, other: str, same: bool) -> None:
    async with listening(total=100, per_peer=1) as at:
        first = at.connections.admit(one)
        assert first is not None
        second = at.connections.admit(other)  # the first, in its handshake, is given up for it if they are one peer
        assert second is not None
        assert len(at.connections) == (1 if same else 2)
        at.connections.leave(first)
        at.connections.leave(second)


async def test_looking_for_an_idle_connection_costs_the_same_among_many() -> None:
    looked = 0

    class Busy:
        is_receiving = False

        @property
        def is_idle(self) -> bool:
            nonlocal looked
            looked += 1
            return False

        def check(self, now: int) -> None: ...

        def refuse_body(self) -> None: ...

    async with listening(total=4000) as at:
        made = [at.connections.admit("10.0.0.1") for _ in range(2000)]
        for connection in made:
            assert connection is not None
            connection.protocol = Busy()
        for _ in range(10):
            assert at.connections.admit("10.0.0.1") is None
        assert looked <= 10 * 64
        for connection in made:
            assert connection is not None
            at.connections.leave(connection)


async def test_handshake_counts_and_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    asked: list[Any] = []
    loop = asyncio.get_running_loop()
    connect = loop.connect_accepted_socket

    async def record(*arguments: Any, **more: Any) -> Any:
        asked.append(more["ssl_handshake_timeout"])
        return await connect(*arguments, **more)

    monkeypatch.setattr(loop, "connect_accepted_socket", record)
    async with listening(total=10, tls=context, header_timeout=7) as at, AsyncExitStack() as stack:
        silent = [await stack.enter_async_context(client(at)) for _ in range(12)]
        await until(lambda: at.reasons["per_peer"] == 7)
        assert len(at.connections) == 5
        assert set(asked) == {7}
        silent[-1][1].write(b"GET / HTTP/1.1\r\n\r\n")
        await until(lambda: at.reasons["handshake"] == 1)
        assert len(at.connections) == 4
        assert await within(silent[-1][0].read()) is not None


async def test_call_over_tls_is_answered() -> None:
    ca = trustme.CA()
    server, caller = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    ca.issue_cert("localhost").configure_cert(server)
    ca.configure_trust(caller)
    async with listening(tls=server) as at:
        reader, writer = await asyncio.open_connection("127.0.0.1", at.port, ssl=caller, server_hostname="localhost")
        writer.write(HEAD + b"Content-Length: 300000\r\n\r\n" + b"x" * 300_000)
        await within(reader.readuntil(b"\r\n\r\n300000"))
        writer.write(b"nonsense\r\n\r\n")
        assert b" 400 " in await within(reader.read())
        writer.close()


async def test_without_a_free_descriptor_accepting_waits_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = 0
    accept = socket.socket.accept

    def fail(self: socket.socket) -> Any:
        nonlocal tries
        tries += 1
        if tries <= 3:
            raise OSError(errno.EMFILE, "Too many open files")
        return accept(self)

    async with listening() as at:
        monkeypatch.setattr(socket.socket, "accept", fail)
        assert (await ask(at, ASK)).startswith(b"HTTP/1.1 200 ")
        assert at.reasons == {"descriptors": 3}
        assert tries == 4 + 1  # no turn of the loop was spent on trying while it waited


@pytest.mark.parametrize(
    ("descriptors", "faces", "each"),
    [(1024, 2, 384), (1024, 1, 768), (256, 2, 96), (20_000, 2, 7952), (2**20, 2, 10_000)],
)
def test_connections_leave_descriptors_for_the_clusters(descriptors: int, faces: int, each: int) -> None:
    settings = Settings.model_validate(
        {"clusters": {"one": {"nodes": ["http://one:9200"]}}, **({"grpc": "off"} if faces == 1 else {})}
    )
    assert connections_of_a_face(settings, descriptors) == each


async def test_client_that_does_not_read_the_end_is_cut_off() -> None:
    async with listening() as at:
        at.app.answer = b"x" * 20_000_000
        async with silent(at, ASK):
            await _cut_off(at)


async def _cut_off(at: Listening) -> None:
    await until(lambda: at.made and at.made[0].transport and at.made[0].transport.is_closing())
    at.sweep(1)  # it is noted that the connection is being closed
    assert len(at.connections) == 1
    at.sweep(12)  # something may have left in the first seconds of them
    await until(lambda: len(at.connections) == 0)


async def test_what_clients_do_not_read_is_bounded_altogether() -> None:
    async with listening(unread_memory=20_000_000) as at, AsyncExitStack() as stack:
        at.app.answer = b"x" * 15_000_000
        for _ in range(5):
            await stack.enter_async_context(silent(at, GET))
        await until(lambda: at.app.complete == 5)
        for _ in range(1000):
            await asyncio.sleep(0)
        unread = sum(one.transport.get_write_buffer_size() for one in at.made if one.transport)
        assert unread <= 20_000_000
        assert at.reasons["unread_memory"] > 0


async def test_client_that_reads_slowly_but_reads_is_served() -> None:
    async with listening() as at:
        at.app.answer = b"x" * 20_000_000
        async with silent(at, GET) as connection:
            await until(lambda: at.made and at.made[0].stalled is not None)
            for _ in range(5):
                at.sweep(59)
                await read(connection, 100_000)
                at.sweep(1)
                assert len(at.connections) == 1
            assert not at.reasons
            at.sweep(121)
            assert at.reasons == {"write_timeout": 1}
