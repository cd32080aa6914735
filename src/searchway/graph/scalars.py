"""The scalars that GraphQL lacks: whole numbers of 64 bits, free JSON, and messages without fields.

JSON is never parsed into objects that lose digits: a literal is printed from the syntax tree with its number tokens, and a variable is
the text that stood in the request (see `variables`).
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NewType

import strawberry
from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    GraphQLError,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    print_ast,
)
from strawberry.types.scalar import ScalarDefinition

from searchway.transcode import jsontext
from searchway.transcode.jsontext import ExactFloat, ExactInt, JsonText

Long = NewType("Long", int)
Json = NewType("Json", object)
Empty = NewType("Empty", object)

_WHOLE = re.compile(r"-?\d{1,19}", re.ASCII)
_LONGEST = 2**63
_Variables = Mapping[str, Any] | None


def parse_long(value: Any) -> int:
    """Return a whole number of 64 bits; as JavaScript cannot write all of them, their digits as a text will do.

    Raises:
        GraphQLError: it is none.
    """
    whole = _as_long(value)
    if whole is None:
        raise _no_long(_as_json(value))
    return whole


def print_json(node: ValueNode, variables: _Variables = None) -> JsonText:
    """Print a literal as JSON text.

    Raises:
        GraphQLError: it holds a bare word.
    """
    return JsonText(_print(node, variables or {}))


def parse_empty(value: Any) -> bool:
    """Accept `{}` and `true` for a message without fields.

    Raises:
        GraphQLError: it is something else.
    """
    if value is not True and value != {}:
        raise _no_empty(_as_json(value))
    return True


def _parse_long_literal(node: ValueNode, _variables: _Variables = None) -> int:
    whole = None
    if isinstance(node, IntValueNode | StringValueNode):
        whole = _as_long(node.value)
    if whole is None:
        raise _no_long(print_ast(node), node)
    return whole


def _parse_empty_literal(node: ValueNode, _variables: _Variables = None) -> bool:
    if isinstance(node, BooleanValueNode) and node.value:
        return True
    if isinstance(node, ObjectValueNode) and not node.fields:
        return True
    raise _no_empty(print_ast(node), node)


def _as_long(value: Any) -> int | None:
    whole = int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else value
    if isinstance(whole, bool) or not isinstance(whole, int) or not -_LONGEST <= whole < _LONGEST:
        return None
    return int(whole)


def _as_json(value: Any) -> str:
    """Return a wrong value as its caller wrote it, or nearly so; never fails."""
    if isinstance(value, ExactInt | ExactFloat):
        return value.text
    return json.dumps(value, ensure_ascii=False).encode(errors="backslashreplace").decode()


def _no_long(shown: str, node: ValueNode | None = None) -> GraphQLError:
    return GraphQLError(f"Long cannot represent {_short(shown)}; expected a whole number of 64 bits.", node)


def _no_empty(shown: str, node: ValueNode | None = None) -> GraphQLError:
    return GraphQLError(f"Empty cannot represent {_short(shown)}; expected {{}} or true.", node)


def _print(node: ValueNode, variables: Mapping[str, Any]) -> str:
    match node:
        case IntValueNode() | FloatValueNode():
            return node.value
        case StringValueNode() | BooleanValueNode():
            return jsontext.dumps(node.value)
        case NullValueNode():
            return "null"
        case VariableNode():
            return jsontext.dumps(variables.get(node.name.value))
        case ListValueNode():
            return f"[{','.join(_print(item, variables) for item in node.values)}]"
        case ObjectValueNode():
            return f"{{{','.join(_print_members(node, variables))}}}"
        case EnumValueNode():
            raise GraphQLError(f"{node.value} is not JSON; a text needs quotes.", node)
    raise GraphQLError(f"{node.kind} is not JSON.", node)


def _print_members(node: ObjectValueNode, variables: Mapping[str, Any]) -> list[str]:
    given = [m for m in node.fields if not (isinstance(m.value, VariableNode) and m.value.name.value not in variables)]
    return [f"{jsontext.dumps(m.name.value)}:{_print(m.value, variables)}" for m in given]


def _short(shown: str) -> str:
    return shown if len(shown) <= 80 else shown[:77] + "..."  # noqa: PLR2004  # a line


def _as_is(value: Any) -> Any:
    return value


SCALARS: Mapping[object, ScalarDefinition] = {
    Long: strawberry.scalar(
        name="Long",
        description="A whole number of 64 bits. From -(2^53 - 1) to 2^53 - 1 a number, beyond it its digits as a string, since JavaScript "
        "would round it; a gateway may write all of them as strings. As an input a number or its digits as a string.",
        specified_by_url="scalars.md#long",
        serialize=_as_is,
        parse_value=parse_long,
        parse_literal=_parse_long_literal,
    ),
    Json: strawberry.scalar(
        name="JSON",
        description="Any JSON value, kept as it was written: large integers and the digits of fractions survive. "
        "Names that GraphQL cannot write, such as index.blocks.write, are for variables.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=_as_is,
        parse_value=jsontext.dumps,
        parse_literal=print_json,
    ),
    Empty: strawberry.scalar(
        name="Empty",
        description="Something that has no fields of its own: {} or true.",
        specified_by_url="https://protobuf.dev/programming-guides/json/",
        serialize=_as_is,
        parse_value=parse_empty,
        parse_literal=_parse_empty_literal,
    ),
}
"""The scalars by the Python types that stand for them."""
