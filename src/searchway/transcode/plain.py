"""Messages as plain values, the way back from `inputs.build`: what is not given is left out, free JSON is JSON again."""

from typing import Any

import orjson

from searchway.contract.records import Field, Kind, Shape


def plain(shape: Shape, message: Any) -> dict[str, Any]:
    """Return the values of a message keyed by proto names; enums by name, free JSON as fragments that orjson prints as they are."""
    given = ((shape.by_name[descriptor.name], value) for descriptor, value in message.ListFields())
    return {field.name: _value(field, value) for field, value in given}


def _value(field: Field, value: Any) -> Any:
    return [_single(field, item) for item in value] if field.repeated else _single(field, value)


def _single(field: Field, value: Any) -> Any:
    if field.shape is not None:
        return plain(field.shape, value)
    if field.kind is Kind.JSON:
        return orjson.Fragment(value.text)
    if field.kind is Kind.STRINGS:
        return list(value.values)
    if field.words is not None:
        return field.words.names.get(value)
    return value
