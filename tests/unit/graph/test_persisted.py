"""Automatic persisted queries, as Apollo Client and urql send them."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from searchway.graph.requests import read_body, read_url
from unit.graph.engine_double import EngineDouble
from unit.graph.serving import hear, say, served, socket

Connect = Callable[..., httpx.AsyncClient]

TEXT = "query Shards($n: Int) { cat { allocation(first: $n) { totalCount } } }"
HASH = hashlib.sha256(TEXT.encode()).hexdigest()
DATA = {"data": {"cat": {"allocation": {"totalCount": 3}}}}
EXTENSIONS = {"persistedQuery": {"version": 1, "sha256Hash": HASH}}
DELETE = 'mutation { ismDeletePolicy(input: {policyId: "p"}) { policyId } }'
GRAPHQL = "application/graphql-response+json"
APOLLO = {"accept": f"{GRAPHQL},application/json;q=0.9"}
SENT = [
    pytest.param({"operationName": "Shards", "variables": {}, "extensions": EXTENSIONS}, id="apollo"),
    pytest.param(
        {
            "operationName": "Shards",
            "variables": {},
            "extensions": {"clientLibrary": {"name": "@apollo/client", "version": "4.3.8"}, **EXTENSIONS},
        },
        id="apollo with its name",
    ),
    pytest.param(
        {
            "operationName": "Shards",
            "variables": {"n": 2},
            "extensions": {"persistedQuery": {**EXTENSIONS["persistedQuery"], "miss": True}},
        },
        id="urql",
    ),
    pytest.param({"query": None, "extensions": EXTENSIONS}, id="null"),
    pytest.param({"query": "", "extensions": EXTENSIONS}, id="empty"),
]


def by_url(asked: dict[str, Any]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in asked.items()}


def error_of(answer: Any) -> tuple[str, str]:
    (error,) = answer["errors"]
    return error["message"], error["extensions"]["code"]


NOT_FOUND = ("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
NOT_SUPPORTED = ("PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED")


@pytest.mark.parametrize("asked", SENT)
@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_query_is_learnt_and_then_known_by_its_hash(
    connect: Connect, asked: dict[str, Any], method: str
) -> None:
    async with connect() as client:

        async def send() -> httpx.Response:
            if method == "POST":
                return await client.post("/graphql", json=asked, headers=APOLLO)
            return await client.get("/graphql", params=by_url({k: v for k, v in asked.items() if v}), headers=APOLLO)

        missed = await send()
        assert (missed.status_code, error_of(missed.json())) == (200, NOT_FOUND)
        assert missed.headers["cache-control"] == "no-store"
        learnt = await client.post("/graphql", json={**asked, "query": TEXT}, headers=APOLLO)
        found = await send()
        assert (learnt.json(), found.json()) == (DATA, DATA)
        assert "cache-control" not in found.headers


@pytest.mark.parametrize("asked", SENT)
async def test_queries_that_are_switched_off_are_not_supported(connect: Connect, asked: dict[str, Any]) -> None:
    async with connect(limits={"persisted_query_memory": 0}) as client:
        for _ in range(2):
            refused = await client.post("/graphql", json=asked, headers=APOLLO)
            assert (refused.status_code, error_of(refused.json())) == (200, NOT_SUPPORTED)
            assert (await client.post("/graphql", json={**asked, "query": TEXT})).json() == DATA


@pytest.mark.parametrize("limits", [{}, {"persisted_query_memory": 0}])
@pytest.mark.parametrize("wrong", [HASH.upper(), HASH[:-1], "0" * 64])
async def test_a_hash_of_another_text_is_refused(
    connect: Connect, limits: dict[str, Any], wrong: str, engine: EngineDouble
) -> None:
    asked = {"query": TEXT, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": wrong}}}
    async with connect(limits=limits) as client:
        answer = await client.post("/graphql", json=asked, headers=APOLLO)
        message, code = error_of(answer.json())
        assert (answer.status_code, code) == (400, "INVALID_ARGUMENT")
        assert message.startswith("extensions.persistedQuery.sha256Hash: expected the SHA-256 of query")
    assert engine.asked == []


@pytest.mark.parametrize(
    ("extensions", "place"),
    [
        ({"persistedQuery": {"version": 2, "sha256Hash": HASH}}, "$.extensions.persistedQuery.version"),
        ({"persistedQuery": {"sha256Hash": HASH}}, "`version`"),
        ({"persistedQuery": {"version": 1}}, "`sha256Hash`"),
        ({"persistedQuery": {"version": 1, "sha256Hash": 1}}, "$.extensions.persistedQuery.sha256Hash"),
        ({"persistedQuery": HASH}, "$.extensions.persistedQuery"),
    ],
)
async def test_what_is_wrong_is_named(connect: Connect, extensions: Any, place: str) -> None:
    answer = await connect().post("/graphql", json={"query": TEXT, "extensions": extensions})
    assert answer.status_code == 400
    assert place in error_of(answer.json())[0]


@pytest.mark.parametrize("extensions", [None, {}, {"persistedQuery": None}, {"other": [1]}])
def test_other_extensions_change_nothing(extensions: Any) -> None:
    body = json.dumps({"query": TEXT, "extensions": extensions}).encode()
    assert (read_body(body).query, read_body(body).sha256) == (TEXT, "")
    url = httpx.QueryParams({"query": TEXT, "extensions": json.dumps(extensions)})
    assert (read_url(str(url).encode()).query, read_url(str(url).encode()).sha256) == (TEXT, "")


async def test_what_is_not_valid_is_not_kept(connect: Connect) -> None:
    text = "{ nothing }"
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(text.encode()).hexdigest()}}
    async with connect() as client:
        assert (
            "nothing"
            in error_of((await client.post("/graphql", json={"query": text, "extensions": persisted})).json())[0]
        )
        assert error_of((await client.post("/graphql", json={"extensions": persisted})).json()) == NOT_FOUND


async def test_texts_used_last_are_kept(connect: Connect) -> None:
    texts = [TEXT + " " * number for number in range(10)]
    asked = [
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(text.encode()).hexdigest()}}}
        for text in texts
    ]
    async with connect(limits={"persisted_query_memory": 2500}) as client:
        for text, one in zip(texts, asked, strict=True):
            assert (await client.post("/graphql", json={"query": text, **one})).json() == DATA
            assert (await client.post("/graphql", json=asked[0])).json() == DATA
        answers = [(await client.post("/graphql", json=one)).json() for one in asked]
        kept = [answer == DATA for answer in answers]
        assert (kept[0], kept[1], kept[-1]) == (True, False, True)
        assert all(error_of(answer) == NOT_FOUND for answer in answers if answer != DATA)


async def test_a_mutation_is_not_sent_by_get(connect: Connect, engine: EngineDouble) -> None:
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(DELETE.encode()).hexdigest()}}
    async with connect() as client:
        await client.post("/graphql", json={"query": DELETE, "extensions": persisted})
        before = list(engine.asked)
        assert before
        answer = await client.get("/graphql", params=by_url({"extensions": persisted}))
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
        assert engine.asked == before


async def test_each_request_of_an_array_stands_alone(connect: Connect) -> None:
    unknown = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}}
    async with connect(limits={"graphql_batch": 3}) as client:
        known = {"query": TEXT, "extensions": EXTENSIONS}
        one, other, third = (await client.post("/graphql", json=[known, unknown, known])).json()
        assert (one, error_of(other), third) == (DATA, NOT_FOUND, DATA)


async def test_queries_are_known_over_websockets(open_app: Callable[..., ASGIApp]) -> None:
    async with served(open_app()) as address, socket(address) as opened:
        await say(opened, type="subscribe", id="1", payload={"extensions": EXTENSIONS})
        answer = await hear(opened)
        assert (answer["type"], error_of({"errors": answer["payload"]})) == ("error", NOT_FOUND)
        for identifier, query in (("2", {"query": TEXT}), ("3", {})):
            await say(opened, type="subscribe", id=identifier, payload={**query, "extensions": EXTENSIONS})
            assert await hear(opened) == {"type": "next", "id": identifier, "payload": DATA}
            assert await hear(opened) == {"type": "complete", "id": identifier}


async def test_queries_are_known_in_event_streams(connect: Connect) -> None:
    async with connect() as client:

        async def send(asked: dict[str, Any]) -> Any:
            answer = await client.post("/graphql", json=asked, headers={"accept": "text/event-stream"})
            return json.loads(answer.text.partition("event: next\ndata: ")[2].partition("\n")[0])

        assert error_of(await send({"extensions": EXTENSIONS})) == NOT_FOUND
        assert await send({"query": TEXT, "extensions": EXTENSIONS}) == DATA
        assert await send({"extensions": EXTENSIONS}) == DATA
