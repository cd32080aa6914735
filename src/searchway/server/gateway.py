"""The composition root: the parts that both faces share."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from searchway.contract.catalog import Catalog, load
from searchway.engine import Engine
from searchway.engine.telemetry import Telemetry
from searchway.sandbox import create_sandbox, load_example_data
from searchway.settings import Settings
from searchway.upstream import Clusters
from searchway.upstream.asgi import AsgiTransport


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The parts that the faces share."""

    settings: Settings
    """The settings."""
    catalog: Catalog
    """The operations."""
    clusters: Clusters
    """The clusters."""
    engine: Engine
    """What runs operations."""
    telemetry: Telemetry
    """What operators see of it."""


@asynccontextmanager
async def open_gateway(settings: Settings) -> AsyncIterator[Gateway]:
    """Put the shared parts together; close their connections at the end."""
    catalog = load()
    clusters = Clusters(settings, transports=_sandboxes(settings))
    telemetry = Telemetry(access_log=settings.access_log)
    engine = Engine(catalog, clusters, settings, telemetry)
    try:
        yield Gateway(settings=settings, catalog=catalog, clusters=clusters, engine=engine, telemetry=telemetry)
    finally:
        await clusters.aclose()


def _sandboxes(settings: Settings) -> Mapping[str, httpx.AsyncBaseTransport]:
    """Make an embedded upstream with some example data for each cluster that asks for one."""
    transports = {}
    for cluster in settings.clusters:
        if cluster.sandbox:
            sandbox = create_sandbox(cluster.sandbox)
            load_example_data(sandbox)
            transports[cluster.name] = AsgiTransport(sandbox)
    return transports
