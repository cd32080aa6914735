"""Mutations that share requests, over the sandbox: fewer requests, and nothing else that a caller could see."""

import asyncio
import json
import re
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchway.sandbox import create_sandbox
from unit.graph.engine_double import EngineDouble
from unit.graph.sandboxed import over

MUTATIONS = [
    'securityPutRole(input: {{name: "{name}", role: {{}}}}) {{ created }}',
    'securityPutRole(input: {{name: "{name}", role: {{cluster: ["monitor"], runAs: ["x"]}}}}) {{ created }}',
    'securityPutRole(input: {{name: "{name}", role: {{cluster: ["no_such_privilege"]}}}}) {{ created }}',
    'securityPutRole(input: {{name: "_{name}", role: {{}}}}) {{ created }}',
    'securityPutRole(input: {{name: "", role: {{}}}}) {{ created }}',
    'securityPutRole(input: {{name: "{name}", role: {{}}, refresh: WAIT_FOR}}) {{ created }}',
    'securityBulkPutRole(input: {{roles: [{{name: "{name}", role: {{}}}}]}}) {{ created noop }}',
    'indicesCreateIndex(input: {{index: "{name}"}}) {{ acknowledged }}',
]
DOCUMENTS = st.lists(st.tuples(st.sampled_from(MUTATIONS), st.sampled_from("abc")), min_size=1, max_size=12)


def document(fields: Sequence[str]) -> str:
    return f"mutation {{ {' '.join(f'm{n}: {field}' for n, field in enumerate(fields))} }}"


async def send(client: httpx.AsyncClient, query: str) -> Any:
    answer = await client.post("/graphql", json={"query": query}, headers={"x-opaque-id": "one"})
    return answer.json()


async def test_a_hundred_aliases_are_one_request() -> None:
    sandbox = create_sandbox("elasticsearch")
    query = document([MUTATIONS[0].format(name=f"role-{n}") for n in range(100)])
    async with over(sandbox) as client:
        result = await send(client, query)
    assert result == {"data": {f"m{n}": {"created": True} for n in range(100)}}
    assert list(result["data"]) == [f"m{n}" for n in range(100)]
    assert [(one.method, one.raw_path) for one in sandbox.requests] == [("POST", "/_security/role")]


async def test_another_kind_between_them_is_a_barrier() -> None:
    sandbox = create_sandbox("elasticsearch")
    kinds = [0, 0, 7, 0, 0, 6, 0]
    query = document([MUTATIONS[kind].format(name=f"n{n}") for n, kind in enumerate(kinds)])
    async with over(sandbox) as client:
        assert "errors" not in await send(client, query)
    sent = [(one.method, one.raw_path) for one in sandbox.requests]
    assert sent == [
        ("POST", "/_security/role"),
        ("PUT", "/n2"),
        ("POST", "/_security/role"),
        ("POST", "/_security/role"),
        ("PUT", "/_security/role/n6"),
    ]


@pytest.mark.parametrize(
    ("version", "more"),
    [
        ("8.14.0", {}),
        ("9.5.0", {"batching": {"enabled": False}}),
        ("9.5.0", {"batching": {"operations": {"security.PutRole": False}}}),
    ],
)
async def test_where_nothing_is_joined_they_are_sent_in_order(version: str, more: dict[str, Any]) -> None:
    sandbox = create_sandbox("elasticsearch", version=version)
    query = document([MUTATIONS[0].format(name=f"r{n}") for n in range(5)])
    async with over(sandbox, version=version, **more) as client:
        assert "errors" not in await send(client, query)
    assert [one.raw_path for one in sandbox.requests] == [f"/_security/role/r{n}" for n in range(5)]


@pytest.mark.parametrize(("most", "running"), [(1, 1), (3, 3), (100, 7)])
async def test_as_many_go_together_as_the_engine_takes(
    most: int, running: int, engine: EngineDouble, connect: Any
) -> None:
    engine.joined["security.PutRole"] = most
    result = await send(connect(), document([MUTATIONS[0].format(name=f"r{n}") for n in range(7)]))
    assert engine.most_running == running
    assert [asked.message.name for asked in engine.asked] == [f"r{n}" for n in range(7)]
    assert list(result["data"]) == [f"m{n}" for n in range(7)]


@given(chosen=DOCUMENTS)
@settings(max_examples=60)
def test_joined_is_serial(chosen: list[tuple[str, str]]) -> None:
    query = document([template.format(name=name) for template, name in chosen])

    async def outcome(**more: Any) -> tuple[Any, Any]:
        sandbox = create_sandbox("elasticsearch")
        async with over(sandbox, **more) as client:
            result = await send(client, query)
        uuids = {index.uuid for index in sandbox.state.indices.values()}
        text = re.sub("|".join(map(re.escape, uuids)) or "$^", "uuid", json.dumps(result))
        return json.loads(text), sandbox.state.roles

    joined, roles = asyncio.run(outcome())
    serial, roles_of_serial = asyncio.run(outcome(batching={"enabled": False}))
    assert joined == serial
    assert list(joined["data"]) == list(serial["data"])
    assert roles == roles_of_serial
