"""Callers that leave before their batch is sent, or while it is under way."""

import asyncio

import pytest

from unit.engine.joining_world import World
from unit.engine.turns import settle


async def test_one_that_leaves_before_is_not_sent() -> None:
    world = World(seconds=60)
    callers = [world.call(f"x{number}") for number in range(3)]
    await asyncio.sleep(0)
    callers[1].task.cancel()
    await world.finish()
    assert world.numbers == [[0, 2]]


async def test_one_that_leaves_gives_its_room_back() -> None:
    world = World(bound=20, seconds=60)
    leaver = world.call("a")
    world.call("b")
    await asyncio.sleep(0)
    leaver.task.cancel()
    await asyncio.sleep(0)
    world.call("d")
    await world.finish()
    assert world.numbers == [[1, 2]]


async def test_one_that_leaves_while_the_earlier_write_is_under_way_is_not_sent() -> None:
    world = World()
    world.call("x")
    await settle()
    second = world.call("x")
    await settle()
    second.task.cancel()
    await world.finish()
    assert world.numbers == [[0]]


async def test_a_write_that_nobody_waits_for_ends_and_the_next_goes_at_once() -> None:
    world = World()
    first = world.call("x")
    await settle()
    second = world.call("x")
    await settle()
    assert world.numbers == [[0]]
    first.task.cancel()
    await settle()
    assert world.sent[0].answered.cancelled()
    assert world.numbers == [[0], [1]]
    await world.finish()
    assert second.task.result().body == b"1"


async def test_a_write_that_another_still_needs_goes_on_and_the_next_waits_for_it() -> None:
    world = World()
    first, other = world.call("x"), world.call("y")
    await settle()
    next_one = world.call("x")
    first.task.cancel()
    await settle()
    assert not world.sent[0].answered.cancelled()
    assert world.numbers == [[0, 1]]
    world.answer(world.sent[0])
    await world.finish()
    assert other.task.result().body == b"1"
    assert next_one.task.result().body == b"2"


async def test_one_that_leaves_ends_its_own_request_where_each_goes_alone() -> None:
    world = World(can=False)
    callers = [world.call(f"x{number}") for number in range(5)]
    await settle()
    assert world.numbers == [[0], [1], [2]]  # a few at a time
    callers[0].task.cancel()
    callers[4].task.cancel()
    await settle()
    assert world.sent[0].answered.cancelled()
    assert world.numbers == [[0], [1], [2], [3]]
    await world.finish()
    assert [callers[n].task.result().body for n in (1, 2, 3)] == [b"1", b"2", b"3"]


async def test_the_last_one_to_leave_ends_a_read() -> None:
    world = World()
    callers = [world.call() for _ in range(2)]
    await settle()
    callers[0].task.cancel()
    await settle()
    assert not world.sent[0].answered.cancelled()
    callers[1].task.cancel()
    await settle()
    assert world.sent[0].answered.cancelled()


async def test_one_that_left_is_not_sent_alone() -> None:
    world = World()
    callers = [world.call(f"x{number}", bad=number == 2) for number in range(3)]
    await settle()
    callers[0].task.cancel()
    await world.finish()
    assert world.numbers == [[0, 1, 2], [1], [2]]


@pytest.mark.parametrize("backwards", [True, False])
async def test_writes_of_one_thing_that_wait_end_in_any_order_when_the_gateway_stops(backwards: bool) -> None:
    others = asyncio.all_tasks()
    world = World()
    for options in "abc":
        world.call("x", options=options)
        await settle()
    callers = {caller.task for caller in world.callers}
    numbered = sorted(asyncio.all_tasks() - others - callers, key=lambda task: int(task.get_name().split("-")[-1]))
    for task in reversed(numbered) if backwards else numbered:
        task.cancel()
        await settle()
    ends = await asyncio.gather(*numbered, *callers, return_exceptions=True)
    assert {type(end) for end in ends} == {asyncio.CancelledError}
