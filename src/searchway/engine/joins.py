"""Joined calls: different calls of one kind, in flight at the same time, are one request that takes many.

    call --> batch (by cluster, operation, identity and options) --window--> one request --> each member's own answer
                                                                    |
                                                 one may be to blame:  each member alone

Two writes of the same thing never share a batch. If they are of one principal, the later one waits for the earlier: their order is kept.
Those of different principals have no order, so nobody waits for what another one's write comes to. Batches wait only for older ones, so
that none waits in a circle. Calls that must wait gather apart from those that need not.

A batch goes when a turn of the loop brings nothing more. It waits longer for calls that are known to come, the cohorts of its members,
until the last of them is settled. And while a request of the kind is under way, others gather for the whole window: calls that come over
different connections come in different turns of the loop.

A member that leaves before the batch is sent is taken out; one that leaves afterwards changes nothing for the others. When the last one
has left, the request is cancelled, as one that was sent alone would be, so that nothing waits for what nobody needs.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import Any
from weakref import WeakValueDictionary

from searchway.engine.cohorts import Cohort, Expected
from searchway.engine.window import Window
from searchway.errors import Applied, CallError, Code
from searchway.wire import HttpResponse

Part = HttpResponse | CallError | None
"""What a member gets: the answer that it would have got alone, its own error, or None if it must be sent alone."""
SendTogether = Callable[[Sequence[Any]], Awaitable[Sequence[Part]]]
"""Sends the messages of a batch as one request and takes the answer apart."""
SendAlone = Callable[[Any], Awaitable[HttpResponse]]
"""Sends the message of one member."""

# What one member's input, object or rights may be to blame for, or the size of them all: none of it was carried out, and
# alone a member may do better.
_BLAMES_SOME = frozenset({400, 403, 404, 413, 414})
# The engine broke off, perhaps over what one member asks.
_CHOKED = 500

_PERHAPS_CARRIED_OUT = frozenset({Applied.UNKNOWN, Applied.YES, Applied.PART})

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
class _Member:
    message: Any
    joining: Joining
    answer: asyncio.Future[HttpResponse]
    sending: asyncio.Task[None] | None = None
    """Its own request, where each member goes alone."""


@dataclass(slots=True, eq=False)
class _Batch:
    """Members that are sent together, of whom the first one's way of sending counts."""

    number: int
    joining: Joining
    members: list[_Member] = field(default_factory=list)
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

    def takes(self, joining: Joining, before: "_Batch | None") -> bool:
        """Tell whether a call may become a member; `before` is the batch that wrote the same thing last."""
        return (
            not self.sent
            and len(self.members) < self.joining.most
            and self.size + joining.size <= self.joining.bound
            and joining.thing not in self.things
            and (before is None or before.number < self.number)
        )

    def add(self, member: _Member) -> None:
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
        self.is_closed = True
        self.changed.set()

    def write(self, joining: Joining, before: "_Batch | None") -> None:
        if joining.thing:
            self.things[joining.thing] = joining.owner
        if before is not None:
            self.earlier.add(before.task)

    def leave(self, member: _Member) -> None:
        if member.answer.done() and not member.answer.cancelled():
            member.answer.exception()  # left together with its answer, which nobody will look at
        if not self.sent:
            self.members.remove(member)
            self.size -= member.joining.size
        elif all(other.answer.done() for other in self.members):
            self.task.cancel()  # what nobody waits for any more
        elif member.sending is not None:
            member.sending.cancel()


@dataclass(frozen=True, slots=True)
class _Kind:
    """Calls that may share a request."""

    options: Hashable
    waits: bool
    """Whether they must wait for an earlier write."""


class _Scope:
    """The batches of one cluster and operation."""

    def __init__(self, alone: int) -> None:
        self.gathering: dict[_Kind, _Batch] = {}
        self.under_way: Counter[Hashable] = Counter()
        self.last: dict[tuple[str, Hashable], _Batch] = {}
        self._alone = alone
        self._few: WeakValueDictionary[Hashable, asyncio.Semaphore] = WeakValueDictionary()

    def few(self, owner: Hashable) -> asyncio.Semaphore:
        """Return what bounds the calls of one owner that go alone at the same time."""
        found = self._few.get(owner)
        if found is None:
            found = self._few[owner] = asyncio.Semaphore(self._alone)
        return found

    def send(self, kind: _Kind, batch: _Batch) -> None:
        batch.sent = True
        self.under_way[kind.options] += 1

    def land(self, kind: _Kind, batch: _Batch) -> None:
        if batch.sent:
            self.under_way[kind.options] -= 1
        if not self.under_way[kind.options]:
            del self.under_way[kind.options]
            self._let_go(kind.options)
        if self.gathering.get(kind) is batch:
            del self.gathering[kind]
        for write in batch.things.items():
            if self.last.get(write) is batch:  # when all are cancelled, they end in any order
                del self.last[write]

    def _let_go(self, options: Hashable) -> None:
        for waits in (True, False):
            if batch := self.gathering.get(_Kind(options, waits)):
                batch.changed.set()


class Joins:
    """All batches, gathering or under way."""

    def __init__(self, *, alone: int = 10) -> None:
        """Take the bound: how many calls of one owner, cluster and operation go at the same time where each must go alone."""
        self._alone = alone
        self._scopes: dict[Hashable, _Scope] = {}
        self._numbers = count()

    async def join(self, where: Hashable, options: Hashable, message: Any, joining: Joining) -> HttpResponse:
        """Return the answer that the message gets, sent together with those of the same place and options.

        Args:
            where: cluster and operation: within it, the order of writes to the same thing is kept.
            options: what else must be the same for calls to share a request: for whom, and every option.
            message: the request message.
            joining: how it is sent.

        Raises:
            CallError: this member failed, or the request of all of them.
        """
        scope = self._scopes.get(where) or self._scopes.setdefault(where, _Scope(self._alone))
        batch = self._batch(scope, options, joining)
        member = _Member(message, joining, asyncio.get_running_loop().create_future())
        batch.add(member)
        try:
            return await member.answer
        except asyncio.CancelledError:
            batch.leave(member)
            raise

    def _batch(self, scope: _Scope, options: Hashable, joining: Joining) -> _Batch:
        """Return the batch that the call becomes a member of: the one that gathers, or a new one."""
        write = (joining.thing, joining.owner)
        before = scope.last.get(write)
        kind = _Kind(options, before is not None)
        batch = scope.gathering.get(kind)
        if batch is None or not batch.takes(joining, before):
            if batch is not None:
                batch.close()
            batch = scope.gathering[kind] = _Batch(next(self._numbers), joining)
            batch.task = asyncio.create_task(_run(scope, kind, batch))
        batch.write(joining, before)
        if joining.thing:
            scope.last[write] = batch
        return batch


async def _run(scope: _Scope, kind: _Kind, batch: _Batch) -> None:
    try:
        await _gather(scope, kind, batch)
        while waiting := {task for task in batch.earlier if not task.done()}:
            await asyncio.wait(waiting)
        scope.send(kind, batch)
        await _send(batch.joining.together, batch.members, scope)
    except asyncio.CancelledError:
        for member in batch.members:
            member.answer.cancel()
        raise
    except Exception as error:  # noqa: BLE001  # a defect: told to those who wait, of whom none may wait for ever
        for member in batch.members:
            _give(member, error)
    finally:
        scope.land(kind, batch)


async def _gather(scope: _Scope, kind: _Kind, batch: _Batch) -> None:
    """Wait for those that are worth waiting for."""
    end = await batch.joining.window.wait(lambda: len(batch.members)) + monotonic()
    while not batch.is_closed:
        left = end - monotonic() if scope.under_way[kind.options] else 0.0
        seconds = max(batch.patience, left)
        if seconds <= 0:
            return
        batch.changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await batch.changed.wait()


async def _send(together: SendTogether | None, members: Sequence[_Member], scope: _Scope) -> None:
    if together is None:
        await _send_each(members, scope)
    elif len(members) == 1:
        await _send_alone(members[0])
    elif members:
        await _send_together(together, members, scope)


async def _send_together(together: SendTogether, members: Sequence[_Member], scope: _Scope) -> None:
    try:
        parts = await together([member.message for member in members])
    except CallError as error:
        if _blames_some(error, members[0]):
            await _send_each(members, scope)
            return
        parts = [error.copy() for _ in members]
    left = []
    for member, part in zip(members, parts, strict=True):
        if part is None:
            left.append(member)
        else:
            _give(member, part)
    await _send_each(left, scope)


async def _send_each(members: Sequence[_Member], scope: _Scope) -> None:
    async def send(member: _Member) -> None:
        async with scope.few(member.joining.owner):
            await _send_alone(member)

    for member in members:
        member.sending = asyncio.create_task(send(member))
    # One that is cancelled, since its caller left, must not end the others.
    await asyncio.gather(*(member.sending for member in members if member.sending), return_exceptions=True)


async def _send_alone(member: _Member) -> None:
    if member.answer.done():
        return  # it has left
    try:
        _give(member, await member.joining.alone(member.message))
    except Exception as error:  # noqa: BLE001  # also a defect is told to this member alone
        _give(member, error)


def _blames_some(error: CallError, member: _Member) -> bool:
    """Tell whether a joined request may have failed for what only some of its members are, or for being joined.

    A write that may have been carried out is never sent again, whatever its answer was.
    """
    status, reads = error.failure.http_status, not member.joining.thing
    if not reads and error.failure.applied in _PERHAPS_CARRIED_OUT:
        return False
    too_large = error.code is Code.RESOURCE_EXHAUSTED and not status
    choked = reads and status == _CHOKED  # of a write nobody knows what was carried out
    return status in _BLAMES_SOME or error.code is Code.UNIMPLEMENTED or too_large or choked


def _give(member: _Member, part: HttpResponse | Exception) -> None:
    if member.answer.done():
        return  # it has left
    if isinstance(part, HttpResponse):
        member.answer.set_result(part)
    else:
        member.answer.set_exception(part)
