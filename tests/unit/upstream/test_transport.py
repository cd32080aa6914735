import asyncio
import gzip
import ssl
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from searchway.settings import ClusterSettings
from searchway.upstream.answers import AnswerTooLargeError, Packed
from searchway.upstream.carrier import Headers, Outgoing
from searchway.upstream.transport import NetworkTransport
from searchway.upstream.trust import context_factory
from searchway.wire import HttpResponse
from unit.upstream.raw_server import OK, Behave, Exchange, RawServer, answer, answer_ok, closed_port, raw_server


@asynccontextmanager
async def transport_to(url: str, **more: Any) -> AsyncIterator[NetworkTransport]:
    settings = ClusterSettings(name="c", nodes=(url,), **more)
    transport = NetworkTransport(tls=context_factory()(settings), connect_timeout=settings.connect_timeout)
    yield transport
    await transport.aclose()


async def ask(
    transport: NetworkTransport,
    url: str,
    target: str = "/",
    *,
    method: str = "GET",
    body: bytes = b"",
    headers: Headers = (),
    limit: int = 10_000_000,
) -> HttpResponse:
    outgoing = Outgoing(method=method, target=target.encode(), headers=headers, body=body)
    return await transport.exchange(url, outgoing, limit)


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    async with raw_server() as server:
        yield server


@pytest.fixture
async def transport(server: RawServer) -> AsyncIterator[NetworkTransport]:
    async with transport_to(server.url) as transport:
        yield transport


@pytest.mark.parametrize(
    "target",
    [
        "/_security/role/..%2F..%2F_cluster%2Fsettings",
        "/_security/role/a%2Fb",
        "/_security/role/x%3Fpretty",
        "/_security/role/%252e%252e",
        "/_security/role/%C3%A9%E6%97%A5%F0%9F%94%8D",
        "/_security/role/%00%0A%20",
        "/a;b=c@d!$&'()+,*:",
        "/a..b/...",
        "/a/../b/./%2e%2E/c",
        "//x",
        "/x/",
        "/x?q=..%2F&h=a,b:desc&e=&f=/../y",
        "/" + "x" * 10_000,
        "/" + "%E6%97%A5" * 3_000,
    ],
)
async def test_target_reaches_the_socket_untouched(transport: NetworkTransport, server: RawServer, target: str) -> None:
    await ask(transport, server.url, target)
    assert server.targets == [target.encode()]


async def test_request_and_answer_keep_headers_and_body(transport: NetworkTransport, server: RawServer) -> None:
    server.behave = answer(b"HTTP/1.1 418 T\r\nX-A: 1\r\nx-a: 2\r\ncontent-length: 3\r\n\r\n\x00\xff\n")
    response = await ask(transport, server.url, method="PUT", headers=[(b"x-b", b"3")], body=b'{"\xc3\xa9":1}')
    assert (response.status, response.headers["x-a"], response.body) == (418, "1, 2", b"\x00\xff\n")
    (seen,) = server.exchanges
    assert seen.head.startswith(b"PUT / HTTP/1.1\r\n")
    assert (seen.headers[b"x-b"], seen.body) == (b"3", b'{"\xc3\xa9":1}')


async def test_nothing_is_asked_for_that_was_not_told(transport: NetworkTransport, server: RawServer) -> None:
    await ask(transport, server.url)
    assert server.exchanges[0].headers.keys() == {b"host"}


async def test_redirect_is_an_answer(transport: NetworkTransport, server: RawServer) -> None:
    server.behave = answer(b"HTTP/1.1 307 R\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n")
    assert (await ask(transport, server.url)).status == 307
    assert server.targets == [b"/"]


async def test_connections_are_kept(transport: NetworkTransport, server: RawServer) -> None:
    for _ in range(3):
        await ask(transport, server.url)
    assert [exchange.number for exchange in server.exchanges] == [1, 2, 3]


async def test_connection_that_is_not_used_is_closed(
    transport: NetworkTransport, server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchway.upstream.transport._KEPT_SECONDS", 0.0)
    await ask(transport, server.url)
    await asyncio.wait_for(server.left.wait(), 5)
    assert [(await ask(transport, server.url)).body, len(server.exchanges)] == [b"ok", 2]


async def test_requests_at_the_same_time_have_connections_of_their_own(
    transport: NetworkTransport, server: RawServer
) -> None:
    everyone = asyncio.Barrier(3)

    async def wait_for_the_others(exchange: Exchange) -> None:
        await everyone.wait()
        await exchange.write(OK)

    server.behave = wait_for_the_others
    for _ in range(2):
        await asyncio.gather(*(ask(transport, server.url) for _ in range(3)))
    assert sorted(exchange.number for exchange in server.exchanges) == [1, 1, 1, 2, 2, 2]


async def test_exchange_under_way_ends_well_when_the_pool_is_closed(server: RawServer) -> None:
    may_answer = asyncio.Event()

    async def answer_later(exchange: Exchange) -> None:
        await may_answer.wait()
        await exchange.write(OK)

    server.behave = answer_later
    async with transport_to(server.url) as transport:
        task = asyncio.create_task(ask(transport, server.url))
        await server.arrived.wait()
    may_answer.set()
    assert (await task).body == b"ok"
    await asyncio.wait_for(server.left.wait(), 5)


async def test_body_without_length_is_read_whole(transport: NetworkTransport, server: RawServer) -> None:
    server.behave = answer(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert (await ask(transport, server.url)).body == b"abcde"


async def test_large_bodies_pass_both_ways(transport: NetworkTransport, server: RawServer) -> None:
    body = b"x" * 3_000_000
    server.behave = answer(b"HTTP/1.1 200 OK\r\ncontent-length: 3000000\r\n\r\n" + body)
    response = await ask(transport, server.url, method="POST", body=body[1:])
    assert (response.body, server.exchanges[0].body) == (body, body[1:])


async def test_answer_above_the_limit_ends_the_connection(transport: NetworkTransport, server: RawServer) -> None:
    async def answer_without_end(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            await exchange.write(b"100\r\n" + b"x" * 256 + b"\r\n")

    server.behave = answer_without_end
    with pytest.raises(AnswerTooLargeError):
        await ask(transport, server.url, limit=1000)
    await asyncio.wait_for(server.left.wait(), 5)


async def test_packed_bomb_is_unpacked_beside_the_loop(
    transport: NetworkTransport, server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def unpack(packed: Packed) -> HttpResponse:
        threads.append(threading.get_ident())
        return whole(packed)

    whole = Packed.unpack
    monkeypatch.setattr(Packed, "unpack", unpack)
    size = 64 * 1024 * 1024
    packed = gzip.compress(bytes(size))
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(packed)}\r\n\r\n"
    server.behave = answer(head.encode() + packed)
    found = await ask(transport, server.url, limit=size)
    assert (len(found.body), len(packed) < 100_000) == (size, True)
    with pytest.raises(AnswerTooLargeError):
        await ask(transport, server.url, limit=size - 1)
    assert threading.get_ident() not in threads
    assert len(threads) == 2


async def test_packed_body_is_unpacked(transport: NetworkTransport, server: RawServer) -> None:
    packed = gzip.compress(b"[1,2,3]")
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(packed)}\r\n\r\n"
    server.behave = answer(head.encode() + packed)
    assert (await ask(transport, server.url)).body == b"[1,2,3]"


async def no_answer(exchange: Exchange) -> None:
    exchange.close()


async def reset(exchange: Exchange) -> None:
    exchange.reset()


async def half_an_answer(exchange: Exchange) -> None:
    await exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nhalf")
    exchange.close()


async def half_a_chunk(exchange: Exchange) -> None:
    await exchange.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n20\r\nhalf")
    exchange.close()


async def not_http(exchange: Exchange) -> None:
    await exchange.write(b"SSH-2.0-OpenSSH\r\n\r\n")
    exchange.close()


@pytest.mark.parametrize("behave", [no_answer, reset, half_an_answer, half_a_chunk, not_http])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
@pytest.mark.parametrize("reused", [False, True], ids=["first", "reused"])
async def test_lost_connection_is_not_a_missing_one_and_nothing_is_replayed(
    transport: NetworkTransport, server: RawServer, behave: Behave, method: str, *, reused: bool
) -> None:
    if reused:
        await ask(transport, server.url, "/warm")
    server.behave = behave
    with pytest.raises(httpx.TransportError) as caught:
        await ask(transport, server.url, "/lost", method=method, body=b"{}")
    assert not isinstance(caught.value, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    assert server.targets.count(b"/lost") == 1


async def test_connection_closed_while_idle_is_replaced_without_a_second_request(
    transport: NetworkTransport, server: RawServer
) -> None:
    async def answer_and_close(exchange: Exchange) -> None:
        await exchange.write(OK)
        exchange.close()

    server.behave = answer_and_close
    async with raw_server() as other, transport_to(other.url) as elsewhere:
        for number in range(20):
            response = await ask(transport, server.url, f"/{number}", method="POST", body=b"{}")
            assert response.status == 200
            # By the time that this answer is here, the end of the first connection has been seen.
            await ask(elsewhere, other.url)
    assert server.targets == [f"/{number}".encode() for number in range(20)]


async def test_refused_connection_is_a_connect_error() -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    async with transport_to(url) as transport:
        with pytest.raises(httpx.ConnectError):
            await ask(transport, url)


async def test_unknown_host_is_a_connect_error() -> None:
    url = "http://nowhere.invalid"
    async with transport_to(url) as transport:
        with pytest.raises(httpx.ConnectError):
            await ask(transport, url)


async def test_handshake_that_hangs_is_a_connect_timeout(server: RawServer) -> None:
    url = f"https://127.0.0.1:{server.port}"
    async with transport_to(url, connect_timeout=0.05) as transport:
        with pytest.raises(httpx.ConnectTimeout):
            await ask(transport, url)


async def test_cancelled_request_closes_its_connection(transport: NetworkTransport, server: RawServer) -> None:
    async def hang(exchange: Exchange) -> None:
        await exchange.reader.readexactly(1)

    server.behave = hang
    task = asyncio.create_task(ask(transport, server.url))
    await server.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(server.left.wait(), 5)


async def test_cancelled_reading_closes_its_connection(transport: NetworkTransport, server: RawServer) -> None:
    async def hang(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nhalf")
        await exchange.reader.readexactly(1)

    server.behave = hang
    task = asyncio.create_task(ask(transport, server.url))
    await server.arrived.wait()
    async with raw_server() as other, transport_to(other.url) as elsewhere:
        await ask(elsewhere, other.url)  # by the end of which the half is here
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(server.left.wait(), 5)


class TestTls:
    @pytest.fixture
    def authority(self) -> trustme.CA:
        return trustme.CA()

    @pytest.fixture
    def ca(self, authority: trustme.CA, tmp_path: Path) -> Path:
        path = tmp_path / "ca.pem"
        authority.cert_pem.write_to_path(str(path))
        return path

    @pytest.fixture
    def context(self, authority: trustme.CA) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        return context

    async def test_unknown_authority_is_refused(self, context: ssl.SSLContext) -> None:
        async with raw_server(tls=context) as server, transport_to(server.url) as transport:
            with pytest.raises(httpx.ConnectError):
                await ask(transport, server.url)
            assert server.targets == []

    async def test_authority_of_the_settings_is_trusted(self, context: ssl.SSLContext, ca: Path) -> None:
        async with raw_server(tls=context) as server, transport_to(server.url, ca=ca) as transport:
            assert (await ask(transport, server.url)).body == b"ok"

    async def test_other_host_name_is_refused(self, authority: trustme.CA, ca: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("elsewhere.example").configure_cert(context)
        async with raw_server(tls=context) as server, transport_to(server.url, ca=ca) as transport:
            with pytest.raises(httpx.ConnectError):
                await ask(transport, server.url)

    async def test_nothing_is_checked_without_verify(self, context: ssl.SSLContext) -> None:
        async with raw_server(tls=context) as server, transport_to(server.url, verify=False) as transport:
            assert (await ask(transport, server.url)).body == b"ok"

    @pytest.fixture
    def identity(self, authority: trustme.CA, tmp_path: Path) -> dict[str, Path]:
        mine = authority.issue_cert("gateway.example")
        paths = {"client_cert": tmp_path / "cert.pem", "client_key": tmp_path / "key.pem"}
        mine.cert_chain_pems[0].write_to_path(str(paths["client_cert"]))
        mine.private_key_pem.write_to_path(str(paths["client_key"]))
        return paths

    async def test_client_certificate_is_shown(
        self, authority: trustme.CA, context: ssl.SSLContext, ca: Path, identity: dict[str, Path]
    ) -> None:
        authority.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
        shown: list[Any] = []

        async def look(exchange: Exchange) -> None:
            shown.append(exchange.writer.get_extra_info("peercert")["subjectAltName"])
            await answer_ok(exchange)

        async with raw_server(look, tls=context) as server, transport_to(server.url, ca=ca, **identity) as transport:
            assert (await ask(transport, server.url)).body == b"ok"
        assert shown == [(("DNS", "gateway.example"),)]

    async def test_missing_client_certificate_ends_the_connection(
        self, authority: trustme.CA, context: ssl.SSLContext, ca: Path
    ) -> None:
        authority.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
        async with raw_server(tls=context) as server, transport_to(server.url, ca=ca) as transport:
            with pytest.raises(httpx.TransportError):
                await ask(transport, server.url)
            assert server.targets == []
