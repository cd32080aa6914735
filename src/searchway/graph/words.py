"""Enum words that do not exist are refused with the list of those that do: the nearest alone is a guess."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLEnumType, GraphQLError


def list_words(enum: GraphQLEnumType) -> None:
    """Make an enum name its words when it refuses one."""
    own: Any = enum
    own.coerce_input_value = _naming(enum, enum.coerce_input_value)
    own.coerce_input_literal = _naming(enum, enum.coerce_input_literal)


def _naming(enum: GraphQLEnumType, coerce: Callable[..., Any]) -> Callable[..., Any]:
    expected = f"Expected one of {', '.join(sorted(enum.values))}."

    def coerce_or_name(value: Any, hide_suggestions: bool = False) -> Any:
        try:
            return coerce(value, hide_suggestions)
        except GraphQLError as error:
            if hide_suggestions:
                raise
            raise GraphQLError(f"{error.message} {expected}", error.nodes) from None

    return coerce_or_name
