"""Free JSON in variables goes through as the bytes that it was, whichever way it comes and however deep it stands."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, parse
from starlette.types import ASGIApp

from searchway.graph.variables import TypeReaders, Variables
from searchway.transcode.jsontext import JsonText
from unit.graph.engine_double import EngineDouble
from unit.graph.serving import hear, served, socket
from unit.graph.test_http import Connect

ODD = r'{"a":1,"a" : 2.50, "b":[ 1E2 ,-0,12345678901234567890123], "\u0041\/":"\u00e9\ud83d\ude00" ,"":  null}'
LONE = r'{"a":"\ud83d", "\udc00" : "\\ud83d"}'
ROLE = "mutation($input: SecurityPutRoleInput!) { securityPutRole(input: $input) { created } }"
SEARCH = "query($body: JSON!) { fleet { multiSearch(searches: [{body: $body}]) { took } } }"
SEARCHES = "query($searches: [SearchInput!]!) { fleet { multiSearch(searches: $searches) { took } } }"


def body(query: str, variables: str) -> bytes:
    return f'{{"query": {json.dumps(query)}, "variables": {variables}}}'.encode()


async def post(client: httpx.AsyncClient, content: bytes, **headers: str) -> Any:
    answer = await client.post("/graphql", content=content, headers={"content-type": "application/json", **headers})
    return answer.json() if not headers else answer.text


def searched(engine: EngineDouble) -> list[str]:
    return [one.body.text for asked in engine.asked for one in asked.message.searches]


async def test_a_variable_is_the_text_that_it_was(connect: Connect, engine: EngineDouble) -> None:
    await post(connect(), body(SEARCH, f'{{"body" :  {ODD} }}'))
    assert searched(engine) == [ODD]


async def test_it_is_so_inside_of_input_objects_and_lists(connect: Connect, engine: EngineDouble) -> None:
    role = f'{{"name": "r", "role": {{"indices": [{{"names": ["a"], "privileges": ["read"], "query": {ODD}}}], "metadata": {ODD}}}}}'
    assert await post(connect(), body(ROLE, f'{{"input": {role}}}')) == {"data": {"securityPutRole": {"created": True}}}
    message = engine.asked[0].message
    assert [message.role.metadata.text, message.role.indices[0].query.text] == [ODD, ODD]
    assert list(message.role.indices[0].names) == ["a"]


@pytest.mark.parametrize("searches", ['[{{"body": {0}}}, {{"body": {0}}}]', '{{"body": {0}}}'])
async def test_a_single_value_may_stand_for_a_list(connect: Connect, engine: EngineDouble, searches: str) -> None:
    await post(connect(), body(SEARCHES, f'{{"searches": {searches.format(ODD)}}}'))
    assert set(searched(engine)) == {ODD}


@pytest.mark.parametrize("query", [SEARCH, SEARCHES])
async def test_it_keeps_lone_surrogates(connect: Connect, engine: EngineDouble, query: str) -> None:
    given = {SEARCH: f'{{"body": {LONE}}}', SEARCHES: f'{{"searches": [{{"body": {LONE}}}]}}'}[query]
    await post(connect(), body(query, given))
    assert searched(engine) == [LONE]


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query($a: Int) { __typename }", r'{"a": "\ud83d"}'),
        ("query($a: Long) { __typename }", r'{"a": "\ud83d"}'),
        ("query($a: SearchInput) { __typename }", r'{"a": {"\ud83d": 1}}'),
        ("query($a: String!) { ism { policy(policyId: $a) { policy { policyId } } } }", r'{"a": "\ud83d"}'),
    ],
)
async def test_typed_values_with_lone_surrogates_are_refused(connect: Connect, query: str, variables: str) -> None:
    (error,) = (await post(connect(), body(query, variables)))["errors"]
    assert error["extensions"]["code"] == "INVALID_ARGUMENT"


async def test_it_is_so_in_urls(connect: Connect, engine: EngineDouble) -> None:
    variables = f' {{"body": {ODD}}} '
    await connect().get(f"/graphql?query={quote(SEARCH)}&variables={quote(variables)}")
    assert searched(engine) == [ODD]


async def test_it_is_so_in_batches_and_event_streams(connect: Connect, engine: EngineDouble) -> None:
    client = connect(limits={"graphql_batch": 2})
    one = body(SEARCH, f'{{"body": {ODD}}}')
    await post(client, b"[" + one + b" , " + one + b"]")
    await post(client, one, accept="text/event-stream")
    assert searched(engine) == [ODD] * 3


async def test_it_is_so_over_websockets(open_app: Callable[..., ASGIApp], engine: EngineDouble) -> None:
    async with served(open_app()) as address, socket(address) as opened:
        for number, text in enumerate([ODD, LONE]):
            payload = body(SEARCH, f'{{"body": {text}}}').decode()
            await opened.send(f'{{"id": "{number}", "type": "subscribe", "payload": {payload}}}')
            assert (await hear(opened))["payload"] == {"data": {"fleet": {"multiSearch": {"took": 3}}}}
            assert (await hear(opened))["type"] == "complete"
    assert searched(engine) == [ODD, LONE]


async def test_it_is_so_in_the_background(connect: Connect, engine: EngineDouble) -> None:
    large = ODD[:-1] + ', "more": "' + "x" * 100_000 + '"}'
    await post(connect(), body(SEARCH, f'{{"body": {large}}}'))
    assert searched(engine) == [large]


async def test_a_null_is_an_absent_value(connect: Connect, engine: EngineDouble) -> None:
    document = "query($body: JSON) { fleet { multiSearch(searches: [{body: {size: 1, query: $body}}]) { took } } }"
    await post(connect(), body(document, '{"body": null}'))
    assert searched(engine) == ['{"size":1,"query":null}']


async def test_the_value_of_a_variable_inside_a_literal_is_its_text(connect: Connect, engine: EngineDouble) -> None:
    document = "query($q: JSON) { fleet { multiSearch(searches: [{body: {query: $q}}]) { took } } }"
    await post(connect(), body(document, f'{{"q": {ODD}}}'))
    assert searched(engine) == [f'{{"query":{ODD}}}']


@pytest.mark.parametrize(
    ("query", "variables", "problem"),
    [
        (SEARCHES, '{"searches": [{"body": {}, "boddy": 1}]}', "Did you mean 'body'?"),
        (SEARCHES, '{"searches": 5}', "to be an object"),
        (SEARCHES, '{"searches": [5]}', "to be an object"),
        (SEARCHES, '{"searches": [{}]}', "required field 'body'"),
        (ROLE, '{"input": {"name": "r", "role": [1]}}', "to be an object"),
        (SEARCH, '{"body": null}', "non-null type 'JSON!'"),
        (SEARCH, "{}", "non-null type 'JSON!' to be provided"),
    ],
)
async def test_wrong_values_are_told_as_before(connect: Connect, query: str, variables: str, problem: str) -> None:
    (error,) = (await post(connect(), body(query, variables)))["errors"]
    assert problem in error["message"]
    assert error["extensions"]["code"] == "INVALID_ARGUMENT"


async def test_variables_that_nobody_defines_are_nobodys(connect: Connect, engine: EngineDouble) -> None:
    await post(connect(), body(SEARCH, f'{{"other": [1, {{"a": 2}}], "body": {ODD}}}'))
    assert searched(engine) == [ODD]


def variables(schema: GraphQLSchema, definitions: str, most: int = 1000) -> Variables:
    (operation,) = parse(f"query({definitions}) {{ x }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    return Variables(TypeReaders(schema), operation, most)


def test_only_free_json_stays_text(schema: GraphQLSchema) -> None:
    given = variables(schema, "$a: [[JSON!]]!, $b: String, $c: SearchInput").read(
        b'{"a": [[1, "x"], null], "b": "[1]", "c": {"body": 1, "header": {"index": ["i"]}}}'
    )
    assert given == {"a": [["1", '"x"'], None], "b": "[1]", "c": {"body": "1", "header": {"index": ["i"]}}}
    assert isinstance(given["a"][0][1], JsonText)
    assert not isinstance(given["b"], JsonText)


@pytest.mark.parametrize(
    ("definitions", "text", "number"),
    [
        ("$a: [Int!]", '{{"a": [{}]}}', 10),
        ("$a: [Int!]", '{{"a": [{}], "b": "\\",,,,,,,,,,,,"}}', 9),
        ("$a: [JSON!]", '{{"a": [{}]}}', 5),
        ("$a: [SearchInput!]", '{{"a": {{"header": {{"index": [{}]}}}}}}', 8),
    ],
)
def test_values_beside_free_json_are_bounded(schema: GraphQLSchema, definitions: str, text: str, number: int) -> None:
    reader = variables(schema, definitions, 10)
    reader.read(text.format(",".join("1" * number)).encode())
    with pytest.raises(GraphQLError, match=r"more than 10 values; at most 10 are allowed \(limits.variable_values\)"):
        reader.read(text.format(",".join("1" * (number + 6))).encode())


def test_values_inside_of_free_json_are_not_counted(schema: GraphQLSchema) -> None:
    text = b'{"a": [' + b",".join([b"1"] * 1000) + b"]}"
    assert len(variables(schema, "$a: JSON!", 10).read(text)["a"]) == len(text) - len('{"a": }')


@pytest.mark.parametrize("definitions", ["$a: JSON", "$a: [JSON]", "$a: Int", "$a: [Int]", "$a: SearchInput"])
@pytest.mark.parametrize("levels", [300, 990, 100_000])
async def test_depth_is_no_defect(connect: Connect, definitions: str, levels: int) -> None:
    for opening, closing in (("[", "]"), ('{"body":', "}")):
        nested = opening * levels + "1" + closing * levels
        answer = await post(connect(), body(f"query({definitions}) {{ __typename }}", f'{{"a": {nested}}}'))
        assert "internal" not in json.dumps(answer)
        assert "data" in answer or answer["errors"][0]["extensions"]["code"] == "INVALID_ARGUMENT"


def test_a_large_object_is_cut_as_a_small_one(schema: GraphQLSchema) -> None:
    filler = '"' + "x" * 1024 * 1024 + '"'
    reader = variables(schema, "$a: JSON, $b: [SearchInput!], $class: Int")
    text = f'{{"other": {filler}, "a": {ODD}, "b": [{{"body": {filler}, "header": {{}}}}], "class": 1}}'
    assert reader.read(text.encode()) == {"a": ODD, "b": [{"body": filler, "header": {}}], "class": 1}


def test_a_list_of_millions_is_refused_before_it_is_cut(schema: GraphQLSchema) -> None:
    with pytest.raises(GraphQLError, match="has more than 1000000 values"):
        variables(schema, "$a: [JSON!]").read(b'{"a": [' + b"1," * 1_000_001 + b"1]}")
