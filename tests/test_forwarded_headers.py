"""Callers' headers that go on to the cluster, over both faces: what cannot go on is refused, for that caller alone."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from harness import http2
from harness.gateway import gateway_settings
from searchway import logs
from searchway.contract.catalog import load
from searchway.engine import Engine
from searchway.engine.telemetry import Telemetry
from searchway.graph.app import create_app
from searchway.rpc.server import create_server
from searchway.settings import Settings
from searchway.upstream import Clusters
from unit.upstream.raw_server import Exchange, RawServer, raw_server

INVALID_ARGUMENT, OK = 3, 0
METHOD = load().operation("cat.ListAllocation").grpc_path
QUERY = {"query": "{ cat { allocation { totalCount } } }"}


class World:
    """A gateway with both faces in front of a server that shows what reaches it."""

    def __init__(self, upstream: RawServer, port: int, client: httpx.AsyncClient) -> None:
        self.upstream = upstream
        self._port = port
        self._client = client

    async def over_grpc(self, *metadata: tuple[str, bytes]) -> http2.Ended:
        return await http2.call(self._port, METHOD, [(name.encode(), value) for name, value in metadata])

    async def over_http(self, *headers: tuple[str, bytes]) -> dict[str, Any]:
        given = [(name.encode(), value) for name, value in headers]
        response = await self._client.post("/graphql", json=QUERY, headers=given)
        assert response.status_code == 200
        answer: dict[str, Any] = response.json()
        return answer


async def answer_empty_table(exchange: Exchange) -> None:
    await exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with raw_server(answer_empty_table) as upstream:
        base = gateway_settings(nodes=upstream.url, limits={"forwarded_header_bytes": 1000})
        table = base.clusters[0].model_copy(update={"forward_credentials": True})
        settings = Settings.model_validate({**base.model_dump(), "clusters": {table.name: table.model_dump()}})
        clusters = Clusters(settings)
        engine = Engine(load(), clusters, settings, Telemetry(access_log=False))
        server = create_server(engine, load(), settings)
        await server.start()
        transport = httpx.ASGITransport(create_app(engine, load(), settings))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            yield World(upstream, server.address.port, client)
        await server.stop()
        await clusters.aclose()


FORWARDED = ("x-opaque-id", "traceparent", "tracestate", "authorization")


@pytest.mark.parametrize("name", FORWARDED)
async def test_headers_go_on(world: World, name: str) -> None:
    assert (await world.over_grpc((name, b"a b"))).status == OK
    assert "errors" not in await world.over_http((name, b"a b"))
    assert [exchange.headers[name.encode()] for exchange in world.upstream.exchanges] == [b"a b"] * 2


@pytest.mark.parametrize("name", FORWARDED)
@pytest.mark.parametrize("value", [b"caf\xc3\xa9", b"caf\xe9", b"a\x01b", b"a\nx-evil: b", b"a\x7f", b"x" * 1001])
async def test_what_cannot_go_on_is_refused(world: World, name: str, value: bytes) -> None:
    ended = await world.over_grpc((name, value))
    assert ended.status == INVALID_ARGUMENT
    assert name.encode() + b": expected " in ended.headers
    answer = await world.over_http((name, value))
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "INVALID_ARGUMENT"
    assert error["message"].startswith(f"{name}: expected ")
    assert world.upstream.exchanges == []


async def test_a_neighbour_on_the_same_face_is_not_refused(world: World) -> None:
    assert (await world.over_grpc(("tracestate", b"\xff"))).status == INVALID_ARGUMENT
    assert (await world.over_grpc(("tracestate", b"a=b"))).status == OK


async def test_what_does_not_go_on_may_be_anything(world: World) -> None:
    assert (await world.over_grpc(("x-other", b"caf\xe9"))).status == OK
    assert "errors" not in await world.over_http(("x-other", b"caf\xe9"))


def test_grpc_writes_no_callers_text_into_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("structlog.configure", lambda **_: None)  # what is said first holds for the whole process
    monkeypatch.setattr("logging.basicConfig", lambda **_: None)
    logs.configure(gateway_settings())
    logger = logging.getLogger("grpc._cython.cygrpc")

    def passes(text: str) -> bool:
        return bool(logger.filter(logger.makeRecord(logger.name, logging.ERROR, "", 0, text, (), None)))

    assert not passes(f"Invalid encoding on {b'secret'!r}")
    assert passes("something else")
