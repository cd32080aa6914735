"""What a caller wants of an answer: a tree of fields, each under the key it shall have in the result.

A selection of None means everything. Both faces make selections, from a GraphQL selection set or from a field mask.
"""

from dataclasses import dataclass
from typing import Optional

from searchway.contract.records import Field


@dataclass(frozen=True, slots=True)
class Selected:
    """A selected field."""

    field: Field
    """The field."""
    out: str
    """Its key in the result; a field may be selected several times under different keys."""
    selection: Optional["Selection"] = None
    """What is selected of it, if it is a message; None for everything."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Selected fields of one message, in the order of the result."""

    fields: tuple[Selected, ...]
    """The fields."""
    constants: tuple[tuple[str, str], ...] = ()
    """Keys of the result whose value is fixed beforehand, such as GraphQL's type name."""
