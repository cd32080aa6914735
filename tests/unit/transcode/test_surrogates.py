import json
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.transcode import jsontext, surrogates

# What strings of JSON texts are made of, so that halves, pairs and escaped backslashes come in every order.
PIECES: Final = [
    r"\ud83d",
    r"\uDE00",
    r"\ud83d\ude00",
    r"\\",
    r"\"",
    r"\u0041",
    r"\ud7ff",
    "d83d",
    "u",
    "é",
    "😀",
    "a",
    r"\uDBFF\udfff",
]
STRINGS: Final = st.lists(st.sampled_from(PIECES), max_size=8).map(lambda pieces: '"' + "".join(pieces) + '"')
ARRAYS: Final = st.lists(STRINGS, max_size=5).map(lambda items: f"[{', '.join(items)}]")
OBJECTS: Final = st.lists(st.tuples(STRINGS, STRINGS | ARRAYS), max_size=5).map(
    lambda pairs: "{" + ",".join(f"{key} : {value}" for key, value in pairs) + "}"
)


def with_replacement(text: str) -> str:
    """Do it the slow and certain way: Python's strings hold lone surrogates."""
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)


@given(STRINGS)
def test_what_is_lone_is_replaced_and_nothing_else(text: str) -> None:
    assert json.loads(surrogates.replace(text.encode())) == with_replacement(json.loads(text))


@given(STRINGS | ARRAYS)
def test_what_is_hidden_is_shown_again(text: str) -> None:
    mark, hidden = surrogates.hide(text.encode())
    assert surrogates.show(hidden, mark or "nothing hidden") == text.encode()
    hidden.decode()
    shown = json.dumps(json.loads(text), ensure_ascii=False)
    assert bool(mark) == (with_replacement(shown) != shown)


@given(OBJECTS)
def test_members_keep_their_bytes_and_their_names(text: str) -> None:
    found = jsontext.members(text.encode())
    assert list(found) == list(json.loads(text))
    assert {name: json.loads(bytes(value)) for name, value in found.items()} == json.loads(text)
    assert all(bytes(value).decode() in text for value in found.values())
    assert json.loads(jsontext.join_members(found)) == json.loads(text)


@given(ARRAYS)
def test_elements_keep_their_bytes(text: str) -> None:
    assert "[" + ", ".join(bytes(one).decode() for one in jsontext.elements(text.encode())) + "]" == text


@given(ARRAYS)
def test_plain_values_have_the_replacement(text: str) -> None:
    assert jsontext.loads(text.encode()) == [with_replacement(one) for one in json.loads(text)]


@given(STRINGS)
def test_callers_may_send_them(text: str) -> None:
    assert jsontext.check(text) == text.encode()


@pytest.mark.parametrize(
    "text", [r'"\ud83d', r'"\ud83"', '"\\ud83d\n"', r'{"\ud83d"}', r'["\ud83d",]', "\\", r"\ud83d", '"\\']
)
def test_a_text_that_is_not_json_stays_none(text: str) -> None:
    for read in (jsontext.loads, jsontext.members, jsontext.elements):
        with pytest.raises(ValueError, match=r"."):
            read(text.encode())


def test_control_characters_are_no_part_of_the_masking() -> None:
    text = b'["\x00\x01","' + rb"\\\\" + b'","' + rb"\ud83d" + b'"]'
    mark, hidden = surrogates.hide(text)
    assert mark
    assert surrogates.show(hidden, mark) == text
    with pytest.raises(ValueError, match=r"."):
        jsontext.loads(text)
