"""Trusted documents: named by requests, validated at the start, and the only ones where the settings say so."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from searchway.errors import SettingsError
from searchway.graph import documents
from searchway.graph.reading import DocumentReader
from searchway.settings import Settings, load
from unit.graph.engine_double import EngineDouble
from unit.graph.serving import hear, say, served, socket

Connect = Callable[..., httpx.AsyncClient]

TEXT = "query Shards($n: Int) { cat { allocation(first: $n) { totalCount } } }"
HASH = hashlib.sha256(TEXT.encode()).hexdigest()
OTHER = "query Other { cat { allocation { totalCount } } }"
OTHER_HASH = hashlib.sha256(OTHER.encode()).hexdigest()
DELETE = 'mutation { ismDeletePolicy(input: {policyId: "p"}) { policyId } }'
RULES = 'subscription { rulesStreamRules(featureType: "workload_group") { rule { id } } }'
DATA = {"data": {"cat": {"allocation": {"totalCount": 3}}}}
KEY = "k" * 32
GRAPHQL = "application/graphql-response+json"


def by_hash(sha256: str, **more: Any) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256}}, **more}


def error_of(answer: Any) -> tuple[str, str]:
    (error,) = answer["errors"]
    return error["message"], error["extensions"]["code"]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def put(manifest: Any, name: str = "m.json") -> str:
        (tmp_path / name).write_text(json.dumps(manifest), encoding="utf-8")
        return str(tmp_path / name)

    return put


@pytest.fixture
def manifest(write: Callable[..., str]) -> str:
    return write({HASH: TEXT, "short": TEXT, "delete": DELETE})


NAMED = [
    pytest.param({"documentId": "short"}, id="documentId"),
    pytest.param({"documentId": HASH, "query": None}, id="documentId and no query"),
    pytest.param({"documentId": f"sha256:{HASH}", "query": ""}, id="documentId with its prefix"),
    pytest.param(by_hash(HASH), id="Apollo"),
    pytest.param(by_hash("short", operationName="Shards"), id="Apollo with names of its own"),
    pytest.param(by_hash(HASH, query=TEXT), id="Apollo with the text"),
    pytest.param(by_hash("short", query=TEXT), id="Apollo with the text and names of its own"),
]


@pytest.mark.parametrize("asked", NAMED)
@pytest.mark.parametrize("settings", [{}, {"documents_only": True}, {"limits": {"persisted_query_memory": 0}}])
async def test_a_request_names_a_document(
    connect: Connect, manifest: str, asked: dict[str, Any], settings: dict[str, Any]
) -> None:
    async with connect(documents=manifest, **settings) as client:
        for variables in ({}, {"n": 1}):
            assert (await client.post("/graphql", json={**asked, "variables": variables})).json() == DATA
        parameters = {k: v if isinstance(v, str) else json.dumps(v) for k, v in asked.items() if v is not None}
        assert (await client.get("/graphql", params=parameters)).json() == DATA


@pytest.mark.parametrize(
    ("asked", "status", "message", "code"),
    [
        ({"documentId": "other"}, 400, "documentId: no trusted document has this name", "NOT_FOUND"),
        ({"documentId": "short", "query": TEXT}, 400, "documentId: expected no query beside it", "INVALID_ARGUMENT"),
        (by_hash(OTHER_HASH), 200, "PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND"),
        (
            by_hash(HASH, query=OTHER),
            400,
            "extensions.persistedQuery.sha256Hash: names a trusted document, which is not that of query",
            "INVALID_ARGUMENT",
        ),
    ],
)
@pytest.mark.parametrize("settings", [{}, {"documents_only": True}, {"limits": {"persisted_query_memory": 0}}])
async def test_names_that_are_wrong_are_refused(  # noqa: PLR0917
    connect: Connect,
    manifest: str,
    asked: dict[str, Any],
    status: int,
    message: str,
    code: str,
    settings: dict[str, Any],
    engine: EngineDouble,
) -> None:
    answer = await connect(documents=manifest, **settings).post("/graphql", json=asked, headers={"accept": GRAPHQL})
    assert (answer.status_code, error_of(answer.json())) == (status, (message, code))
    assert engine.asked == []


async def test_without_trusted_documents_no_name_is_known(connect: Connect) -> None:
    answer = await connect().post("/graphql", json={"documentId": "short"}, headers={"accept": GRAPHQL})
    assert (answer.status_code, error_of(answer.json())[1]) == (400, "NOT_FOUND")


@pytest.mark.parametrize("asked", [{"query": OTHER}, {"query": TEXT}, by_hash(OTHER_HASH, query=OTHER)])
@pytest.mark.parametrize("headers", [{}, {"x-searchway-document-key": "l" * 32}, {"x-searchway-document-key": ""}])
async def test_only_trusted_documents_are_taken(
    connect: Connect, manifest: str, asked: dict[str, Any], headers: dict[str, str], engine: EngineDouble
) -> None:
    async with connect(documents=manifest, documents_only=True, document_keys=[KEY]) as client:
        answer = await client.post("/graphql", json=asked, headers={"accept": GRAPHQL, **headers})
        message, code = error_of(answer.json())
        assert (answer.status_code, code) == (400, "PERMISSION_DENIED")
        assert message.startswith("expected the name of a trusted document")
    assert engine.asked == []


async def test_a_key_excepts_a_caller_and_nobody_else(connect: Connect, manifest: str) -> None:
    """What it sends is kept for callers with a key alone."""
    async with connect(documents=manifest, documents_only=True, document_keys=["o" * 40, KEY]) as client:
        key = {"x-searchway-document-key": KEY}
        for asked in ({"query": OTHER}, by_hash(OTHER_HASH, query=OTHER), by_hash(OTHER_HASH)):
            assert (await client.post("/graphql", json=asked, headers=key)).json() == DATA
        assert error_of((await client.post("/graphql", json=by_hash(OTHER_HASH))).json())[0] == "PersistedQueryNotFound"


async def test_a_mutation_is_not_sent_by_get(connect: Connect, manifest: str, engine: EngineDouble) -> None:
    answer = await connect(documents=manifest).get("/graphql", params={"documentId": "delete"})
    assert answer.status_code == 405
    assert engine.asked == []


async def test_documents_are_named_over_websockets(open_app: Callable[..., ASGIApp], manifest: str) -> None:
    app = open_app(documents=manifest, documents_only=True, document_keys=[KEY])
    async with served(app) as address:
        async with socket(address) as opened:
            await say(opened, type="subscribe", id="1", payload={"documentId": "short"})
            assert await hear(opened) == {"type": "next", "id": "1", "payload": DATA}
            assert await hear(opened) == {"type": "complete", "id": "1"}
            await say(opened, type="subscribe", id="2", payload={"query": OTHER})
            answer = await hear(opened)
            assert (answer["type"], error_of({"errors": answer["payload"]})[1]) == ("error", "PERMISSION_DENIED")
        async with socket(address, {"x-searchway-document-key": KEY}) as opened:
            await say(opened, type="subscribe", id="3", payload={"query": OTHER})
            assert await hear(opened) == {"type": "next", "id": "3", "payload": DATA}


async def test_documents_are_named_in_event_streams(connect: Connect, manifest: str) -> None:
    async with connect(documents=manifest, documents_only=True) as client:
        events = {"accept": "text/event-stream"}
        answer = await client.post("/graphql", json={"documentId": "short"}, headers=events)
        assert json.dumps(DATA, separators=(",", ":")) in answer.text
        answer = await client.post("/graphql", json={"query": OTHER}, headers=events)
        assert "PERMISSION_DENIED" in answer.text


async def test_a_named_document_costs_no_reading_and_no_planning(
    connect: Connect, write: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also with conditions, variables that are required, fragments, and several operations."""
    several = """
      query One($n: Int!, $more: Boolean!, $less: Boolean = true) {
        cat { allocation(first: $n) { ...Count @include(if: $more) edges @skip(if: $less) { cursor } } }
      }
      query Two { cat { allocation { ...Count } } }
      fragment Count on CatAllocationConnection { totalCount }
    """
    async with connect(documents=write({"several": several, "short": TEXT, "rules": RULES})) as client:

        def fail(*_arguments: Any) -> None:
            raise AssertionError

        monkeypatch.setattr(DocumentReader, "read", fail)
        monkeypatch.setattr(documents, "make_plan", fail)
        one = {"documentId": "several", "operationName": "One"}
        for asked, expected in (
            ({**one, "variables": {"n": 1, "more": True}}, DATA),
            ({**one, "variables": {"n": 1, "more": False}}, {"data": {"cat": {"allocation": {}}}}),
            ({"documentId": "several", "operationName": "Two"}, DATA),
            ({"documentId": "short"}, DATA),
        ):
            assert (await client.post("/graphql", json=asked)).json() == expected


def test_a_document_that_does_not_fit_stops_the_start(
    open_app: Callable[..., ASGIApp], write: Callable[..., str], tmp_path: Path
) -> None:
    operations = [
        {"id": "a1", "name": "Gone", "type": "query", "body": "query Gone {\n  cat { nothing }\n}"},
        {"id": "b2", "name": "Deep", "type": "query", "body": TEXT},
        {"id": "c3", "name": "Broken", "type": "query", "body": "query Broken {"},
    ]
    apollo = write({"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations}, "a.json")
    flat = write({"b2": OTHER, "c4": 5, "d5": TEXT}, "b.json")
    with pytest.raises(SettingsError) as stopped:
        open_app(documents=str(tmp_path))
    lines = str(stopped.value).splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["documents"] * 4
    places = [line.removeprefix("documents: ").partition(": ") for line in lines]
    assert [(place, problem.partition(" ")[0]) for place, _, problem in places] == [
        (f'{apollo}, entry "a1" (Gone), line 2, column 9', "Cannot"),
        (f'{apollo}, entry "c3" (Broken), line 1, column 15', "Syntax"),
        (f'{flat}, entry "b2"', "expected"),
        (f'{flat}, entry "c4"', "expected"),
    ]


def test_what_a_document_exceeds_is_told(open_app: Callable[..., ASGIApp], manifest: str) -> None:
    with pytest.raises(SettingsError, match=r"limits\.query_depth"):
        open_app(documents=manifest, limits={"query_depth": 2})


def test_a_start_tells_a_bounded_number_of_problems(
    open_app: Callable[..., ASGIApp], write: Callable[..., str]
) -> None:
    with pytest.raises(SettingsError) as stopped:
        open_app(documents=write({f"n{number}": 5 for number in range(1000)}))
    lines = str(stopped.value).splitlines()
    assert (len(lines), lines[-1]) == (51, "documents: 950 more problems")


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"documents": "/nothing/here"}, "documents: expected the path of a file or folder that exists"),
        ({"documents_only": True}, "documents_only: expected documents to name a manifest"),
        ({"document_keys": ["short"]}, "document_keys: expected keys of at least 32 characters"),
        ({"explain_keys": ["short"]}, "explain_keys: expected keys of at least 32 characters"),
    ],
)
def test_settings_that_do_not_fit_are_told(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        load(None, {}, {"upstream": "http://cluster:9200", **settings})


def test_keys_are_never_written() -> None:
    clusters = {"a": {"nodes": ["http://cluster:9200"]}}
    assert KEY not in repr(Settings.model_validate({"clusters": clusters, "document_keys": [KEY]}))
    assert KEY not in repr(Settings.model_validate({"clusters": clusters, "explain_keys": [KEY]}))
