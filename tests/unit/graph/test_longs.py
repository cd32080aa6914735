"""Whole numbers of 64 bits: what JavaScript would round is written as a string, however the answer is read; input takes both."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.contract.catalog import load
from searchway.transcode.answer import Answer
from searchway.transcode.response import Dialect, reader
from unit.graph import engine_double
from unit.graph.engine_double import EngineDouble

SAFE = 2**53 - 1
EDGES = [0, 1, -1, SAFE, -SAFE, SAFE + 1, -SAFE - 1, 2**53 + 1, 2**63 - 1, -(2**63)]
NUMBERS = st.one_of(st.sampled_from(EDGES), st.integers(-(2**63), 2**63 - 1), st.integers(-SAFE, SAFE))
WRITTEN = st.booleans()
"""Whether the engine writes a number as a text."""

TABLE = load().operation("cat.ListAllocation")
UPDATE = 'ismUpdatePolicy(input: {policyId: "p", ifSeqNo: %s, ifPrimaryTerm: 1, policy: {description: "d", defaultState: "a", states: []}})'


def expected(number: int, dialect: Dialect) -> int | str:
    """Return how a dialect has a number."""
    if dialect is Dialect.GRAPH_TEXT or (dialect is Dialect.GRAPH and abs(number) > SAFE):
        return str(number)
    return number


def rows_of(numbers: list[tuple[int, bool]]) -> list[dict[str, Any]]:
    return [{"node": "n", "disk.used": str(n) if is_text else n} for n, is_text in numbers]


def used(rows: list[dict[str, Any]], dialect: Dialect) -> list[Any]:
    found = reader(TABLE, None, dialect).read(Answer(bodies=(orjson.dumps(rows),)))
    return [row["disk_used"] for row in found["allocation"]]


@given(st.lists(st.tuples(NUMBERS, WRITTEN), min_size=1, max_size=20), st.sampled_from(list(Dialect)))
def test_tables_are_read_alike_by_the_fast_and_the_general_way(
    numbers: list[tuple[int, bool]], dialect: Dialect
) -> None:
    rows = rows_of(numbers)
    wanted = [expected(n, dialect) for n, _ in numbers]
    assert used(rows, dialect) == wanted
    assert used([*rows, {"disk.used": "1kb"}], dialect)[:-1] == wanted  # a size sends the whole table the general way
    assert [type(one) for one in used(rows, dialect)] == [type(one) for one in wanted]


@given(NUMBERS, WRITTEN, st.sampled_from(list(Dialect)), st.booleans())
def test_documents_are_read_alike_with_and_without_free_json(
    number: int, is_text: bool, dialect: Dialect, is_lossless: bool
) -> None:
    """A selection of free JSON keeps the text and reads its members one by one."""
    shown: Any = str(number) if is_text else number
    task = {"node": "n", "id": 5, "action": "a", "running_time_in_nanos": shown, "start_time_in_millis": None}
    if is_lossless:
        task["status"] = {"total": number}
    found = reader(load().operation("tasks.GetTask"), None, dialect).read(
        Answer(bodies=(orjson.dumps({"completed": True, "task": task}),))
    )
    assert found["task"]["running_time_in_nanos"] == expected(number, dialect)
    assert found["task"]["start_time_in_millis"] is None


def table_of(rows: int) -> list[tuple[int, bool]]:
    return [(EDGES[number % len(EDGES)], number % 3 == 0) for number in range(rows)]


@pytest.mark.parametrize("rows", [3, 40, 900])
@pytest.mark.parametrize(("setting", "dialect"), [("auto", Dialect.GRAPH), ("string", Dialect.GRAPH_TEXT)])
async def test_answers_of_any_size_are_printed_alike(
    connect: Callable[..., httpx.AsyncClient],
    monkeypatch: pytest.MonkeyPatch,
    rows: int,
    setting: str,
    dialect: Dialect,
) -> None:
    numbers = table_of(rows)
    monkeypatch.setitem(engine_double.BODIES, "cat.ListAllocation", orjson.dumps(rows_of(numbers)))
    query = "{ cat { allocation(first: 1000) { edges { node { diskUsed } } } } }"
    answer = await connect(long_as=setting).post("/graphql", json={"query": query})
    edges = answer.json()["data"]["cat"]["allocation"]["edges"]
    assert [edge["node"]["diskUsed"] for edge in edges] == [expected(n, dialect) for n, _ in numbers]


@pytest.mark.parametrize("number", EDGES[:-1])
@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("way", ["literal", "variable"])
async def test_input_takes_numbers_and_strings(
    connect: Callable[..., httpx.AsyncClient], engine: EngineDouble, number: int, quoted: bool, way: str
) -> None:
    shown = f'"{number}"' if quoted else str(number)
    body = {
        "literal": {"query": f"mutation {{ {UPDATE % shown} {{ policy {{ version }} }} }}"},
        "variable": {
            "query": f"mutation ($n: Long!) {{ {UPDATE % '$n'} {{ policy {{ version }} }} }}",
            "variables": {"n": json.loads(shown)},
        },
    }[way]
    await connect().post("/graphql", json=body)
    [asked] = engine.asked
    assert asked.message.if_seq_no == number


@pytest.mark.parametrize(
    "shown", ["1.0", "1e3", '"1.0"', '" 1"', '"+1"', '""', '"1e3"', '"٣"', '"0x10"', "[1]", '"9223372036854775808"']
)
async def test_other_input_is_refused(
    connect: Callable[..., httpx.AsyncClient], engine: EngineDouble, shown: str
) -> None:
    query = f"mutation ($n: Long!) {{ {UPDATE % '$n'} {{ policy {{ version }} }} }}"
    content = f'{{"query": {json.dumps(query)}, "variables": {{"n": {shown}}}}}'.encode()
    answer = await connect().post("/graphql", content=content, headers={"content-type": "application/json"})
    [error] = answer.json()["errors"]
    assert "expected a whole number of 64 bits" in error["message"]
    assert engine.asked == []


@pytest.mark.parametrize(("introspection", "status"), [(True, 200), (False, 404)])
async def test_the_page_is_served_beside_the_schema(
    connect: Callable[..., httpx.AsyncClient], introspection: bool, status: int
) -> None:
    client = connect(introspection=introspection)
    schema = httpx.URL("http://gateway/schema.graphql")
    answer = await client.get(schema.join("scalars.md#long"))
    assert answer.status_code == status
    assert ("## Long" in answer.text) == introspection
