import json
from typing import Any

import pytest

from searchway.sandbox import Sandbox, create_sandbox
from unit.sandbox.asgi import ask

NDJSON = {"content-type": "application/x-ndjson"}
PEOPLE = {
    "1": {
        "name": "Ada Lovelace",
        "age": 36,
        "born": "1815-12-10",
        "tags": ["maths", "poetry"],
        "at": {"city": "London"},
    },
    "2": {"name": "Alan Turing", "age": 41, "born": "1912-06-23", "tags": ["maths"], "at": {"city": "Wilmslow"}},
    "3": {"name": "Grace Hopper", "age": 85, "born": "1906-12-09", "at": {"city": "Arlington"}},
    "4": {"name": "Unknown", "active": True},
}


@pytest.fixture
async def people() -> Sandbox:
    sandbox = create_sandbox("elasticsearch")
    mappings = {"properties": {"born": {"type": "date"}, "tags": {"type": "keyword"}}}
    await ask(sandbox, "PUT /people", {"mappings": mappings})
    for key, document in PEOPLE.items():
        await ask(sandbox, f"PUT /people/_doc/{key}", document)
    return sandbox


async def found(sandbox: Sandbox, body: Any) -> list[str]:
    answer = await ask(sandbox, "POST /people/_search", body)
    return [hit["_id"] for hit in answer.document["hits"]["hits"]]


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"match_all": {}}, "1234"),
        ({"match_none": {}}, ""),
        ({"ids": {"values": ["3", "1"]}}, "13"),
        ({"term": {"age": 41}}, "2"),
        ({"term": {"active": True}}, "4"),
        ({"term": {"tags": {"value": "maths"}}}, "12"),
        ({"term": {"name": "ada"}}, "1"),
        ({"term": {"name": "Ada Lovelace"}}, ""),
        ({"term": {"name.keyword": "Ada Lovelace"}}, "1"),
        ({"terms": {"at.city.keyword": ["London", "Arlington"]}}, "13"),
        ({"match": {"name": "alan HOPPER"}}, "23"),
        ({"match": {"name": {"query": "Alan Hopper", "operator": "and"}}}, ""),
        ({"match": {"age": 85}}, "3"),
        ({"range": {"age": {"gte": 36, "lt": 85}}}, "12"),
        ({"range": {"born": {"gt": "1900-01-01"}}}, "23"),
        ({"exists": {"field": "tags"}}, "12"),
        ({"prefix": {"name": "al"}}, "2"),
        ({"wildcard": {"at.city.keyword": "*on"}}, "13"),
        ({"bool": {"must": {"exists": {"field": "age"}}, "must_not": [{"term": {"age": 85}}]}}, "12"),
        ({"bool": {"should": [{"term": {"age": 36}}, {"term": {"age": 41}}]}}, "12"),
        ({"bool": {"filter": [{"match_all": {}}], "should": [{"term": {"age": 36}}]}}, "1234"),
        ({"bool": {"should": [{"term": {"tags": "maths"}}, {"term": {"age": 36}}], "minimum_should_match": 2}}, "1"),
        ({"constant_score": {"filter": {"term": {"age": 36}}}}, "1"),
    ],
)
async def test_queries(people: Sandbox, query: dict[str, Any], keys: str) -> None:
    assert await found(people, {"query": query}) == list(keys)


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        ({"sort": ["age"]}, "1234"),
        ({"sort": [{"age": "desc"}]}, "3214"),
        ({"sort": [{"age": {"order": "desc", "missing": "_first"}}]}, "4321"),
        ({"sort": {"born": "asc"}}, "1324"),
        ({"sort": [{"tags": "desc"}, {"age": "desc"}]}, "1234"),
        ({"sort": [{"_id": "desc"}]}, "4321"),
        ({"sort": [{"nope": {"order": "asc", "unmapped_type": "long"}}, "_id"]}, "1234"),
        ({"sort": [{"age": "asc"}, "_id"], "search_after": [36, "1"]}, "234"),
        ({"sort": [{"age": "desc"}, {"_id": "asc"}], "search_after": [41, "2"], "size": 1}, "1"),
        ({"sort": [{"age": "asc"}], "search_after": [85]}, "4"),
        ({"size": 2, "from": 1}, "23"),
        ({"size": 0}, ""),
    ],
)
async def test_order_and_pages(people: Sandbox, body: dict[str, Any], keys: str) -> None:
    assert await found(people, body) == list(keys)


async def test_going_through_all_pages_meets_each_document_once(people: Sandbox) -> None:
    seen: list[str] = []
    body: dict[str, Any] = {"sort": [{"age": "desc"}, {"_id": "asc"}], "size": 1}
    while True:
        hits = (await ask(people, "POST /people/_search", body)).document["hits"]["hits"]
        if not hits:
            break
        seen += [hit["_id"] for hit in hits]
        body["search_after"] = hits[-1]["sort"]
    assert seen == ["3", "2", "1", "4"]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (True, PEOPLE["2"]),
        (False, None),
        ("age", {"age": 41}),
        (["a*", "tags"], {"age": 41, "at": {"city": "Wilmslow"}, "tags": ["maths"]}),
        ({"includes": ["at"], "excludes": ["at.city"]}, {}),
        ({"excludes": ["at", "born", "t*"]}, {"name": "Alan Turing", "age": 41}),
    ],
)
async def test_source_filtering(people: Sandbox, chosen: Any, expected: Any) -> None:
    answer = await ask(people, "POST /people/_search", {"query": {"ids": {"values": ["2"]}}, "_source": chosen})
    assert answer.document["hits"]["hits"][0].get("_source") == expected


@pytest.mark.parametrize(
    ("asked", "total"),
    [(True, {"value": 4, "relation": "eq"}), (2, {"value": 2, "relation": "gte"}), (False, None)],
)
async def test_counting_hits(people: Sandbox, asked: Any, total: Any) -> None:
    hits = (await ask(people, "POST /people/_search", {"track_total_hits": asked})).document["hits"]
    assert hits.get("total") == total


async def test_hits_carry_what_was_asked_for(people: Sandbox) -> None:
    body = {"version": True, "seq_no_primary_term": True, "size": 1}
    hit = (await ask(people, "POST /people/_search", body)).document["hits"]["hits"][0]
    assert (hit["_version"], hit["_seq_no"], hit["_primary_term"], hit["_score"]) == (1, 0, 1, 1.0)


async def test_metrics(people: Sandbox) -> None:
    metrics = {kind: {kind: {"field": "age"}} for kind in ("min", "max", "sum", "avg", "value_count")}
    answer = (await ask(people, "POST /people/_search", {"size": 0, "aggs": metrics})).document["aggregations"]
    assert {name: result["value"] for name, result in answer.items()} == {
        "min": 36.0,
        "max": 85.0,
        "sum": 162.0,
        "avg": 54.0,
        "value_count": 3,
    }


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"query": {}}, "parsing_exception"),
        ({"query": {"term": "x"}}, "parsing_exception"),
        ({"size": -1}, "illegal_argument_exception"),
        ({"size": 10001}, "illegal_argument_exception"),
        ({"sort": ["nope"]}, "search_phase_execution_exception"),
        ({"sort": ["age"], "search_after": [1, 2]}, "illegal_argument_exception"),
        ({"highlight": {}}, "illegal_argument_exception"),
        ({"aggs": {"a": {"nope": {}}}}, "parsing_exception"),
    ],
)
async def test_bad_searches_fail_whole_or_alone(people: Sandbox, body: Any, kind: str) -> None:
    alone = await ask(people, "POST /people/_search", body)
    assert (alone.status, alone.document["error"]["type"]) == (400, kind)


async def test_the_position_of_a_nested_unknown_query(people: Sandbox) -> None:
    body = b'{"query":{"bool":{"must":[{"match_all":{}},{"zzz":{}}]}}}'
    error = (await ask(people, "POST /people/_search", body)).document["error"]
    assert (error["line"], error["col"]) == (1, body.index(b"{}}]") + 1)


async def test_headers_of_each_search_override_the_query(people: Sandbox) -> None:
    lines = [
        {"index": "nosuch", "ignore_unavailable": True},
        {"size": 0},
        {"index": ["people", "nosuch"]},
        {},
        {"expand_wildcards": "none", "index": "peo*"},
        {},
    ]
    body = "".join(json.dumps(line) + "\n" for line in lines)
    answer = await ask(people, "POST /_fleet/_fleet_msearch", body, NDJSON)
    assert [item["status"] for item in answer.document["responses"]] == [200, 404, 404]


async def test_counting(people: Sandbox) -> None:
    answer = await ask(people, "POST /people/_count", {"query": {"exists": {"field": "age"}}})
    assert answer.document["count"] == 3
