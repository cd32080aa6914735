"""How many calls are worked on: in all, at each cluster, and of each principal. Counting one costs less than a microsecond."""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

_K = TypeVar("_K", bound=Hashable)

EVERYWHERE = 2
"""How many times the bound of one cluster a principal may have at all clusters together."""


class Bound(Enum):
    """A bound that calls can reach, with what it counts and the setting that says how many."""

    ALL = ("gateway", "", "")
    CLUSTER = ("cluster", " to one cluster", "_per_cluster")
    PRINCIPAL = ("principal", " of one principal to one cluster", "_per_principal")
    PRINCIPAL_EVERYWHERE = (
        "principal_everywhere",
        f" of one principal to all clusters, which is {EVERYWHERE} times the bound for one,",
        "_per_principal",
    )

    def __init__(self, reason: str, whose: str, suffix: str) -> None:
        self.reason = reason
        """Its name in the metrics."""
        self.whose = whose
        """Whose calls it counts, in words."""
        self.suffix = suffix
        """The end of the setting that it follows from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The most calls at the same time."""

    all: int
    """In all."""
    cluster: int
    """At one cluster."""
    principal: int
    """Of one principal at one cluster."""
    setting: str = "in_flight"
    """The setting of the first; those of the others begin with it."""

    def number(self, bound: Bound) -> int:
        """Return the number that a bound stands for."""
        return (self.all, self.cluster, self.principal, self.principal * EVERYWHERE)[list(Bound).index(bound)]

    def tell(self, bound: Bound) -> str:
        """Say that a bound is reached, with number and setting."""
        setting = f"limits.{self.setting}{bound.suffix}"
        return f"more than {self.number(bound)} calls{bound.whose} at the same time ({setting})"


class Occupancy:
    """Counts the places that are taken."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        """The bounds."""
        self.taken = 0
        """The places taken in all."""
        self._everywhere = bounds.number(Bound.PRINCIPAL_EVERYWHERE)
        self._clusters: dict[str, int] = {}
        self._principals: dict[Hashable, int] = {}
        self._pairs: dict[tuple[str, Hashable], int] = {}

    def has_room(self, cluster: str) -> bool:
        """Tell whether a principal who has no place yet could get one at the cluster."""
        bounds = self.bounds
        return self.taken < bounds.all and self._clusters.get(cluster, 0) < bounds.cluster

    def reached(self, cluster: str, principal: Hashable) -> Bound | None:
        """Return the bound that keeps a call out; None if there is a place for it."""
        bounds = self.bounds
        if self._pairs.get((cluster, principal), 0) >= bounds.principal:
            return Bound.PRINCIPAL
        if self._principals.get(principal, 0) >= self._everywhere:
            return Bound.PRINCIPAL_EVERYWHERE
        if self._clusters.get(cluster, 0) >= bounds.cluster:
            return Bound.CLUSTER
        return Bound.ALL if self.taken >= bounds.all else None

    def take(self, cluster: str, principal: Hashable) -> None:
        """Take a place, which must be there."""
        pair = (cluster, principal)
        self.taken += 1
        self._clusters[cluster] = self._clusters.get(cluster, 0) + 1
        self._principals[principal] = self._principals.get(principal, 0) + 1
        self._pairs[pair] = self._pairs.get(pair, 0) + 1

    def release(self, cluster: str, principal: Hashable) -> None:
        """Give a place back."""
        self.taken -= 1
        _subtract(self._clusters, cluster)
        _subtract(self._principals, principal)
        _subtract(self._pairs, (cluster, principal))


def _subtract(counts: dict[_K, int], key: _K) -> None:
    """Take one off, and forget what came to nothing: principals come and go."""
    left = counts[key] - 1
    if left:
        counts[key] = left
    else:
        del counts[key]
