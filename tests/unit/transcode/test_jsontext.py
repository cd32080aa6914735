import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.transcode import jsontext

NUMBERS = [
    "0", "-0", "1", "-1", "18446744073709551615", "18446744073709551616", "123456789012345678901234567890",
    "1E2", "1e400", "-1.50", "0.10000000000000000555", "1.0", "2.5e-7", "9" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_number_keeps_its_text(number: str) -> None:
    text = f'{{"a":[{number}],"b":{number}}}'
    assert jsontext.dumps(jsontext.parse(text)) == text


@pytest.mark.parametrize("sign", ["", "-"])
def test_number_that_python_cannot_convert_is_beyond_every_type(sign: str) -> None:
    number = jsontext.parse(sign + "9" * 5000)
    assert (number < 0) is bool(sign)
    with pytest.raises(OverflowError):
        float(number)


@pytest.mark.parametrize("number", ["1E2", "1e400", "-0", "9" * 5000])
def test_number_is_shown_as_it_was_written(number: str) -> None:
    assert repr(jsontext.parse(number)) == number


@pytest.mark.parametrize("number", NUMBERS)
def test_check_takes_every_number(number: str) -> None:
    assert jsontext.check(number) == number.encode()


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", "-Infinity", "{'a': 1}", '{"a": 1,}', '{"a": 1} x', "[" * 100_000, "01", '"\n"']
)
def test_text_that_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        jsontext.check(text)


PIECES = ["{", "}", "[", "]", ",", ":", '"', "\\", "u", "d83d", "0", "1", "-", "+", ".", "e", "E", "true", "null", "N", " ", "\n", "\x00", "\x1f", "\x7f", "\ufeff", "é", "\\u0041", "/", "a"]  # fmt: skip
TEXT = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
DOCUMENT = st.sampled_from(
    ['{"a": [1, -0.5e3, "x\\n"], "b": null}', '[{"a": {}}, [], "\\ud83d\\ude00"]', "[1]", '"a"', "1"]
)


@given(DOCUMENT, TEXT, st.integers(0, 40), st.integers(0, 4))
def test_check_and_parse_take_the_same_texts(document: str, inserted: str, place: int, left_out: int) -> None:
    text = document[:place] + inserted + document[place + left_out :]
    try:
        jsontext.parse(text)
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            jsontext.check(text)
    else:
        assert jsontext.check(text) == text.encode()


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(alphabet=st.characters(exclude_categories=["Cs"])),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet=st.characters(exclude_categories=["Cs"])), inner)))  # fmt: skip
def test_parse_and_dumps_are_each_others_way_back(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert json.loads(jsontext.dumps(jsontext.parse(text))) == value


def test_json_text_is_printed_as_it_is() -> None:
    assert jsontext.dumps({"query": jsontext.JsonText('{"a":1E2}')}) == '{"query":{"a":1E2}}'


def test_string_is_not_taken_for_json() -> None:
    assert jsontext.dumps('{"a":1}') == '"{\\"a\\":1}"'


def test_members_keep_their_text_and_can_be_joined() -> None:
    raw = b'{"b":1E2,"a":{"x":[1, 2]}}'
    parts = jsontext.members(raw)
    assert {key: bytes(value) for key, value in parts.items()} == {"b": b"1E2", "a": b'{"x":[1, 2]}'}
    assert jsontext.join_members(parts) == raw


def test_members_of_an_array_are_refused() -> None:
    with pytest.raises(ValueError, match="Expected `object`"):
        jsontext.members(b"[1]")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e400", "1e400"),
        ("-1E999", "-1E999"),
        ("9" * 400, "9" * 400),
        ("9" * 5000, "9" * 5000),
        ("[1e400,1.5,-7]", ["1e400", 1.5, -7]),
    ],
)
def test_plain_values_hold_a_number_that_is_too_large_as_its_text(text: str, value: Any) -> None:
    assert jsontext.loads(text.encode()) == value
