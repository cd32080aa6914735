"""A queue that is served round-robin by principal: a principal with many calls waits behind its own, not in front of others'.

    cluster --> principals in the order of their turns --> calls in the order of arrival

A principal has one turn over all clusters: when it was served, it goes to the end for each of them.
"""

from asyncio import Future
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from itertools import count, islice

HasRoom = Callable[[str], bool]
"""Tells whether a cluster has a free slot at all."""
IsKeptOut = Callable[[str, Hashable], object | None]
"""Tells whether a principal has reached a bound of its own at a cluster."""


@dataclass(slots=True, eq=False)
class Waiter:
    """A queued call."""

    cluster: str
    """The cluster it is for."""
    principal: Hashable
    """Whose it is."""
    slot: Future[None]
    """Done when it has a slot, failed when it was evicted, cancelled with the call."""
    queued: bool = False
    """Whether it is in the queue."""

    @property
    def has_slot(self) -> bool:
        """Whether it was given a slot."""
        return self.slot.done() and not self.slot.cancelled() and self.slot.exception() is None


_Line = OrderedDict[Waiter, None]


class FairQueue:
    """Queued calls."""

    def __init__(self) -> None:
        self._lines: dict[str, OrderedDict[Hashable, _Line]] = {}
        self._sizes: dict[Hashable, int] = {}
        self._turns: dict[Hashable, int] = {}
        self._ticks = count()
        self.size = 0
        """How many wait."""

    def push(self, waiter: Waiter) -> None:
        """Add a call behind the others of its principal."""
        waiter.queued = True
        ring = self._lines.setdefault(waiter.cluster, OrderedDict())
        ring.setdefault(waiter.principal, OrderedDict())[waiter] = None
        self.size += 1
        self._sizes[waiter.principal] = self._sizes.get(waiter.principal, 0) + 1
        self._turns.setdefault(waiter.principal, next(self._ticks))

    def discard(self, waiter: Waiter) -> None:
        """Remove a call if it is queued."""
        if waiter.queued:
            waiter.queued = False
            self._remove(waiter)

    def _remove(self, waiter: Waiter) -> None:
        ring = self._lines[waiter.cluster]
        line = ring[waiter.principal]
        del line[waiter]
        if not line:
            del ring[waiter.principal]
        if not ring:
            del self._lines[waiter.cluster]
        self.size -= 1
        self._sizes[waiter.principal] -= 1
        if not self._sizes[waiter.principal]:
            del self._sizes[waiter.principal], self._turns[waiter.principal]

    def pop(self, has_room: HasRoom, is_kept_out: IsKeptOut) -> Waiter | None:
        """Remove and return the next call that can have a slot; None if there is none."""
        turn = min(self._heads(has_room, is_kept_out), key=lambda head: head[0], default=None)
        if turn is None:
            return None
        _, cluster, principal = turn
        waiter = next(iter(self._lines[cluster][principal]))
        self.discard(waiter)
        self._end_turn(principal)
        return waiter

    def _heads(self, has_room: HasRoom, is_kept_out: IsKeptOut) -> Iterator[tuple[int, str, Hashable]]:
        """Yield the turn, cluster and principal that would be next at each cluster."""
        for cluster, ring in self._lines.items():
            if has_room(cluster):  # first, since many may be queued for a full cluster
                free = (principal for principal in ring if not is_kept_out(cluster, principal))
                for principal in islice(free, 1):
                    yield self._turns[principal], cluster, principal

    def longest(self) -> tuple[Hashable, int]:
        """Return the principal with most queued calls, and their number; the queue must not be empty."""
        return max(self._sizes.items(), key=lambda item: item[1])

    def waiting(self, principal: Hashable) -> int:
        """Return how many calls of a principal are queued."""
        return self._sizes.get(principal, 0)

    def pop_newest(self, principal: Hashable) -> Waiter:
        """Remove and return the newest call of a principal at the cluster where it has most."""
        longest = max((ring.get(principal, _Line()) for ring in self._lines.values()), key=len)
        waiter = next(reversed(longest))
        self.discard(waiter)
        return waiter

    def _end_turn(self, principal: Hashable) -> None:
        if principal in self._turns:
            self._turns[principal] = next(self._ticks)
            for ring in self._lines.values():
                if principal in ring:
                    ring.move_to_end(principal)
