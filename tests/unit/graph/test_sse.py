import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.types import ASGIApp

from harness.faces import events
from searchway.errors import Code, Failure, UpstreamError
from unit.graph.engine_double import EngineDouble
from unit.graph.serving import served
from unit.graph.test_http import ALLOCATION, DELETE, Connect

EVENTS = {"accept": "text/event-stream"}
COUNTED = {"data": {"cat": {"allocation": {"totalCount": 3}}}}


@pytest_asyncio.fixture
async def client(open_app: Callable[..., ASGIApp]) -> AsyncIterator[httpx.AsyncClient]:
    app = open_app(introspection=False, limits={"graphql_streams": 2})
    async with served(app) as address, httpx.AsyncClient(base_url=f"http://{address}", headers=EVENTS) as opened:
        yield opened


async def test_a_query_has_one_event(client: httpx.AsyncClient) -> None:
    posted = await client.post("/graphql", json={"query": ALLOCATION})
    got = await client.get("/graphql", params={"query": ALLOCATION})
    for answer in (posted, got):
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert events(answer.text) == [("next", COUNTED), ("complete", None)]


@pytest.mark.parametrize("query", ["{", "{ nothing }"])
async def test_what_cannot_be_executed_is_an_event(client: httpx.AsyncClient, engine: EngineDouble, query: str) -> None:
    answer = await client.post("/graphql", json={"query": query})
    (name, response), end = events(answer.text)
    assert (answer.status_code, name, end) == (200, "next", ("complete", None))
    assert response["errors"][0]["extensions"]["code"] == "INVALID_ARGUMENT"
    assert "data" not in response
    assert engine.refusals == [(Code.INVALID_ARGUMENT, answer.headers["x-opaque-id"], "")]


async def test_errors_of_fields_are_events(client: httpx.AsyncClient, engine: EngineDouble) -> None:
    engine.errors["ism.DeletePolicy"] = UpstreamError(Failure(code=Code.NOT_FOUND, message="no such policy"))
    (_, response), _ = events((await client.post("/graphql", json={"query": DELETE})).text)
    assert response["data"] == {"ismDeletePolicy": None}


async def test_what_nobody_foresaw_is_an_event(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_args: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("searchway.graph.execution.Execution.execute", fail)
    answer = await client.post("/graphql", json={"query": ALLOCATION})
    assert events(answer.text)[0][1]["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "secret" not in answer.text


async def test_get_changes_nothing(client: httpx.AsyncClient, engine: EngineDouble) -> None:
    answer = await client.get("/graphql", params={"query": DELETE})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert engine.asked == []


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [(b"{", "application/json", 400), (b"[]", "application/json", 400), (b"{}", "text/plain", 415)],
)
async def test_what_is_no_request_is_refused(client: httpx.AsyncClient, content: bytes, kind: str, status: int) -> None:
    answer = await client.post("/graphql", content=content, headers={"content-type": kind})
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"] == "INVALID_ARGUMENT"


async def test_a_client_that_leaves_stops_the_work(client: httpx.AsyncClient, engine: EngineDouble) -> None:
    engine.hold = asyncio.Event()
    async with client.stream("POST", "/graphql", json={"query": ALLOCATION}) as answer:
        assert answer.status_code == 200
        await engine.started.wait()
    await asyncio.wait_for(engine.stopped.wait(), 10)
    assert engine.cancelled == ["cat.ListAllocation"]


async def test_too_many_streams(client: httpx.AsyncClient, engine: EngineDouble) -> None:
    engine.hold = asyncio.Event()
    request: dict[str, Any] = {"json": {"query": ALLOCATION}}
    async with client.stream("POST", "/graphql", **request), client.stream("POST", "/graphql", **request):
        refused = await client.post("/graphql", **request)
        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (503, "RESOURCE_EXHAUSTED")
        assert engine.refusals == [(Code.RESOURCE_EXHAUSTED, refused.headers["x-opaque-id"], "")]
        engine.hold.set()


async def test_silence_is_broken(
    client: httpx.AsyncClient, engine: EngineDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchway.graph.streams.PING_SECONDS", 0.01)
    engine.hold = asyncio.Event()
    async with client.stream("POST", "/graphql", json={"query": ALLOCATION}) as answer:
        text = ""
        async for chunk in answer.aiter_text():
            text += chunk
            if text.count(":\n\n") >= 3:
                engine.hold.set()
    assert events(text) == [("next", COUNTED), ("complete", None)]


async def test_only_those_who_ask_get_events(connect: Connect) -> None:
    for accept in ("*/*", "application/json, text/event-stream;q=0.5"):
        answer = await connect().post("/graphql", json={"query": ALLOCATION}, headers={"accept": accept})
        assert answer.json() == COUNTED
