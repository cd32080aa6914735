"""A bound on the nesting of JSON texts, checked without recursion.

The parsers have different limits, one of which depends on the depth of the call stack. A lower bound of the gateway's own makes both
faces behave alike.
"""

from itertools import accumulate
from typing import Final

DEEPEST: Final = 500
"""The most levels of free JSON, in either direction. Engines accept fewer in queries, and many clients' parsers no more."""

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
    steps = outside_of_strings(raw).translate(_STEPS, _OTHERS)
    return max(accumulate(memoryview(steps).cast("b")), default=0)


def outside_of_strings(raw: bytes) -> bytes:
    """Return what of a JSON text stands outside of strings."""
    if b'"' not in raw:
        return raw
    if b"\\" in raw:  # of an escaped quotation mark, only the mark would count
        raw = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(raw.split(b'"')[::2])
