from collections.abc import Callable
from functools import cache
from typing import Any

import httpx
import pytest
import strawberry
from graphql import GraphQLSchema
from starlette.types import ASGIApp

from searchway.contract.catalog import Catalog, load
from searchway.graph.app import create_app
from searchway.graph.schema import build_schema, core_schema
from searchway.settings import Settings
from unit.graph.engine_double import EngineDouble


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load()


@cache
def derive() -> strawberry.Schema:
    return build_schema(load())


def derived(_catalog: Catalog) -> strawberry.Schema:
    return derive()


@pytest.fixture(scope="session")
def schema() -> GraphQLSchema:
    return core_schema(derive())


@pytest.fixture
def engine() -> EngineDouble:
    return EngineDouble()


@pytest.fixture
def open_app(engine: EngineDouble, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ASGIApp]:
    """Make the application over the engine double, with settings of choice and the schema that is built already."""
    monkeypatch.setattr("searchway.graph.app.build_schema", derived)

    def make(**settings: Any) -> ASGIApp:
        chosen = Settings.model_validate({"clusters": {"a": {"nodes": ["http://cluster:9200"]}}, **settings})
        return create_app(engine, load(), chosen)

    return make


@pytest.fixture
def connect(open_app: Callable[..., ASGIApp]) -> Callable[..., httpx.AsyncClient]:
    """Make a client of the application."""

    def make(**settings: Any) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(open_app(**settings))
        return httpx.AsyncClient(transport=transport, base_url="http://gateway")

    return make
