"""The contract's prose in the words of GraphQL.

Comments of proto files put the names of fields and rpcs in backticks, and messages name fields of the request as they are. Here
such names become the ones that GraphQL has for them; other words, those of the engines for example, stay.

    `page_size`, of a list     ->  `first`          `if_seq_no`      ->  `ifSeqNo`
    `UpdatePolicy`             ->  `ismUpdatePolicy`    `ListRules`  ->  `rules.rules`
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema

from searchway.contract.catalog import Catalog
from searchway.contract.records import Operation, Shape
from searchway.graph import names
from searchway.graph.types import contract_of

_QUOTED = re.compile(r"`(\w+(?:\.\w+)*)`")
_SNAKE = re.compile(r"(?<![\w'\"`])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w'\"`])")
_Rename = Callable[[str], str]


def reword_schema(schema: GraphQLSchema, catalog: Catalog) -> None:
    """Reword the descriptions of everything in a schema."""
    fields = {operation.rpc: names.face_field(operation) for operation in catalog.operations.values()}
    for element, operation in described(schema):
        if element.description:
            element.description = _reword(element.description, _renaming(fields, operation))


def reword_message(message: str, operation: Operation) -> str:
    """Reword a message of the gateway about a request."""
    known = _request_names(operation)
    return _SNAKE.sub(lambda word: known.get(word[0], word[0]), message)


def described(schema: GraphQLSchema) -> Iterator[tuple[Any, Operation | None]]:
    """Yield everything that may have a description, with the operation whose arguments it may speak of."""
    for named in schema.type_map.values():
        if named.name.startswith("__"):  # these are graphql-core's own
            continue
        yield named, None
        if isinstance(named, GraphQLEnumType):
            yield from ((value, None) for value in named.values.values())
        if isinstance(named, GraphQLObjectType | GraphQLInputObjectType):
            for field in named.fields.values():
                record = contract_of(field)
                operation = record if isinstance(record, Operation) else None
                yield field, operation
                yield from ((argument, operation) for argument in getattr(field, "args", {}).values())


def _reword(text: str, rename: _Rename) -> str:
    return _QUOTED.sub(lambda name: f"`{rename(name[1])}`", text)


def _renaming(fields: Mapping[str, str], operation: Operation | None) -> _Rename:
    def rename(name: str) -> str:
        if name in fields:
            return fields[name]
        return names.argument(operation, name) if operation else names.camel(name)

    return rename


@lru_cache(maxsize=256)
def _request_names(operation: Operation) -> Mapping[str, str]:
    """Return the names of the request's fields, at any depth, with those of GraphQL."""
    inner = {name: names.camel(name) for name in _names_below(operation.request, set())}
    return inner | {field.name: names.argument(operation, field.name) for field in operation.request}


def _names_below(shape: Shape, seen: set[str]) -> Iterator[str]:
    if shape.name in seen:
        return
    seen.add(shape.name)
    for field in shape:
        yield field.name
        if field.shape is not None:
            yield from _names_below(field.shape, seen)
