"""Where members go that an input type does not declare, told beside the errors about them. Must not know where the errors come from."""

import re
from collections.abc import Iterable
from typing import Final

from graphql import GraphQLError, GraphQLInputObjectType, GraphQLSchema

from searchway.contract.records import Role
from searchway.graph.types import contract_of

_UNKNOWN: Final = re.compile(r"value of type '(\w{1,200})' not to include unknown field '")
_HINTS: Final = {
    Role.EXTRA: "What is not declared goes into '{}', as one JSON object.",
    Role.SPREAD: "Members of any other name go into '{}'.",
    Role.KEY: "The key of an entry goes into '{}'.",
}


def with_hints(schema: GraphQLSchema, errors: Iterable[GraphQLError]) -> list[GraphQLError]:
    """Return the errors, those of unknown members with a hint where their type takes any others."""
    return [_with_hint(schema, error) for error in errors]


def _with_hint(schema: GraphQLSchema, error: GraphQLError) -> GraphQLError:
    found = _UNKNOWN.search(error.message)
    hint = _hint(schema, found[1]) if found else ""
    if not hint:
        return error
    return GraphQLError(f"{error.message} {hint}", error.nodes, error.source, error.positions, error.path)


def _hint(schema: GraphQLSchema, name: str) -> str:
    kind = schema.get_type(name)
    if not isinstance(kind, GraphQLInputObjectType):
        return ""
    roles = {contract.role: key for key, field in kind.fields.items() if (contract := contract_of(field)) is not None}
    return next((text.format(roles[role]) for role, text in _HINTS.items() if role in roles), "")
