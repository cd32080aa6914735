"""Field masks: which fields of the answer a caller wants, as comma-separated paths of proto names.

    x-goog-fieldmask: allocation.node,allocation.disk_percent,total_size

Paths lead into lists and maps as well, and apply to each of their elements. `*` is everything at its level.
https://cloud.google.com/apis/docs/system-parameters and https://google.aip.dev/161
"""

import re

from searchway.contract.records import Field, Shape
from searchway.contract.selection import Selected, Selection
from searchway.errors import InvalidArgumentError
from searchway.transcode.checks import suggest
from searchway.vocabulary import FIELD_MASK

_DEEPEST = 32
_CAPITAL = re.compile(r"([A-Z])")

_Tree = dict[str, "_Tree"]
"""Wanted fields by name; an empty tree is everything below."""


def parse_mask(shape: Shape, text: str) -> Selection | None:
    """Return what a mask selects of a message; None if that is everything.

    Raises:
        InvalidArgumentError: a path leads nowhere; names what was probably meant.
    """
    tree: _Tree = {}
    for path in filter(None, (part.strip() for part in text.split(","))):
        if path == "*":
            return None
        _plant(tree, shape, path)
    return _selection(shape, tree)


def _plant(tree: _Tree, shape: Shape, path: str) -> None:
    names = path.removesuffix(".*").split(".")
    if len(names) > _DEEPEST:
        raise InvalidArgumentError(FIELD_MASK, f"expected paths of at most {_DEEPEST} names")
    fields = _follow(shape, names, path)
    for position, field in enumerate(fields):
        known = field.name in tree
        tree = tree.setdefault(field.name, {})
        if known and not tree:  # all of it is wanted already
            return
        if position == len(fields) - 1:
            tree.clear()


def _follow(shape: Shape | None, names: list[str], path: str) -> list[Field]:
    fields: list[Field] = []
    for name in names:
        if shape is None:
            raise InvalidArgumentError(FIELD_MASK, f"{path}: {fields[-1].name} has no fields of its own")
        field = shape.by_name.get(name) or shape.by_name.get(_CAPITAL.sub(r"_\1", name).lower())
        if field is None:
            raise InvalidArgumentError(FIELD_MASK, f"{path}: unknown field {name!r}; {suggest(name, shape.by_name)}")
        fields.append(field)
        shape = field.shape
    return fields


def _selection(shape: Shape | None, tree: _Tree) -> Selection | None:
    if not tree or shape is None:
        return None
    chosen = (field for field in shape.fields if field.name in tree)
    return Selection(tuple(Selected(f, f.name, _selection(f.shape, tree[f.name])) for f in chosen))
