"""A bound on the nesting of JSON texts, checked without recursion.

The parsers have different limits, one of which depends on the depth of the call stack. A lower bound of the gateway's own makes both
faces behave alike.
"""

from collections.abc import Iterator
from itertools import accumulate
from typing import Final

DEEPEST: Final = 500
"""The most levels of free JSON, in either direction. Engines accept fewer in queries, and many clients' parsers no more."""

_PIECE: Final = 256 * 1024
"""Bytes that are looked through at once: a few milliseconds."""
_OPENING, _CLOSING = b"[{", b"]}"
_STEPS = bytes.maketrans(_OPENING + _CLOSING, b"\x01\x01\xff\xff")
_OTHERS = bytes(byte for byte in range(256) if byte not in _OPENING + _CLOSING)


class NestingError(ValueError):
    """A JSON text is nested too deeply."""

    def __init__(self) -> None:
        super().__init__(f"the JSON is nested too deeply; at most {DEEPEST} levels are taken")


def check_depth(raw: bytes) -> None:
    """Refuse a text of more than `DEEPEST` levels; whether it is valid JSON is not checked.

    Raises:
        NestingError: it is deeper.
    """
    if len(raw) > 2 * DEEPEST and raw.count(b"[") + raw.count(b"{") > DEEPEST and depth_of(raw) > DEEPEST:
        raise NestingError


def depth_of(raw: bytes) -> int:
    """Return how many levels of arrays and objects a JSON text has, 0 for a plain value."""
    deepest = depth = 0
    in_string = False
    for piece in _pieces(raw):
        outside, in_string = _outside(piece, in_string=in_string)
        steps = memoryview(outside.translate(_STEPS, _OTHERS)).cast("b")
        reached = max(accumulate(steps, initial=depth))
        deepest = max(deepest, reached)
        depth += sum(steps)
    return deepest


def _pieces(raw: bytes) -> Iterator[bytes]:
    """Cut a text, never within an escape: the interpreter is held for one piece, not for all of a large text."""
    start = 0
    while start < len(raw):
        piece = raw[start : start + _PIECE]
        if (len(piece) - len(piece.rstrip(b"\\"))) % 2:  # an escape begins at its end
            piece += raw[start + _PIECE : start + _PIECE + 1]
        yield piece
        start += len(piece)


def outside_of_strings(raw: bytes) -> bytes:
    """Return what of a JSON text stands outside of strings."""
    return _outside(raw, in_string=False)[0]


def _outside(raw: bytes, *, in_string: bool) -> tuple[bytes, bool]:
    """Return what of a piece of text stands outside of strings, and whether it ends in one, given whether it begins in one."""
    if b'"' not in raw:
        return (b"", True) if in_string else (raw, False)
    if b"\\" in raw:  # of an escaped quotation mark, only the mark would count
        raw = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    parts = raw.split(b'"')
    return b"".join(parts[in_string::2]), in_string ^ (len(parts) % 2 == 0)
