"""Relay connections over the sandbox: read from both ends."""

from typing import Any

import httpx
import pytest
from graphql import GraphQLSchema, get_named_type

from searchway.sandbox import Sandbox, create_sandbox
from unit.graph.sandboxed import over

PAGE = """query Page($first: Int, $after: String, $last: Int, $before: String) { cat {
  allocation(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { node } } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""


async def read(query: str = PAGE, **variables: Any) -> Any:
    sandbox = create_sandbox("elasticsearch", nodes=5)
    async with over(sandbox, token_keys=["k" * 32]) as client:
        return (await client.post("/graphql", json={"query": query, "variables": variables})).json()


async def cursors() -> list[str]:
    connection = (await read())["data"]["cat"]["allocation"]
    return [edge["cursor"] for edge in connection["edges"]]


@pytest.mark.parametrize(
    ("wanted", "nodes", "previous", "following"),
    [
        ({}, "12345", False, False),
        ({"first": 2}, "12", False, True),
        ({"last": 2}, "45", True, False),
        ({"last": 9}, "12345", False, False),
        ({"first": 0}, "", False, True),
        ({"last": 0}, "", True, False),
        ({"before": 4}, "123", False, True),
        ({"before": 4, "last": 2}, "23", True, True),
        ({"after": 1, "before": 5, "first": 2}, "23", True, True),
        ({"after": 1, "before": 5, "first": 2, "last": 1}, "3", True, True),
        ({"after": 3, "before": 2}, "", True, True),
        ({"first": None, "last": None, "before": None}, "12345", False, False),
    ],
)
async def test_pages(wanted: dict[str, Any], nodes: str, previous: bool, following: bool) -> None:
    at = await cursors()
    places = {name: at[wanted[name] - 1] for name in ("after", "before") if wanted.get(name)}
    connection = (await read(**{**wanted, **places}))["data"]["cat"]["allocation"]
    edges = connection["edges"]
    assert [edge["node"]["node"] for edge in edges] == [f"node-{number}" for number in nodes]
    assert connection["totalCount"] == 5
    assert connection["pageInfo"] == {
        "hasNextPage": following,
        "hasPreviousPage": previous,
        "startCursor": edges[0]["cursor"] if edges else None,
        "endCursor": edges[-1]["cursor"] if edges else None,
    }


async def test_literals_say_the_same_each_time() -> None:
    query = "{ cat { allocation(last: 1) { edges { node { node } } } } }"
    sandbox = create_sandbox("elasticsearch", nodes=5)
    async with over(sandbox) as client:
        answers = [(await client.post("/graphql", json={"query": query})).json() for _ in range(3)]
    assert answers == [{"data": {"cat": {"allocation": {"edges": [{"node": {"node": "node-5"}}]}}}}] * 3


@pytest.mark.parametrize(("name", "value"), [("first", -1), ("last", -1), ("after", "x"), ("before", "x")])
async def test_what_cannot_be_used_is_named(name: str, value: Any) -> None:
    (error,) = (await read(**{name: value}))["errors"]
    assert error["extensions"]["code"] == "INVALID_ARGUMENT"
    assert error["extensions"]["field"] == name
    assert error["message"].startswith(f"{name}: ")


def test_only_lists_at_hand_as_a_whole_are_read_from_the_end(schema: GraphQLSchema) -> None:
    assert schema.query_type is not None
    families: list[Any] = [get_named_type(field.type) for field in schema.query_type.fields.values()]
    lists = {name: set(f.args) for family in families for name, f in family.fields.items() if "first" in f.args}
    assert {name for name, args in lists.items() if "last" in args} == {"allocation", "explainIndices", "tasks"}
    assert all(("last" in args) == ("before" in args) for args in lists.values())


@pytest.mark.parametrize("first", [None, 10])
@pytest.mark.parametrize(("track", "total"), [(True, 60), (False, None)])
async def test_searches_tell_how_many_hits_there_are(first: int | None, track: bool, total: int | None) -> None:
    query = """query Hits($body: JSON!, $first: Int) { fleet {
      search(header: {index: "logs"}, body: $body, first: $first) {
        edges { cursor } totalCount pageInfo { hasNextPage endCursor } } } }"""
    sandbox = create_sandbox("elasticsearch")
    await fill(sandbox, 60)
    body = {"sort": [{"number": "asc"}, "_id"], "track_total_hits": track}
    async with over(sandbox) as client:
        answer = await client.post("/graphql", json={"query": query, "variables": {"body": body, "first": first}})
    connection = answer.json()["data"]["fleet"]["search"]
    assert len(connection["edges"]) == 10
    assert connection["totalCount"] == total
    info = connection["pageInfo"]
    assert info["hasNextPage"] is (first is not None or total is not None)
    assert info["endCursor"] == (connection["edges"][-1]["cursor"] or None)


async def fill(sandbox: Sandbox, documents: int) -> None:
    transport = httpx.ASGITransport(sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://cluster:9200") as cluster:
        for number in range(documents):
            stored = await cluster.put(f"/logs/_doc/{number:03}", json={"number": number})
            assert stored.status_code == 201


async def test_what_pages_cannot_have_is_told_in_the_names_of_the_arguments() -> None:
    answer = await read("{ fleet { search(body: {size: 1}, first: 1) { totalCount } } }")
    [error] = answer["errors"]
    assert error["message"] == "body.size: must not be given where first or after is"
