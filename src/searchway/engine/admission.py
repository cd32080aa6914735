"""Who may begin: bounds on the calls that are worked on at the same time, with fair turns for those that have to wait.

    call --> a place is free ------------------------------> worked on --> place given back --> the next in turn
         +-> none is: a short queue, by turns of principals -+
                      full, or waited too long: shed with RESOURCE_EXHAUSTED

No call that waits has a place: when one is given back, whoever could use it gets it at once. So a call that finds a place overtakes nobody.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Protocol

from searchway.contract.records import Operation
from searchway.engine.call import Call
from searchway.engine.fairqueue import FairQueue, Waiter
from searchway.engine.occupancy import Bound, Bounds, Occupancy
from searchway.errors import Applied, CallError, Code, Failure

_SOONEST_MS = 100
"""The shortest delay after which a call that was shed is told to come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queueing:
    """How calls wait for a place."""

    calls: int = 0
    """The most that wait; 0 sheds at once."""
    seconds: float = 0.0
    """The longest wait."""


class Observer(Protocol):
    """Is told of calls that get no place."""

    def shed(self, reason: str) -> None:
        """A call was shed, since the bound of this name was reached."""


class Admission:
    """Gives places to calls."""

    def __init__(self, bounds: Bounds, queueing: Queueing, observer: Observer) -> None:
        self._occupancy = Occupancy(bounds)
        self._queueing = queueing
        self._observer = observer
        self._queue = FairQueue()

    @property
    def queued(self) -> int:
        """How many calls wait for a place."""
        return self._queue.size

    async def enter(self, cluster: str, operation: Operation, call: Call) -> None:
        """Take a place for the call, which `leave` gives back; without contention nothing is awaited.

        Raises:
            CallError: RESOURCE_EXHAUSTED, there is none, or DEADLINE_EXCEEDED, the call's time ended before there was.
        """
        if not self._occupancy.take(cluster, call.principal):
            await self._wait(cluster, operation, call)

    def leave(self, cluster: str, call: Call) -> None:
        """Give the call's place back, and give those that are free to the calls that wait."""
        self._occupancy.release(cluster, call.principal)
        if self._queue.size:
            self._serve()

    async def _wait(self, cluster: str, operation: Operation, call: Call) -> None:
        bound = self._occupancy.reached(cluster, call.principal) or Bound.ALL
        call.settle()  # those that have their places already must not wait for it
        self._make_room(operation, call, bound)
        waiter = Waiter(cluster, call.principal, asyncio.get_running_loop().create_future())
        self._queue.push(waiter)
        seconds = self._queueing.seconds
        left = seconds if call.deadline is None else call.deadline - time.monotonic()
        try:
            async with asyncio.timeout(min(seconds, left)):
                await waiter.place
        except TimeoutError:
            if not waiter.has_place:
                self._queue.discard(waiter)
                raise self._waited(operation, bound, its_time=left < seconds) from None
        except asyncio.CancelledError:
            self._abandon(waiter)
            raise
        except _EvictedError:
            raise self._refused(operation, bound, self._crowd) from None

    def _serve(self) -> None:
        occupancy = self._occupancy
        while waiter := self._queue.pop(occupancy.has_room, occupancy.reached):
            if not waiter.place.done():  # else its caller gave up a moment ago
                occupancy.take(waiter.cluster, waiter.principal)
                waiter.place.set_result(None)

    def _make_room(self, operation: Operation, call: Call, bound: Bound) -> None:
        """Let the principal that waits with the most calls give way if the queue is full; that may be the caller."""
        if self._queue.size < self._queueing.calls:
            return
        if self._queue.size:
            principal, most = self._queue.longest()
            if most > self._queue.waiting(call.principal) + 1:
                evicted = self._queue.pop_newest(principal).place
                if not evicted.done():
                    evicted.set_exception(_EvictedError())
                return
        raise self._refused(operation, bound, self._crowd)

    def _abandon(self, waiter: Waiter) -> None:
        """Let a call go that its caller has given up."""
        self._queue.discard(waiter)
        if waiter.has_place:
            self._occupancy.release(waiter.cluster, waiter.principal)
            self._serve()

    @property
    def _crowd(self) -> str:
        calls = self._queueing.calls
        return f", and {calls} wait already (limits.queue_calls)" if calls else ""

    def _waited(self, operation: Operation, bound: Bound, *, its_time: bool) -> CallError:
        if its_time:
            self._observer.shed(bound.reason)
            problem = f"the time of the call was over before there was a place for it: {self._told(bound)}"
            return CallError(
                Failure(code=Code.DEADLINE_EXCEEDED, message=problem, retryable=True, applied=_not_applied(operation))
            )
        return self._refused(
            operation, bound, f", and none ended within {self._queueing.seconds:g} seconds (limits.queue_seconds)"
        )

    def _refused(self, operation: Operation, bound: Bound, more: str) -> CallError:
        self._observer.shed(bound.reason)
        return CallError(
            Failure(
                code=Code.RESOURCE_EXHAUSTED,
                message=self._told(bound) + more,
                retryable=True,
                retry_delay_ms=max(round(self._queueing.seconds * 1000), _SOONEST_MS),
                applied=_not_applied(operation),
            )
        )

    def _told(self, bound: Bound) -> str:
        return self._occupancy.bounds.tell(bound)


class _EvictedError(Exception):
    """The call had to give way to one of a principal with fewer."""


def _not_applied(operation: Operation) -> Applied:
    return Applied.UNSPECIFIED if operation.read_only else Applied.NO
