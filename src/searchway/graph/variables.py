"""The variables of a request as the values that graphql-core coerces, free JSON among them as the text that it was.

    {"n": 1, "body": {"a": 1,  "a": 2}}    ->    {"n": 1, "body": JsonText('{"a": 1,  "a": 2}')}

Where an input type has a JSON scalar somewhere inside, its value is cut out of the request's text: duplicate members, white space,
escapes and digits stay as the caller wrote them. Must not know HTTP.
"""

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_input_object_type,
    is_list_type,
    is_wrapping_type,
    type_from_ast,
)

from searchway.transcode import jsontext
from searchway.transcode.jsontext import JsonText

_JSON = "JSON"
_DEEPEST = 100
"""Levels of lists and objects around free JSON: input types may contain themselves."""


class Variables:
    """Reads the variables of one operation.

    Args:
        schema: the schema of their types.
        operation: the operation that defines them.
        free: the names of the types in which free JSON can stand, as `free_types` finds them.
        most: the most values that may be given, not counting those inside of free JSON.
    """

    def __init__(
        self, schema: GraphQLSchema, operation: OperationDefinitionNode, free: frozenset[str], most: int
    ) -> None:
        types = {
            definition.variable.name.value: type_from_ast(schema, definition.type)
            for definition in operation.variable_definitions or ()
        }
        self._types: dict[str, Any] = {name: found for name, found in types.items() if found is not None}
        self._free = free
        self._holds_free = any(get_named_type(found).name in free for found in self._types.values())
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
        try:
            cutter = _Cutter(self._free, self._most)
            return cutter.variables(text, self._types) if self._holds_free else cutter.parse(text)
        except RecursionError:
            raise GraphQLError("variables: the JSON is nested too deeply") from None
        except ValueError as error:
            raise GraphQLError(f"variables: not JSON: {error}") from None


def free_types(schema: GraphQLSchema) -> frozenset[str]:
    """Return the names of the input types in which free JSON can stand somewhere."""
    inputs = {name: found for name, found in schema.type_map.items() if is_input_object_type(found)}
    below = {name: {get_named_type(f.type).name for f in found.fields.values()} for name, found in inputs.items()}
    found = {_JSON}
    while more := {name for name, names in below.items() if name not in found and names & found}:
        found |= more
    return frozenset(found)


class _Cutter:
    """Cuts a text into values along their types."""

    def __init__(self, free: frozenset[str], most: int) -> None:
        self._free = free
        self._most = most
        self._count = 0

    def variables(self, text: bytes, types: Mapping[str, Any]) -> dict[str, Any]:
        """Read the variables that an operation defines, free JSON among them; others are nobody's."""
        members = jsontext.members(text)
        return {name: self._value(bytes(raw), types[name], 0) for name, raw in members.items() if name in types}

    def parse(self, text: bytes) -> Any:
        """Read a text in which there is no free JSON."""
        self._note(_values(text, self._most))
        return jsontext.parse(text)

    def _value(self, text: bytes, graphql_type: Any, depth: int) -> Any:
        if text == b"null":
            return None
        if get_named_type(graphql_type).name not in self._free:
            return self.parse(text)
        if depth > _DEEPEST:
            raise GraphQLError(f"variables: nested too deeply; at most {_DEEPEST} levels are taken around free JSON")
        if is_wrapping_type(graphql_type):
            return self._wrapped(text, graphql_type, depth + 1)
        if graphql_type.name == _JSON:
            self._note(1)
            return JsonText(text.decode())
        return self._members(text, graphql_type.fields, depth + 1) if text[:1] == b"{" else self.parse(text)

    def _wrapped(self, text: bytes, graphql_type: Any, depth: int) -> Any:
        """Read a list, or a single value that may stand for one."""
        if not is_list_type(graphql_type) or text[:1] != b"[":
            return self._value(text, graphql_type.of_type, depth)
        items = jsontext.elements(text)
        self._note(len(items))
        return [self._value(bytes(item), graphql_type.of_type, depth) for item in items]

    def _members(self, text: bytes, fields: Mapping[str, Any], depth: int) -> dict[str, Any]:
        members = jsontext.members(text)
        self._note(len(members))
        return {
            name: self._value(bytes(raw), fields[name].type, depth) if name in fields else self.parse(bytes(raw))
            for name, raw in members.items()
        }

    def _note(self, values: int) -> None:
        self._count += values
        if self._count > self._most:
            problem = f"variables: more than {self._most} values; at most {self._most} are allowed"
            raise GraphQLError(f"{problem} (limits.variable_values); values inside of free JSON do not count.")


def _values(text: bytes, most: int) -> int:
    """Return how many values a text has, or a higher number if it is within the limit anyhow."""
    number = text.count(b",") + 1
    if number <= most:
        return number
    if b"\\" in text:  # of an escaped quotation mark, only the mark would count
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    return sum(piece.count(b",") for piece in text.split(b'"')[::2]) + 1
