"""Concurrent calls, counted in all, by cluster and by principal. Counting one costs less than a microsecond."""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum

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
    """Counts the slots in use."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        """The bounds."""
        self.taken = 0
        """The slots in use in all."""
        self._all = bounds.all
        self._cluster = bounds.cluster
        self._principal = bounds.principal
        self._everywhere = bounds.number(Bound.PRINCIPAL_EVERYWHERE)
        self._clusters: dict[str, int] = {}
        self._principals: dict[Hashable, int] = {}
        self._pairs: dict[tuple[str, Hashable], int] = {}

    def has_room(self, cluster: str) -> bool:
        """Tell whether a principal without any slot could get one at the cluster."""
        return self.taken < self._all and self._clusters.get(cluster, 0) < self._cluster

    def reached(self, cluster: str, principal: Hashable) -> Bound | None:
        """Return the bound that keeps a call out; None if there is a slot for it."""
        if self._pairs.get((cluster, principal), 0) >= self._principal:
            return Bound.PRINCIPAL
        if self._principals.get(principal, 0) >= self._everywhere:
            return Bound.PRINCIPAL_EVERYWHERE
        if self._clusters.get(cluster, 0) >= self._cluster:
            return Bound.CLUSTER
        return Bound.ALL if self.taken >= self._all else None

    def take(self, cluster: str, principal: Hashable) -> bool:
        """Acquire a slot; return whether there was one. On the path of each call, so nothing is looked up twice."""
        pair = (cluster, principal)
        at, of, both = self._clusters.get(cluster, 0), self._principals.get(principal, 0), self._pairs.get(pair, 0)
        if self.taken >= self._all or at >= self._cluster or of >= self._everywhere or both >= self._principal:
            return False
        self.taken += 1
        self._clusters[cluster] = at + 1
        self._principals[principal] = of + 1
        self._pairs[pair] = both + 1
        return True

    def release(self, cluster: str, principal: Hashable) -> None:
        """Release a slot, and forget the principal with its last one: principals come and go."""
        pair = (cluster, principal)
        self.taken -= 1
        self._clusters[cluster] -= 1
        if both := self._pairs[pair] - 1:
            self._pairs[pair] = both
        else:
            del self._pairs[pair]
        if of := self._principals[principal] - 1:
            self._principals[principal] = of
        else:
            del self._principals[principal]
