"""Any interleaving of calls that come, end and give up: bounds hold, slots are neither lost nor left empty, turns are kept."""

import asyncio
from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from searchway.engine.admission import Queueing
from searchway.engine.occupancy import Bounds
from searchway.errors import CallError
from unit.engine.admitting_world import World
from unit.engine.turns import settle

STEPS = st.one_of(
    st.tuples(st.just("come"), st.sampled_from("pqrs"), st.sampled_from("abc")),
    st.tuples(st.just("come"), st.sampled_from("pp"), st.sampled_from("aab")),
    st.tuples(st.just("end"), st.integers(0, 9)),
    st.tuples(st.just("give up"), st.integers(0, 9)),
    st.tuples(st.just("end and give up"), st.integers(0, 9)),
    st.tuples(st.just("turn"), st.integers(1, 3)),
)
BOUNDS = st.builds(Bounds, all=st.integers(1, 6), cluster=st.integers(1, 4), principal=st.integers(1, 3))


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=60), BOUNDS, st.integers(0, 8))
async def test_every_interleaving_keeps_bounds_and_loses_no_place(
    steps: list[tuple],  # type: ignore[type-arg]
    bounds: Bounds,
    calls: int,
) -> None:
    world = World(bounds, Queueing(calls=calls, seconds=60))
    for step in steps:
        await _play(world, step)
        _check_bounds(world)
    await settle()
    _check_nothing_waits_in_vain(world)
    await world.finish()
    assert world.admission.queued == 0
    assert not world.inside
    for visit in world.visits:
        error = None if visit.task.cancelled() else visit.task.exception()
        assert error is None or isinstance(error, CallError), error
    after = [world.visit("p") for _ in range(min(bounds.all, bounds.cluster, bounds.principal))]
    await settle()
    assert all(visit.inside for visit in after), "no slot was lost"
    await world.finish()


async def _play(world: World, step: tuple) -> None:  # type: ignore[type-arg]
    match step:
        case "come", principal, cluster:
            world.visit(principal, cluster)
        case "end", number if world.inside:
            world.inside[number % len(world.inside)].end.set()
        case "give up", number if world.waiting:
            world.waiting[number % len(world.waiting)].task.cancel()
        case "end and give up", number if world.inside and world.waiting:  # in one turn of the loop
            world.inside[number % len(world.inside)].end.set()
            await asyncio.sleep(0)
            if world.waiting:
                world.waiting[number % len(world.waiting)].task.cancel()
        case "turn", turns:
            for _ in range(turns):
                await asyncio.sleep(0)


def _check_bounds(world: World) -> None:
    inside, bounds = world.inside, world.bounds
    assert len(inside) <= bounds.all
    for cluster in "abc":
        assert sum(visit.cluster == cluster for visit in inside) <= bounds.cluster
        for principal in "pqrs":
            own = sum((visit.cluster, visit.principal) == (cluster, principal) for visit in inside)
            assert own <= bounds.principal
    for principal in "pqrs":
        assert sum(visit.principal == principal for visit in inside) <= bounds.principal * 2


def _check_nothing_waits_in_vain(world: World) -> None:
    """Whoever waits is kept out by a bound that is reached."""
    inside, bounds = world.inside, world.bounds
    for waiter in world.waiting:
        at = [visit for visit in inside if visit.cluster == waiter.cluster]
        own = [visit for visit in inside if visit.principal == waiter.principal]
        assert (
            len(inside) >= bounds.all
            or len(at) >= bounds.cluster
            or len(own) >= bounds.principal * 2
            or sum(visit.principal == waiter.principal for visit in at) >= bounds.principal
        )


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from("abc"), min_size=12, max_size=20), min_size=2, max_size=6),
    st.integers(1, 3),
    st.randoms(use_true_random=False),
)
async def test_principals_that_never_stop_asking_get_their_turns(
    calls: list[list[str]], slots: int, shuffled: Random
) -> None:
    wide = len(calls) * 20
    world = World(Bounds(all=slots, cluster=wide, principal=wide), Queueing(calls=wide, seconds=60))
    order = [(number, cluster) for number, clusters in enumerate(calls) for cluster in clusters]
    shuffled.shuffle(order)
    for _ in range(slots):
        world.visit("first")
    await settle()
    for number, cluster in order:
        world.visit(f"p{number}", cluster)
    await settle()
    turns = len(calls) * 8  # after which each still has calls that wait
    while len(world.entered) < slots + turns:
        world.inside[0].end.set()
        await settle()
    served = Counter(visit.principal for visit in world.entered[slots : slots + turns])
    assert all(abs(served[f"p{number}"] - 8) <= 1 for number in range(len(calls))), served
    await world.finish()
