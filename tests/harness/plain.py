"""Answers of all faces in one plain form, and how they agree with what a case says.

The form: keys are proto names; what is absent is not there, and neither are empty lists, unless their being empty means something;
free JSON is its text; an enum is its name without the enum's prefix.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from harness.cases import ANY
from searchway.contract.records import Field, Kind, Shape
from searchway.transcode import jsontext
from searchway.transcode.jsontext import JsonText

_FAILURE = "searchway.api.errors.v1.ApiError"


def plain_message(shape: Shape, message: Any) -> dict[str, Any]:
    """Return a protobuf message in the plain form."""
    return {
        descriptor.name: _plain_value(shape.by_name[descriptor.name], value)
        for descriptor, value in message.ListFields()
    }


def _plain_value(field: Field, value: Any) -> Any:
    return [_plain_single(field, item) for item in value] if field.repeated else _plain_single(field, value)


def _plain_single(field: Field, value: Any) -> Any:
    if field.kind is Kind.MESSAGE:
        assert field.shape is not None
        return plain_message(field.shape, value)
    if field.kind is Kind.JSON:
        return JsonText(value.text)
    if field.kind is Kind.STRINGS:
        return list(value.values)
    if field.kind is Kind.ENUM:
        assert field.words is not None
        return field.words.words[value]
    return value


def form_differences(
    shape: Shape, expected: Mapping[str, Any], actual: Mapping[str, Any], path: str = ""
) -> Iterator[str]:
    """Yield where an answer has other fields, or other types, or another number of items than expected."""
    named = expected.keys() & actual.keys()
    if shape.name != _FAILURE:
        yield from (
            f"{path}{name}: {'missing' if name in expected else 'unexpected'}"
            for name in expected.keys() ^ actual.keys()
        )
    for name in named:
        field = shape.by_name[name]
        pairs = (expected[name], actual[name]) if field.repeated else ([expected[name]], [actual[name]])
        if len(pairs[0]) != len(pairs[1]):
            yield f"{path}{name}: expected {len(pairs[0])} items, got {actual[name]!r}"
        for one, other in zip(*pairs, strict=False):
            if field.shape is not None:
                yield from form_differences(field.shape, one, other, f"{path}{name}.")
            elif field.kind in _TYPED and type(one) is not type(other):
                yield f"{path}{name}: expected {one!r}, got {other!r}"


_TYPED = frozenset({Kind.BOOL, Kind.INT, Kind.LONG, Kind.STRING, Kind.STRINGS})


def differences(shape: Shape, expected: Mapping[str, Any], actual: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Yield where an answer is not as expected; an ApiError may have more than is expected."""
    for name in expected.keys() | actual.keys():
        field = shape.by_name.get(name)
        at = f"{path}{name}"
        if field is None:
            yield f"{at}: no such field in {shape.name}"
        elif name not in actual:
            yield f"{at}: missing, expected {expected[name]!r}"
        elif name not in expected:
            if shape.name != _FAILURE:
                yield f"{at}: unexpected {actual[name]!r}"
        else:
            yield from _value_differences(field, expected[name], actual[name], at)


def _value_differences(field: Field, expected: Any, actual: Any, at: str) -> Iterator[str]:
    if not field.repeated:
        yield from _single_differences(field, expected, actual, at)
    elif len(expected) != len(actual):
        yield f"{at}: expected {len(expected)} items, got {actual!r}"
    else:
        for index, pair in enumerate(zip(expected, actual, strict=True)):
            yield from _single_differences(field, *pair, f"{at}[{index}]")


def _single_differences(field: Field, expected: Any, actual: Any, at: str) -> Iterator[str]:
    if field.kind is Kind.MESSAGE:
        assert field.shape is not None
        yield from differences(field.shape, expected, actual, f"{at}.")
    elif not _equal(field, expected, actual):
        yield f"{at}: expected {expected!r}, got {actual!r}"


def _equal(field: Field, expected: Any, actual: Any) -> bool:
    if expected == ANY:
        return bool(actual)
    if field.kind is Kind.JSON and not isinstance(expected, JsonText):
        return bool(jsontext.parse(actual) == expected)
    is_same_type = type(expected) is type(actual) or field.kind is Kind.DOUBLE
    return is_same_type and bool(expected == actual)


def is_json_equal(expected: Any, actual: bytes) -> bool:
    """Tell whether a body is as expected: exactly if that is a text, as JSON otherwise."""
    if isinstance(expected, str):
        return expected.encode() == actual
    return bool(jsontext.parse(actual) == jsontext.parse(orjson.dumps(expected)))
