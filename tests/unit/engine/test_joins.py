from dataclasses import replace
from typing import Any

import pytest

from searchway.errors import Applied, CallError, Code, TransportError, UpstreamError
from unit.engine.joining_world import World, bodies, failed
from unit.engine.turns import settle


async def test_calls_of_one_moment_are_one_request_and_each_gets_its_own() -> None:
    world = World()
    for number in range(50):
        world.call(f"role-{number}")
    await world.finish()
    assert world.numbers == [list(range(50))]
    assert bodies(world) == [b"%d" % number for number in range(50)]


async def test_a_call_without_company_goes_alone() -> None:
    world = World()
    world.call("x")
    await world.finish()
    assert [request.alone for request in world.sent] == [True]


@pytest.mark.parametrize("how", ["options", "where"])
async def test_calls_that_differ_are_apart(how: str) -> None:
    world = World()
    for number in range(4):
        world.call(f"x{number}", **{how: f"{number % 2}"})  # type: ignore[arg-type]  # both are texts
    await world.finish()
    assert sorted(world.numbers) == [[0, 2], [1, 3]]


@pytest.mark.parametrize(("most", "bound"), [(3, 1000), (100, 39)])
async def test_a_batch_has_bounds(most: int, bound: int) -> None:
    world = World(most=most, bound=bound)
    for number in range(7):
        world.call(f"x{number}")
    await world.finish()
    assert sorted(map(len, world.numbers)) == [1, 3, 3]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (Code.UNAUTHENTICATED, 401),
        (Code.RESOURCE_EXHAUSTED, 429),
        (Code.INTERNAL, 500),
        (Code.UNAVAILABLE, 503),
        (Code.DEADLINE_EXCEEDED, 0),
        (Code.UNAVAILABLE, 0),
    ],
)
async def test_what_concerns_all_reaches_all_as_errors_of_their_own(code: Code, status: int) -> None:
    world = World()
    callers = [world.call(f"x{number}") for number in range(3)]
    await settle()
    world.answer(world.sent[0], failed(code, status))
    await world.finish()
    assert len(world.sent) == 1
    errors = [caller.task.exception() for caller in callers]
    assert len({id(error) for error in errors}) == 3
    for error in errors:
        assert isinstance(error, CallError)
        assert (error.code, error.failure.retryable, error.failure.retry_delay_ms) == (code, True, 7)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (Code.INVALID_ARGUMENT, 400),
        (Code.PERMISSION_DENIED, 403),
        (Code.NOT_FOUND, 404),
        (Code.RESOURCE_EXHAUSTED, 413),
        (Code.INVALID_ARGUMENT, 414),
        (Code.UNIMPLEMENTED, 405),
        (Code.RESOURCE_EXHAUSTED, 0),  # the answer to all of them is larger than what is taken
    ],
)
async def test_what_one_may_be_to_blame_for_sends_each_alone(code: Code, status: int) -> None:
    world = World()
    for number in range(3):
        world.call(f"x{number}")
    await settle()
    world.answer(world.sent[0], failed(code, status))
    await world.finish()
    assert world.numbers == [[0, 1, 2], [0], [1], [2]]
    assert bodies(world) == [b"0", b"1", b"2"]


@pytest.mark.parametrize("applied", [Applied.UNKNOWN, Applied.YES, Applied.PART])
async def test_a_write_that_may_have_been_carried_out_is_not_sent_again(applied: Applied) -> None:
    world = World()
    callers = [world.call(f"x{number}") for number in range(3)]
    await settle()
    error = failed(Code.RESOURCE_EXHAUSTED, 0)  # the answer to all of them is larger than what is taken
    error.failure = replace(error.failure, applied=applied)
    world.answer(world.sent[0], error)
    await world.finish()
    assert world.numbers == [[0, 1, 2]]
    assert [str(caller.task.exception()) for caller in callers] == [str(error)] * 3


@pytest.mark.parametrize(("things", "sent"), [("", [[0, 1], [0], [1]]), ("xy", [[0, 1]])], ids=["reads", "writes"])
async def test_what_the_engine_breaks_off_over_is_asked_again_alone_if_it_was_read(things: str, sent: Any) -> None:
    world = World()
    for thing in things or ["", ""]:
        world.call(thing)
    await settle()
    world.answer(world.sent[0], failed(Code.INTERNAL, 500))
    await world.finish()
    assert world.numbers == sent


async def test_one_bad_member_fails_alone() -> None:
    world = World()
    callers = [world.call(f"x{number}", bad=number == 1) for number in range(3)]
    await world.finish()
    error = callers[1].task.exception()
    assert isinstance(error, UpstreamError)
    assert error.code is Code.INVALID_ARGUMENT
    assert [callers[n].task.result().body for n in (0, 2)] == [b"0", b"2"]


async def test_a_member_that_cannot_be_told_from_the_others_asks_again_alone() -> None:
    world = World()
    for number in range(3):
        world.call(odd=number == 1)
    await world.finish()
    assert world.numbers == [[0, 1, 2], [1]]
    assert bodies(world) == [b"0", b"1", b"2"]


async def test_where_nothing_takes_many_a_few_go_at_a_time() -> None:
    world = World(can=False)
    for number in range(8):
        world.call(f"x{number}")
    most = 0
    await settle()
    while waiting := [request for request in world.sent if not request.answered.done()]:
        most = max(most, len(waiting))
        world.answer(waiting[0])
        await settle()
    assert most == 3
    assert bodies(world) == [b"%d" % number for number in range(8)]


async def test_a_defect_reaches_those_who_wait() -> None:
    world = World()
    callers = [world.call(f"x{number}") for number in range(2)]
    await settle()
    world.answer(world.sent[0], ZeroDivisionError())
    await settle()
    assert all(isinstance(caller.task.exception(), ZeroDivisionError) for caller in callers)


async def test_a_defect_of_one_alone_leaves_the_others() -> None:
    world = World(can=False)
    callers = [world.call(f"x{number}") for number in range(3)]
    await settle()
    world.answer(world.sent[1], ZeroDivisionError())
    await world.finish()
    assert isinstance(callers[1].task.exception(), ZeroDivisionError)
    assert [callers[n].task.result().body for n in (0, 2)] == [b"0", b"2"]


async def test_writes_of_the_same_thing_keep_their_order_over_options() -> None:
    world = World()
    for options in "abab":
        world.call("x", options=options)
    order = []
    await settle()
    while waiting := [request for request in world.sent if not request.answered.done()]:
        (request,) = waiting
        order += [message.number for message in request.messages]
        world.answer(request)
        await settle()
    assert order == [0, 1, 2, 3]


async def test_nobody_waits_for_the_write_of_another() -> None:
    world = World()
    world.call("x", owner="p")
    other, later = world.call("x", owner="q"), world.call("x", owner="p")
    await settle()
    assert world.numbers == [[0], [1]]
    world.answer(world.sent[1])
    await settle()
    assert other.task.done()
    assert not later.task.done()
    await world.finish()
    assert world.numbers == [[0], [1], [2]]


async def test_a_few_alone_are_a_few_of_each_owner() -> None:
    world = World(can=False)
    for number in range(5):
        world.call(f"x{number}", owner="p")
    await settle()
    world.call("y", owner="q")
    await settle()
    assert world.numbers == [[0], [1], [2], [5]]
    await world.finish()


async def test_who_need_not_wait_does_not() -> None:
    world = World()
    world.call("x")
    await settle()
    world.call("x")
    free = world.call("y")
    await settle()
    assert world.numbers == [[0], [2]]
    world.answer(world.sent[1])
    await settle()
    assert free.task.done()
    await world.finish()


async def test_batches_never_wait_in_a_circle() -> None:
    world = World()
    for thing, options in (("x", "a"), ("x", "b"), ("y", "b"), ("y", "a"), ("x", "a")):
        world.call(thing, options=options)
    await world.finish()
    assert all(caller.task.done() for caller in world.callers)
    for thing in "xy":
        sent = [message.number for request in world.sent for message in request.messages if message.thing == thing]
        assert sent == sorted(sent)


async def test_while_one_is_under_way_others_gather_until_it_lands() -> None:
    world = World(seconds=60)
    world.call("first")
    await settle()
    for number in range(3):
        world.call(f"x{number}")
        await settle()
    assert world.numbers == [[0]]
    world.answer(world.sent[0])
    await settle()
    assert world.numbers == [[0], [1, 2, 3]]
    await world.finish()


async def test_a_batch_that_is_full_waits_no_longer() -> None:
    world = World(seconds=60, most=3)
    for number in range(4):
        world.call(f"x{number}")
        await settle()
    assert world.numbers == [[0], [1, 2, 3]]
    await world.finish()


async def test_errors_that_are_shared_are_not_changed_by_one_of_those_who_have_them() -> None:
    world = World()
    callers = [world.call(f"x{number}") for number in range(2)]
    await settle()
    world.answer(world.sent[0], TransportError(replace(failed(Code.UNAVAILABLE, 503).failure, cluster="c")))
    await settle()
    first, second = (caller.task.exception() for caller in callers)
    assert isinstance(first, CallError)
    assert isinstance(second, CallError)
    first.with_context(request_id="one")
    assert second.failure.request_id == ""
