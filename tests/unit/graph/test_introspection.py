"""Questions about the schema: the usual ones are answered, once worked out; what multiplies ends at the limit."""

from itertools import product
from typing import Any

import httpx
import orjson
import pytest
from graphql import GraphQLSchema, build_client_schema, execute_sync, get_introspection_query, parse

from searchway.graph.introspection import describe
from unit.graph.test_http import Connect, ask

OPTIONS = [
    "descriptions", "specified_by_url", "directive_is_repeatable", "schema_description", "input_value_deprecation", "one_of",
]  # fmt: skip
NESTED = "{ __schema { types { fields { args { type { inputFields { type { name } } } } type { fields { type { name } } } } } } }"


def usual() -> list[str]:
    """Return what tools ask: each option of graphql-js's query alone, all, none, and with types of other depths."""
    chosen = [dict.fromkeys(OPTIONS, switch) for switch in (False, True)]
    chosen += [{**dict.fromkeys(OPTIONS, False), option: True} for option in OPTIONS]
    return [get_introspection_query(**options, type_depth=depth) for options, depth in product(chosen, (3, 7, 9))]


@pytest.mark.parametrize("query", usual())
async def test_the_usual_questions_are_answered(connect: Connect, schema: GraphQLSchema, query: str) -> None:
    answer = (await ask(connect(), query)).json()
    assert answer == {"data": orjson.loads(orjson.dumps(execute_sync(schema, parse(query)).data))}


async def test_the_answer_is_a_whole_schema(connect: Connect, schema: GraphQLSchema) -> None:
    answer = (await ask(connect(), get_introspection_query())).json()
    assert build_client_schema(answer["data"]).type_map.keys() == schema.type_map.keys()


@pytest.mark.parametrize(
    ("query", "variables", "times"),
    [
        (get_introspection_query(), None, 1),
        ("query($name: String!) { __type(name: $name) { name } }", {"name": "Query"}, 3),
    ],
)
async def test_an_answer_is_worked_out_once_unless_variables_change_it(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, query: str, variables: Any, times: int
) -> None:
    described: list[Any] = []

    def note(*given: Any) -> Any:
        described.append(given)
        return describe(*given)

    monkeypatch.setattr("searchway.graph.store.describe", note)
    client = connect()
    answers = [(await ask(client, query, variables)).content for _ in range(3)]
    assert len(described) == times
    assert answers[0] == answers[1] == answers[2]


async def told(client: httpx.AsyncClient, query: str) -> Any:
    return (await ask(client, query)).json()


async def test_what_multiplies_ends_at_the_limit(connect: Connect) -> None:
    few = connect(limits={"introspection_values": 500})
    answer = await told(few, NESTED)
    assert answer["data"] is None or answer["data"] == {"__schema": None}
    (error,) = answer["errors"]
    assert error["message"] == (
        "The answer about the schema holds more than 500 values; at most 500 are allowed (limits.introspection_values)."
    )
    assert error["extensions"]["code"] == "INVALID_ARGUMENT"
    assert "errors" not in await told(connect(), NESTED)


async def test_calls_beside_such_a_question_are_answered(connect: Connect) -> None:
    query = f"{NESTED[:-1]} cat {{ allocation {{ totalCount }} }} }}"
    answer = await told(connect(limits={"introspection_values": 500}), query)
    assert answer["data"]["cat"] == {"allocation": {"totalCount": 3}}
    assert "limits.introspection_values" in answer["errors"][0]["message"]
