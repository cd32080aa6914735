"""The list of clusters with their states, for callers who may know it."""

import asyncio
from dataclasses import dataclass

from searchway.errors import CallError, Code, Failure
from searchway.upstream import Cluster, Clusters

_REFUSED = "the gateway does not tell the names of its clusters (list_clusters)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterState:
    """A cluster as callers see it."""

    name: str
    """Its configured name."""
    engine: str | None
    """The engine that it runs, as in `opensearch`; None if that is not known."""
    version: str | None
    """The engine's version; None if that is not known."""
    reachable: bool
    """Whether it answers, and not that it cannot work."""


async def list_clusters(clusters: Clusters, deadline: float, *, allowed: bool, fresh: float) -> list[ClusterState]:
    """Return the clusters in the order of the settings, all asked at the same time where their state is not known.

    Args:
        clusters: the clusters.
        deadline: when the answer must be there, by time.monotonic().
        allowed: whether callers may know them.
        fresh: how old what was found may be, in seconds.

    Raises:
        CallError: PERMISSION_DENIED, they may not.
    """
    if not allowed:
        raise CallError(Failure(code=Code.PERMISSION_DENIED, message=_REFUSED))
    return await asyncio.gather(*(_state(cluster, deadline, fresh) for cluster in clusters))


async def _state(cluster: Cluster, deadline: float, fresh: float) -> ClusterState:
    health = await cluster.state(deadline, fresh=fresh)
    product = health.product
    return ClusterState(
        name=cluster.name,
        engine=product.engine.value if product else None,
        version=(product.version or None) if product else None,
        reachable=health.reachable,
    )
