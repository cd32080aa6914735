"""Who teaches the gateway what a cluster runs, and who does not; by a clock that goes only when it is told to."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
import pytest

from searchway.contract.records import Engine
from searchway.errors import Code, TransportError
from searchway.settings import ClusterSettings, Settings
from searchway.upstream.carrier import Outgoing
from searchway.upstream.cluster import Cluster
from searchway.upstream.clusters import build_cluster
from searchway.upstream.detection import Detection
from searchway.upstream.product import Product
from searchway.wire import HttpResponse
from unit.upstream.clock import Clock

OPENDISTRO = Product(engine=Engine.OPENDISTRO, version="7.10.2")
ROOT = {"version": {"number": "7.10.2", "build_flavor": "oss"}, "tagline": "You Know, for Search"}
NOBODY: dict[str, str] = {}
GOOD = {"authorization": "Basic good"}


@dataclass
class World:
    """An Open Distro cluster that says what it is to those with good credentials only."""

    settings: dict[str, Any] = field(default_factory=lambda: {"forward_credentials": True})
    to_others: int | Exception = 401
    to_good: int | Exception = 200
    clock: Clock = field(default_factory=Clock)
    asked: list[str] = field(default_factory=list)
    cluster: Cluster = field(init=False)

    def __post_init__(self) -> None:
        settings = ClusterSettings(name="c", nodes=("http://n:9200",), retries=0, **self.settings)
        self.cluster = build_cluster(settings, Settings(clusters=(settings,)), self, clock=self.clock)

    async def exchange(self, _origin: str, outgoing: Outgoing, _limit: int) -> HttpResponse:
        who = dict(outgoing.headers).get(b"authorization", b"").decode()
        self.asked.append(who)
        found = self.to_good if who == GOOD["authorization"] else self.to_others
        if isinstance(found, Exception):
            raise found
        return HttpResponse(status=found, headers={}, body=orjson.dumps(ROOT) if found == 200 else b"<html>")

    async def aclose(self) -> None:
        """Have no connection to close."""

    async def detect(self, headers: dict[str, str], *, must_know: bool = True) -> Product | None:
        return await self.cluster.detect(headers, time.monotonic() + 5, must_know=must_know)


REFUSALS = [401, 403, 407, 404, 302, 400]


@pytest.mark.parametrize("status", REFUSALS)
async def test_a_refusal_teaches_nothing_to_anybody_else(status: int) -> None:
    world = World(to_others=status)
    assert await world.detect(NOBODY) is None
    assert await world.detect({"authorization": "Basic bad"}) is None
    assert await world.detect(GOOD) == OPENDISTRO


async def test_definite_answer_is_good_for_all() -> None:
    world = World()
    await world.detect(GOOD)
    assert await world.detect(NOBODY) == OPENDISTRO
    assert len(world.asked) == 1


async def test_caller_who_was_refused_is_not_asked_for_each_time() -> None:
    world = World()
    for _ in range(5):
        await world.detect(NOBODY)
    assert len(world.asked) == 1
    world.clock.now += 31
    await world.detect(NOBODY)
    assert len(world.asked) == 2


async def test_refusal_after_it_was_known_changes_nothing() -> None:
    world = World()
    await world.detect(GOOD)
    world.clock.now += 601  # clusters are upgraded
    assert await world.detect(NOBODY) == OPENDISTRO
    assert await world.detect(GOOD) == OPENDISTRO
    assert world.asked == [GOOD["authorization"], "", GOOD["authorization"]]


@pytest.mark.parametrize("bad", [429, 500, 502, 503, 504, httpx.ReadError(""), httpx.ConnectError("")])
async def test_who_must_know_is_told_that_the_cluster_could_not_be_asked(bad: int | Exception) -> None:
    world = World(to_good=bad)
    for _ in range(3):
        with pytest.raises(TransportError) as caught:
            await world.detect(GOOD)
        assert (caught.value.code, caught.value.failure.retryable) == (Code.UNAVAILABLE, True)
    world.to_good = 200
    assert await world.detect(GOOD) == OPENDISTRO  # at once: the failure of just now is no excuse


@pytest.mark.parametrize("bad", [503, httpx.ReadError("")])
async def test_who_need_not_know_goes_on_without_and_does_not_ask_all_the_time(bad: int | Exception) -> None:
    world = World(to_good=bad)
    for _ in range(3):
        assert await world.detect(GOOD, must_know=False) is None
    assert len(world.asked) == 1
    world.to_good = 200
    world.clock.now += 1
    assert await world.detect(GOOD, must_know=False) == OPENDISTRO


@pytest.mark.parametrize("bad", [503, httpx.ReadError("")])
async def test_cluster_that_is_known_may_be_away(bad: int | Exception) -> None:
    world = World()
    await world.detect(GOOD)
    world.clock.now += 601
    world.to_good = bad
    for _ in range(3):
        assert await world.detect(GOOD) == OPENDISTRO
    assert len(world.asked) == 2


async def test_who_has_no_time_teaches_nothing() -> None:
    world = World()
    with pytest.raises(TransportError) as caught:
        await world.cluster.detect(GOOD, time.monotonic() - 1, must_know=True)
    assert caught.value.code is Code.DEADLINE_EXCEEDED
    assert await world.detect(GOOD) == OPENDISTRO


async def test_with_credentials_of_its_own_the_gateway_asks_once_for_all() -> None:
    world = World(settings={"bearer": "t"})
    headers = [{"x-opaque-id": str(number)} for number in range(5)]
    assert await asyncio.gather(*(world.detect(one) for one in headers)) == [None] * 5
    assert world.asked == ["Bearer t"]


async def test_own_credentials_serve_callers_without() -> None:
    world = World(settings={"forward_credentials": True, "username": "u", "password": "p"})
    assert await world.detect({"authorization": "Basic bad"}) is None
    assert await world.detect(NOBODY) is None
    assert world.asked == ["Basic bad", "Basic dTpw"]


def test_refused_callers_are_remembered_within_bounds() -> None:
    detection = Detection(None, Clock())
    for number in range(5000):
        detection.found(None, str(number).encode())
    assert len(detection._refused) <= 1000  # noqa: SLF001  # nothing else shows it
    assert detection.is_settled(b"4999", must_know=True)
