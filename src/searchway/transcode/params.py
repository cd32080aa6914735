"""Request fields as texts of paths and queries. Lists are comma lists there, so their items must hold no comma."""

from collections.abc import Iterator, Mapping
from typing import Any

from searchway.contract.records import Field, Kind, Operation, Role, Shape
from searchway.errors import InvalidArgumentError
from searchway.transcode.checks import is_given

# Query parameters that every REST route of the engines takes; a filter of this name would change the answer instead.
# https://www.elastic.co/docs/reference/elasticsearch/rest-apis/common-options
COMMON_OPTIONS = frozenset({"error_trace", "filter_path", "format", "human", "pretty", "source", "source_content_type"})


def query_pairs(operation: Operation, message: Any, fields: list[Field]) -> Iterator[tuple[str, str]]:
    """Yield key and text of every given field.

    Raises:
        InvalidArgumentError: a list has an item that is empty or holds a comma, or a filter's key is reserved.
    """
    for field in fields:
        if not is_given(field, message):
            continue
        value = getattr(message, field.name)
        if field.role is Role.SPREAD:
            yield from _spread_pairs(operation, field, value)
        else:
            yield field.at[-1], text_of(field, value, field.name)


def text_of(field: Field, value: Any, path: str) -> str:
    """Return the value as the engines read it in a path or query."""
    if field.repeated:
        return ",".join(_item(field, item, f"{path}[{index}]") for index, item in enumerate(value))
    return _scalar(field, value)


def _item(field: Field, value: Any, path: str) -> str:
    text = _scalar(field, value)
    if not text:
        raise InvalidArgumentError(path, "must not be empty")
    if "," in text:
        raise InvalidArgumentError(path, f"{text!r} must not hold a comma; give several items instead")
    return text


def _scalar(field: Field, value: Any) -> str:
    if field.kind is Kind.ENUM:
        assert field.words is not None  # noqa: S101  # by its kind
        return field.words.words[value]
    if field.kind is Kind.BOOL:
        return "true" if value else "false"
    return str(value)


def _spread_pairs(operation: Operation, field: Field, entries: Any) -> Iterator[tuple[str, str]]:
    entry_shape = field.shape
    assert entry_shape is not None and entry_shape.key and entry_shape.value  # noqa: S101, PT018  # by its role
    reserved = COMMON_OPTIONS | operation.request.declared_keys | operation.reserved_keys
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        at = f"{field.name}[{index}]"
        key = getattr(entry, entry_shape.key.name)
        _check_key(key, reserved, seen, f"{at}.{entry_shape.key.name}")
        seen.add(key)
        yield key, text_of(entry_shape.value, getattr(entry, entry_shape.value.name), f"{at}.{entry_shape.value.name}")


def _check_key(key: str, reserved: frozenset[str], seen: set[str], path: str) -> None:
    if not key:
        raise InvalidArgumentError(path, "is required and must not be empty")
    if key in reserved:
        raise InvalidArgumentError(path, f"{key!r} is reserved")
    if key in seen:
        raise InvalidArgumentError(path, f"{key!r} is given twice")


def request_keys(shape: Shape, message: Any) -> Mapping[str, str]:
    """Return the request's own texts by field name, for fields whose key is given by another."""
    return {f.name: getattr(message, f.name) for f in shape.fields if f.kind is Kind.STRING and not f.repeated}
