"""Work that takes longer than the event loop may be held: done in a thread of its own, where it only shares the processor.

One piece of work at a time, with fair turns: whoever brings much waits behind his own work, not in front of that of others.
"""

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from graphql import GraphQLError

from searchway.engine.fairqueue import FairQueue, Waiter
from searchway.errors import Code
from searchway.graph.refusals import RequestError

_Result = TypeVar("_Result")


class Background:
    """Does work in a thread.

    Args:
        most: how many pieces of work may wait.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._thread = ThreadPoolExecutor(1, "graphql")
        self._queue = FairQueue()
        self._is_busy = False

    async def run(self, principal: Hashable, work: Callable[[], _Result]) -> _Result:
        """Do work and return what it returns.

        Args:
            principal: on whose behalf.
            work: what is to be done; must not touch what the event loop changes.

        Raises:
            RequestError: too much waits already.
        """
        if self._is_busy:
            await self._wait(principal)
        self._is_busy = True
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._next()

    async def _wait(self, principal: Hashable) -> None:
        self._make_room(principal)
        waiter = Waiter("", principal, asyncio.get_running_loop().create_future())
        self._queue.push(waiter)
        try:
            await waiter.slot
        except asyncio.CancelledError:
            self._queue.discard(waiter)
            if waiter.has_slot:
                self._next()
            raise

    def _next(self) -> None:
        """Let the next one begin."""
        while waiter := self._queue.pop(lambda _cluster: True, lambda _cluster, _principal: None):
            if not waiter.slot.done():
                waiter.slot.set_result(None)
                return
        self._is_busy = False

    def _make_room(self, principal: Hashable) -> None:
        """Let the principal that waits with the most give way if too much waits; that may be the one that comes."""
        if self._queue.size < self._most:
            return
        problem = (
            f"{self._queue.size} large requests wait to be read; at most {self._most} may (limits.documents_waiting)"
        )
        refusal = RequestError([GraphQLError(problem)], Code.RESOURCE_EXHAUSTED)
        longest, number = self._queue.longest()
        if number <= self._queue.waiting(principal) + 1:
            raise refusal
        evicted = self._queue.pop_newest(longest).slot
        if not evicted.done():
            evicted.set_exception(refusal)
