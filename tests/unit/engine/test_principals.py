"""One caller and one cluster cannot take the gateway from the others: the whole engine over a cluster that never answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from searchway.contract.catalog import load
from searchway.engine import Call, Engine
from searchway.engine.telemetry import Telemetry
from searchway.errors import CallError, Code
from searchway.settings import Settings
from searchway.transcode import inputs
from searchway.upstream import Clusters
from unit.engine.hits import HitsUpstream
from unit.engine.turns import settle

POLICY, HITS = load().operation("ism.GetPolicy"), load().operation("fleet.StreamHits")
LIMITS = {"in_flight": 20, "in_flight_per_cluster": 10, "in_flight_per_principal": 4, "queue_calls": 50}


class Hung(httpx.AsyncBaseTransport):
    """Accepts everything and never answers."""

    def __init__(self) -> None:
        self.requests = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        await asyncio.Event().wait()
        raise AssertionError(request)


def _answer(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"_id": "p", "policy": {"policy_id": "p"}})


@dataclass(slots=True, kw_only=True)
class World:
    """An engine before a cluster that hangs, whose callers are known by credentials, and one that is well, at which they are not."""

    engine: Engine
    hung: Hung
    telemetry: Telemetry
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)

    def call(self, cluster: str, *, who: str = "", peer: str = "", deadline: float | None = None) -> asyncio.Task[Any]:
        """Ask for a policy of its own."""
        headers = {"authorization": who} if who else {}
        call = Call(face="cli", request_id="r", cluster=cluster, headers=headers, peer=peer, deadline=deadline)
        message = inputs.build(POLICY.request, {"policy_id": f"p{len(self.tasks)}"})
        self.tasks.append(asyncio.create_task(self.engine.run(POLICY, message, call, lambda answer: answer)))
        return self.tasks[-1]

    def metric(self, name: str, **labels: str) -> float:
        return self.telemetry.registry.get_sample_value(name, labels) or 0.0


@asynccontextmanager
async def open_world(**limits: Any) -> AsyncIterator[World]:
    one = {"engine": "opensearch", "version": "3.0.0", "retries": 0}
    settings = Settings.model_validate(
        {
            "clusters": {
                "hung": {**one, "nodes": ["http://hung:9200"], "forward_credentials": True},
                "well": {**one, "nodes": ["http://well:9200"]},
            },
            "limits": {**LIMITS, **limits},
        }
    )
    hung = Hung()
    clusters = Clusters(settings, transports={"hung": hung, "well": httpx.MockTransport(_answer)})
    telemetry = Telemetry(access_log=False)
    world = World(engine=Engine(load(), clusters, settings, telemetry), hung=hung, telemetry=telemetry)
    yield world
    for task in world.tasks:
        task.cancel()
    await asyncio.gather(*world.tasks, return_exceptions=True)
    await clusters.aclose()


async def test_flood_at_a_cluster_that_hangs_leaves_room_for_others() -> None:
    async with open_world() as world:
        flood = [world.call("hung", who="greedy") for _ in range(100)]
        await settle()
        assert world.hung.requests == 4
        assert sum(task.done() for task in flood) == 100 - 4 - 50
        assert world.metric("searchway_queued_calls") == 50
        assert world.metric("searchway_calls_in_flight") == 4
        assert world.metric("searchway_shed_calls_total", reason="principal") == 46
        await world.call("well", who="modest")
        await world.call("well", who="greedy")
        world.call("hung", who="modest")
        await settle()
        assert world.hung.requests == 5


async def test_what_is_shed_says_when_to_come_again() -> None:
    async with open_world(queue_calls=0) as world:
        tasks = [world.call("hung", peer="192.0.2.1") for _ in range(5)]
        await settle()
        error = tasks[-1].exception()
        assert isinstance(error, CallError)
        told = error.failure
        assert (told.code, told.retryable, told.cluster, told.operation) == (
            Code.RESOURCE_EXHAUSTED,
            True,
            "hung",
            "ism.GetPolicy",
        )
        assert told.retry_delay_ms == 1000


@pytest.mark.parametrize(
    ("first", "second", "are_one"),
    [
        ({"who": "a"}, {"who": "b"}, False),
        ({"who": "a", "peer": "1"}, {"who": "a", "peer": "2"}, True),
        ({"peer": "1"}, {"peer": "2"}, False),
        ({"peer": "1"}, {"peer": "1"}, True),
        ({}, {}, True),
        ({"who": "a", "peer": "1"}, {"peer": "1"}, False),
    ],
)
async def test_principal_is_known_by_credentials_else_by_address(
    first: dict[str, str], second: dict[str, str], are_one: bool
) -> None:
    async with open_world() as world:
        for _ in range(4):
            world.call("hung", **first)  # type: ignore[arg-type]  # all are texts
        world.call("hung", **second)  # type: ignore[arg-type]
        await settle()
        assert world.hung.requests == (4 if are_one else 5)


async def test_credentials_that_the_cluster_does_not_see_make_no_principal() -> None:
    async with open_world(in_flight_per_principal=1, queue_calls=0) as world:
        tasks = [world.call("well", who=f"made-up-{n}", peer="1") for n in range(2)]
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [isinstance(result, CallError) for result in results] == [False, True]


async def test_deadlines_have_a_ceiling() -> None:
    settings = {"max_timeout": 0.5, "timeout": 0.5}
    one = {"engine": "opensearch", "version": "3.0.0", "nodes": ["http://hung:9200"], "retries": 0}
    read = Settings.model_validate({"clusters": {"hung": one}, **settings})
    clusters = Clusters(read, transports={"hung": Hung()})
    engine = Engine(load(), clusters, read, Telemetry(access_log=False))
    call = Call(face="cli", request_id="r", deadline=asyncio.get_running_loop().time() + 999_999)
    message = inputs.build(POLICY.request, {"policy_id": "p"})
    with pytest.raises(CallError, match="did not answer in time"):
        await engine.run(POLICY, message, call, lambda answer: answer)
    await clusters.aclose()


@pytest.mark.parametrize(("clusters", "most"), [(1, 6), (2, 3)])
async def test_one_cluster_leaves_slots_for_others_where_there_are_some(clusters: int, most: int) -> None:
    one = {"engine": "opensearch", "version": "3.0.0", "retries": 0, "nodes": ["http://c:9200"]}
    limits = {"in_flight": 6, "in_flight_per_cluster": 3, "queue_calls": 0}
    names = [f"c{number}" for number in range(clusters)]
    read = Settings.model_validate({"clusters": dict.fromkeys(names, one), "limits": limits})
    hung = Hung()
    opened = Clusters(read, transports=dict.fromkeys(names, hung))
    world = World(engine=Engine(load(), opened, read, Telemetry(access_log=False)), hung=hung, telemetry=Telemetry())
    for _ in range(8):
        world.call("c0")
    await settle()
    assert hung.requests == most
    for task in world.tasks:
        task.cancel()
    await asyncio.gather(*world.tasks, return_exceptions=True)
    await opened.aclose()


async def test_streams_are_bounded_for_each_principal() -> None:
    one = {"engine": "elasticsearch", "version": "9.0.0", "nodes": ["http://a:9200"]}
    read = Settings.model_validate({"clusters": {"a": one}, "limits": {"streams_per_principal": 2}})
    clusters = Clusters(read, transports={"a": HitsUpstream(10)})
    engine = Engine(load(), clusters, read, Telemetry(access_log=False))
    values = {"header": {"index": ["a"]}, "body": {"sort": "_id"}}

    def stream(peer: str) -> Any:
        call = Call(face="cli", request_id="r", peer=peer)
        return engine.stream(HITS, inputs.build(HITS.request, values), call, lambda answer: answer)

    async with aclosing(stream("1")) as first, aclosing(stream("1")) as second, aclosing(stream("2")) as other:
        await anext(first)
        await anext(second)
        with pytest.raises(CallError, match=r"limits\.streams_per_principal"):
            await anext(stream("1"))
        await anext(other)
    await clusters.aclose()
