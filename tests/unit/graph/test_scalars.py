import json
import re
from typing import Any

import pytest
from graphql import GraphQLError, GraphQLScalarType, GraphQLSchema, parse_value
from hypothesis import given
from hypothesis import strategies as st

from searchway.graph.scalars import parse_empty, parse_long, print_json
from searchway.transcode import jsontext

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.from_regex(r"[_A-Za-z][_A-Za-z0-9]{0,8}", fullmatch=True), inner)
    ),
    max_leaves=12,
)


def as_literal(value: Any) -> str:
    """Write a value as GraphQL writes it: names without quotes."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {as_literal(one)}' for name, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(as_literal, value))}]"
    return json.dumps(value)


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ("12345678901234567890123", "12345678901234567890123"),
        ("0.10000000000000000555", "0.10000000000000000555"),
        ("[1E2, -0, 1.50]", "[1E2,-0,1.50]"),
        ('{a: {b: null, c: [true, "x\\"y"]}}', '{"a":{"b":null,"c":[true,"x\\"y"]}}'),
        ('"""block "text\n"""', '"block \\"text"'),
        ("{}", "{}"),
    ],
)
def test_json_literals_keep_every_token(literal: str, text: str) -> None:
    assert print_json(parse_value(literal)) == text


@given(JSON_VALUES)
def test_json_literals_mean_what_they_say(value: Any) -> None:
    assert json.loads(print_json(parse_value(as_literal(value)))) == value


def test_variables_inside_json_literals_are_put_in() -> None:
    node = parse_value("{query: $query, name: $name, gone: $gone, list: [$gone, $size]}")
    variables = {"query": jsontext.JsonText('{"n":1.50}'), "name": 'a"b', "size": 3}
    assert print_json(node, variables) == '{"query":{"n":1.50},"name":"a\\"b","list":[null,3]}'


def test_json_literals_refuse_bare_words() -> None:
    with pytest.raises(GraphQLError, match="needs quotes"):
        print_json(parse_value("{order: desc}"))


@pytest.mark.parametrize(
    "text",
    ["12345678901234567890123", "0.10", "1E2", '{"a.b":[1,2.0]}', '"x"', "null", "-0", "1e400", '"\\ud83d\\ude00"'],
)
def test_json_variables_keep_every_number(schema: GraphQLSchema, text: str) -> None:
    scalar = schema.type_map["JSON"]
    assert isinstance(scalar, GraphQLScalarType)
    printed = scalar.parse_value(jsontext.parse(text))
    assert printed == text or json.loads(printed) == json.loads(text)
    assert isinstance(printed, jsontext.JsonText)


@pytest.mark.parametrize("value", [0, -(2**63), 2**63 - 1, "9007199254740993", "-1"])
def test_long_takes_numbers_of_64_bits_and_their_digits(value: Any) -> None:
    assert parse_long(value) == int(value)


@pytest.mark.parametrize(
    "value", [2**63, -(2**63) - 1, 1.5, True, None, "x", "1.0", "", " 1", "99999999999999999999", [], "9" * 5000]
)
def test_long_refuses_everything_else(value: Any) -> None:
    with pytest.raises(GraphQLError, match="64 bits"):
        parse_long(value)


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "9" * 5000, "1e400"])
def test_long_shows_a_refused_number_as_it_was_written(number: str) -> None:
    shown = number if len(number) <= 80 else number[:77] + "..."
    with pytest.raises(GraphQLError, match=f"^Long cannot represent {re.escape(shown)}; expected"):
        parse_long(jsontext.parse(number))


@pytest.mark.parametrize("value", [True, {}])
def test_empty_takes_nothing_said_aloud(value: Any) -> None:
    assert parse_empty(value) is True


@pytest.mark.parametrize("value", [False, {"a": 1}, None, 1, "true", []])
def test_empty_refuses_everything_else(value: Any) -> None:
    with pytest.raises(GraphQLError, match=r"expected \{\} or true"):
        parse_empty(value)


@pytest.mark.parametrize(
    ("scalar", "literal"),
    [
        ("Long", "1.5"),
        ("Long", "true"),
        ("Long", '"x"'),
        ("Long", "99999999999999999999"),
        ("Empty", "{ a: 1 }"),
        ("Empty", "false"),
        ("Empty", '"x"'),
        ("Empty", "null"),
        ("Empty", "1"),
    ],
)
def test_literals_of_the_wrong_kind_are_refused_as_they_were_written(
    schema: GraphQLSchema, scalar: str, literal: str
) -> None:
    graphql_type = schema.type_map[scalar]
    assert isinstance(graphql_type, GraphQLScalarType)
    with pytest.raises(GraphQLError) as refused:
        graphql_type.parse_literal(parse_value(f"  {literal}"))
    expected = {"Long": "a whole number of 64 bits", "Empty": "{} or true"}[scalar]
    assert refused.value.message == f"{scalar} cannot represent {literal}; expected {expected}."
    assert refused.value.locations == [(1, 3)]


@pytest.mark.parametrize(("value", "shown"), [(False, "false"), (None, "null"), ("x" * 100, f'"{"x" * 76}...')])
def test_values_of_the_wrong_kind_are_shown_as_json(value: Any, shown: str) -> None:
    with pytest.raises(GraphQLError) as refused:
        parse_empty(value)
    assert refused.value.message == f"Empty cannot represent {shown}; expected {{}} or true."


@pytest.mark.parametrize(
    ("scalar", "literal", "value"),
    [("Long", "5", 5), ("Long", '"5"', 5), ("Empty", "{}", True), ("Empty", "true", True)],
)
def test_literals_of_the_right_kind_are_taken(schema: GraphQLSchema, scalar: str, literal: str, value: Any) -> None:
    graphql_type = schema.type_map[scalar]
    assert isinstance(graphql_type, GraphQLScalarType)
    assert graphql_type.parse_literal(parse_value(literal)) == value
