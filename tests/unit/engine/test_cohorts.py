"""Calls that set out together are joined by count: however late one comes, the request waits for it, and never for one that will not come."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchway.engine import batches
from searchway.engine.cohorts import Cohort
from unit.engine.joining_world import World, bodies
from unit.engine.turns import settle


def test_each_is_counted_once() -> None:
    told: list[str] = []
    cohort = Cohort(2)
    cohort.when_complete(lambda: told.append("complete"))
    first, second = cohort.members
    first.settle()
    first.settle()
    assert not cohort.is_complete
    second.settle()
    second.settle()
    assert cohort.is_complete
    assert told == ["complete"]


@pytest.mark.parametrize("seconds", [0, 0.000001, 60])
async def test_a_request_waits_for_all_who_set_out_together(seconds: float) -> None:
    world = World(seconds=seconds)
    for number, expected in enumerate(Cohort(100).members):
        assert not world.sent
        world.call(f"x{number}", expected=expected)
        await settle()
    await world.finish()
    assert world.numbers == [list(range(100))]


@pytest.mark.parametrize("leaver", [0, 1, 2])
async def test_one_that_will_not_come_is_not_waited_for(leaver: int) -> None:
    world = World()
    for number, expected in enumerate(Cohort(3).members):
        if number == leaver:
            expected.settle()
        else:
            world.call(f"x{number}", expected=expected)
        await settle()
    assert world.numbers == [[0, 1]]
    await world.finish()


async def test_one_that_leaves_after_it_joined_is_not_sent_and_holds_up_nobody() -> None:
    world = World()
    first, second, third = Cohort(3).members
    world.call("x", expected=first)
    leaver = world.call("y", expected=second)
    await settle()
    leaver.task.cancel()
    await settle()
    assert not world.sent
    world.call("z", expected=third)
    await settle()
    assert world.numbers == [[0, 2]]
    await world.finish()


async def test_full_requests_go_while_others_are_still_to_come() -> None:
    world = World(most=3)
    members = Cohort(5).members
    for number, expected in enumerate(members[:4]):
        world.call(f"x{number}", expected=expected)
    await settle()
    assert world.numbers == [[0, 1, 2]]
    world.answer(world.sent[0])
    await settle()
    assert world.numbers == [[0, 1, 2]]
    world.call("x4", expected=members[4])
    await settle()
    assert world.numbers == [[0, 1, 2], [3, 4]]
    await world.finish()


async def test_two_writes_of_one_thing_in_a_cohort_go_one_after_the_other() -> None:
    world = World()
    for thing, expected in zip("xxy", Cohort(3).members, strict=True):
        world.call(thing, expected=expected)
    await world.finish()
    assert world.numbers == [[0, 2], [1]]
    assert bodies(world) == [b"0", b"1", b"2"]


async def test_a_stranger_goes_with_them() -> None:
    world = World()
    first, second = Cohort(2).members
    world.call("x", expected=first)
    await settle()
    world.call("stranger")
    await settle()
    assert not world.sent
    world.call("y", expected=second)
    await settle()
    assert world.numbers == [[0, 1, 2]]
    await world.finish()


async def test_the_wait_has_an_end_that_counts_from_the_last_who_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(batches, "monotonic", lambda: now[0])
    monkeypatch.setattr(batches, "_LONGEST_GAP", 0.01)
    world = World()
    members = Cohort(4).members
    for number in range(3):
        now[0] += 0.009  # the clock of the gaps, which goes on only here
        world.call(f"x{number}", expected=members[number])
        await settle()
        assert not world.sent
    now[0] += 0.011
    async with asyncio.timeout(10):
        while not world.sent:  # noqa: ASYNC110  # after a timer of the loop, no event
            await asyncio.sleep(0)
    assert world.numbers == [[0, 1, 2]]
    await world.finish()


STEPS = st.lists(
    st.tuples(st.sampled_from(["join", "join", "join", "settle", "leave"]), st.integers(0, 2)), max_size=20
)


@settings(deadline=None)
@given(STEPS, st.sampled_from([2, 3, 100]))
async def test_no_order_of_events_keeps_anybody_waiting(steps: list[tuple[str, int]], most: int) -> None:
    world = World(most=most)
    members = Cohort(len(steps)).members
    for number, ((step, turns), expected) in enumerate(zip(steps, members, strict=True)):
        if step == "settle":
            expected.settle()
            continue
        caller = world.call("" if number % 3 else "x", expected=expected)
        for _ in range(turns):
            await asyncio.sleep(0)
        if step == "leave":
            caller.task.cancel()
            await asyncio.sleep(0)
            expected.settle()  # as whoever makes a call does in the end
    await world.finish()
    assert all(caller.task.done() for caller in world.callers)
