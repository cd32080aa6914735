"""Pages of other origins: what a browser asks before it sends their requests, and what it lets them see of the answers."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest

from searchway import vocabulary
from unit.graph.test_http import ALLOCATION

Connect = Callable[..., httpx.AsyncClient]
ORIGIN = "https://app.example"
OF_GRPC = {vocabulary.FIELD_MASK, vocabulary.UPSTREAM_CALLS, vocabulary.WARNING}
READ = {value for key, value in vars(vocabulary).items() if key.isupper() and isinstance(value, str)} - OF_GRPC
SEEN = {"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}
"""What pages see of every answer: https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name"""
OF_THE_NETWORK = {"content-encoding", "vary", "x-accel-buffering"}
"""What browsers, caches and proxies read."""
REQUESTS: dict[str, dict[str, Any]] = {
    "a response": {"method": "POST", "json": {"query": ALLOCATION}},
    "a compressed response": {
        "method": "POST",
        "json": {"query": "{ __schema { types { name } } }"},
        "headers": {"accept-encoding": "gzip"},
    },
    "no GraphQL": {"method": "POST", "json": {}},
    "a wrong method": {"method": "DELETE"},
    "a wrong encoding": {"method": "POST", "json": {}, "headers": {"content-encoding": "br"}},
    "a wrong media type": {"method": "POST", "content": "x"},
    "a hash": {
        "method": "POST",
        "json": {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}},
    },
    "events": {"method": "POST", "json": {"query": ALLOCATION}, "headers": {"accept": "text/event-stream"}},
    "the schema": {"method": "GET", "url": "/schema.graphql"},
}


async def ask_before(client: httpx.AsyncClient, headers: Sequence[str], origin: str = ORIGIN) -> httpx.Response:
    """Ask what a browser asks before a page's request with such headers."""
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": ",".join(sorted(headers)),
    }
    return await client.options("/graphql", headers=asked)


@pytest.mark.parametrize(
    ("settings", "headers", "allowed"),
    [
        ({}, ["content-type", "content-encoding", "if-none-match"], True),
        ({}, sorted(READ), True),
        ({}, ["baggage"], False),
        ({"forward_headers": ["baggage", "x-tenant"]}, ["baggage", "content-type", "x-tenant"], True),
        ({"forward_headers": []}, ["traceparent", "tracestate", "x-opaque-id"], True),
        ({"cors_headers": ["sentry-trace"]}, ["sentry-trace", "tracestate", "x-searchway-cluster"], True),
        ({"cors_headers": ["sentry-trace"]}, ["x-other"], False),
        ({"cors_headers": ["*"]}, ["authorization", "x-other"], True),
    ],
)
async def test_headers_that_pages_may_send(
    connect: Connect, settings: dict[str, Any], headers: list[str], *, allowed: bool
) -> None:
    answer = await ask_before(connect(cors_origins=[ORIGIN], **settings), headers)
    told = {name.strip().lower() for name in answer.headers["access-control-allow-headers"].split(",")}
    assert (answer.is_success, set(headers) <= told) == (allowed, allowed)
    assert answer.headers["access-control-allow-origin"] == ORIGIN


async def test_other_pages_may_send_nothing(connect: Connect) -> None:
    answer = await ask_before(connect(cors_origins=[ORIGIN], cors_headers=["*"]), ["x"], origin="https://other.example")
    assert (answer.status_code, "access-control-allow-origin" in answer.headers) == (400, False)


async def test_other_origins_are_shut_out_unless_they_are_named(connect: Connect) -> None:
    origin = {"origin": ORIGIN, "content-type": "application/json"}
    body = json.dumps({"query": ALLOCATION})
    closed = await connect().post("/graphql", content=body, headers=origin)
    named = await connect(cors_origins=[ORIGIN]).post("/graphql", content=body, headers=origin)
    other = await connect(cors_origins=["https://other.example"]).post("/graphql", content=body, headers=origin)
    assert "access-control-allow-origin" not in closed.headers
    assert named.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("request_of", REQUESTS.values(), ids=REQUESTS)
async def test_pages_see_every_header_that_is_for_callers(connect: Connect, request_of: dict[str, Any]) -> None:
    asked = {"url": "/graphql", **request_of, "headers": {"origin": ORIGIN, **request_of.get("headers", {})}}
    answer = await connect(cors_origins=[ORIGIN]).request(**asked)
    exposed = {name.strip() for name in answer.headers["access-control-expose-headers"].split(",")}
    sent = {name for name in answer.headers if not name.startswith("access-control-")}
    assert sent - SEEN - OF_THE_NETWORK <= exposed
