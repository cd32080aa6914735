"""The size of a document with its fragments expanded, found without expanding them.

A few lines can mean millions of fields, since fragments may spread fragments. Each definition is measured once and sizes are added up
along the spreads, so the time is linear in the text. Nothing here recurses: neither nesting nor chains of fragments use the stack.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

MANY = 10**9
"""Where counting stops: fragments that double have sizes of many digits."""


class Size(NamedTuple):
    """The size of something with its fragments expanded."""

    fields: int
    """The fields, fragment spreads and inline fragments."""
    aliases: int
    """The aliases."""
    depth: int
    """The levels of fields."""


@dataclass(slots=True)
class _Part:
    """One definition, its fragments not expanded."""

    fields: int = 0
    aliases: int = 0
    depth: int = 0
    directives: list[int] = field(default_factory=list)
    """How many each element has."""
    spreads: list[tuple[str, int]] = field(default_factory=list)
    """The fragments that it spreads, and inside how many fields."""


class Outline:
    """What a document consists of.

    Args:
        document: the document; it need not be valid.
    """

    def __init__(self, document: DocumentNode) -> None:
        self.operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        """Its operations."""
        self.fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        """Its fragments."""
        self.has_cycle = False
        """Whether a fragment contains itself."""
        self._parts = {name: _measure(fragment) for name, fragment in self.fragments.items()}
        self._heads = [_measure(operation) for operation in self.operations]
        self._sizes: dict[str, Size] = {}
        for name in self._parts:
            self._add_up(name)
        spread = {name for part in (*self._heads, *self._parts.values()) for name, _ in part.spreads}
        self._unused = [name for name in self._parts if name not in spread]

    @property
    def directives(self) -> list[int]:
        """How many directives each element has."""
        return [number for part in (*self._heads, *self._parts.values()) for number in part.directives]

    @property
    def size(self) -> Size:
        """The size of all operations together, and of the fragments that nothing spreads."""
        sizes = [self._expand(part) for part in (*self._heads, *(self._parts[name] for name in self._unused))]
        fields, aliases = sum(size.fields for size in sizes), sum(size.aliases for size in sizes)
        return Size(min(fields, MANY), min(aliases, MANY), max((size.depth for size in sizes), default=0))

    def places(self) -> Iterator[Sequence[FieldNode]]:
        """Yield the fields that stand at one place of the result. For documents of bounded size and without cycles only."""
        definitions = (*self.operations, *(self.fragments[name] for name in self._unused))
        pending = [[definition.selection_set] for definition in definitions]
        while pending:
            for nodes in _merge(pending.pop(), self.fragments):
                yield nodes
                if below := [node.selection_set for node in nodes if node.selection_set]:
                    pending.append(below)

    def _add_up(self, root: str) -> None:
        """Find the sizes of a fragment and of those that it spreads, the innermost first."""
        path = {root: iter(self._parts[root].spreads)} if root not in self._sizes else {}
        while path:
            current = next(reversed(path))
            name = next((n for n, _ in path[current] if n in self._parts and n not in self._sizes), None)
            if name is None:
                self._sizes[current] = self._expand(self._parts[current])
                del path[current]
            elif name in path:
                self.has_cycle = True  # what closes a cycle counts for nothing
            else:
                path[name] = iter(self._parts[name].spreads)

    def _expand(self, part: _Part) -> Size:
        spreads = [(self._sizes[name], depth) for name, depth in part.spreads if name in self._sizes]
        return Size(
            min(part.fields + sum(size.fields for size, _ in spreads), MANY),
            min(part.aliases + sum(size.aliases for size, _ in spreads), MANY),
            max([part.depth, *(depth + size.depth for size, depth in spreads)]),
        )


def _measure(definition: OperationDefinitionNode | FragmentDefinitionNode) -> _Part:
    part = _Part()
    elements = (definition, *(definition.variable_definitions or ()))
    part.directives += [len(element.directives) for element in elements if element.directives]
    pending = [(definition.selection_set, 0)]
    while pending:
        selections, depth = pending.pop()
        pending += [below for node in selections.selections if (below := _count(part, node, depth))]
    return part


def _count(part: _Part, node: SelectionNode, depth: int) -> tuple[SelectionSetNode, int] | None:
    """Count a selection, and return what it contains."""
    part.fields += 1
    if node.directives:
        part.directives.append(len(node.directives))
    if isinstance(node, FragmentSpreadNode):
        part.spreads.append((node.name.value, depth))
        return None
    if isinstance(node, FieldNode):
        part.aliases += node.alias is not None
        depth += 1
        part.depth = max(part.depth, depth)
    inner: SelectionSetNode | None = getattr(node, "selection_set", None)
    return (inner, depth) if inner else None


def _merge(
    together: Sequence[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[list[FieldNode]]:
    """Return the fields of selection sets that are merged, those of one response name together."""
    found: dict[str, list[FieldNode]] = {}
    seen: set[str] = set()
    pending = list(together)
    while pending:
        for node in pending.pop().selections:
            if isinstance(node, FieldNode):
                found.setdefault((node.alias or node.name).value, []).append(node)
            elif not isinstance(node, FragmentSpreadNode):
                pending.append(node.selection_set)  # type: ignore[attr-defined]  # an inline fragment
            elif (name := node.name.value) in fragments and name not in seen:
                seen.add(name)
                pending.append(fragments[name].selection_set)
    return iter(found.values())
