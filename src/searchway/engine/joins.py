"""Joined calls: different calls of one kind, in flight at the same time, are one request that takes many.

    call --> batch (by cluster, identity, operation and options) --window--> one request --> each member's own answer
                                                                    |
                                                       400 or 404:  each member alone, since one of them is to blame

Two writes of the same thing never share a batch, and the later one waits for the earlier: their order is kept. A member that leaves
before the batch is sent is taken out; one that leaves afterwards changes nothing for the others.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from searchway.engine.window import Window
from searchway.errors import CallError, Code

Part = bytes | CallError | None
"""What a member gets: the body that it would have got alone, its own error, or None if it must be sent alone."""
SendTogether = Callable[[Sequence[Any]], Awaitable[Sequence[Part]]]
"""Sends the messages of a batch as one request and takes the answer apart."""
SendAlone = Callable[[Any], Awaitable[bytes]]
"""Sends the message of one member."""

# One member's input or object may be what is wrong; anything else concerns all of them.
_BLAMES_A_MEMBER = frozenset({400, 404})


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """How the calls of one kind are sent."""

    together: SendTogether
    """As one request."""
    alone: SendAlone
    """One by one."""
    thing: Callable[[Any], str]
    """What a message writes, for which the order of two writes matters; empty if the order does not."""
    size: Callable[[Any], int]
    """How much of the bound a message takes."""
    bound: int
    """The largest sum of sizes."""


@dataclass(slots=True, eq=False)
class _Member:
    message: Any
    answer: asyncio.Future[bytes]


@dataclass(slots=True, eq=False)
class _Batch:
    joining: Joining
    members: list[_Member] = field(default_factory=list)
    earlier: set[asyncio.Task[None]] = field(default_factory=set)
    sent: bool = False
    task: asyncio.Task[None] = field(init=False)

    def has_room(self, message: Any, most: int) -> bool:
        size = self.joining.size
        taken = sum(size(member.message) for member in self.members) + size(message)
        return len(self.members) < most and taken <= self.joining.bound

    def writes(self, thing: str) -> bool:
        return bool(thing) and any(self.joining.thing(member.message) == thing for member in self.members)

    def leave(self, member: _Member) -> None:
        if not self.sent:
            self.members.remove(member)
        elif not self.joining.thing(member.message) and all(m.answer.done() for m in self.members):
            self.task.cancel()  # a read that nobody waits for any more


class Joins:
    """All batches, gathering or under way."""

    def __init__(self, window: Window, *, most: int, alone: int = 10) -> None:
        """Take the bounds.

        Args:
            window: how long a batch gathers.
            most: the most members of a batch.
            alone: how many members are sent at the same time where they go alone.
        """
        self._window = window
        self._most = most
        self._alone = alone
        self._gathering: dict[Hashable, _Batch] = {}
        self._under_way: dict[Hashable, set[_Batch]] = {}

    async def join(self, scope: Hashable, options: Hashable, message: Any, joining: Joining) -> bytes:
        """Return the body that the message gets, sent together with those of the same scope and options.

        Args:
            scope: cluster and operation: within it, the order of writes to the same thing is kept.
            options: what else must be the same for calls to share a request: for whom, and every option.
            message: the request message.
            joining: how calls of this kind are sent.

        Raises:
            CallError: this member failed, or the request of all of them.
        """
        batch = self._batch(scope, options, message, joining)
        member = _Member(message, asyncio.get_running_loop().create_future())
        batch.members.append(member)
        try:
            return await member.answer
        except asyncio.CancelledError:
            batch.leave(member)
            raise

    def _batch(self, scope: Hashable, options: Hashable, message: Any, joining: Joining) -> _Batch:
        """Return the batch that takes the message: the one that gathers, unless it is full or writes the same thing."""
        thing = joining.thing(message)
        batch = self._gathering.get((scope, options))
        if batch is None or batch.sent or not batch.has_room(message, self._most) or batch.writes(thing):
            batch = self._gathering[scope, options] = _Batch(joining)
            batch.task = asyncio.create_task(self._run(scope, options, batch))
        batch.earlier |= {other.task for other in self._under_way.get(scope, ()) if other.writes(thing)}
        self._under_way.setdefault(scope, set()).add(batch)
        return batch

    async def _run(self, scope: Hashable, options: Hashable, batch: _Batch) -> None:
        try:
            await self._window.wait(lambda: len(batch.members))
            while waiting := {task for task in batch.earlier if not task.done()}:
                await asyncio.wait(waiting)
            batch.sent = True
            await self._send(batch.joining, batch.members)
        except BaseException as error:
            _give_all(batch.members, error)
            raise
        finally:
            if self._gathering.get((scope, options)) is batch:
                del self._gathering[scope, options]
            self._under_way[scope].discard(batch)
            if not self._under_way[scope]:
                del self._under_way[scope]

    async def _send(self, joining: Joining, members: Sequence[_Member]) -> None:
        if len(members) == 1:
            await _send_alone(joining, members[0])
        elif members:
            await self._send_together(joining, members)

    async def _send_together(self, joining: Joining, members: Sequence[_Member]) -> None:
        try:
            parts = await joining.together([member.message for member in members])
        except CallError as error:
            if error.failure.http_status in _BLAMES_A_MEMBER or error.code is Code.UNIMPLEMENTED:
                await self._send_each(joining, members)
                return
            parts = [error.copy() for _ in members]
        left = []
        for member, part in zip(members, parts, strict=True):
            if part is None:
                left.append(member)
            else:
                _give(member, part)
        await self._send_each(joining, left)

    async def _send_each(self, joining: Joining, members: Sequence[_Member]) -> None:
        few = asyncio.Semaphore(self._alone)

        async def send(member: _Member) -> None:
            async with few:
                await _send_alone(joining, member)

        await asyncio.gather(*map(send, members))


async def _send_alone(joining: Joining, member: _Member) -> None:
    try:
        _give(member, await joining.alone(member.message))
    except CallError as error:
        _give(member, error)


def _give(member: _Member, part: bytes | CallError) -> None:
    if member.answer.done():
        return  # it has left
    if isinstance(part, CallError):
        member.answer.set_exception(part)
    else:
        member.answer.set_result(part)


def _give_all(members: Sequence[_Member], error: BaseException) -> None:
    """Let nobody wait for ever for a batch that broke off."""
    for member in members:
        if member.answer.done():
            continue
        if isinstance(error, asyncio.CancelledError):
            member.answer.cancel()
        else:
            member.answer.set_exception(error)
