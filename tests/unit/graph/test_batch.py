"""Several GraphQL requests in one HTTP request."""

from typing import Any

import httpx
import pytest

from searchway.errors import Code, Failure, UpstreamError
from searchway.sandbox import create_sandbox
from unit.graph.engine_double import EngineDouble
from unit.graph.sandboxed import over
from unit.graph.test_http import ALLOCATION, DELETE, Connect
from unit.graph.test_joined import MUTATIONS, document

COUNTED = {"cat": {"allocation": {"totalCount": 3}}}


async def post(client: httpx.AsyncClient, *queries: Any, **headers: str) -> httpx.Response:
    requests = [{"query": query} if isinstance(query, str) else query for query in queries]
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post("/graphql", json=requests, headers=named)


def batching(connect: Connect, most: int = 5) -> httpx.AsyncClient:
    return connect(limits={"graphql_batch": most})


async def test_answers_come_in_the_order_of_the_requests(connect: Connect) -> None:
    named = {"query": f"query A {ALLOCATION} query B {{ __typename }}", "operationName": "B"}
    counted = {"query": "query($n: Int) { cat { allocation(first: $n) { totalCount } } }", "variables": {"n": 1}}
    answer = await post(batching(connect), ALLOCATION, DELETE, named, counted)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json; charset=utf-8")
    deleted = {"data": {"ismDeletePolicy": {"policyId": "p1"}}}
    assert answer.json() == [{"data": COUNTED}, deleted, {"data": {"__typename": "Query"}}, {"data": COUNTED}]


async def test_a_request_that_fails_leaves_its_neighbours_alone(connect: Connect, engine: EngineDouble) -> None:
    engine.errors["ism.DeletePolicy"] = UpstreamError(Failure(code=Code.NOT_FOUND, message="no such policy"))
    answer = await post(batching(connect), "{", "{ nothing }", DELETE, ALLOCATION)
    parsed = answer.json()
    codes = [one["errors"][0]["extensions"]["code"] if "errors" in one else "OK" for one in parsed]
    assert (answer.status_code, codes) == (200, ["INVALID_ARGUMENT", "INVALID_ARGUMENT", "NOT_FOUND", "OK"])
    assert ["data" in one for one in parsed] == [False, False, True, True]
    assert engine.refusals == [(Code.INVALID_ARGUMENT, answer.headers["x-opaque-id"], "")] * 2


async def test_what_nobody_foresaw_stays_with_its_request(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_args: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("searchway.graph.execution.Execution.execute", fail)
    answer = await post(batching(connect), ALLOCATION, "{")
    codes = [one["errors"][0]["extensions"]["code"] for one in answer.json()]
    assert codes == ["INTERNAL", "INVALID_ARGUMENT"]
    assert "secret" not in answer.text


async def test_they_are_carried_out_at_the_same_time(connect: Connect, engine: EngineDouble) -> None:
    await post(batching(connect), ALLOCATION, ALLOCATION, DELETE)
    assert engine.most_running == 3


@pytest.mark.parametrize(
    ("most", "content", "problem"),
    [
        (0, b'[{"query": "{ __typename }"}]', "this gateway takes no batches"),
        (2, b'[{"query": "a"}, {"query": "b"}, {"query": "c"}]', "not an array of 1 to 2 GraphQL requests"),
        (2, b" []", "expected from 1 to 2 GraphQL requests"),
        (2, b'[{"query": "{ __typename }"}, 1]', "not an array of 1 to 2 GraphQL requests"),
        (2, b'[{"query": "{ __typename }"}', "not an array of 1 to 2 GraphQL requests"),
        (2, b'[{"query": "{ __typename }", "variables": []}]', "variables: expected an object"),
    ],
)
async def test_batches_that_are_refused(
    connect: Connect, engine: EngineDouble, most: int, content: bytes, problem: str
) -> None:
    client = batching(connect, most)
    answer = await client.post("/graphql", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert problem in answer.json()["errors"][0]["message"]
    assert engine.asked == []


async def test_each_tells_what_it_took(connect: Connect, engine: EngineDouble) -> None:
    engine.upstream_calls = 1
    twice = "{ cat { a: allocation { totalCount } b: allocation { totalCount } } }"
    answer = await post(batching(connect), ALLOCATION, twice, x_searchway_explain="true")
    assert [one["extensions"]["searchway"]["upstreamCalls"] for one in answer.json()] == [1, 2]


async def test_requests_of_a_batch_share_upstream_requests() -> None:
    sandbox = create_sandbox("elasticsearch")
    async with over(sandbox, limits={"graphql_batch": 20}) as client:
        answer = await post(client, *(document([MUTATIONS[0].format(name=f"r{n}")]) for n in range(20)))
    assert answer.json() == [{"data": {"m0": {"created": True}}}] * 20
    assert [one.raw_path for one in sandbox.requests] == ["/_security/role"]
