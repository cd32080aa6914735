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
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from time import monotonic
from typing import Any
from weakref import WeakValueDictionary

from searchway.engine.batches import Batch, Joining, Member
from searchway.engine.dispatch import dispatch, give
from searchway.wire import HttpResponse


@dataclass(frozen=True, slots=True)
class _Kind:
    """Calls that may share a request."""

    options: Hashable
    waits: bool
    """Whether they must wait for an earlier write."""


class _Scope:
    """The batches of one cluster and operation."""

    def __init__(self, alone: int) -> None:
        self.gathering: dict[_Kind, Batch] = {}
        self.under_way: Counter[Hashable] = Counter()
        self.last: dict[tuple[str, Hashable], Batch] = {}
        self._alone = alone
        self._few: WeakValueDictionary[Hashable, asyncio.Semaphore] = WeakValueDictionary()

    def few(self, owner: Hashable) -> asyncio.Semaphore:
        """Return what bounds the calls of one owner that go alone at the same time."""
        found = self._few.get(owner)
        if found is None:
            found = self._few[owner] = asyncio.Semaphore(self._alone)
        return found

    def send(self, kind: _Kind, batch: Batch) -> None:
        batch.sent = True
        self.under_way[kind.options] += 1

    def land(self, kind: _Kind, batch: Batch) -> None:
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
        member = Member(message, joining, asyncio.get_running_loop().create_future())
        batch.add(member)
        try:
            return await member.answer
        except asyncio.CancelledError:
            batch.leave(member)
            raise

    def _batch(self, scope: _Scope, options: Hashable, joining: Joining) -> Batch:
        """Return the batch that the call becomes a member of: the one that gathers, or a new one."""
        write = (joining.thing, joining.owner)
        before = scope.last.get(write)
        kind = _Kind(options, before is not None)
        batch = scope.gathering.get(kind)
        if batch is None or not batch.takes(joining, before):
            if batch is not None:
                batch.close()
            batch = scope.gathering[kind] = Batch(next(self._numbers), joining)
            batch.task = asyncio.create_task(_run(scope, kind, batch))
        batch.write(joining, before)
        if joining.thing:
            scope.last[write] = batch
        return batch


async def _run(scope: _Scope, kind: _Kind, batch: Batch) -> None:
    try:
        await _gather(scope, kind, batch)
        while waiting := {task for task in batch.earlier if not task.done()}:
            await asyncio.wait(waiting)
        scope.send(kind, batch)
        await dispatch(batch.joining.together, batch.members, scope.few)
    except asyncio.CancelledError:
        for member in batch.members:
            member.answer.cancel()
        raise
    except Exception as error:  # noqa: BLE001  # a defect: told to those who wait, of whom none may wait for ever
        for member in batch.members:
            give(member, error)
    finally:
        scope.land(kind, batch)


async def _gather(scope: _Scope, kind: _Kind, batch: Batch) -> None:
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
