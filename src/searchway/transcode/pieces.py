"""Large values, cut so that no single step of a parser or printer works on all of them.

Steps that are written in C keep the interpreter for as long as they take, and with it the event loop of whichever thread: printing
350,000 objects took 230 ms, making a protobuf message of them 670. Between two pieces the loop has its turn.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

import orjson

PIECE: Final = 4096
"""Values in a piece: some milliseconds, whatever is done with them."""
PIECE_BYTES: Final = 256 * 1024
"""Bytes in a piece of text: likewise."""
LARGE: Final = 1024 * 1024
"""Bytes of JSON that are always worked on in pieces."""

_TRIES: Final = 8
"""How many cuts are tried before the piece becomes twice as large."""
_OBJECTS = re.compile(rb"\s*+\[\s*+\{")
_T = TypeVar("_T")


def are_large(bodies: Sequence[bytes]) -> bool:
    """Tell whether the values of JSON texts should be printed in pieces, which costs as much again: they are many bytes or many objects."""
    size = sum(map(len, bodies))
    return size > PIECE_BYTES // 4 and (size > LARGE or sum(body.count(b"{") for body in bodies) > PIECE)


def size_of(value: Any, most: int = PIECE) -> int:
    """Return how many values a value holds, itself included; where these are more than `most`, some number above it."""
    cls = value.__class__
    if cls is dict:
        inner = value.values()
    elif cls is list:
        inner = value
    else:
        return 1
    size = 1 + len(inner)
    for one in inner:
        if size > most:
            break
        if one.__class__ is dict or one.__class__ is list:
            size += size_of(one, most - size + 1) - 1
    return size


def groups(values: list[Any]) -> Iterator[list[Any]]:
    """Yield the elements of a list in groups that are pieces together; one that is more than a piece is a group of its own.

    The list loses the elements that were yielded, so that they go piece by piece as well.
    """
    start = size = 0
    for end, value in enumerate(values):
        more = size_of(value)
        if size + more > PIECE and end > start:
            yield _take(values, start, end)
            start, size = end, 0
        size += more
    if start < len(values):
        yield _take(values, start, len(values))


def _take(values: list[Any], start: int, end: int) -> list[Any]:
    taken = values[start:end]
    values[start:end] = [None] * (end - start)
    return taken


def dumps(value: Any) -> bytes:
    """Print a value as JSON, as orjson does, in pieces. Its lists lose their elements.

    Raises:
        TypeError: there is no JSON for something in it.
    """
    return b"".join(_printed(value))


def _printed(value: Any) -> Iterator[bytes]:
    if size_of(value) <= PIECE:
        yield orjson.dumps(value)
    elif isinstance(value, dict):
        mark = b"{"
        for key, inner in value.items():
            yield mark + orjson.dumps(key) + b":"
            yield from _printed(inner)
            mark = b","
        yield b"}"
    else:
        mark = b"["
        for group in groups(value):
            yield mark
            if len(group) == 1:
                yield from _printed(group[0])
            else:
                yield orjson.dumps(group)[1:-1]
            mark = b","
        yield b"]"


def read_array(text: bytes, decode: Callable[[bytes], list[_T]]) -> list[_T]:
    """Decode a JSON array in pieces.

    It is cut where one element seems to end and another to begin. A cut inside of a string or of an inner array leaves a part that
    is no JSON, so a piece that can be decoded was cut rightly; one that cannot takes more of the text along.

    Args:
        text: the array.
        decode: decodes an array.

    Raises:
        ValueError: it cannot be decoded.
    """
    if len(text) <= PIECE_BYTES:
        return decode(text)
    between, kept = (b"},{", 1) if _OBJECTS.match(text) else (b",", 0)
    found: list[_T] = []
    start, tried, opening = 0, 0, b""
    place = PIECE_BYTES
    while (cut := text.find(between, place)) >= 0:
        try:
            part = decode(opening + text[start : cut + kept] + b"]")
        except ValueError:
            tried += 1
            place = cut + 1 if tried % _TRIES else start + 2 * (cut - start)
            continue
        found += part
        start, tried, opening = cut + kept + 1, 0, b"["
        place = start + PIECE_BYTES
    rest = decode(opening + text[start:])
    if not rest:
        raise ValueError("the array ends with a comma")
    return found + rest
