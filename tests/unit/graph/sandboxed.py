"""The application in front of a sandbox."""

from collections.abc import AsyncIterator
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
    cluster = {
        "nodes": ["http://cluster:9200"],
        "engine": played.name,
        "version": version or played.version,
    }
    chosen = Settings.model_validate({"clusters": {"a": cluster}, "introspection": False, **more})
    clusters = Clusters(chosen, transports={"a": AsgiTransport(sandbox)})
    engine = Engine(load(), clusters, chosen, Telemetry(access_log=False))
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
