"""Any interleaving of calls, answers, failures and callers who leave: the results are those of calls made alone."""

import asyncio
from dataclasses import dataclass, field
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from searchway.engine.cohorts import Cohort, Expected
from searchway.errors import CallError, Code
from unit.engine.joining_world import BAD, Caller, Sent, World, answer, failed

CODES = [(Code.UNAVAILABLE, 503), BAD, (Code.UNIMPLEMENTED, 405), (Code.UNAUTHENTICATED, 401)]
CALLS = st.tuples(
    st.just("call"),
    st.sampled_from(["", "x", "x", "y", "z"]),
    st.sampled_from("aab"),
    st.sampled_from([False, False, False, True]),
    st.sampled_from([False, False, False, True]),
    st.sampled_from("ppq"),
)
STEPS = st.one_of(
    CALLS,
    CALLS,
    st.tuples(st.just("leave"), st.integers(0, 5)),
    st.tuples(st.just("answer"), st.integers(0, 5), st.sampled_from([None, None, None, *CODES])),
    st.tuples(st.just("set out"), st.integers(1, 4)),
    st.tuples(st.just("settle")),
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
    to_come: list[Expected] = field(default_factory=list)
    """Members of cohorts that have not called."""

    async def play(self, step: tuple) -> None:  # type: ignore[type-arg]
        match step:
            case "call", thing, options, bad, odd, owner:
                expected = self.to_come.pop() if self.to_come else None
                self.world.call(thing, options=options, bad=bad, odd=odd, owner=owner, expected=expected)
            case "set out", number:
                self.to_come += Cohort(number).members
            case ("settle",) if self.to_come:
                self.to_come.pop().settle()
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


@settings(max_examples=200, deadline=None)
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
    while story.to_come:
        story.to_come.pop().settle()
    await world.finish()
    for caller in world.callers:
        _check_outcome(story, caller)
        _check_requests(story, caller)
    for write in product("xyz", "pq"):
        order = [m.number for request in world.sent for m in request.messages if m.write == write]
        assert order == sorted(order), "writes of one thing keep their order for whoever makes them"
    for request in world.sent:
        needed = not {message.number for message in request.messages} <= story.left
        assert not (needed and request.answered.cancelled()), "only the last one ends it"
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
