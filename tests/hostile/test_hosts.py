"""Hosts that requests are for: a page whose name points to this machine (DNS rebinding) has its own name in them."""

import pytest

from hostile.listening import GET, ask, listening
from searchway.server.http.hosts import Hosts, is_loopback

LOOPBACK = ["127.0.0.1", "::1", "localhost", "127.8.8.8"]
EVERYWHERE = ["0.0.0.0", "::"]  # noqa: S104  # names, nothing listens there
HERE = [
    b"localhost",
    b"LOCALHOST:8080",
    b"localhost.",
    b"127.0.0.1:8080",
    b"[::1]:8080",
    b"[::1]",
    b"app.localhost:1",
    b"10.1.2.3",
]
ELSEWHERE = [b"evil.example", b"evil.example:8080", b"localhost.evil.example", b"localhostx", b"127.0.0.1.evil.example"]
MALFORMED = [
    b"local host",
    b"localhost:80:80",
    b"user@localhost",
    b"localhost/x",
    b"[::1",
    b"[evil.example]",
    b"localhost:x",
    b"a,localhost",
]


@pytest.mark.parametrize("listening_at", LOOPBACK)
def test_listener_of_this_machine_takes_its_names_and_addresses_only(listening_at: str) -> None:
    serve = Hosts((), listening_at).serve
    assert all(serve(host) for host in HERE)
    assert not any(serve(host) for host in [*ELSEWHERE, *MALFORMED])


@pytest.mark.parametrize("listening_at", [*EVERYWHERE, "10.0.0.1", "gateway.internal"])
def test_listener_for_others_takes_every_name_unless_some_are_said(listening_at: str) -> None:
    assert all(Hosts((), listening_at).serve(host) for host in [*HERE, *ELSEWHERE])
    assert not any(Hosts((), listening_at).serve(host) for host in MALFORMED)
    some = Hosts(("gateway.example.org", "*.shop.example"), listening_at).serve
    taken = [b"gateway.example.org", b"GATEWAY.example.org:443", b"a.shop.example", b"10.244.0.7:8080", b"localhost"]
    assert all(some(host) for host in taken)
    assert not any(some(host) for host in [*ELSEWHERE, b"shop.example", b"xshop.example"])
    assert some(listening_at.encode() if ":" not in listening_at else b"[::]")


def test_star_takes_every_name() -> None:
    assert all(Hosts(("*",), "127.0.0.1").serve(host) for host in ELSEWHERE)


@pytest.mark.parametrize(
    ("host", "local"), [*((host, True) for host in LOOPBACK), *((host, False) for host in [*EVERYWHERE, "x"])]
)
def test_loopback_is_known(host: str, local: bool) -> None:
    assert is_loopback(host) is local


def test_what_is_remembered_of_hosts_is_bounded() -> None:
    hosts = Hosts((), "127.0.0.1")
    for number in range(1000):
        hosts.serve(b"%d.example" % number)
    assert hosts.serve.cache_info().currsize <= 256


@pytest.mark.parametrize("upgrade", [b"", b"Connection: Upgrade\r\nUpgrade: websocket\r\n"])
async def test_page_of_another_name_is_refused(upgrade: bytes) -> None:
    async with listening() as at:
        answer = await ask(at, GET.replace(b"localhost", b"evil.example:8080")[:-2] + upgrade + b"\r\n")
        assert answer.startswith(b"HTTP/1.1 421 Misdirected Request\r\n")
        assert b"evil.example:8080" in answer
        assert b"allowed_hosts" in answer
        assert at.app.started == 0
        assert at.reasons == {"host": 1}
