"""Plain values, as GraphQL arguments, command lines and test cases give them, as request messages.

Must know nothing of where the values come from. What is refused here could not even be written as a message; the rest is `checks`.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from searchway.contract.records import Field, Kind, Shape
from searchway.errors import InvalidArgumentError
from searchway.transcode import jsontext
from searchway.transcode.checks import expected_words, suggest
from searchway.transcode.values import INT_RANGE, LONG_RANGE
from searchway.vocabulary import TRUTH

# The engines read numbers and truth values in quotes as if they had none, so what was written for them may have some.
_WHOLE = re.compile(r"-?[0-9]{1,19}")
_NUMBER = re.compile(r"-?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,4})?")


def build(shape: Shape, values: Mapping[str, Any], path: str = "") -> Any:
    """Return the message for values keyed by proto names, or by the names that JSON of protobuf has for them.

    Enums are given by name or REST word. A Json field takes `jsontext.JsonText` as its text, and any other value as the JSON value that it is.
    None is absence.

    Raises:
        InvalidArgumentError: a name is unknown or given twice, a value has the wrong type, or two of a choice are given.
    """
    message = shape.cls()
    _fill(shape, message, values, path)
    return message


def _fill(shape: Shape, message: Any, values: Mapping[str, Any], path: str) -> None:
    chosen: dict[str, str] = {}
    for name, value in values.items():
        field = shape.by_name.get(name) or _by_json_name(shape, name, values, path)
        if value is None and field.kind is not Kind.JSON:
            continue
        if field.oneof and chosen.setdefault(field.oneof, name) != name:
            raise InvalidArgumentError(path + name, f"{chosen[field.oneof]} is given already; only one of them can be")
        _set(field, message, value, path + name)


def _by_json_name(shape: Shape, name: str, values: Mapping[str, Any], path: str) -> Field:
    field = shape.by_json_name.get(name)
    if field is None:
        raise InvalidArgumentError(path + name, f"unknown field; {suggest(name, shape.by_name)}{beyond(shape)}")
    if field.name in values:
        raise InvalidArgumentError(path + name, f"{field.name} is given already, which is the same field")
    return field


def beyond(shape: Shape) -> str:
    """Say where members go that the message does not declare; nothing where it takes no others."""
    if shape.extra is not None:
        return f"; what is not declared goes into {shape.extra.name}, as one JSON object"
    if shape.spread is not None:
        return f"; members of any other name go into {shape.spread.name}"
    return f"; the key of an entry goes into {shape.key.name}" if shape.key is not None else ""


def _set(field: Field, message: Any, value: Any, path: str) -> None:
    if field.repeated:
        items = value if isinstance(value, list | tuple) else [value]
        target = getattr(message, field.name)
        for index, item in enumerate(items):
            _append(field, target, item, f"{path}[{index}]")
    elif field.kind in _COMPOSITE:
        target = getattr(message, field.name)
        target.SetInParent()
        _COMPOSITE[field.kind](field, target, value, path)
    else:
        setattr(message, field.name, _SCALARS[field.kind](field, value, path))


def _append(field: Field, target: Any, item: Any, path: str) -> None:
    if field.kind in _COMPOSITE:
        _COMPOSITE[field.kind](field, target.add(), item, path)
    else:
        target.append(_SCALARS[field.kind](field, item, path))


def _fill_message(field: Field, target: Any, value: Any, path: str) -> None:
    assert field.shape is not None  # noqa: S101  # by its kind
    if field.shape.is_empty and value is True:
        return
    if not isinstance(value, Mapping):
        raise _wrong("an object", value, path)
    _fill(field.shape, target, value, path + ".")


def _fill_json(_field: Field, target: Any, value: Any, path: str) -> None:
    try:
        target.text = jsontext.dumps(value)
    except TypeError as error:
        raise InvalidArgumentError(path, f"is not a JSON value: {error}") from error


def _fill_strings(_field: Field, target: Any, value: Any, path: str) -> None:
    items = value if isinstance(value, list | tuple) else [value]
    for index, item in enumerate(items):
        if not isinstance(item, str):
            raise _wrong("a text", item, f"{path}[{index}]")
        target.values.append(item)


def _text(_field: Field, value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise _wrong("a text", value, path)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidArgumentError(path, "holds half of a surrogate pair, which no text can") from error
    return value


def _boolean(_field: Field, value: Any, path: str) -> bool:
    found = TRUTH.get(value, value) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise _wrong("true or false", value, path)
    return found


def _whole(low: int, high: int) -> Callable[[Field, Any, str], int]:
    def convert(_field: Field, value: Any, path: str) -> int:
        found = int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else value
        if isinstance(found, bool) or not isinstance(found, int) or not low <= found <= high:
            raise _wrong(f"a whole number from {low} to {high}", value, path)
        return int(found)

    return convert


def _fraction(_field: Field, value: Any, path: str) -> float:
    if isinstance(value, bool) or not (isinstance(value, int | float) or _is_number(value)):
        raise _wrong("a number", value, path)
    try:
        return float(value)
    except OverflowError as error:
        raise _wrong("a number of 64 bits", value, path) from error


def _is_number(value: Any) -> bool:
    return isinstance(value, str) and _NUMBER.fullmatch(value) is not None


def _word(field: Field, value: Any, path: str) -> int:
    assert field.words is not None  # noqa: S101  # by its kind
    number = field.words.number(value) if isinstance(value, str) else None
    if number is None:
        raise InvalidArgumentError(path, f"{value!r} is unknown; {expected_words(field)}")
    return number


def _wrong(expected: str, value: Any, path: str) -> InvalidArgumentError:
    shown = repr(value)
    return InvalidArgumentError(path, f"expected {expected}, got {shown if len(shown) <= 80 else shown[:77] + '...'}")  # noqa: PLR2004  # a line


_SCALARS: Mapping[Kind, Callable[[Field, Any, str], Any]] = {
    Kind.STRING: _text,
    Kind.BOOL: _boolean,
    Kind.INT: _whole(*INT_RANGE),
    Kind.LONG: _whole(*LONG_RANGE),
    Kind.DOUBLE: _fraction,
    Kind.ENUM: _word,
}
_COMPOSITE: Mapping[Kind, Callable[[Field, Any, Any, str], None]] = {
    Kind.MESSAGE: _fill_message,
    Kind.JSON: _fill_json,
    Kind.STRINGS: _fill_strings,
}
