"""Admission control: bounds on concurrent calls, with a short fair queue before load is shed.

    call --> a slot is free -------------------------------> running --> slot released --> next call of the queue
         +-> none is: a queue, round-robin by principal ----+
                      full, or waited too long: shed with RESOURCE_EXHAUSTED

The queue is work-conserving: a released slot goes at once to a queued call that can use it. So a call that finds a free slot overtakes no
queued call that could have used it.
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
"""The shortest retry delay of a call that was shed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queueing:
    """The bounds of the queue."""

    calls: int = 0
    """The most calls in it; 0 sheds at once."""
    seconds: float = 0.0
    """The longest wait."""


class Observer(Protocol):
    """Is told of calls that are shed."""

    def shed(self, reason: str) -> None:
        """A call was shed, since the bound of this name was reached."""


class Admission:
    """Hands out slots for concurrent calls."""

    def __init__(self, bounds: Bounds, queueing: Queueing, observer: Observer) -> None:
        self._occupancy = Occupancy(bounds)
        self._queueing = queueing
        self._observer = observer
        self._queue = FairQueue()

    @property
    def queued(self) -> int:
        """How many calls are queued."""
        return self._queue.size

    async def enter(self, cluster: str, operation: Operation, call: Call) -> None:
        """Acquire a slot for the call, which `leave` releases; without contention nothing is awaited.

        Raises:
            CallError: RESOURCE_EXHAUSTED, the call was shed, or DEADLINE_EXCEEDED, its deadline passed in the queue.
        """
        if not self._occupancy.take(cluster, call.principal):
            await self._wait(cluster, operation, call)

    def leave(self, cluster: str, call: Call) -> None:
        """Release the call's slot, and hand free slots to queued calls."""
        self._occupancy.release(cluster, call.principal)
        if self._queue.size:
            self._serve()

    async def _wait(self, cluster: str, operation: Operation, call: Call) -> None:
        bound = self._occupancy.reached(cluster, call.principal) or Bound.ALL
        call.settle()  # members of its cohort hold slots already and must not wait for it
        self._make_room(operation, call, bound)
        waiter = Waiter(cluster, call.principal, asyncio.get_running_loop().create_future())
        self._queue.push(waiter)
        seconds = self._queueing.seconds
        left = seconds if call.deadline is None else call.deadline - time.monotonic()
        try:
            async with asyncio.timeout(min(seconds, left)):
                await waiter.slot
        except TimeoutError:
            if not waiter.has_slot:
                self._queue.discard(waiter)
                raise self._waited(operation, bound, its_time=left < seconds) from None
        except asyncio.CancelledError:
            self._abandon(waiter)
            raise
        except _EvictedError:
            raise self._refused(operation, bound, self._queue_is_full) from None

    def _serve(self) -> None:
        occupancy = self._occupancy
        while waiter := self._queue.pop(occupancy.has_room, occupancy.reached):
            if not waiter.slot.done():  # else it was cancelled a moment ago
                occupancy.take(waiter.cluster, waiter.principal)
                waiter.slot.set_result(None)

    def _make_room(self, operation: Operation, call: Call, bound: Bound) -> None:
        """If the queue is full, evict the newest call of the principal with most queued calls, or refuse this one if it is that."""
        if self._queue.size < self._queueing.calls:
            return
        if self._queue.size:
            principal, most = self._queue.longest()
            if most > self._queue.waiting(call.principal) + 1:
                evicted = self._queue.pop_newest(principal).slot
                if not evicted.done():
                    evicted.set_exception(_EvictedError())
                return
        raise self._refused(operation, bound, self._queue_is_full)

    def _abandon(self, waiter: Waiter) -> None:
        """Remove a call that was cancelled."""
        self._queue.discard(waiter)
        if waiter.has_slot:
            self._occupancy.release(waiter.cluster, waiter.principal)
            self._serve()

    @property
    def _queue_is_full(self) -> str:
        calls = self._queueing.calls
        return f", and {calls} are queued (limits.queue_calls)" if calls else ""

    def _waited(self, operation: Operation, bound: Bound, *, its_time: bool) -> CallError:
        if its_time:
            self._observer.shed(bound.reason)
            problem = f"the deadline passed while the call was queued: {self._told(bound)}"
            return CallError(
                Failure(code=Code.DEADLINE_EXCEEDED, message=problem, retryable=True, applied=_not_applied(operation))
            )
        return self._refused(
            operation, bound, f", and no slot was free within {self._queueing.seconds:g} seconds (limits.queue_seconds)"
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
    """The call was evicted from the queue in favour of a principal with fewer queued calls."""


def _not_applied(operation: Operation) -> Applied:
    return Applied.UNSPECIFIED if operation.read_only else Applied.NO
