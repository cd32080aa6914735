"""What a caller wants of an answer: a tree of fields, each under the key it shall have in the result.

A selection of None means everything. Both faces make selections, from a GraphQL selection set or from a field mask.
"""

from dataclasses import dataclass, field
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
    constants: tuple[tuple[str, str, int], ...] = ()
    """Keys of the result whose value is fixed beforehand, such as GraphQL's type name, and before which field each stands."""
    size: int = field(init=False, repr=False, compare=False)
    """The number of fields in the whole tree."""
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Selections are keys of whatever is remembered for them: their trees are walked for that once.
        below = sum(one.selection.size for one in self.fields if one.selection is not None)
        object.__setattr__(self, "size", len(self.fields) + len(self.constants) + below)
        object.__setattr__(self, "_hash", hash((self.fields, self.constants)))

    def __hash__(self) -> int:
        return self._hash


def unite(one: Selection | None, other: Selection | None) -> Selection | None:
    """Return a selection of all that either selects, each field once and under its own name."""
    if one is None or other is None:
        return None
    below: dict[Field, Selection | None] = {}
    for chosen in (*one.fields, *other.fields):
        known = below.get(chosen.field, _NOTHING)
        below[chosen.field] = chosen.selection if known is _NOTHING else unite(known, chosen.selection)
    return Selection(tuple(Selected(field, field.name, selection) for field, selection in below.items()))


def covers(whole: Selection | None, part: Selection | None) -> bool:
    """Tell whether everything that the part selects is selected by the whole."""
    if whole is None or part is None:
        return whole is None
    below = {chosen.field: chosen.selection for chosen in (unite(whole, whole) or whole).fields}
    return all(one.field in below and covers(below[one.field], one.selection) for one in part.fields)


_NOTHING = Selection(())
