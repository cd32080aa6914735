"""Calls as GraphQL requests and results in the plain form. Writes the documents itself, by the rule for names, apart from the face."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import orjson
from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type

from searchway.contract.records import Field, Kind, Operation, Role, Shape
from searchway.transcode import jsontext
from searchway.transcode.jsontext import JsonText

_PAGE = {"page_size": "first", "page_token": "after"}
_TOKENS = {"next_page_token", "total_size"}


def camel(name: str) -> str:
    """Return a proto name as GraphQL writes it."""
    head, *rest = name.split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in rest)


def argument_path(operation: Operation, path: str) -> str:
    """Return the path of a refused field as the GraphQL caller knows it."""
    head, *rest = path.split(".")
    name, bracket, index = head.partition("[")
    first = _PAGE.get(name, camel(name)) if operation.paging else camel(name)
    return ".".join([first + bracket + index, *map(camel, rest)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A GraphQL request, and the way to its result."""

    query: str
    variables: Mapping[str, Any]
    way: tuple[str, ...]


class Writer:
    """Writes documents for one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema

    def document(self, operation: Operation, values: Mapping[str, Any], selection: str) -> Document:
        """Return the request that calls the operation."""
        way = self._way(operation)
        arguments = self._field(operation, way).args
        given = {
            _argument(operation, name): _variable(operation.request.by_name.get(name), v) for name, v in values.items()
        }
        if not operation.read_only:
            given = {"input": given}
        known = {name: value for name, value in given.items() if name in arguments}
        declared = ", ".join(f"${name}: {arguments[name].type}" for name in known)
        passed = ", ".join(f"{name}: ${name}" for name in known)
        passed += "".join(f", {name}: null" for name in given if name not in known)  # to be refused by the schema
        body = " { ".join(way) + (f"({passed})" if passed else "") + f" {selection}" + " }" * (len(way) - 1)
        kind = "query" if operation.read_only else "mutation"
        return Document(query=f"{kind}{f'({declared})' if declared else ''} {{ {body} }}", variables=known, way=way)

    def _way(self, operation: Operation) -> tuple[str, ...]:
        if not operation.read_only:
            return (camel(operation.family) + operation.rpc,)
        rpc = operation.rpc.removeprefix("Get").removeprefix("List")
        return (camel(operation.family), rpc[0].lower() + rpc[1:])

    def _field(self, operation: Operation, way: tuple[str, ...]) -> GraphQLField:
        root = self._schema.query_type if operation.read_only else self._schema.mutation_type
        assert root is not None
        for name in way[:-1]:
            inner = get_named_type(root.fields[name].type)
            assert isinstance(inner, GraphQLObjectType)
            root = inner
        field: GraphQLField = root.fields[way[-1]]
        return field


def whole_selection(operation: Operation, gives: Mapping[str, Any]) -> str:
    """Return the selection of everything; what contains itself is followed as far as the expected answer goes."""
    shape = operation.response
    if operation.items is None:
        return _selection(shape, [gives], frozenset())
    items = operation.items
    assert items.shape is not None
    others = [f for f in shape.fields if f is not items and f.name not in _TOKENS]
    node = _selection(items.shape, gives.get(items.name, []), frozenset())
    rest = "".join(_selected(f, [gives], frozenset()) for f in others)
    return f"{{ edges {{ cursor node {node} }} pageInfo {{ hasNextPage endCursor }} totalCount{rest} }}"


def _selection(shape: Shape, expected: list[Any], above: frozenset[str]) -> str:
    if shape.is_empty:
        return ""
    return "{" + "".join(_selected(f, expected, above | {shape.name}) for f in shape.fields) + " }"


def _selected(field: Field, expected: list[Any], above: frozenset[str]) -> str:
    if field.shape is None:
        return f" {camel(field.name)}"
    inner = [
        x for one in expected if field.name in one for x in (one[field.name] if field.repeated else [one[field.name]])
    ]
    if field.shape.name in above and not inner:
        return ""
    return f" {camel(field.name)}{_selection(field.shape, inner, above)}"


def plain_result(operation: Operation, raw: bytes) -> dict[str, Any]:
    """Return the result of a call in the plain form."""
    if operation.items is None:
        return _plain(operation.response, raw)
    members = _members(raw)
    edges = [_members(bytes(edge)) for edge in jsontext.elements(members.pop("edges"))]
    page = orjson.loads(bytes(members.pop("pageInfo")))
    total = orjson.loads(bytes(members.pop("totalCount")))
    shape = operation.items.shape
    assert shape is not None
    result = _plain_members(operation.response, members)
    if edges:
        result[operation.items.name] = [_plain(shape, bytes(edge["node"])) for edge in edges]
        assert (orjson.loads(bytes(edges[-1]["cursor"])) or None) == page["endCursor"]
    if page["hasNextPage"] and page["endCursor"]:  # without pages there may be more, but nowhere to go on
        result["next_page_token"] = page["endCursor"]
    return result if total is None else {**result, "total_size": total}


def _plain(shape: Shape, raw: bytes) -> dict[str, Any]:
    return _plain_members(shape, _members(raw))


def _plain_members(shape: Shape, members: Mapping[str, msgspec.Raw]) -> dict[str, Any]:
    names = {camel(field.name): field for field in shape.fields}
    pairs = ((names[key], _plain_value(names[key], bytes(raw))) for key, raw in members.items())
    return {field.name: value for field, value in pairs if value is not None and not (field.repeated and not value)}


def _plain_value(field: Field, raw: bytes) -> Any:
    if raw == b"null" and field.kind is not Kind.JSON:
        return None
    if field.repeated:
        return [_plain_single(field, bytes(item)) for item in jsontext.elements(raw)]
    return _plain_single(field, raw)


def _plain_single(field: Field, raw: bytes) -> Any:
    if field.kind is Kind.MESSAGE:
        assert field.shape is not None
        return _plain(field.shape, raw)
    if field.kind is Kind.JSON:
        return None if raw == b"null" else JsonText(raw.decode())
    value = orjson.loads(raw)
    return int(value) if field.kind is Kind.LONG else value  # a large one is a text


def _members(raw: bytes) -> dict[str, msgspec.Raw]:
    return dict(jsontext.members(raw))


def _argument(operation: Operation, name: str) -> str:
    return _PAGE.get(name, camel(name)) if operation.paging else camel(name)


def _variable(field: Field | None, value: Any) -> Any:
    if field is None or value is None:
        return value
    if isinstance(value, list):
        return [_variable(field, item) for item in value]
    if field.kind is Kind.JSON:
        return orjson.Fragment(value.encode()) if isinstance(value, JsonText) else value
    if field.kind is Kind.ENUM and field.words is not None:
        number = next((n for n, word in field.words.words.items() if word == value), None)
        return value if number is None else field.words.names[number]
    if field.kind is Kind.MESSAGE and isinstance(value, Mapping) and field.shape is not None:
        shape = field.shape
        return {camel(name): _variable(shape.by_name.get(name), inner) for name, inner in value.items()}
    return value


def local_fields(shape: Shape) -> Iterator[str]:
    """Yield the fields that the gateway itself fills in."""
    return (field.name for field in shape.fields if field.role is Role.LOCAL)
