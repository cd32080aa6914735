"""Messages as REST documents: the body of a request, by the roles of its fields.

The way back is `response`. Takes messages that `checks` has passed.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import orjson

from searchway.contract.records import Field, Kind, Role, Shape
from searchway.errors import InvalidArgumentError
from searchway.transcode import cutting, jsontext, surrogates
from searchway.transcode.checks import is_given

_NOT_IN_BODIES = frozenset({Role.LOCAL, Role.QUERY, Role.KEY})

Document = Any
"""What orjson can dump: plain values, and free JSON as fragments."""


class BodyWriter:
    """Writes messages of one request as documents."""

    def __init__(self, keys: Mapping[str, str], reserved: frozenset[str] = frozenset()) -> None:
        """Take the request's own texts, from which fields with `key_from` have their keys, and keys no spread entry may have."""
        self._keys = keys
        self._reserved = reserved

    def document(self, shape: Shape, message: Any, path: str = "", without: frozenset[str] = frozenset()) -> Document:
        """Return the message as a document, less the named fields.

        Raises:
            InvalidArgumentError: a key of a map is given twice or is that of a declared member.
        """
        if shape.value is not None and is_given(shape.value, message):
            return self._value(shape.value, getattr(message, shape.value.name), path + shape.value.name)
        out: dict[str, Document] = {}
        for field in shape.fields:
            if _stands_in_bodies(field) and field.name not in without and is_given(field, message):
                self._add(out, shape, field, getattr(message, field.name), path + field.name)
        return out

    def _add(self, out: dict[str, Document], shape: Shape, field: Field, value: Any, path: str) -> None:
        if field.role is Role.EXTRA:
            self._add_members(out, shape, _extra_members(value.text, path), path)
        elif field.role is Role.SPREAD:
            self._add_members(out, shape, self._spread(field, value, path), path, self._reserved)
        else:
            _place(out, self._way(field), self._value(field, value, path))

    def _add_members(
        self,
        out: dict[str, Document],
        shape: Shape,
        more: Mapping[str, Document],
        path: str,
        reserved: frozenset[str] = frozenset(),
    ) -> None:
        declared = shape.declared_keys | {self._keys[f.key_from] for f in shape.fields if f.key_from} | reserved
        for key, value in more.items():
            if key in declared:
                raise InvalidArgumentError(path, f"{key!r} is a field of its own and cannot be given here")
            if key in out:
                raise InvalidArgumentError(path, f"{key!r} is given twice")
            out[key] = value

    def _spread(self, field: Field, entries: Any, path: str) -> dict[str, Document]:
        """Write the entries, whose values are found again by comma lists and so must hold no comma."""
        written = self._entries(field, entries, path)
        for key, values in written.items():
            if isinstance(values, list) and any("," in str(value) for value in values):
                raise InvalidArgumentError(path, f"a value of {key!r} holds a comma, by which values are told apart")
        return written

    def _way(self, field: Field) -> tuple[str, ...]:
        return (self._keys[field.key_from],) if field.key_from else field.at

    def _value(self, field: Field, value: Any, path: str) -> Document:
        if field.is_map:
            return self._entries(field, value, path)
        if field.repeated:
            items = [self._single(field, item, f"{path}[{index}]") for index, item in enumerate(value)]
            return items[0] if field.single and len(items) == 1 else items
        return self._single(field, value, path)

    def _entries(self, field: Field, entries: Any, path: str) -> dict[str, Document]:
        shape = field.shape
        assert shape is not None and shape.key is not None  # noqa: S101, PT018  # a map, by its role
        out: dict[str, Document] = {}
        for index, entry in enumerate(entries):
            key, at = getattr(entry, shape.key.name), f"{path}[{index}]"
            if not key:
                raise InvalidArgumentError(f"{at}.{shape.key.name}", "is required and must not be empty")
            if key in out:
                raise InvalidArgumentError(f"{at}.{shape.key.name}", f"{key!r} is given twice")
            out[key] = self._entry(shape, entry, at + ".")
        return out

    def _entry(self, shape: Shape, entry: Any, path: str) -> Document:
        value = shape.value
        if value is None or is_given(value, entry):
            return self.document(shape, entry, path)
        if value.repeated:
            return []
        if value.kind is Kind.MESSAGE:
            return {}
        raise InvalidArgumentError(path + value.name, "is required")

    def _single(self, field: Field, value: Any, path: str) -> Document:
        if field.kind is Kind.MESSAGE:
            assert field.shape is not None  # noqa: S101  # by its kind
            return self.document(field.shape, value, path + ".")
        if field.kind is Kind.JSON:
            return orjson.Fragment(jsontext.check(value.text))
        if field.kind is Kind.STRINGS:
            return list(value.values)
        if field.kind is Kind.ENUM:
            assert field.words is not None  # noqa: S101  # by its kind
            return field.words.words[value]
        return value


def _stands_in_bodies(field: Field) -> bool:
    return field.role not in _NOT_IN_BODIES and not field.output_only


def _extra_members(text: str, path: str) -> Mapping[str, Document]:
    try:
        found = jsontext.members(text.encode())
        names = cutting.names(text.encode())
    except ValueError as error:
        raise InvalidArgumentError(path, "expected a JSON object, whose members are added") from error
    if any(not name.isascii() and surrogates.replace_in_text(name) != name for name in found):
        raise InvalidArgumentError(path, "a member's name holds a lone surrogate")
    if len(names) > len(found):
        ((twice, _),) = Counter(names).most_common(1)
        raise InvalidArgumentError(path, f"{twice!r} is given twice")
    return {key: orjson.Fragment(bytes(raw)) for key, raw in found.items()}


def _place(out: dict[str, Document], way: tuple[str, ...], value: Document) -> None:
    for key in way[:-1]:
        out = out.setdefault(key, {})
    out[way[-1]] = value
