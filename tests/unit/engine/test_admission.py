import asyncio
import time
from itertools import islice
from typing import Any

import pytest

from searchway.engine.admission import Queueing
from searchway.engine.call import Call
from searchway.engine.occupancy import Bounds
from searchway.errors import Applied, CallError, Code
from unit.engine.admitting_world import READ, Visit, World
from unit.engine.turns import settle

WIDE = Bounds(all=100, cluster=100, principal=100)
AT_ONCE = Queueing()


def failure(visit: Visit) -> Any:
    error = visit.task.exception()
    assert isinstance(error, CallError)
    return error.failure


@pytest.mark.parametrize(
    ("bounds", "reason", "message"),
    [
        (Bounds(all=1, cluster=9, principal=9), "gateway", "more than 1 calls at the same time (limits.in_flight)"),
        (
            Bounds(all=9, cluster=1, principal=9),
            "cluster",
            "more than 1 calls to one cluster at the same time (limits.in_flight_per_cluster)",
        ),
        (
            Bounds(all=9, cluster=9, principal=1),
            "principal",
            "more than 1 calls of one principal to one cluster at the same time (limits.in_flight_per_principal)",
        ),
    ],
)
async def test_calls_above_a_bound_are_refused_with_number_and_setting(
    bounds: Bounds, reason: str, message: str
) -> None:
    world = World(bounds, AT_ONCE)
    first, second = world.visit("p"), world.visit("p")
    await settle()
    told = failure(second)
    assert (told.code, told.message, told.retryable) == (Code.RESOURCE_EXHAUSTED, message, True)
    assert told.retry_delay_ms > 0
    assert world.sheds == {reason: 1}
    first.end.set()
    await settle()
    third = world.visit("p")
    await settle()
    assert third.inside
    await world.finish()


@pytest.mark.parametrize(("writes", "applied"), [(True, Applied.NO), (False, Applied.UNSPECIFIED)])
async def test_write_that_is_refused_was_not_applied(*, writes: bool, applied: Applied) -> None:
    world = World(Bounds(all=1, cluster=9, principal=9), AT_ONCE)
    world.visit("p")
    refused = world.visit("p", writes=writes)
    await settle()
    assert failure(refused).applied is applied
    await world.finish()


def test_without_contention_nothing_is_awaited() -> None:
    world, call = World(WIDE), Call(face="cli", request_id="r")
    entering = world.admission.enter("a", READ, call)
    with pytest.raises(StopIteration):  # there is no loop that could run a task or a timer
        entering.send(None)
    world.admission.leave("a", call)


async def test_call_that_fails_gives_its_slot_back() -> None:
    world = World(Bounds(all=1, cluster=9, principal=9), AT_ONCE)
    for _ in range(3):
        visit = world.visit("p")
        await settle()
        assert visit.inside
        visit.task.cancel()
        await settle()
        assert visit.task.cancelled()


async def test_flood_at_one_cluster_leaves_room_at_it_and_at_others() -> None:
    world = World(Bounds(all=100, cluster=50, principal=20))
    for _ in range(1000):
        world.visit("greedy", "hung")
    await settle()
    assert len(world.inside) == 20
    others = [world.visit("modest", "hung"), world.visit("modest", "well"), world.visit("greedy", "well")]
    await settle()
    assert all(other.inside for other in others)
    await world.finish()


async def test_one_principal_cannot_take_all_places_through_many_clusters() -> None:
    world = World(Bounds(all=100, cluster=50, principal=20))
    for number in range(1000):
        world.visit("greedy", f"c{number % 10}")
    await settle()
    assert len(world.inside) == 40
    other = world.visit("modest", "c0")
    await settle()
    assert other.inside
    await world.finish()


async def test_principals_get_places_in_turn() -> None:
    world = World(Bounds(all=1, cluster=1, principal=1))
    world.visit("first")
    for principal, calls in (("p", 5), ("q", 2), ("r", 1)):
        for _ in range(calls):
            world.visit(principal)
    await settle()
    for visit in world.visits:
        assert not visit.end.is_set()
    while world.inside:
        world.inside[0].end.set()
        await settle()
    assert [visit.principal for visit in world.entered] == ["first", *"pqrpqppp"]


async def test_turn_counts_at_every_cluster() -> None:
    world = World(Bounds(all=1, cluster=1, principal=1))
    world.visit("first")
    for cluster in "abc":
        world.visit("p", cluster)
    world.visit("q", "a")
    await settle()
    while world.inside:
        world.inside[0].end.set()
        await settle()
    assert [visit.principal for visit in world.entered] == ["first", *"pqpp"]


async def test_full_cluster_holds_up_nobody_at_another() -> None:
    world = World(Bounds(all=10, cluster=1, principal=10))
    world.visit("p", "hung")
    for _ in range(5):
        world.visit("p", "hung")
    await settle()
    well = world.visit("p", "well")
    await settle()
    assert well.inside
    second = world.visit("q", "well")
    await settle()
    assert not second.inside
    well.end.set()
    await settle()
    assert second.inside
    await world.finish()


async def test_slot_that_is_given_back_goes_to_all_who_can_use_it() -> None:
    world = World(Bounds(all=2, cluster=2, principal=1))
    holder = world.visit("p", "a")
    world.visit("q", "a")
    waiting = [world.visit("p", "a"), world.visit("p", "b")]
    await settle()
    assert not any(visit.inside for visit in waiting)
    holder.end.set()
    await settle()
    assert sum(visit.inside for visit in waiting) == 1  # for there are two slots in all
    await world.finish()


async def test_who_waits_with_most_gives_way_when_the_queue_is_full() -> None:
    world = World(Bounds(all=1, cluster=1, principal=1), Queueing(calls=4, seconds=60))
    world.visit("first")
    flood = [world.visit("greedy") for _ in range(4)]
    more = world.visit("greedy")
    await settle()
    assert "and 4 are queued (limits.queue_calls)" in failure(more).message
    modest = world.visit("modest")
    await settle()
    assert not modest.task.done()
    assert [visit.task.done() for visit in flood] == [False, False, False, True]
    assert failure(flood[-1]).code is Code.RESOURCE_EXHAUSTED
    assert sum(world.sheds.values()) == 2
    await world.finish()


async def test_wait_has_an_end() -> None:
    world = World(Bounds(all=1, cluster=1, principal=1), Queueing(calls=4, seconds=0.001))
    first, second = world.visit("p"), world.visit("p")
    await asyncio.wait([second.task])
    assert "no slot was free within 0.001 seconds (limits.queue_seconds)" in failure(second).message
    assert not world.waiting
    first.end.set()
    await settle()
    assert not world.inside


async def test_wait_ends_with_the_time_of_the_call() -> None:
    world = World(Bounds(all=1, cluster=1, principal=1))
    world.visit("p")
    late = world.visit("p", writes=True, deadline=time.monotonic() + 0.001)
    await asyncio.wait([late.task])
    told = failure(late)
    assert (told.code, told.applied, told.retryable) == (Code.DEADLINE_EXCEEDED, Applied.NO, True)
    await world.finish()


async def test_caller_who_leaves_the_queue_leaves_nothing() -> None:
    world = World(Bounds(all=1, cluster=1, principal=1))
    holder, leaver, patient = world.visit("p"), world.visit("p"), world.visit("p")
    await settle()
    leaver.task.cancel()
    await settle()
    assert world.admission.queued == 1
    holder.end.set()
    await settle()
    assert patient.inside
    await world.finish()


@pytest.mark.parametrize("order", ["slot first", "caller first"])
async def test_slot_given_in_the_moment_in_which_the_caller_leaves_is_not_lost(order: str) -> None:
    world = World(Bounds(all=1, cluster=1, principal=1))
    holder, leaver, patient = world.visit("p"), world.visit("p"), world.visit("p")
    await settle()
    if order == "caller first":
        leaver.task.cancel()
    call = Call(face="cli", request_id="r", principal="p")
    world.admission.leave("a", call)
    if order == "slot first":
        leaver.task.cancel()
    await settle()
    assert leaver.task.cancelled()
    assert patient.inside
    patient.end.set()  # whose slot is not the holder's, who has one no more
    await settle()
    await world.admission.enter("a", READ, call)  # what the holder will give back again
    holder.end.set()
    await world.finish()


async def test_saturating_principals_each_get_their_turns() -> None:
    world = World(Bounds(all=4, cluster=4, principal=4), Queueing(calls=1000, seconds=60))
    for number, calls in enumerate((400, 100, 60, 60)):
        for _ in range(calls):
            world.visit(f"p{number}")
    await settle()
    while len(world.entered) < 200:
        for visit in world.inside:
            visit.end.set()
        await settle()
    turns = [visit.principal for visit in islice(world.entered, 4, 200)]
    counts = {f"p{n}": turns.count(f"p{n}") for n in range(4)}
    assert max(counts.values()) - min(counts.values()) <= 1, counts
    await world.finish()
