import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchway.engine.joins import Joining, Joins, Part
from searchway.engine.window import Window
from searchway.errors import CallError, Code, Failure, TransportError, UnimplementedError, UpstreamError
from searchway.wire import HttpResponse
from unit.engine.turns import settle


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a call says."""

    number: int
    thing: str = ""
    bad: bool = False
    """Whether the cluster refuses it, and every request that it is in."""
    odd: bool = False
    """Whether its own answer cannot be told from a joined one."""


@dataclass(slots=True, eq=False)
class Sent:
    """A request that is at the cluster."""

    messages: Sequence[Message]
    alone: bool
    answered: asyncio.Future[None]


@dataclass(slots=True, eq=False)
class Caller:
    """Somebody who called."""

    message: Message
    options: str
    task: asyncio.Task[HttpResponse]


def failed(code: Code, status: int) -> CallError:
    kind = UnimplementedError if code is Code.UNIMPLEMENTED else UpstreamError
    return kind(Failure(code=code, message=code.lower(), http_status=status, retryable=True, retry_delay_ms=7))


BAD = (Code.INVALID_ARGUMENT, 400)


@dataclass(slots=True)
class World:
    """A cluster that answers when it is told to, and those who call it."""

    can: bool = True
    most: int = 100
    bound: int = 1000
    seconds: float = 0
    sent: list[Sent] = field(default_factory=list)
    callers: list[Caller] = field(default_factory=list)
    joins: Joins = field(default_factory=lambda: Joins(alone=3))

    def call(
        self, thing: str = "", *, options: str = "o", where: str = "c", bad: bool = False, odd: bool = False
    ) -> Caller:
        message = Message(number=len(self.callers), thing=thing, bad=bad, odd=odd)
        joining = Joining(
            together=self._together if self.can else None,
            alone=self._alone,
            thing=thing,
            size=10,
            bound=self.bound,
            most=self.most,
            window=Window(self.seconds),
        )
        task = asyncio.create_task(self.joins.join(where, options, message, joining))
        caller = Caller(message, options, task)
        self.callers.append(caller)
        return caller

    async def _together(self, messages: Sequence[Message]) -> Sequence[Part]:
        await self._send(messages, alone=False)
        if any(message.bad for message in messages):
            raise failed(*BAD)
        return [None if message.odd else answer(message) for message in messages]

    async def _alone(self, message: Message) -> HttpResponse:
        await self._send([message], alone=True)
        if message.bad:
            raise failed(*BAD)
        return answer(message)

    async def _send(self, messages: Sequence[Message], *, alone: bool) -> None:
        under_way = {m.thing for request in self.sent if not request.answered.done() for m in request.messages} - {""}
        assert under_way.isdisjoint(message.thing for message in messages), "a write overtakes another"
        request = Sent(messages, alone, asyncio.get_running_loop().create_future())
        self.sent.append(request)
        await request.answered

    def answer(self, request: Sent, error: Exception | None = None) -> None:
        if request.answered.done():
            return
        if error is None:
            request.answered.set_result(None)
        else:
            request.answered.set_exception(error)

    async def finish(self) -> None:
        """Answer whatever comes until nothing comes any more."""
        await settle()
        while waiting := [request for request in self.sent if not request.answered.done()]:
            for request in waiting:
                self.answer(request)
            await settle()

    @property
    def numbers(self) -> list[list[int]]:
        """What was sent, by the numbers of the callers."""
        return [[message.number for message in request.messages] for request in self.sent]


def answer(message: Message) -> HttpResponse:
    return HttpResponse(status=200, headers={}, body=b"%d" % message.number)


def bodies(world: World) -> list[bytes]:
    return [caller.task.result().body for caller in world.callers]


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


async def test_a_write_goes_on_without_its_callers_and_the_next_waits_for_it() -> None:
    world = World()
    first = world.call("x")
    await settle()
    first.task.cancel()
    second = world.call("x")
    await settle()
    assert world.numbers == [[0]]
    assert not world.sent[0].answered.cancelled()
    await world.finish()
    assert second.task.result().body == b"1"


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


CODES = [(Code.UNAVAILABLE, 503), BAD, (Code.UNIMPLEMENTED, 405), (Code.UNAUTHENTICATED, 401)]
CALLS = st.tuples(
    st.just("call"),
    st.sampled_from(["", "x", "x", "y", "z"]),
    st.sampled_from("aab"),
    st.sampled_from([False, False, False, True]),
    st.sampled_from([False, False, False, True]),
)
STEPS = st.one_of(
    CALLS,
    CALLS,
    st.tuples(st.just("leave"), st.integers(0, 5)),
    st.tuples(st.just("answer"), st.integers(0, 5), st.sampled_from([None, None, None, *CODES])),
    st.tuples(st.just("turn"), st.integers(1, 4)),
)


@dataclass(slots=True)
class Story:
    """What happened in a world."""

    world: World
    left: set[int] = field(default_factory=set)
    """Who left."""
    unsent: set[int] = field(default_factory=set)
    """Who left before being sent."""
    refused: list[Sent] = field(default_factory=list)
    """Requests that the cluster answered with an error."""

    async def play(self, step: tuple) -> None:  # type: ignore[type-arg]
        match step:
            case "call", thing, options, bad, odd:
                self.world.call(thing, options=options, bad=bad, odd=odd)
            case "leave", number if self.world.callers:
                await asyncio.sleep(0)
                await self._leave(self.world.callers[-1 - number % len(self.world.callers)])
            case "answer", number, how if self.world.sent:
                self._answer(self.world.sent[-1 - number % len(self.world.sent)], failed(*how) if how else None)
            case "turn", turns:
                for _ in range(turns):
                    await asyncio.sleep(0)

    async def _leave(self, caller: Caller) -> None:
        if caller.task.done():
            return
        self.left.add(caller.message.number)
        caller.task.cancel()
        await asyncio.sleep(0)  # in which it learns of it, perhaps just after it was sent
        if not self.requests(caller):
            self.unsent.add(caller.message.number)

    def _answer(self, request: Sent, error: CallError | None) -> None:
        if error and not request.answered.done():
            self.refused.append(request)
        self.world.answer(request, error)

    def requests(self, caller: Caller) -> list[Sent]:
        return [request for request in self.world.sent if caller.message in request.messages]

    def is_refused(self, caller: Caller) -> bool:
        """Tell whether a request failed that the caller was in."""
        return any(request in self.refused or _is_bad(request) for request in self.requests(caller))


@settings(max_examples=150)
@given(st.lists(STEPS, max_size=40), st.booleans(), st.sampled_from([2, 100]), st.sampled_from([0, 60]))
async def test_every_interleaving_ends_as_if_each_had_gone_alone(
    steps: list[tuple],  # type: ignore[type-arg]
    can: bool,
    most: int,
    seconds: float,
) -> None:
    world = World(can=can, most=most, seconds=seconds)
    story = Story(world)
    for step in steps:
        await story.play(step)
    await world.finish()
    for caller in world.callers:
        _check_outcome(story, caller)
        _check_requests(story, caller)
    for thing in "xyz":
        order = [m.number for request in world.sent for m in request.messages if m.thing == thing]
        assert order == sorted(order), "writes of one thing keep their order"
    for request in world.sent:
        if request.answered.cancelled():
            assert {message.number for message in request.messages} <= story.left, "the last one ends it"
            assert {message.thing for message in request.messages} == {""}, "writes go on"
    scopes = world.joins._scopes.values()  # noqa: SLF001  # that nothing is kept cannot be seen from outside
    assert not any(scope.gathering or scope.last for scope in scopes)


def _check_outcome(story: Story, caller: Caller) -> None:
    assert caller.task.done(), "nobody waits for ever"
    if caller.task.cancelled():
        assert caller.message.number in story.left, "only who leaves is cancelled"
    elif error := caller.task.exception():
        assert isinstance(error, CallError), error
        assert story.is_refused(caller), "an error has its reason"
        shared = error.code in (Code.UNAVAILABLE, Code.UNAUTHENTICATED)
        assert shared or caller.message.bad or story.requests(caller)[-1].alone, "nobody is blamed for others"
    else:
        assert caller.task.result() == answer(caller.message)
        assert not caller.message.bad


def _check_requests(story: Story, caller: Caller) -> None:
    mine = story.requests(caller)
    if caller.message.number in story.unsent:
        assert not mine, "who left before is not sent"
    again = caller.message.odd or story.is_refused(caller)
    assert len(mine) <= 1 + again, "nothing is sent twice without need"


def _is_bad(request: Sent) -> bool:
    return any(message.bad for message in request.messages)


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
