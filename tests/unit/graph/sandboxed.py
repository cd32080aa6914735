"""The application in front of a sandbox."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from searchway.contract.catalog import load
from searchway.engine import Engine
from searchway.engine.telemetry import Telemetry
from searchway.graph.app import create_app
from searchway.sandbox import Sandbox
from searchway.settings import Settings
from searchway.upstream import Clusters
from searchway.upstream.asgi import AsgiTransport
from unit.graph.conftest import derived


@asynccontextmanager
async def app_over(sandbox: Sandbox, *, version: str = "", **more: Any) -> AsyncIterator[ASGIApp]:
    """Make a gateway's application in front of a sandbox."""
    played = sandbox.state.engine
    cluster = {"engine": played.name, "version": version or played.version}
    async with app_of({"a": AsgiTransport(sandbox)}, Telemetry(access_log=False), {"a": cluster}, **more) as app:
        yield app


@asynccontextmanager
async def app_of(
    transports: Mapping[str, httpx.AsyncBaseTransport],
    telemetry: Telemetry,
    tables: Mapping[str, Mapping[str, Any]],
    **more: Any,
) -> AsyncIterator[ASGIApp]:
    """Make a gateway's application in front of clusters, by name: what carries their requests, and their settings."""
    named = {name: {"nodes": ["http://cluster:9200"], **tables.get(name, {})} for name in transports}
    chosen = Settings.model_validate({"clusters": named, "introspection": False, **more})
    clusters = Clusters(chosen, transports=transports)
    engine = Engine(load(), clusters, chosen, telemetry)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("searchway.graph.app.build_schema", derived)
        app = create_app(engine, load(), chosen)
    yield app
    await clusters.aclose()


@asynccontextmanager
async def over(sandbox: Sandbox, **more: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client of such an application."""
    async with app_over(sandbox, **more) as app:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            yield client
