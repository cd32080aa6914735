"""What is refused before anything is sent: a walk over a request message, by the rules of its shapes.

Both faces pass here, so both refuse the same input with the same words. Escaping is not here: it belongs to the path template.
"""

import math
import re
from collections.abc import Iterable
from typing import Any

from google.protobuf.unknown_fields import UnknownFieldSet

from searchway.contract.records import Field, Kind, Shape
from searchway.errors import InvalidArgumentError
from searchway.suggestions import closest
from searchway.transcode import jsontext

# https://www.elastic.co/docs/reference/elasticsearch/rest-apis/api-conventions#time-units
_DURATION = re.compile(r"\d+(?:\.\d+)?(?:nanos|micros|ms|s|m|h|d)|0|-1", re.ASCII)


def check_message(shape: Shape, message: Any, path: str = "") -> None:
    """Check a message and everything in it.

    Raises:
        InvalidArgumentError: a field is unknown, required and missing, or has a value that no engine understands.
    """
    _check_unknown(shape, message, path)
    _check_exclusive(shape, message, path)
    for field in shape.fields:
        if field.required and not is_given(field, message):
            raise InvalidArgumentError(path + field.name, "is required and must not be empty")
    for descriptor, value in message.ListFields():
        _check_field(shape.by_name[descriptor.name], value, path + descriptor.name)


def is_given(field: Field, message: Any) -> bool:
    """Tell whether a field has a value; a required text has none while it is empty."""
    value = getattr(message, field.name)
    if field.repeated:
        return len(value) > 0
    if field.required and field.kind is Kind.STRING:
        return bool(value)
    return bool(message.HasField(field.name))


def suggest(name: str, known: Iterable[str]) -> str:
    """Say which of the known names was probably meant, or which there are."""
    names = sorted(known)
    near = closest(name, names, cutoff=0.5)
    if near:
        return f"did you mean {near[0]}?"
    return f"expected one of {', '.join(names)}" if names else "none is taken here"


def expected_words(field: Field) -> str:
    """List the values that an enum field takes."""
    assert field.words is not None  # noqa: S101  # by its kind
    return f"expected one of {', '.join(field.words.names.values())}"


def _check_unknown(shape: Shape, message: Any, path: str) -> None:
    unknown = UnknownFieldSet(message)
    if len(unknown):
        numbers = ", ".join(str(f.number) for f in shape.fields)
        problem = f"unknown field number {unknown[0].field_number} in {shape.name}, which has {numbers or 'none'}"
        raise InvalidArgumentError(path.removesuffix(".") or "request", problem)


def _check_exclusive(shape: Shape, message: Any, path: str) -> None:
    """A message that is nothing but a choice must make it."""
    if shape.fields and all(f.oneof for f in shape.fields) and not message.ListFields():
        names = ", ".join(f.name for f in shape.fields)
        raise InvalidArgumentError(path.removesuffix(".") or "request", f"exactly one of {names} is required")


def _check_field(field: Field, value: Any, path: str) -> None:
    if field.repeated:
        for index, item in enumerate(value):
            _check_value(field, item, f"{path}[{index}]")
    else:
        _check_value(field, value, path)


def _check_value(field: Field, value: Any, path: str) -> None:
    if field.kind is Kind.MESSAGE:
        assert field.shape is not None  # noqa: S101  # by its kind
        check_message(field.shape, value, path + ".")
    elif field.kind is Kind.ENUM:
        assert field.words is not None  # noqa: S101  # by its kind
        if value not in field.words.names:
            raise InvalidArgumentError(path, f"unknown value {value}; {expected_words(field)}")
    elif field.kind is Kind.JSON:
        _check_json(value.text, path)
    elif field.kind is Kind.DOUBLE:
        _check_finite(value, path)
    elif field.duration and not _DURATION.fullmatch(value):
        raise InvalidArgumentError(path, f"{value!r} is not a length of time; expected a number with a unit, as in 30s")


def _check_finite(value: float, path: str) -> None:
    """JSON has no other numbers: they would be sent as null."""
    if not math.isfinite(value):
        raise InvalidArgumentError(path, f"expected a finite number, got {value}")


def _check_json(text: str, path: str) -> None:
    try:
        jsontext.check(text)
    except ValueError as error:
        raise InvalidArgumentError(path, f"is not JSON: {error}") from error
