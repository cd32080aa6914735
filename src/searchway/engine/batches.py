"""One joined request while it gathers its members, and what is known of each of them."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from searchway.engine.cohorts import Cohort, Expected
from searchway.engine.window import Window
from searchway.errors import CallError
from searchway.wire import HttpResponse

Part = HttpResponse | CallError | None
"""What a member gets: the answer that it would have got alone, its own error, or None if it must be sent alone."""
SendTogether = Callable[[Sequence[Any]], Awaitable[Sequence[Part]]]
"""Sends the messages of a batch as one request and takes the answer apart."""
SendAlone = Callable[[Any], Awaitable[HttpResponse]]
"""Sends the message of one member."""

_LONGEST_GAP = 1.0
"""Seconds after which the next of a cohort is no longer waited for: a safety, since each of them is settled in the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """How a call is sent, and the others of its kind."""

    together: SendTogether | None
    """As one request; None if the cluster has none that takes many."""
    alone: SendAlone
    """One by one."""
    thing: str
    """What the call writes, for which the order of two writes matters; empty if the order does not."""
    owner: Hashable
    """Whose call it is: who sees an order of writes, and shares the bound on calls that go alone."""
    size: int
    """How much of the bound it takes."""
    bound: int
    """The largest sum of sizes."""
    most: int
    """The most members of a batch."""
    window: Window
    """How long a batch gathers."""
    expected: Expected | None = None
    """The call among those that it set out with."""


@dataclass(slots=True, eq=False)
class Member:
    """One call of a batch."""

    message: Any
    joining: Joining
    answer: asyncio.Future[HttpResponse]
    sending: asyncio.Task[None] | None = None
    """Its own request, where each member goes alone."""


@dataclass(slots=True, eq=False)
class Batch:
    """Members that are sent together, of whom the first one's way of sending counts."""

    number: int
    joining: Joining
    members: list[Member] = field(default_factory=list)
    things: dict[str, Hashable] = field(default_factory=dict)
    """What it writes, with whose write it is."""
    size: int = 0
    earlier: set[asyncio.Task[None]] = field(default_factory=set)
    cohorts: set[Cohort] = field(default_factory=set)
    joined_at: float = 0.0
    """When the last one joined."""
    is_closed: bool = False
    """Whether it takes nobody else and need not wait for more."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    sent: bool = False
    task: asyncio.Task[None] = field(init=False)

    def takes(self, joining: Joining, before: "Batch | None") -> bool:
        """Tell whether a call may become a member; `before` is the batch that wrote the same thing last."""
        return (
            not self.sent
            and len(self.members) < self.joining.most
            and self.size + joining.size <= self.joining.bound
            and joining.thing not in self.things
            and (before is None or before.number < self.number)
        )

    def add(self, member: Member) -> None:
        """Add a member, which settles it in its cohort."""
        self.members.append(member)
        self.size += member.joining.size
        self.joined_at = monotonic()
        if expected := member.joining.expected:
            self._expect(expected.cohort)
            expected.settle()
        if len(self.members) >= self.joining.most:
            self.close()

    def _expect(self, cohort: Cohort) -> None:
        if cohort not in self.cohorts:
            self.cohorts.add(cohort)
            cohort.when_complete(self.changed.set)

    @property
    def patience(self) -> float:
        """For how many seconds the next of a cohort is worth waiting for."""
        if all(cohort.is_complete for cohort in self.cohorts):
            return 0.0
        return self.joined_at + _LONGEST_GAP - monotonic()

    def close(self) -> None:
        """Take nobody else, and wait for nobody."""
        self.is_closed = True
        self.changed.set()

    def write(self, joining: Joining, before: "Batch | None") -> None:
        """Note what a member writes, and the batch with the write before it."""
        if joining.thing:
            self.things[joining.thing] = joining.owner
        if before is not None:
            self.earlier.add(before.task)

    def leave(self, member: Member) -> None:
        """Let a member go whose caller has left: unsent, or, if nobody else needs the request, cancelled."""
        if member.answer.done() and not member.answer.cancelled():
            member.answer.exception()  # left together with its answer, which nobody will look at
        if not self.sent:
            self.members.remove(member)
            self.size -= member.joining.size
        elif all(other.answer.done() for other in self.members):
            self.task.cancel()  # what nobody waits for any more
        elif member.sending is not None:
            member.sending.cancel()
