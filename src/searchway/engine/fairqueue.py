"""A queue in which principals take turns: whoever asks for much waits behind his own calls, not in front of those of others.

    cluster --> principals, the one whose turn is next first --> calls in the order in which they came

A principal's turn is the same at every cluster: one that was served goes to the end everywhere.
"""

from asyncio import Future
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from itertools import count, islice

HasRoom = Callable[[str], bool]
"""Tells whether there is a place at a cluster at all."""
IsKeptOut = Callable[[str, Hashable], object | None]
"""Tells whether a principal has as much at a cluster as it may have."""


@dataclass(slots=True, eq=False)
class Waiter:
    """A call that waits for a place."""

    cluster: str
    """The cluster it is for."""
    principal: Hashable
    """Whose it is."""
    place: Future[None]
    """Done when it has a place, failed when it will get none, cancelled when its caller gave up."""
    queued: bool = False
    """Whether it stands in the queue."""

    @property
    def has_place(self) -> bool:
        """Whether it has got a place."""
        return self.place.done() and not self.place.cancelled() and self.place.exception() is None


_Line = OrderedDict[Waiter, None]


class FairQueue:
    """The calls that wait."""

    def __init__(self) -> None:
        self._lines: dict[str, OrderedDict[Hashable, _Line]] = {}
        self._sizes: dict[Hashable, int] = {}
        self._turns: dict[Hashable, int] = {}
        self._ticks = count()
        self.size = 0
        """How many wait."""

    def push(self, waiter: Waiter) -> None:
        """Let a call wait behind the others of its principal."""
        waiter.queued = True
        ring = self._lines.setdefault(waiter.cluster, OrderedDict())
        ring.setdefault(waiter.principal, OrderedDict())[waiter] = None
        self.size += 1
        self._sizes[waiter.principal] = self._sizes.get(waiter.principal, 0) + 1
        self._turns.setdefault(waiter.principal, next(self._ticks))

    def discard(self, waiter: Waiter) -> None:
        """Take a call out, wherever it stands, if it is there."""
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
        """Take out the call whose turn it is among those that have a place; None if there is none."""
        turn = min(self._heads(has_room, is_kept_out), key=lambda head: head[0], default=None)
        if turn is None:
            return None
        _, cluster, principal = turn
        waiter = next(iter(self._lines[cluster][principal]))
        self.discard(waiter)
        self._end_turn(principal)
        return waiter

    def _heads(self, has_room: HasRoom, is_kept_out: IsKeptOut) -> Iterator[tuple[int, str, Hashable]]:
        """Yield who would be next at each cluster, with the turn."""
        for cluster, ring in self._lines.items():
            if has_room(cluster):  # looked at first: behind a full cluster many may wait
                free = (principal for principal in ring if not is_kept_out(cluster, principal))
                for principal in islice(free, 1):
                    yield self._turns[principal], cluster, principal

    def longest(self) -> tuple[Hashable, int]:
        """Return the principal with the most calls that wait, of whom there must be one, and how many these are."""
        return max(self._sizes.items(), key=lambda item: item[1])

    def waiting(self, principal: Hashable) -> int:
        """Return how many calls of a principal wait."""
        return self._sizes.get(principal, 0)

    def pop_newest(self, principal: Hashable) -> Waiter:
        """Take out the call that came last where the principal, who must have one, waits with the most."""
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
