"""Pieces give what the whole would, and none is larger than its bound."""

import json
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.transcode import pieces

_decode = msgspec.json.Decoder(list[msgspec.Raw]).decode

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(alphabet='ab",[]{}\\é😀', max_size=8)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner), max_leaves=40
)
NESTED = st.lists(st.dictionaries(st.sampled_from(["a", "},{", '","']), VALUES) | VALUES, min_size=1)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make pieces so small that any value has several."""
    monkeypatch.setattr(pieces, "PIECE", 3)
    monkeypatch.setattr(pieces, "PIECE_BYTES", 5)


def nodes(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(nodes, inner))


@given(VALUES)
def test_size_is_the_number_of_values(value: Any) -> None:
    assert pieces.size_of(value, 10**9) == nodes(value)


@pytest.mark.parametrize(
    ("bodies", "large"),
    [
        ((b'{"a": 1}',), False),
        ((b'"' + b"a" * (pieces.LARGE - 2) + b'"',), False),
        ((b'"' + b"a" * (pieces.LARGE - 1) + b'"',), True),
        ((b"[]" * (pieces.LARGE // 4), b"[]" * (pieces.LARGE // 4)), False),
        ((b"[]" * (pieces.LARGE // 4), b"[]" * (pieces.LARGE // 4 + 1)), True),
        ((b"{}," * (pieces.PIECE_BYTES // 9),), True),
        ((b"{}," * pieces.PIECE,), False),
        ((b'{"0123456789abcdef":1},' * (pieces.PIECE + 1),), True),
    ],
)
def test_many_bytes_or_many_objects_are_large(bodies: tuple[bytes, ...], large: bool) -> None:
    assert pieces.are_large(bodies) is large


@given(VALUES, st.integers(0, 20))
def test_size_beyond_the_bound_is_above_it(value: Any, most: int) -> None:
    whole = nodes(value)
    assert (pieces.size_of(value, most) > most) == (whole > most)


@pytest.mark.usefixtures("small")
def test_json_in_pieces_is_the_same_json() -> None:
    @given(VALUES)
    def check(value: Any) -> None:
        whole = orjson.dumps(value)
        assert pieces.dumps(value) == whole

    check()


def test_no_step_of_printing_has_more_than_a_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[int] = []

    def dumps(value: Any) -> bytes:
        printed.append(nodes(value))
        return orjson.dumps(value)

    rows = [{"n": number, "inner": [{"m": number}] * 3} for number in range(20_000)]
    value = {"a": {"rows": rows}, "b": [[{"x": 1}] * 30_000, 1]}
    whole = orjson.dumps(value)
    monkeypatch.setattr(pieces, "orjson", type("Orjson", (), {"dumps": staticmethod(dumps)}))
    assert pieces.dumps(value) == whole
    assert max(printed) <= pieces.PIECE + 1
    assert len(printed) < 100


def test_printed_lists_let_their_elements_go() -> None:
    rows = [{"n": number} for number in range(10_000)]
    pieces.dumps(rows)
    assert not any(rows)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_array_in_pieces_is_the_same_array(separators: tuple[str, str]) -> None:
    @given(NESTED)
    def check(value: list[Any]) -> None:
        text = json.dumps(value, separators=separators, ensure_ascii=False).encode()
        assert [bytes(one) for one in pieces.read_array(text, _decode)] == [bytes(one) for one in _decode(text)]

    check()


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "text",
    [
        b"[1,2,3,4,5,6,]",
        b"[1,2,3,4,,5,6]",
        b'[{"a":1},{"b":2},{"c":3},]',
        b'[{"a":1},{"b":2',
        b"[1,2,3,4,5,6",
        b'["aaaa,aaaaa,aaaa]',
    ],
)
def test_what_is_no_array_is_none_in_pieces(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        pieces.read_array(text, _decode)


@pytest.mark.parametrize("text", [b"[" + b"1," * 1_000_000 + b"1]", b"[" + b'{"a":[{},{}]},' * 200_000 + b"{}]"])
def test_no_step_of_reading_has_more_than_a_piece(text: bytes) -> None:
    read: list[int] = []

    def decode(piece: bytes) -> list[msgspec.Raw]:
        read.append(len(piece))
        return _decode(piece)

    assert len(pieces.read_array(text, decode)) == len(_decode(text))
    assert max(read) <= 2 * pieces.PIECE_BYTES
