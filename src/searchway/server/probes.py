"""Probes of the clusters in the background: what `/readyz` tells of them is known before anybody asks.

Each cluster has a probe of its own, so that one that does not answer delays no other; however many callers ask, a cluster is asked once
in an interval.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

import structlog

from searchway.upstream import Clusters
from searchway.upstream.cluster import Cluster, Health

_log = structlog.get_logger("searchway")


class Probes:
    """What was last found out of each cluster."""

    def __init__(self, names: Iterable[str]) -> None:
        self._found: dict[str, tuple[Health, float] | None] = dict.fromkeys(names)

    def note(self, name: str, health: Health) -> None:
        """Remember how a cluster was just now."""
        self._found[name] = (health, time.monotonic())

    def report(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the state of each cluster by name: `reachable` (None before the first probe has ended), `problem`, `product`, `age_seconds`."""
        return {name: _describe(found) for name, found in self._found.items()}


def _describe(found: tuple[Health, float] | None) -> Mapping[str, Any]:
    if found is None:
        return {"reachable": None, "problem": "not probed yet", "product": None, "age_seconds": None}
    health, moment = found
    return {**asdict(health), "age_seconds": round(time.monotonic() - moment, 1)}


@asynccontextmanager
async def probing(clusters: Clusters, interval: float) -> AsyncIterator[Probes]:
    """Probe each cluster while the block runs, first at once, then `interval` seconds after the end of the probe before."""
    probes = Probes(clusters.names)
    tasks = [asyncio.create_task(_probe(cluster, probes, interval)) for cluster in clusters]
    try:
        yield probes
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _probe(cluster: Cluster, probes: Probes, interval: float) -> None:
    while True:
        try:
            probes.note(cluster.name, await cluster.health())
        except Exception:  # noqa: BLE001  # a defect must not end the probe, or its last result would stand for ever
            _log.exception("probe failed", cluster=cluster.name)
        await asyncio.sleep(interval)
