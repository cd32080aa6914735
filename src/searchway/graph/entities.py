"""Things with an identity: the interface `Node`, and what `node(id:)` can find.

https://relay.dev/graphql/objectidentification.htm
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.types.arguments import StrawberryArgument

from searchway.contract.catalog import Catalog
from searchway.contract.entities import holder
from searchway.contract.records import Entity, Field, Operation
from searchway.errors import InvalidArgumentError
from searchway.graph.types import add_field, add_identity, object_type, required_argument
from searchway.transcode import inputs

_NODE = "Something with an identity, which caches keep once, wherever it was read."
_ID = "The identifier of the object, unique over all types and clusters."
_ONE = "Reads an object again by its `id`; null if it is gone."
_MANY = "Reads objects again by their `id`s, in that order; null for each that is gone. A request may read limits.node_ids of them."
_GIVEN = "What was read as `id` of an object."


@dataclass(frozen=True, slots=True)
class NamespaceId:
    """Writes the `id` of a namespace, which is that of its cluster and its type."""

    kind: str
    """The name of the type."""


@dataclass(frozen=True, slots=True)
class EntityRead:
    """How an entity is read by its key."""

    entity: Entity
    """The entity."""
    operation: Operation
    """What reads it."""
    field: Field
    """The field of the answer that holds it."""

    def message(self, key: tuple[str, ...], field: str) -> Any:
        """Return the request for a key.

        Args:
            key: the parts of the key.
            field: what an error calls the identifier.

        Raises:
            InvalidArgumentError: the key has another number of parts.
        """
        fields = self.entity.identity.key
        if len(key) != len(fields):
            raise InvalidArgumentError(
                field, f"expected the id of a {self.entity.name}, whose key has {len(fields)} parts"
            )
        if not self.entity.joined:
            return inputs.build(self.operation.request, {f.name: part for f, part in zip(fields, key, strict=True)})
        joined = ":".join(key)
        takes = self.operation.request.by_name[self.entity.joined]
        return inputs.build(self.operation.request, {takes.name: [joined] if takes.repeated else joined})


@dataclass(frozen=True, slots=True)
class Lookup:
    """The record of the fields `node` and `nodes`."""

    many: bool
    """Whether it takes many identifiers."""
    reads: Mapping[str, EntityRead]
    """What can be read, by the name of its type."""


def node_type() -> type:
    """Make the interface."""
    cls = object_type("Node", _NODE)
    cls.__strawberry_definition__.is_interface = True  # type: ignore[attr-defined]  # made by object_type
    add_identity(cls, _ID)
    return cls


def add_lookups(root: type, node: type, catalog: Catalog) -> None:
    """Give the root the fields that find things by their identifiers."""
    reads = {read.entity.name: read for read in entity_reads(catalog)}
    thing: Any = node
    one = add_field(root, "node", thing | None, _ONE, contract=Lookup(False, reads))
    one.arguments = [_argument("id", strawberry.ID)]
    many = add_field(root, "nodes", list[thing | None] | None, _MANY, contract=Lookup(True, reads))
    many.arguments = [_argument("ids", list[strawberry.ID])]


def _argument(name: str, annotation: Any) -> StrawberryArgument:
    return required_argument(name, annotation, _GIVEN)


def entity_reads(catalog: Catalog) -> Iterator[EntityRead]:
    """Yield how each entity is read that can be."""
    for entity in catalog.entities:
        if entity.read:
            operation = catalog.operation(entity.read)
            yield EntityRead(entity, operation, holder(operation, entity))
