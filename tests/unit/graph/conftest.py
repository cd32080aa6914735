from collections.abc import Callable
from typing import Any

import httpx
import pytest
from graphql import GraphQLSchema

from searchway.contract.catalog import Catalog, load
from searchway.graph.app import create_app
from searchway.graph.schema import build_schema, core_schema
from searchway.settings import Settings
from unit.graph.engine_double import EngineDouble

Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load()


@pytest.fixture(scope="session")
def schema(catalog: Catalog) -> GraphQLSchema:
    return core_schema(build_schema(catalog))


@pytest.fixture
def engine() -> EngineDouble:
    return EngineDouble()


@pytest.fixture
def connect(catalog: Catalog, engine: EngineDouble) -> Callable[..., httpx.AsyncClient]:
    """Make a client of the GraphQL face over the engine double, with settings of choice."""

    def make(**settings: Any) -> httpx.AsyncClient:
        chosen = Settings.model_validate({"clusters": {"a": {"nodes": ["http://cluster:9200"]}}, **settings})
        transport = httpx.ASGITransport(create_app(engine, catalog, chosen))
        return httpx.AsyncClient(transport=transport, base_url="http://gateway")

    return make
