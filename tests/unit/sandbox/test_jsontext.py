import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.sandbox.engines import ENGINES
from searchway.sandbox.jsontext import JsonSyntaxError, Position, parse, scan, syntax_error, token

ELASTICSEARCH = ENGINES["elasticsearch"]
OPENSEARCH = ENGINES["opensearch"]


@pytest.mark.parametrize(
    ("text", "kind", "message", "column"),
    [
        (b'{"settings":', "json_e_o_f_exception", "within/between Object entries", 13),
        (b'{"settings": {', "json_e_o_f_exception", "expected close marker for Object (start marker)", 15),
        (b'{"actions":[', "json_e_o_f_exception", "expected close marker for Array (start marker)", 13),
        (b'{"policy_id"', "json_e_o_f_exception", "within/between Object entries", 13),
        (b'{"a":1,', "json_e_o_f_exception", "within/between Object entries", 8),
        (b'{"a":1', "json_e_o_f_exception", "expected close marker for Object", 7),
        (b'{"a', "json_e_o_f_exception", "VALUE_STRING", 4),
        (b"{x", "json_parse_exception", "('x' (code 120)): was expecting double-quote", 2),
        (b'{"a": }', "json_parse_exception", "('}' (code 125)): expected a value", 7),
        (b"not json", "json_parse_exception", "Unrecognized token 'not'", 1),
        (b'{"a":1} x', "json_parse_exception", "expected end of input", 9),
        (b'{"a" 1}', "json_parse_exception", "was expecting a colon", 6),
        (b"[1 2]", "json_parse_exception", "was expecting comma to separate Array", 4),
        (b'{"a": NaN}', "json_parse_exception", "Unrecognized token 'NaN'", 7),
    ],
)
def test_broken_text_says_where(text: bytes, kind: str, message: str, column: int) -> None:
    with pytest.raises(JsonSyntaxError) as caught:
        parse(text)
    assert (caught.value.kind, caught.value.at) == (kind, Position(1, column))
    assert message in caught.value.message


def test_engines_wrap_a_broken_body_differently() -> None:
    text = b'{"settings":'
    with pytest.raises(JsonSyntaxError) as caught:
        parse(text)
    wrapped = syntax_error(ELASTICSEARCH, text, caught.value)
    bare = syntax_error(OPENSEARCH, text, caught.value)
    assert (wrapped.kind, wrapped.reason) == ("x_content_e_o_f_exception", "[1:13] Unexpected end of file")
    assert wrapped.cause is not None
    assert '(byte[])"{"settings":"' in str(wrapped.cause.reason)
    assert bare.kind == "json_e_o_f_exception"
    assert "settings" not in str(bare.reason)


def test_integers_keep_every_digit() -> None:
    assert parse(b"[123456789012345678901234567890]") == [123456789012345678901234567890]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


@given(json_values, st.sampled_from([None, 1]))
def test_every_position_points_at_its_value(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    lines = text.split("\n")
    found = scan(text.encode())
    for path, (line, column) in found.values.items():
        inner = value
        for step in path:
            inner = inner[step]
        start = json.dumps(inner)[:1]
        assert lines[line - 1][column - 1 : column] == start
    assert set(found.ends) <= set(found.values)


@given(st.binary(max_size=40))
def test_any_bytes_parse_or_say_where(text: bytes) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(JsonSyntaxError):
            parse(text)
    else:
        if "NaN" not in repr(expected) and "nan" not in repr(expected) and "inf" not in repr(expected):
            assert parse(text) == expected


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("a", "VALUE_STRING"),
        (True, "VALUE_BOOLEAN"),
        (1, "VALUE_NUMBER"),
        (1.5, "VALUE_NUMBER"),
        (None, "VALUE_NULL"),
        ([], "START_ARRAY"),
        ({}, "START_OBJECT"),
    ],
)
def test_tokens_have_the_parsers_names(value: Any, name: str) -> None:
    assert token(value) == name
