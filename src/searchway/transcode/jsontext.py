"""JSON that must not change on its way: texts checked without being parsed into objects, numbers that keep their digits.

Python's own numbers bend what they read (1E2 becomes 100.0, long fractions lose digits), so numbers read here keep their text.
"""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

import msgspec
import orjson

# What a whole number counts as that has more digits than Python converts: outside of every type's range, that of float included.
_HUGE = 10**400
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_elements = msgspec.json.Decoder(list[msgspec.Raw])


class JsonText(str):
    """A text that is JSON itself, to be told from a string value."""

    __slots__ = ()


class ExactInt(int):
    """A whole number that remembers how it was written (-0, or more digits than Python converts at once)."""

    text: str

    def __repr__(self) -> str:
        """Show it as it was written."""
        return self.text


class ExactFloat(float):
    """A number with a fraction or an exponent that remembers how it was written."""

    text: str

    def __repr__(self) -> str:
        """Show it as it was written."""
        return self.text


def parse(text: str | bytes) -> Any:
    """Parse JSON into Python values whose numbers remember their text.

    Raises:
        ValueError: the text is not JSON (RFC 8259); NaN and Infinity are not.
    """
    try:
        return _decode(text if isinstance(text, str) else text.decode())
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error


def dumps(value: Any) -> JsonText:
    """Print what `parse` gave, or any plain value, as JSON text; numbers as they were written."""
    if isinstance(value, JsonText):
        return value
    return JsonText(orjson.dumps(value, default=_print_exact, option=orjson.OPT_PASSTHROUGH_SUBCLASS).decode())


def loads(raw: bytes) -> Any:
    """Parse JSON whose numbers need not remember their text, which is faster.

    Raises:
        ValueError: the text is not JSON.
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return parse(raw)  # knows the few legal texts that orjson refuses, such as 1e400


def check(text: str) -> bytes:
    """Return the text as bytes if it is JSON.

    Raises:
        ValueError: it is not; says where.
    """
    raw = text.encode()
    loads(raw)
    return raw


def members(raw: bytes | msgspec.Raw) -> Mapping[str, msgspec.Raw]:
    """Cut a JSON object into its members, whose values stay text.

    Raises:
        msgspec.MsgspecError: it is not an object.
    """
    return _members.decode(raw)


def elements(raw: bytes | msgspec.Raw) -> list[msgspec.Raw]:
    """Cut a JSON array into its elements, which stay text.

    Raises:
        msgspec.MsgspecError: it is not an array.
    """
    return _elements.decode(raw)


def join_members(parts: Mapping[str, bytes | msgspec.Raw]) -> bytes:
    """Write members whose values are JSON texts as one object."""
    return b"{" + b",".join(orjson.dumps(key) + b":" + bytes(value) for key, value in parts.items()) + b"}"


def _exact_int(text: str) -> int:
    try:
        value = int(text)
    except ValueError:  # more digits than Python converts
        value = -_HUGE if text.startswith("-") else _HUGE
    if str(value) == text and -(2**63) <= value < 2**64:
        return value
    exact = ExactInt(value)
    exact.text = text
    return exact


def _exact_float(text: str) -> ExactFloat:
    exact = ExactFloat(text)
    exact.text = text
    return exact


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _print_exact(value: Any) -> Any:
    if isinstance(value, ExactInt | ExactFloat):
        return orjson.Fragment(value.text)
    if isinstance(value, JsonText):
        return orjson.Fragment(value.encode())
    raise TypeError(f"{type(value).__name__} is not a JSON value")


_decode = json.JSONDecoder(parse_int=_exact_int, parse_float=_exact_float, parse_constant=_refuse_constant).decode
