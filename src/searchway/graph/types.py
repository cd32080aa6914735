"""Object types, input types and enums, derived from the messages of the contract.

A type is made empty and filled afterwards, so that a message may contain itself. Each field carries its contract record along
(`contract_of`), so that execution needs no second table.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.schema_directives import OneOf
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.enum import EnumValue, StrawberryEnumDefinition
from strawberry.types.field import StrawberryField

from searchway.contract.records import Field, Kind, Shape, Words
from searchway.graph import names
from searchway.graph.descriptions import describe_field
from searchway.graph.scalars import Empty, Json, Long

_CONTRACT = "contract"
_BACK = "strawberry-definition"
_SCALARS: dict[Kind, Any] = {
    Kind.BOOL: bool,
    Kind.INT: int,
    Kind.LONG: Long,
    Kind.DOUBLE: float,
    Kind.STRING: str,
    Kind.JSON: Json,
    Kind.STRINGS: list[str],
}
_make_enum: Any = StrEnum  # its names are known at run time only
_OUTPUTS = {**_SCALARS, Kind.ENUM: str}


def contract_of(element: Any) -> Any:
    """Return the contract record that a GraphQL field, argument or input field was made of, None if there is none."""
    definition = element.extensions.get(_BACK)
    return definition.metadata.get(_CONTRACT) if definition is not None else None


def object_type(
    name: str,
    description: str,
    *,
    is_input: bool = False,
    one_of: bool = False,
    implements: Sequence[type] = (),
) -> type:
    """Make a type without fields."""
    cls = type(name, (), {})
    cls.__strawberry_definition__ = StrawberryObjectDefinition(  # type: ignore[attr-defined]  # strawberry's own mark
        name=name,
        is_input=is_input,
        is_interface=False,
        origin=cls,
        description=description or None,
        interfaces=[interface.__strawberry_definition__ for interface in implements],  # type: ignore[attr-defined]  # made here
        extend=False,
        directives=[OneOf()] if one_of else [],
        is_type_of=None,
        resolve_type=None,
        fields=[],
    )
    return cls


def add_field(cls: type, name: str, annotation: Any, description: str, **more: Any) -> StrawberryField:
    """Give a type one more field; `contract` is its record, `deprecated` marks it."""
    field = StrawberryField(
        python_name=name,
        graphql_name=name,
        type_annotation=StrawberryAnnotation(annotation),
        description=description or None,
        deprecation_reason=_reason(bool(more.get("deprecated"))),
        metadata={_CONTRACT: more.get("contract")},
    )
    cls.__strawberry_definition__.fields.append(field)  # type: ignore[attr-defined]  # made by object_type
    return field


def add_identity(cls: type, description: str, contract: Any = None) -> None:
    """Give a type the field `id`; `contract` is what writes it."""
    add_field(cls, "id", strawberry.ID, description, contract=contract)


def plain_argument(name: str, annotation: Any, description: str) -> StrawberryArgument:
    """Return an argument that may be left out and is no field of the contract."""
    return StrawberryArgument(
        python_name=name,
        graphql_name=name,
        type_annotation=StrawberryAnnotation(annotation | None),
        description=description,
    )


def required_argument(name: str, annotation: Any, description: str) -> StrawberryArgument:
    """Return an argument that must be given and is no field of the contract."""
    return StrawberryArgument(
        python_name=name, graphql_name=name, type_annotation=StrawberryAnnotation(annotation), description=description
    )


def whole_argument(cls: type, description: str) -> StrawberryArgument:
    """Return the argument `input` that takes a whole request."""
    annotation = StrawberryAnnotation(cls)
    return StrawberryArgument(
        python_name="input", graphql_name="input", type_annotation=annotation, description=description or None
    )


class TypeFactory:
    """Makes types of messages and remembers them."""

    def __init__(self, claims: names.Claims, node: type) -> None:
        self._claims = claims
        self._node = node
        self._outputs: dict[str, type] = {}
        self._inputs: dict[str, type] = {}
        self._enums: dict[str, type] = {}

    def output(self, shape: Shape) -> Any:
        """Return the type of a message in answers."""
        if shape.is_empty:
            return Empty
        if shape.name not in self._outputs:
            name = self._claims.claim(names.type_name(shape), shape.name)
            implements = (self._node,) if shape.entity else ()
            cls = self._outputs[shape.name] = object_type(name, shape.comment, implements=implements)
            if shape.entity:
                add_identity(cls, shape.entity.identity.comment, shape.entity.identity)
            for field in shape:
                self.add_output(cls, field)
        return self._outputs[shape.name]

    def add_output(self, cls: type, field: Field) -> None:
        """Add a field of an answer to a type. Any may be absent, and enums are open: the clusters decide."""
        annotation = _listed(field, self.output(field.shape) if field.shape else _OUTPUTS[field.kind])
        add_field(
            cls, names.camel(field.name), annotation | None, field.comment, contract=field, deprecated=field.deprecated
        )

    def input(self, shape: Shape) -> Any:
        """Return the input type of a message inside a request."""
        if shape.is_empty:
            return Empty
        return self._input(shape, names.type_name(shape) + "Input", shape.name + " as an input")

    def request(self, shape: Shape, name: str) -> Any:
        """Return the input type of a request."""
        return self._input(shape, name, shape.name)

    def argument(self, field: Field, name: str) -> StrawberryArgument:
        """Return a request field as an argument."""
        return StrawberryArgument(
            python_name=field.name,
            graphql_name=name,
            type_annotation=StrawberryAnnotation(self._input_annotation(field)),
            description=describe_field(field) or None,
            deprecation_reason=_reason(field.deprecated),
            metadata={_CONTRACT: field},
        )

    def _input(self, shape: Shape, name: str, owner: str) -> type:
        self._claims.claim(name, owner)
        if name not in self._inputs:
            pure = bool(shape.fields) and all(f.oneof for f in shape) and len({f.oneof for f in shape}) == 1
            cls = self._inputs[name] = object_type(name, shape.comment, is_input=True, one_of=pure)
            for field in inputs(shape):
                annotation = self._input_annotation(field)
                text = describe_field(field)
                add_field(cls, names.camel(field.name), annotation, text, contract=field, deprecated=field.deprecated)
        return self._inputs[name]

    def _input_annotation(self, field: Field) -> Any:
        if field.shape is not None:
            single = self.input(field.shape)
        else:
            single = self._enum(field.words) if field.words is not None else _SCALARS[field.kind]
        annotation = _listed(field, single)
        return annotation if field.required else annotation | None

    def _enum(self, words: Words) -> type:
        if words.name not in self._enums:
            name = self._claims.claim(words.name.rpartition(".")[2], words.name)
            cls = _make_enum(name, {n: n for n in words.names.values()})
            cls.__strawberry_definition__ = StrawberryEnumDefinition(
                wrapped_cls=cls,
                name=name,
                values=[EnumValue(n, n, description=words.comments.get(i) or None) for i, n in words.names.items()],
                description=words.comment or None,
            )
            self._enums[words.name] = cls
        return self._enums[words.name]


def inputs(shape: Shape) -> list[Field]:
    """Return the fields of a message that a caller can give."""
    return [field for field in shape if not field.output_only]


def _listed(field: Field, single: Any) -> Any:
    return list[single] if field.repeated else single


def _reason(deprecated: bool) -> str | None:
    return "The documentation advises against it." if deprecated else None
