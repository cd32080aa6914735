"""The root field `clusters`: the gateway's own clusters with their states, which no operation of a cluster gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import FieldNode

from searchway.engine.listing import ClusterState
from searchway.graph.types import add_field, object_type

_FIELDS = (
    ("name", str, "Its name, for the argument `cluster`."),
    ("engine", str | None, "The engine that it runs, as in opensearch; null if that is not known."),
    ("version", str | None, "The version of the engine; null if that is not known."),
    ("reachable", bool, "Whether it answers, and does not say that it cannot work."),
)
_LIST = (
    "The clusters that this gateway stands in front of, in the order of its settings, and how each was found lately. "
    "Without the gateway's setting list_clusters an error, PERMISSION_DENIED."
)


@dataclass(frozen=True, slots=True)
class ClusterList:
    """The record of the field, in the place that an operation's has on others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedList:
    """Where a document asks for the clusters."""

    out: str
    """The key in the result."""
    nodes: tuple[FieldNode, ...]
    """Where it stands in the document; several if duplicates were merged."""
    fields: tuple[tuple[str, str], ...]
    """What is selected: keys in the result with names of fields."""
    type_name: str
    """The type of an element."""

    def write(self, found: Sequence[ClusterState]) -> orjson.Fragment:
        """Return what was found as the document wants it, as text."""
        return orjson.Fragment(
            orjson.dumps([{out: self._value(state, name) for out, name in self.fields} for state in found])
        )

    def _value(self, state: ClusterState, name: str) -> Any:
        return self.type_name if name == "__typename" else getattr(state, name)


def add_cluster_list(root: type, name: str) -> None:
    """Give the root of the reads the field.

    Args:
        root: the root.
        name: what the type of an element is called.
    """
    element: Any = object_type(name, "A cluster that the gateway stands in front of.")
    for field, annotation, description in _FIELDS:
        add_field(element, field, annotation, description)
    add_field(root, "clusters", list[element] | None, _LIST, contract=ClusterList())
