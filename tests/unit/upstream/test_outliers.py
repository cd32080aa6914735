"""What becomes of a cluster's calls when its nodes fail, hang or are slow; by a clock that goes only when it is told to."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from searchway.contract.records import Retry
from searchway.errors import Applied, Code, TransportError
from searchway.settings import ClusterSettings, Settings
from searchway.upstream import Clusters
from searchway.upstream.carrier import Outgoing
from searchway.upstream.cluster import Cluster
from searchway.upstream.clusters import build_cluster
from searchway.wire import HttpRequest, HttpResponse
from unit.upstream.clock import Clock
from unit.upstream.raw_server import Exchange, raw_server

GET = HttpRequest(method="GET", path="/x")

Behave = Callable[["World"], Awaitable[int]]
"""Returns a status, raises, or waits."""


async def works(_world: "World") -> int:
    return 200


async def unwell(_world: "World") -> int:
    return 503


async def refuses(_world: "World") -> int:
    raise httpx.ConnectError("refused")


def slow(seconds: float) -> Behave:
    async def behave(world: "World") -> int:
        world.clock.now += seconds
        return 200

    return behave


def hangs(seconds: float) -> Behave:
    """Let the time pass that a caller waits, and then wait until it leaves."""

    async def behave(world: "World") -> int:
        world.clock.now += seconds
        world.hung.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody answers")

    return behave


@dataclass
class World:
    """A cluster whose nodes n0, n1, … behave as they are told."""

    nodes: list[Behave]
    clock: Clock = field(default_factory=Clock)
    hung: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[str] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    cluster: Cluster = field(init=False)

    def __post_init__(self) -> None:
        urls = tuple(f"http://n{number}:9200" for number in range(len(self.nodes)))
        settings = ClusterSettings(name="c", nodes=urls, **self.more)
        whole = Settings(clusters=(settings,))
        self.cluster = build_cluster(settings, whole, self, clock=self.clock, pick=lambda nodes: nodes[-1])

    async def exchange(self, origin: str, _outgoing: Outgoing, _limit: int) -> HttpResponse:
        node = httpx.URL(origin).host
        self.asked.append(node)
        status = await self.nodes[int(node[1:])](self)
        return HttpResponse(status=status, headers={}, body=b"{}")

    async def aclose(self) -> None:
        """Have no connection to close."""

    async def call(self, retry: Retry = Retry.SAFE, seconds: float = 0.02) -> str:
        """Return the code or the status that a call got."""
        try:
            answer = await self.cluster.send(GET, retry=retry, headers={}, deadline=time.monotonic() + seconds)
        except TransportError as error:
            return error.code.value
        return str(answer.status)

    async def calls(self, number: int, retry: Retry = Retry.SAFE) -> Counter[str]:
        """Return what calls one after the other got."""
        return Counter([await self.call(retry) for _ in range(number)])

    def asked_since(self, start: int) -> Counter[str]:
        return Counter(self.asked[start:])


@pytest.mark.parametrize("retry", [Retry.SAFE, Retry.UNSENT])
async def test_node_that_never_answers_gets_no_more_after_one_call(retry: Retry) -> None:
    world = World([hangs(2), works])
    with capture_logs() as lines:
        got = await world.calls(30, retry)
    (line,) = lines
    assert (line["event"], line["node"], line["cause"]) == ("request failed", "http://n0:9200", "after 2.00 seconds")
    assert got == {"DEADLINE_EXCEEDED": 1, "200": 29}
    assert Counter(world.asked) == {"n0": 1, "n1": 29}


async def test_node_that_never_answers_is_ejected_when_it_goes_on() -> None:
    world = World([hangs(2), works])
    for _ in range(5):
        await world.calls(10, Retry.UNSENT)
        world.clock.now += 70
    assert world.asked.count("n0") == 5
    assert world.cluster.ejected() == 0  # on trial
    await world.calls(10, Retry.UNSENT)
    assert world.cluster.ejected() == 1


async def test_read_that_hits_a_suspect_node_goes_to_another_in_time() -> None:
    world = World([hangs(2), works])
    await world.calls(1)
    world.clock.now += 100  # long enough to try it again
    start = len(world.asked)
    assert await world.call(seconds=10) == "200"
    assert await world.call(seconds=10) == "200"
    assert world.asked_since(start)["n0"] == 1


async def test_write_tries_no_suspect_node() -> None:
    world = World([hangs(2), works])
    await world.calls(1)
    world.clock.now += 40
    assert await world.calls(10, Retry.UNSENT) == {"200": 10}


@pytest.mark.parametrize(("had", "blamed"), [(0.2, 0), (0.3, 1)])
async def test_deadline_that_was_too_short_blames_no_node(had: float, blamed: int) -> None:
    world = World([slow(0.005)], more={"breaker_failures": 3})
    await world.calls(10)
    world.nodes[0] = hangs(had)
    await world.calls(3)
    assert world.cluster.ejected() == blamed


async def test_caller_who_leaves_at_once_blames_no_node() -> None:
    world = World([hangs(0.2)], more={"breaker_failures": 1})
    task = asyncio.create_task(world.call(seconds=30))
    await world.hung.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert world.cluster.ejected() == 0


async def test_slow_node_is_asked_less() -> None:
    world = World([slow(0.5), slow(0.001), slow(0.001)])
    await world.calls(200)
    assert world.asked.count("n0") < 10


async def test_node_that_was_slow_is_asked_again() -> None:
    world = World([slow(0.5), slow(0.001)])
    await world.calls(20)
    world.nodes[0] = slow(0.001)
    world.clock.now += 30
    start = len(world.asked)
    await world.calls(20)
    assert world.asked_since(start) == {"n0": 10, "n1": 10}


async def test_node_with_less_to_do_is_asked_first() -> None:
    world = World([hangs(0), works])
    waiting = [asyncio.create_task(world.call(seconds=30)) for _ in range(2)]
    await world.hung.wait()
    assert await world.calls(5) == {"200": 5}
    assert Counter(world.asked) == {"n0": 1, "n1": 6}
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_several_bad_answers_of_one_address_refuse_nobody() -> None:
    world = World([unwell], more={"retries": 0})
    await world.calls(5)
    assert world.cluster.ejected() == 1
    world.nodes[0] = works
    assert await world.calls(20, Retry.UNSENT) == {"200": 20}
    assert world.cluster.ejected() == 0


async def test_half_of_an_address_that_fails_stops_nothing() -> None:
    world = World([unwell], more={"retries": 0})
    got: Counter[str] = Counter()
    for number in range(200):
        world.nodes[0] = works if number // 10 % 2 else unwell  # long enough in a row to eject it each time
        got[await world.call()] += 1
    assert got["UNAVAILABLE"] <= 20
    assert got["200"] >= 90


async def test_single_node_that_is_down_gets_a_share() -> None:
    world = World([refuses], more={"retries": 0})
    await world.calls(300)
    start = len(world.asked)
    await world.calls(100)
    assert len(world.asked) - start <= 10
    world.clock.now += 1
    world.nodes[0] = works
    assert await world.calls(10) == {"200": 10}


async def test_held_back_call_says_when_to_come_again() -> None:
    world = World([refuses], more={"retries": 0})
    delays = set()
    for _ in range(200):
        with pytest.raises(TransportError) as caught:
            await world.cluster.send(GET, retry=Retry.UNSENT, headers={}, deadline=time.monotonic() + 1)
        failure = caught.value.failure
        assert (failure.code, failure.applied, failure.retryable) == (Code.UNAVAILABLE, Applied.NO, True)
        if "share" in failure.message:
            delays.add(failure.retry_delay_ms)
    assert delays == {1000}


async def test_all_nodes_ejected_are_still_asked() -> None:
    world = World([refuses, refuses, refuses])
    await world.calls(10)
    assert world.cluster.ejected() == 3
    world.nodes[1] = works
    assert await world.calls(5, Retry.UNSENT) == {"200": 5}
    assert world.cluster.ejected() == 2


async def test_ejected_node_comes_back_by_one_request() -> None:
    world = World([refuses, works], more={"breaker_failures": 2})
    await world.calls(10)
    assert world.cluster.ejected() == 1
    start = len(world.asked)
    await world.calls(5)
    assert world.asked_since(start) == {"n1": 5}
    world.nodes[0] = works
    world.clock.now += 10
    await world.calls(10)
    assert world.cluster.ejected() == 0
    assert world.asked_since(start)["n0"] == 5


async def test_few_nodes_that_are_left_soon_get_help_from_those_that_work_again() -> None:
    world = World([works, refuses, refuses], more={"breaker_failures": 1})
    await world.calls(10)
    assert world.cluster.ejected() == 2
    world.nodes[1:] = [works, works]
    start = len(world.asked)
    assert await world.calls(30) == {"200": 30}
    assert world.asked_since(start) == {"n0": 30}  # they have a moment of rest
    world.clock.now += 1
    assert await world.calls(30, Retry.UNSENT) == {"200": 30}
    assert world.cluster.ejected() == 2  # no write is risked for them
    assert await world.calls(30) == {"200": 30}
    assert world.cluster.ejected() <= 1  # half of them work, which is enough; the last has its time


async def test_few_nodes_that_are_left_are_not_given_up_for_those_that_fail() -> None:
    world = World([works, hangs(2), hangs(2)], more={"breaker_failures": 1})
    while world.cluster.ejected() < 2:
        await world.call()
    start = len(world.asked)
    for _ in range(40):
        world.clock.now += 0.2
        assert await world.call(seconds=10) == "200"
    since = world.asked_since(start)
    assert since["n0"] == 40
    assert 1 <= since["n1"] + since["n2"] <= 4


async def test_socket_that_accepts_and_never_answers_costs_one_call() -> None:
    async def hang(exchange: Exchange) -> None:
        await exchange.reader.readexactly(1)

    async with raw_server() as good, raw_server() as bad:
        settings = ClusterSettings(name="c", nodes=(bad.url, good.url))
        clusters = Clusters(Settings(clusters=(settings,)))
        cluster, got = clusters.get(None), []
        for number in range(22):
            if number == 2:  # each has answered once
                bad.behave = hang
            try:
                await cluster.send(GET, retry=Retry.UNSENT, headers={}, deadline=time.monotonic() + 1)
                got.append("OK")
            except TransportError as error:
                got.append(error.code.value)
        await clusters.aclose()
    assert got.count("OK") >= 21
    assert len(bad.exchanges) <= 2
