"""JSON scalars of answers as the types that the contract promises.

The engines are loose with types: the cat APIs write numbers as text. What cannot be meant raises FieldError, which names the field.
"""

import math
import re
from collections.abc import Callable
from typing import Any

import orjson

from searchway.vocabulary import TRUTH

INT_RANGE = (-(2**31), 2**31 - 1)
LONG_RANGE = (-(2**63), 2**63 - 1)
EXACT_RANGE = (1 - 2**53, 2**53 - 1)
"""The whole numbers that JavaScript holds exactly, and with it most parsers of JSON."""

# Sizes as older nodes write them although plain bytes were asked for. Units are powers of 1024.
# https://www.elastic.co/docs/reference/elasticsearch/rest-apis/api-conventions#byte-units
_SIZE = re.compile(r"(-?\d+(?:\.\d+)?)(b|kb|mb|gb|tb|pb)", re.ASCII)
_FACTORS = {unit: 1024**power for power, unit in enumerate(("b", "kb", "mb", "gb", "tb", "pb"))}


class FieldError(ValueError):
    """A value is not of the type of its field."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}")


def text(value: Any, field: str) -> str | None:
    """Return a text; other scalars as they are written in JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        raise FieldError(field, "a text")
    return orjson.dumps(value).decode()


def _whole(low: int, high: int, bits: int) -> Callable[[Any, str], int | None]:
    def convert(value: Any, field: str) -> int | None:
        try:
            number = _as_whole(value)
        except (ValueError, OverflowError):
            number = high + 1
        if number is not None and not low <= number <= high:
            raise FieldError(field, f"a whole number of {bits} bits")
        return number

    return convert


int_of = _whole(*INT_RANGE, 32)
"""Returns a whole number of 32 bits, also from text and from a size such as 1.5gb."""
long_of = _whole(*LONG_RANGE, 64)
"""Returns a whole number of 64 bits likewise."""


def exact_long(value: Any, field: str) -> int | str | None:
    """Return a whole number of 64 bits, its digits as a text where JavaScript would round it."""
    number = long_of(value, field)
    return number if number is None or EXACT_RANGE[0] <= number <= EXACT_RANGE[1] else str(number)


def long_text(value: Any, field: str) -> str | None:
    """Return the digits of a whole number of 64 bits."""
    number = long_of(value, field)
    return None if number is None else str(number)


def fraction(value: Any, field: str) -> float | None:
    """Return a finite number, also from text."""
    if value is None or value == "":
        return None
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (ValueError, TypeError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise FieldError(field, "a finite number of 64 bits")
    return number


def boolean(value: Any, field: str) -> bool | None:
    """Return a truth value, also from text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value in TRUTH:
        return TRUTH[value]
    raise FieldError(field, "true or false")


def _as_whole(value: Any) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        size = _SIZE.fullmatch(value)
        return _bytes(float(size[1]), size[2]) if size else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ValueError("not a whole number")
    return int(value)


def _bytes(number: float, unit: str) -> int:
    if not math.isfinite(number * _FACTORS[unit]):
        raise ValueError("expected a size of 64 bits")
    return int(number * _FACTORS[unit])
