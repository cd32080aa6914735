"""Messages and enums of the contract as records, each made once, also where a message contains itself."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from google.api import field_behavior_pb2
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message_factory import GetMessageClass

from searchway.api.contract.v1 import contract_pb2
from searchway.contract.availability import read_availability
from searchway.contract.records import Entity, Field, Kind, Role, Shape, Words

_SCALARS: Mapping[int, Kind] = {
    FieldDescriptor.TYPE_BOOL: Kind.BOOL,
    FieldDescriptor.TYPE_INT32: Kind.INT,
    FieldDescriptor.TYPE_INT64: Kind.LONG,
    FieldDescriptor.TYPE_DOUBLE: Kind.DOUBLE,
    FieldDescriptor.TYPE_STRING: Kind.STRING,
    FieldDescriptor.TYPE_ENUM: Kind.ENUM,
}
_SPECIAL: Mapping[str, Kind] = {
    "searchway.api.types.v1.Json": Kind.JSON,
    "searchway.api.types.v1.Strings": Kind.STRINGS,
}
_ROLES: Mapping[int, Role] = {
    contract_pb2.ROLE_UNSPECIFIED: Role.MEMBER,
    contract_pb2.ROLE_KEY: Role.KEY,
    contract_pb2.ROLE_VALUE: Role.VALUE,
    contract_pb2.ROLE_SPREAD: Role.SPREAD,
    contract_pb2.ROLE_EXTRA: Role.EXTRA,
    contract_pb2.ROLE_QUERY: Role.QUERY,
    contract_pb2.ROLE_LOCAL: Role.LOCAL,
    contract_pb2.ROLE_GIVEN: Role.GIVEN,
}


class ContractError(Exception):
    """A proto file contradicts itself; found when the gateway starts."""


class ShapeFactory:
    """Makes shapes from descriptors and remembers them."""

    def __init__(self, comments: Mapping[str, str]) -> None:
        self._comments = comments
        self._shapes: dict[str, Shape] = {}
        self._words: dict[str, Words] = {}

    def shape(self, descriptor: Any) -> Shape:
        """Return the shape of the message, the same for every call."""
        name = descriptor.full_name
        if name not in self._shapes:
            shape = Shape(name=name, comment=self._comment(name), cls=GetMessageClass(descriptor))
            self._shapes[name] = shape  # before its fields, which may lead back to it
            shape.fields = tuple(map(self._field, descriptor.fields))
            shape.entity = _entity(shape, descriptor)
        return self._shapes[name]

    def _field(self, descriptor: Any) -> Field:
        options = descriptor.GetOptions()
        wire = options.Extensions[contract_pb2.wire]
        behavior = options.Extensions[field_behavior_pb2.field_behavior]
        kind = self._kind(descriptor)
        oneof = descriptor.containing_oneof
        return Field(
            name=descriptor.name,
            number=descriptor.number,
            kind=kind,
            repeated=descriptor.is_repeated,
            required=field_behavior_pb2.REQUIRED in behavior,
            output_only=field_behavior_pb2.OUTPUT_ONLY in behavior,
            deprecated=options.deprecated,
            comment=self._comment(descriptor.full_name),
            shape=self.shape(descriptor.message_type) if kind is Kind.MESSAGE else None,
            words=self._enum(descriptor.enum_type) if kind is Kind.ENUM else None,
            at=tuple(wire.at) or (descriptor.name,),
            also=tuple(wire.also),
            role=_ROLES[wire.role],
            key_from=wire.key_from or None,
            engines=tuple(map(read_availability, wire.engines)),
            single=wire.single,
            within=wire.within,
            duration=wire.text == contract_pb2.TEXT_DURATION,
            # A field marked optional stands in a oneof that the compiler made up.
            oneof=oneof.name if oneof is not None and len(oneof.fields) > 1 else None,
        )

    def _kind(self, descriptor: Any) -> Kind:
        if descriptor.message_type is not None:
            return _SPECIAL.get(descriptor.message_type.full_name, Kind.MESSAGE)
        return _SCALARS[descriptor.type]

    def _enum(self, descriptor: Any) -> Words:
        if descriptor.full_name not in self._words:
            self._words[descriptor.full_name] = self._read_enum(descriptor)
        return self._words[descriptor.full_name]

    def _read_enum(self, descriptor: Any) -> Words:
        zero = descriptor.values_by_number[0].name
        prefix = zero.removesuffix("UNSPECIFIED")
        values = [v for v in descriptor.values if v.name != zero]
        names = {v.number: v.name.removeprefix(prefix) for v in values}
        words = {v.number: v.GetOptions().Extensions[contract_pb2.word] or names[v.number].lower() for v in values}
        # A value's full name in protobuf lacks the enum's own; the comments are kept under both names joined.
        comments = {v.number: self._comment(f"{descriptor.full_name}.{v.name}") for v in values}
        return Words(
            name=descriptor.full_name,
            comment=self._comment(descriptor.full_name),
            names=MappingProxyType(names),
            words=MappingProxyType(words),
            comments=MappingProxyType(comments),
        )

    def _comment(self, name: str) -> str:
        return self._comments.get(name, "")


_KEYS = frozenset({Kind.STRING, Kind.INT, Kind.LONG})


def _entity(shape: Shape, descriptor: Any) -> Entity | None:
    options = descriptor.GetOptions()
    if not options.HasExtension(contract_pb2.entity):
        return None
    said = options.Extensions[contract_pb2.entity]
    key = tuple(_key_field(shape, name) for name in said.key)
    if not key:
        raise ContractError(f"{shape.name}: an entity needs a key")
    name = descriptor.name
    identity = Field(
        name="id", number=0, kind=Kind.STRING, required=True, role=Role.IDENTITY, key=key, comment=_IDENTITY
    )
    family = descriptor.file.package.split(".")[-2]
    return Entity(name=name, identity=identity, read=f"{family}.{said.read}" if said.read else "", joined=said.joined)


def _key_field(shape: Shape, name: str) -> Field:
    field = shape.by_name.get(name)
    if field is None or field.kind not in _KEYS or field.repeated:
        raise ContractError(
            f"{shape.name}: the key of an entity is made of texts and whole numbers, and {name!r} is none of its own"
        )
    return field


_IDENTITY = "The identifier of the object, unique over all types and clusters. It is for caches and for `node`: nothing can be read from it."
