import asyncio
from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchway.contract.catalog import load
from searchway.contract.selection import Selected, Selection, covers
from searchway.engine.call import Call
from searchway.engine.flights import FlightKey, Flights
from searchway.engine.window import Window
from searchway.errors import CallError, Code, Failure, TransportError
from searchway.wire import HttpResponse
from unit.engine.turns import settle

_SHAPE = load().operation("cat.ListAllocation").response.by_name["allocation"].shape
assert _SHAPE is not None
FIELDS = _SHAPE.fields[:3]
ANSWER = HttpResponse(status=200, headers={}, body=b"{}")


def select(*numbers: int) -> Selection:
    return Selection(tuple(Selected(FIELDS[n], f"out{n}") for n in numbers))


def key(read: str = "r", *, cluster: str = "c", identity: bytes = b"me") -> FlightKey:
    return FlightKey(cluster=cluster, operation="cat.ListAllocation", identity=identity, request=read)


def failed(code: Code, status: int = 0) -> TransportError:
    return TransportError(Failure(code=code, message=code.lower(), http_status=status, retry_delay_ms=7))


@dataclass(slots=True, eq=False)
class Sent:
    """A request that is at the cluster."""

    read: FlightKey
    selection: Selection | None
    version: int
    answer: asyncio.Future[HttpResponse]


@dataclass(slots=True, eq=False)
class Caller:
    """Somebody who asked."""

    read: FlightKey
    selection: Selection | None
    version: int
    task: asyncio.Task[HttpResponse]


@dataclass(slots=True)
class World:
    """A cluster that answers when it is told to, and those who ask it."""

    boarded: Counter[str] = field(default_factory=Counter)
    sent: list[Sent] = field(default_factory=list)
    callers: list[Caller] = field(default_factory=list)
    versions: Counter[str] = field(default_factory=Counter)
    flights: Flights = field(init=False)

    def __post_init__(self) -> None:
        self.flights = Flights(lambda _: Window(60), lambda operation: self.boarded.update([operation]))

    def call(self, read: FlightKey, selection: Selection | None = None) -> Caller:
        async def send(wanted: Selection | None, _carrier: Call) -> HttpResponse:
            request = Sent(read, wanted, self.versions[read.cluster], asyncio.get_running_loop().create_future())
            self.sent.append(request)
            return await request.answer

        task = asyncio.create_task(self.flights.join(read, Call(face="cli", request_id="r"), selection, send))
        caller = Caller(read, selection, self.versions[read.cluster], task)
        self.callers.append(caller)
        return caller

    def answer(self, request: Sent, outcome: Exception | None = None) -> None:
        if request.answer.done():
            return
        if outcome is None:
            request.answer.set_result(HttpResponse(status=200, headers={}, body=b"%d" % self.sent.index(request)))
        else:
            request.answer.set_exception(outcome)

    def write(self, cluster: str) -> None:
        self.versions[cluster] += 1
        self.flights.close(cluster)

    async def finish(self) -> None:
        """Answer whatever comes until nothing comes any more."""
        await settle()
        while waiting := [request for request in self.sent if not request.answer.done()]:
            for request in waiting:
                self.answer(request)
            await settle()


async def test_fifty_equal_reads_are_one_request() -> None:
    world = World()
    callers = [world.call(key()) for _ in range(50)]
    await world.finish()
    assert len(world.sent) == 1
    assert {caller.task.result().body for caller in callers} == {b"0"}
    assert world.boarded == {"cat.ListAllocation": 49}


async def test_who_comes_while_it_flies_gets_in() -> None:
    world = World()
    world.call(key())
    await settle()
    late = world.call(key())
    await world.finish()
    assert len(world.sent) == 1
    assert late.task.result().body == b"0"


@pytest.mark.parametrize(
    "other", [key("s"), key(cluster="d"), key(identity=b"you")], ids=["request", "cluster", "identity"]
)
async def test_reads_that_differ_are_requests_of_their_own(other: FlightKey) -> None:
    world = World()
    world.call(key())
    world.call(other)
    await world.finish()
    assert len(world.sent) == 2


@pytest.mark.parametrize(
    ("first", "second", "sent"),
    [
        (select(0), select(1), select(0, 1)),
        (select(0), None, None),
        (None, select(0), None),
        (select(1), select(1), select(1)),
    ],
)
async def test_projections_are_united_before_it_flies(
    first: Selection | None, second: Selection | None, sent: Selection | None
) -> None:
    world = World()
    world.call(key(), first)
    world.call(key(), second)
    await world.finish()
    (request,) = world.sent
    assert covers(request.selection, sent)
    assert covers(sent, request.selection)


@pytest.mark.parametrize(("selection", "requests"), [(select(0), 1), (select(0, 1), 1), (select(2), 2), (None, 2)])
async def test_who_comes_late_gets_in_if_the_answer_has_what_is_selected(
    selection: Selection | None, requests: int
) -> None:
    world = World()
    world.call(key(), select(0, 1))
    await settle()
    world.call(key(), selection)
    await world.finish()
    assert len(world.sent) == requests


async def test_the_error_reaches_everyone_with_its_advice_as_an_error_of_their_own() -> None:
    world = World()
    callers = [world.call(key()) for _ in range(3)]
    await settle()
    world.answer(world.sent[0], failed(Code.RESOURCE_EXHAUSTED, 429))
    await settle()
    errors = [caller.task.exception() for caller in callers]
    assert len({id(error) for error in errors}) == 3
    for error in errors:
        assert isinstance(error, TransportError)
        assert (error.code, error.failure.retry_delay_ms) == (Code.RESOURCE_EXHAUSTED, 7)
        error.with_context(request_id=str(id(error)))
    assert len({error.failure.request_id for error in errors if isinstance(error, CallError)}) == 3


async def test_a_defect_reaches_everyone_too() -> None:
    world = World()
    callers = [world.call(key()) for _ in range(2)]
    await settle()
    world.answer(world.sent[0], ZeroDivisionError())
    await settle()
    assert all(isinstance(caller.task.exception(), ZeroDivisionError) for caller in callers)


@pytest.mark.parametrize("leaver", [0, 1, 2])
@pytest.mark.parametrize("flying", [True, False])
async def test_one_that_leaves_takes_nobody_along(leaver: int, flying: bool) -> None:
    world = World()
    callers = [world.call(key()) for _ in range(3)]
    if flying:
        await settle()
    else:
        await asyncio.sleep(0)
    callers[leaver].task.cancel()
    await world.finish()
    assert len(world.sent) == 1
    assert [caller.task.cancelled() for caller in callers] == [n == leaver for n in range(3)]


async def test_the_last_one_to_leave_ends_the_request() -> None:
    world = World()
    callers = [world.call(key()) for _ in range(2)]
    await settle()
    callers[0].task.cancel()
    await settle()
    assert not world.sent[0].answer.cancelled()
    callers[1].task.cancel()
    await settle()
    assert world.sent[0].answer.cancelled()
    world.call(key())
    await settle()
    assert len(world.sent) == 2


async def test_nothing_is_sent_if_all_leave_while_it_gathers() -> None:
    world = World()
    callers = [world.call(key()) for _ in range(2)]
    await asyncio.sleep(0)
    for caller in callers:
        caller.task.cancel()
    await settle()
    assert world.sent == []


async def test_a_write_lets_nobody_else_into_the_flights_of_its_cluster() -> None:
    world = World()
    world.call(key())
    world.call(key(cluster="d"))
    await settle()
    world.write("c")
    world.call(key())
    world.call(key(cluster="d"))
    await world.finish()
    assert Counter(request.read.cluster for request in world.sent) == {"c": 2, "d": 1}


async def test_who_came_late_to_a_flight_that_ran_out_of_time_gets_another() -> None:
    world = World()
    first = world.call(key())
    await settle()
    late = [world.call(key()) for _ in range(2)]
    await settle()
    world.answer(world.sent[0], failed(Code.DEADLINE_EXCEEDED))
    await world.finish()
    assert isinstance(first.task.exception(), TransportError)
    assert [caller.task.result().body for caller in late] == [b"1", b"1"]


async def test_the_clusters_own_timeout_is_an_answer_for_all() -> None:
    world = World()
    world.call(key())
    await settle()
    late = world.call(key())
    await settle()
    world.answer(world.sent[0], failed(Code.DEADLINE_EXCEEDED, 504))
    await settle()
    assert isinstance(late.task.exception(), TransportError)


STEPS = st.one_of(
    st.tuples(
        st.just("call"),
        st.sampled_from([key()] * 5 + [key("s"), key(cluster="d"), key(identity=b"you")]),
        st.one_of(st.none(), st.sets(st.integers(0, 2)).map(lambda numbers: select(*numbers))),
    ),
    st.tuples(st.just("leave"), st.integers(0, 5)),
    st.tuples(
        st.just("answer"),
        st.integers(0, 5),
        st.sampled_from([None, (Code.UNAVAILABLE, 503), (Code.DEADLINE_EXCEEDED, 0), "defect"]),
    ),
    st.tuples(st.just("write"), st.sampled_from("ccd")),
    st.tuples(st.just("turn"), st.integers(1, 4)),
)


@dataclass(slots=True)
class Story:
    """What happened in a world."""

    world: World
    left: set[Caller] = field(default_factory=set)
    failed: set[Sent] = field(default_factory=set)

    async def play(self, step: tuple) -> None:  # type: ignore[type-arg]
        world = self.world
        match step:
            case "call", read, selection:
                world.call(read, selection)
            case "leave", number if world.callers:
                await asyncio.sleep(0)
                self._leave(world.callers[-1 - number % len(world.callers)])
            case "answer", number, how if world.sent:
                error = ZeroDivisionError() if how == "defect" else failed(*how) if how else None
                self._answer(world.sent[-1 - number % len(world.sent)], error)
            case "write", cluster:
                world.write(cluster)
            case "turn", turns:
                for _ in range(turns):
                    await asyncio.sleep(0)

    def _leave(self, caller: Caller) -> None:
        if not caller.task.done():
            caller.task.cancel()
            self.left.add(caller)

    def _answer(self, request: Sent, error: Exception | None) -> None:
        if error and not request.answer.done():
            self.failed.add(request)
        self.world.answer(request, error)


@settings(max_examples=150)
@given(st.lists(STEPS, max_size=40))
async def test_every_interleaving_ends_as_if_each_had_asked_alone(steps: list[tuple]) -> None:  # type: ignore[type-arg]
    story = Story(World())
    world = story.world
    for step in steps:
        await story.play(step)
    await world.finish()
    for caller in world.callers:
        assert caller.task.done(), "nobody waits for ever"
        if caller.task.cancelled():
            assert caller in story.left, "only who leaves is cancelled"
        else:
            _check_outcome(story, caller)
    assert len(world.sent) <= len(world.callers) + sum(world.boarded.values())
    for request in world.sent:
        if request.answer.cancelled():
            assert any(caller.read == request.read for caller in story.left), "only the last one's leaving ends it"
    assert not world.flights._open  # noqa: SLF001  # that nothing is kept cannot be seen from outside


def _check_outcome(story: Story, caller: Caller) -> None:
    if caller.task.exception():
        assert any(request.read == caller.read for request in story.failed), "an error has its reason"
        return
    request = story.world.sent[int(caller.task.result().body)]
    assert request.read == caller.read
    assert covers(request.selection, caller.selection)
    assert request.version >= caller.version, "what was written before is read"
