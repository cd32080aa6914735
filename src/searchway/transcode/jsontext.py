"""JSON that must not change on its way: texts checked without being parsed into objects, numbers that keep their digits.

Python's own numbers bend what they read (1E2 becomes 100.0, long fractions lose digits), so numbers read here keep their text. Every
problem of a text, its depth included, is a ValueError, and everything takes linear time.
"""

import json
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, NoReturn, TypeVar

import msgspec
import orjson

from searchway.transcode import surrogates
from searchway.transcode.depth import NestingError, check_depth
from searchway.transcode.pieces import PIECE_BYTES, read_array

# What a whole number counts as that has more digits than Python converts: outside of every type's range, that of float included.
_HUGE = 10**400
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode
_skip = msgspec.json.Decoder(msgspec.Raw).decode
_T = TypeVar("_T")


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
        raise NestingError from error


def dumps(value: Any) -> JsonText:
    """Print what `parse` gave, or any plain value, as JSON text; numbers as they were written.

    Raises:
        TypeError: it is no JSON value, or is nested too deeply.
    """
    if isinstance(value, JsonText):
        return value
    return JsonText(orjson.dumps(value, default=_print_exact, option=orjson.OPT_PASSTHROUGH_SUBCLASS).decode())


def loads(raw: bytes) -> Any:
    """Parse JSON into plain values, which is faster than `parse` and loses what such values cannot hold.

    A lone surrogate becomes U+FFFD. A number that no value of 64 bits holds becomes a float, or a text if no float holds it.

    Raises:
        ValueError: the text is not JSON.
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _loads_lenient(surrogates.replace(bytes(raw)))


def check(text: str) -> bytes:
    """Return the text as bytes if it is JSON.

    Raises:
        ValueError: it is not, or is nested too deeply; says where.
    """
    raw = text.encode()
    check_depth(raw)
    try:
        _skip(raw)  # makes no values, which takes a fifteenth of the time
    except (ValueError, RecursionError):
        loads(raw)
    return raw


def check_exact(raw: bytes) -> None:
    """Check a JSON text, cut out of an answer, that goes on as it is: cutting leaves its depth and its bytes unlooked at.

    Raises:
        ValueError: it is nested too deeply, or no UTF-8.
    """
    check_depth(raw)
    if not raw.isascii():
        raw.decode()


def members(raw: bytes | msgspec.Raw) -> Mapping[str, msgspec.Raw]:
    """Cut a JSON object into its members, whose values stay text. Lone surrogates in names stay what they are.

    Raises:
        ValueError: it is not an object, or nested too deeply.
    """
    try:
        return _members(raw)
    except (ValueError, RecursionError) as error:
        mark, text = _hidden(raw, error)
        found = _decode_hidden(_members, text)
        return {surrogates.show_in_text(key, mark): _shown(value, mark) for key, value in found.items()}


def elements(raw: bytes | msgspec.Raw) -> list[msgspec.Raw]:
    """Cut a JSON array into its elements, which stay text.

    Raises:
        ValueError: it is not an array, or nested too deeply.
    """
    try:
        return _elements(raw) if len(memoryview(raw)) <= PIECE_BYTES else read_array(bytes(raw), _elements)
    except (ValueError, RecursionError) as error:
        mark, text = _hidden(raw, error)
        return [_shown(value, mark) for value in _decode_hidden(_elements, text)]


def join_members(parts: Mapping[str, bytes | msgspec.Raw]) -> bytes:
    """Write members whose values are JSON texts as one object."""
    return b"{" + b",".join(_name(key) + b":" + bytes(value) for key, value in parts.items()) + b"}"


def _name(key: str) -> bytes:
    try:
        return orjson.dumps(key)
    except TypeError:  # a lone surrogate, which only an escape can write
        return json.dumps(key).encode()


def _loads_lenient(raw: bytes) -> Any:
    """Parse the valid texts that orjson rejects."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        pass
    try:
        return _decode_plain(raw.decode())
    except RecursionError as error:
        raise NestingError from error


def _hidden(raw: bytes | msgspec.Raw, error: Exception) -> tuple[str, bytes]:
    """Return a text with its lone surrogates masked, after it was rejected with an error that may be due to them."""
    if isinstance(error, RecursionError):
        raise NestingError from error
    mark, text = surrogates.hide(bytes(raw))
    if not mark:
        raise error
    return mark, text


def _decode_hidden(decode: Callable[[bytes], _T], text: bytes) -> _T:
    try:
        return decode(text)
    except RecursionError as error:
        raise NestingError from error


def _shown(raw: msgspec.Raw, mark: str) -> msgspec.Raw:
    return msgspec.Raw(surrogates.show(bytes(raw), mark))


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


def _plain_int(text: str) -> int | str:
    value = _exact_int(text)
    return text if value.__class__ is ExactInt else value


def _plain_float(text: str) -> float | str:
    value = float(text)
    return value if isfinite(value) else text


_decode_plain = json.JSONDecoder(parse_int=_plain_int, parse_float=_plain_float, parse_constant=_refuse_constant).decode
_decode = json.JSONDecoder(parse_int=_exact_int, parse_float=_exact_float, parse_constant=_refuse_constant).decode
