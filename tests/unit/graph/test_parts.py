"""Subscriptions in parts of one answer, for the clients that ask so: what they get, and what is answered as to everybody else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.types import ASGIApp

from harness.faces import parts
from searchway.errors import Code
from unit.graph.engine_double import EngineDouble
from unit.graph.serving import served
from unit.graph.test_http import ALLOCATION, DELETE

PARTS = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9"
STREAM = 'subscription { rulesStreamRules(featureType: "workload_group") { rule { ruleId } } }'
COUNTED = {"data": {"cat": {"allocation": {"totalCount": 3}}}}
GRAPHQL = "application/graphql-response+json; charset=utf-8"


@pytest_asyncio.fixture
async def client(open_app: Callable[..., ASGIApp]) -> AsyncIterator[httpx.AsyncClient]:
    app = open_app(introspection=False, limits={"graphql_streams": 2, "graphql_batch": 2})
    async with served(app) as address, httpx.AsyncClient(base_url=f"http://{address}") as opened:
        opened.headers["accept"] = PARTS
        yield opened


async def test_each_part_is_a_response(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json={"query": STREAM})
    assert answer.headers["content-type"] == 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0'
    assert answer.text.endswith("\r\n--graphql--\r\n")
    found = parts(answer.text, answer.headers["content-type"])
    assert found == [{"payload": {"data": {"rulesStreamRules": {"rule": {"ruleId": f"r{n}"}}}}} for n in range(2)]


async def test_a_part_ends_with_its_boundary(client: httpx.AsyncClient, engine: EngineDouble) -> None:
    """A client takes a part when it has seen the boundary behind it: that must not wait for the next one."""
    engine.hold, engine.rules = asyncio.Event(), 1
    async with client.stream("POST", "/graphql", json={"query": STREAM}) as answer:
        text = ""
        async for chunk in answer.aiter_text():
            text += chunk
            if "r0" in text:
                break
        assert text.endswith("\r\n--graphql")
    await asyncio.wait_for(engine.stopped.wait(), 10)


async def test_silence_is_broken(
    client: httpx.AsyncClient, engine: EngineDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchway.graph.streams.PING_SECONDS", 0.01)
    engine.hold = asyncio.Event()
    async with client.stream("POST", "/graphql", json={"query": STREAM}) as answer:
        text = ""
        async for chunk in answer.aiter_text():
            text += chunk
            if text.count("\r\n\r\n{}\r\n") >= 3:
                engine.hold.set()
    assert len(parts(text, answer.headers["content-type"])) == 2


async def test_what_has_one_response_is_answered_as_to_anybody(client: httpx.AsyncClient) -> None:
    queried = await client.post("/graphql", json={"query": ALLOCATION})
    changed = await client.post("/graphql", json={"query": DELETE})
    several = await client.post("/graphql", json=[{"query": ALLOCATION}, {"query": STREAM}])
    assert [answer.headers["content-type"] for answer in (queried, changed, several)] == [GRAPHQL] * 3
    assert (queried.json(), "errors" in changed.json()) == (COUNTED, False)
    assert (several.json()[0], "errors" in several.json()[1]) == (COUNTED, True)


async def test_who_takes_nothing_else_gets_json(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/graphql", json={"query": ALLOCATION}, headers={"accept": "multipart/mixed;subscriptionSpec=1.0"}
    )
    assert (answer.headers["content-type"], answer.json()) == ("application/json; charset=utf-8", COUNTED)


@pytest.mark.parametrize("query", ["subscription {", "subscription { nothing }", "subscription { a: __typename }"])
async def test_what_cannot_be_executed_has_a_status(
    client: httpx.AsyncClient, engine: EngineDouble, query: str
) -> None:
    answer = await client.post("/graphql", json={"query": query})
    assert (answer.status_code, answer.headers["content-type"]) == (400, GRAPHQL)
    assert engine.refusals == [(Code.INVALID_ARGUMENT, answer.headers["x-opaque-id"], "")]


async def test_too_many_streams(client: httpx.AsyncClient, engine: EngineDouble) -> None:
    engine.hold = asyncio.Event()
    request: dict[str, Any] = {"json": {"query": STREAM}}
    async with client.stream("POST", "/graphql", **request), client.stream("POST", "/graphql", **request):
        refused = await client.post("/graphql", **request)
        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (503, "RESOURCE_EXHAUSTED")
        engine.hold.set()
