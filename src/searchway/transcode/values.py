"""JSON scalars of answers as the types that the contract promises.

The engines are loose with types: the cat APIs write numbers as text. What cannot be meant raises ValueError or TypeError, which the
reader turns into one error.
"""

import math
import re
from typing import Any

import orjson

# Sizes as older nodes write them although plain bytes were asked for. Units are powers of 1024.
# https://www.elastic.co/docs/reference/elasticsearch/rest-apis/api-conventions#byte-units
_SIZE = re.compile(r"(-?\d+(?:\.\d+)?)(b|kb|mb|gb|tb|pb)", re.ASCII)
_FACTORS = {unit: 1024**power for power, unit in enumerate(("b", "kb", "mb", "gb", "tb", "pb"))}


def text(value: Any) -> str | None:
    """Return a text; other scalars as they are written in JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        raise TypeError(f"expected a text, got {type(value).__name__}")
    return orjson.dumps(value).decode()


def whole(value: Any) -> int | None:
    """Return a whole number, also from text and from a size such as 1.5gb."""
    if value is None or value.__class__ is int:
        return value
    if isinstance(value, str):
        return _whole_from_text(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise TypeError(f"expected a whole number, got {type(value).__name__}")


def fraction(value: Any) -> float | None:
    """Return a number, also from text."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        raise TypeError("expected a number, got bool")
    try:
        return float(value)
    except OverflowError as error:
        raise ValueError("expected a number of 64 bits") from error


def boolean(value: Any) -> bool | None:
    """Return a truth value, also from text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _TRUTH:
        return _TRUTH[value]
    raise TypeError(f"expected true or false, got {type(value).__name__}")


_TRUTH = {"true": True, "false": False}


def _whole_from_text(value: str) -> int | None:
    if size := _SIZE.fullmatch(value):
        return _bytes(float(size[1]), size[2])
    return int(value) if value else None


def _bytes(number: float, unit: str) -> int:
    if not math.isfinite(number * _FACTORS[unit]):
        raise ValueError("expected a size of 64 bits")
    return int(number * _FACTORS[unit])
