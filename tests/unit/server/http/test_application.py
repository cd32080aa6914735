from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from searchway.readiness import Readiness
from searchway.server.http.application import EXPIRES, Application


async def broken(_scope: Any, _receive: Any, _send: Any) -> None:
    raise ZeroDivisionError


async def say(_request: Request) -> Response:
    return PlainTextResponse("ok")


def make(face: ASGIApp, readiness: Readiness | None = None) -> Application:
    return Application(face, Starlette(routes=[Route("/healthz", say)]), readiness or Readiness())


def client(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway")


async def test_health_needs_nothing_of_the_face_and_counts_as_no_call() -> None:
    app = make(broken)
    async with client(app) as caller:
        assert (await caller.get("/healthz")).text == "ok"
        assert app.arrivals == 0
        with pytest.raises(ZeroDivisionError):
            await caller.get("/graphql")
    assert app.arrivals == 1


async def test_connections_end_with_their_answer_when_the_gateway_is_to_stop() -> None:
    readiness = Readiness()
    app = make(Starlette(routes=[Route("/graphql", say)]), readiness)
    async with client(app) as caller:
        assert "connection" not in (await caller.get("/graphql")).headers
        readiness.withdraw()
        assert (await caller.get("/graphql")).headers["connection"] == "close"
        assert (await caller.get("/healthz")).headers["connection"] == "close"


@pytest.mark.parametrize(("expires", "said"), [(0.0, "close"), (float("inf"), None)])
async def test_connections_that_are_too_old_end_with_their_answer(expires: float, said: str | None) -> None:
    app = make(Starlette(routes=[Route("/graphql", say)]))

    async def of_age(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": {EXPIRES: expires}}, receive, send)

    async with client(of_age) as caller:
        assert (await caller.get("/graphql")).headers.get("connection") == said
