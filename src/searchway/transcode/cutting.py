"""Splits JSON objects and arrays into their parts without parsing the parts, so that one invalid part does not affect the others.

The parsers are several times faster and are tried first. What they reject is split here, in linear time and without recursion; whether
a part is valid JSON is for its reader to find out.
"""

import re
from collections.abc import Iterator, Mapping

import msgspec

from searchway.transcode import jsontext
from searchway.transcode.depth import outside_of_strings

# A bound on the work for one text, counted in runs of text between groups of closing brackets: so many take some 40 ms.
_MOST_RUNS = 40_000
_SPACE = re.compile(rb"[ \t\r\n]*+")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_SCALAR = re.compile(rb"[^,:\[\]{}\"\s]++")
_UP_TO_CLOSING = re.compile(rb'(?:[^"\]}]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_CLOSING = re.compile(rb"[\]}]*+")


def members(raw: bytes | msgspec.Raw) -> Mapping[str, msgspec.Raw]:
    """Split an object into its members.

    Raises:
        ValueError: it is not an object, or cannot be split within the bound on work.
    """
    try:
        return jsontext.members(raw)
    except ValueError:
        return dict(_pairs(bytes(raw)))


def names(raw: bytes | msgspec.Raw) -> list[str]:
    """Return the names of an object's members in order, each as often as it is there.

    Raises:
        ValueError: it is not an object, or cannot be split within the bound on work.
    """
    return [name for name, _ in _pairs(bytes(raw))]


def elements(raw: bytes | msgspec.Raw) -> list[msgspec.Raw]:
    """Split an array into its elements.

    Raises:
        ValueError: it is not an array, or cannot be split within the bound on work.
    """
    try:
        return jsontext.elements(raw)
    except ValueError:
        return list(_parts(bytes(raw), b"[", b"]"))


def _pairs(text: bytes) -> Iterator[tuple[str, msgspec.Raw]]:
    parts = _parts(text, b"{", b"}")
    return ((jsontext.loads(bytes(name)), value) for name, value in zip(parts, parts, strict=True))


def _parts(text: bytes, opening: bytes, closing: bytes) -> Iterator[msgspec.Raw]:
    """Yield the elements of an array, or names and values of an object in turn."""
    position = _after(text, 0, opening)
    left = _MOST_RUNS
    if text[position : position + 1] == closing:
        return
    while True:
        if opening == b"{":
            stop = _end_of(_STRING, text, position)
            yield msgspec.Raw(text[position:stop])
            position = _after(text, _skip(text, stop), b":")
        stop, runs = _end_of_value(text, position, left)
        left -= runs
        yield msgspec.Raw(text[position:stop])
        position = _skip(text, stop)
        if text[position : position + 1] == closing and _skip(text, position + 1) == len(text):
            return
        position = _after(text, position, b",")


def _end_of_value(text: bytes, position: int, most: int) -> tuple[int, int]:
    """Return where a value ends, and how many runs of text it took to find out."""
    first = text[position : position + 1]
    if first not in {b"[", b"{"}:
        return _end_of(_STRING if first == b'"' else _SCALAR, text, position), 0
    depth = 0
    for count in range(1, most + 1):
        stop = _end_of(_UP_TO_CLOSING, text, position)
        run = outside_of_strings(text[position:stop])
        depth += run.count(b"[") + run.count(b"{")
        position = _end_of(_CLOSING, text, stop)
        if position - stop >= depth:
            return stop + depth, count
        if position == stop:
            break
        depth -= position - stop
    raise ValueError("a part does not end, or has too many brackets")


def _end_of(pattern: re.Pattern[bytes], text: bytes, position: int) -> int:
    found = pattern.match(text, position)
    if found is None:
        raise ValueError("expected a value")
    return found.end()


def _skip(text: bytes, position: int) -> int:
    return _end_of(_SPACE, text, position)


def _after(text: bytes, position: int, character: bytes) -> int:
    """Return where what follows a character begins."""
    position = _skip(text, position)
    if text[position : position + 1] != character:
        raise ValueError(f"expected {character.decode()}")
    return _skip(text, position + 1)
