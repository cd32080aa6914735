"""The variables of a request as the values that graphql-core coerces, free JSON among them as the text that it was.

    {"n": 1, "body": {"a": 1,  "a": 2}}    ->    {"n": 1, "body": JsonText('{"a": 1,  "a": 2}')}

Where an input type has a JSON scalar somewhere inside, its value is cut out of the request's text: duplicate members, white space,
escapes and digits stay as the caller wrote them. Must not know HTTP.
"""

import re
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

import msgspec
from graphql import (
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    type_from_ast,
)

from searchway.transcode import jsontext
from searchway.transcode.jsontext import JsonText

_JSON = "JSON"
_LARGE = 1024 * 1024
"""Bytes from which on an object or a list is cut with care: a megabyte has at most 100,000 members, which take 40 ms."""
_MOST_COMMAS = 1_000_000
_ABSENT = msgspec.Raw(b"")
_UP_TO_COMMA = re.compile(rb'(?:[^",]++|"(?:[^"\\]++|\\.)*+")*+,', re.DOTALL)
_DEEPEST = 100
"""Levels of lists and objects around free JSON: input types may contain themselves."""


class Variables:
    """Reads the variables of one operation.

    Args:
        readers: the readers of the schema's types.
        operation: the operation that defines them.
        most: the most values that may be given, not counting those inside of free JSON.
    """

    def __init__(self, readers: "TypeReaders", operation: OperationDefinitionNode, most: int) -> None:
        self._readers = {
            definition.variable.name.value: readers.of(found)
            for definition in operation.variable_definitions or ()
            if (found := type_from_ast(readers.schema, definition.type)) is not None
        }
        self._holds_free = any(read is not _parse for read in self._readers.values())
        self._most = most

    def read(self, text: bytes) -> dict[str, Any]:
        """Read variables from a JSON object.

        Args:
            text: the object; empty for none.

        Raises:
            GraphQLError: it is not a JSON object, has too many values, or is nested too deeply.
        """
        if not text:
            return {}
        budget = _Budget(self._most)
        try:
            return self._members(text, budget) if self._holds_free else _parse(text, budget, 0)
        except RecursionError:
            raise GraphQLError("variables: the JSON is nested too deeply") from None
        except ValueError as error:
            raise GraphQLError(f"variables: not JSON: {error}") from None

    def _members(self, text: bytes, budget: "_Budget") -> dict[str, Any]:
        """Read the variables that the operation defines; others are nobody's."""
        readers = self._readers
        return {
            name: readers[name](bytes(raw), budget, 0)
            for name, raw in _cut_object(text, readers).items()
            if name in readers
        }


class TypeReaders:
    """Readers of the values of input types, made once for each: what holds no free JSON is parsed, the rest is cut.

    Args:
        schema: the schema of the types.
    """

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        """The schema of the types."""
        self._free = _free_types(schema)
        self._objects: dict[str, _Reader] = {}

    def of(self, graphql_type: Any) -> "_Reader":
        """Return the reader of a type."""
        if get_named_type(graphql_type).name not in self._free:
            return _parse
        if is_non_null_type(graphql_type):
            return self.of(graphql_type.of_type)
        if is_list_type(graphql_type):
            return partial(_read_list, self.of(graphql_type.of_type))
        return _read_json if graphql_type.name == _JSON else self._object(graphql_type)

    def _object(self, graphql_type: Any) -> "_Reader":
        """Return the reader of an input type, which may contain itself."""
        if graphql_type.name not in self._objects:
            fields: dict[str, _Reader] = {}
            self._objects[graphql_type.name] = partial(_read_object, fields)
            fields.update({name: self.of(field.type) for name, field in graphql_type.fields.items()})
        return self._objects[graphql_type.name]


class _Budget:
    """Counts values."""

    __slots__ = ("_left", "most")

    def __init__(self, most: int) -> None:
        self.most = most
        self._left = most

    def spend(self, values: int) -> None:
        """Count some values."""
        self._left -= values
        if self._left < 0:
            problem = f"variables: more than {self.most} values; at most {self.most} are allowed"
            raise GraphQLError(f"{problem} (limits.variable_values); values inside of free JSON do not count.")


_Reader = Callable[[bytes, _Budget, int], Any]
"""Returns the value of a JSON text, which is so many levels deep."""


def _parse(text: bytes, budget: _Budget, _depth: int) -> Any:
    """Read a text in which there is no free JSON."""
    budget.spend(_values(text, budget.most))
    return jsontext.parse(text)


def _read_json(text: bytes, budget: _Budget, _depth: int) -> Any:
    budget.spend(1)
    return None if text == b"null" else JsonText(text.decode())


def _read_list(read: _Reader, text: bytes, budget: _Budget, depth: int) -> Any:
    """Read a list, or a single value that may stand for one."""
    _check_depth(depth)
    if text[:1] != b"[":
        return read(text, budget, depth + 1)
    budget.spend(1)
    items = _cut_list(text)
    return [read(bytes(item), budget, depth + 1) for item in items]


def _read_object(fields: Mapping[str, _Reader], text: bytes, budget: _Budget, depth: int) -> Any:
    _check_depth(depth)
    if text[:1] != b"{":
        return _parse(text, budget, depth)
    budget.spend(1)
    members = _cut_object(text, fields)
    return {name: fields.get(name, _parse)(bytes(raw), budget, depth + 1) for name, raw in members.items()}


def _check_depth(depth: int) -> None:
    if depth > _DEEPEST:
        raise GraphQLError(f"variables: nested too deeply; at most {_DEEPEST} levels are taken around free JSON")


def _free_types(schema: GraphQLSchema) -> frozenset[str]:
    """Return the names of the input types in which free JSON can stand somewhere."""
    inputs = {name: found for name, found in schema.type_map.items() if is_input_object_type(found)}
    below = {name: {get_named_type(f.type).name for f in found.fields.values()} for name, found in inputs.items()}
    found = {_JSON}
    while more := {name for name, names in below.items() if name not in found and names & found}:
        found |= more
    return frozenset(found)


def _values(text: bytes, most: int) -> int:
    """Return how many values a text has; a higher number if it is within the limit anyhow, a lower one far beyond it."""
    number = text.count(b",") + 1
    if number <= most:
        return number
    position, number = 0, 1
    while number <= most and (found := _UP_TO_COMMA.match(text, position)):
        position = found.end()
        number += 1
    return number


def _cut_object(text: bytes, names: Collection[str]) -> Mapping[str, msgspec.Raw]:
    """Cut an object into its members; of a large one only those with a known name, since each takes time and memory."""
    if len(text) <= _LARGE:
        return jsontext.members(text)
    fields = [(f"_{number}", msgspec.Raw, _ABSENT) for number, _ in enumerate(names)]
    rename = {f"_{number}": name for number, name in enumerate(names)}
    found = msgspec.json.decode(text, type=msgspec.defstruct("Members", fields, rename=rename))
    members = {name: getattr(found, attribute) for attribute, name in rename.items()}
    return {name: raw for name, raw in members.items() if raw is not _ABSENT}


def _cut_list(text: bytes) -> list[msgspec.Raw]:
    if len(text) > _LARGE and text.count(b",") > _MOST_COMMAS:
        raise GraphQLError(
            f"variables: a list around free JSON has more than {_MOST_COMMAS} values, those inside counted"
        )
    return jsontext.elements(text)
