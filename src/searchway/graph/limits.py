"""How large a document may be once its fragments are written out: how deep, and with how many aliases.

An alias repeats work, and fragments repeat aliases: a few lines can ask for millions of fields. Each fragment is measured once, so
measuring stays cheap for such documents. What is wrong in other ways (unknown fragments, cycles) is left to validation.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)


class Measure(NamedTuple):
    """The size of a selection set with its fragments written out."""

    depth: int
    """The levels of fields."""
    aliases: int
    """The number of aliases."""


def check_limits(document: DocumentNode, *, depth: int, aliases: int) -> Iterator[GraphQLError]:
    """Yield an error for each operation that is too deep or has too many aliases."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    scale = _Scale(fragments)
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            measure = scale.measure(operation.selection_set)
            if measure.depth > depth:
                yield GraphQLError(
                    f"The operation is {measure.depth} levels deep; at most {depth} are allowed.", operation
                )
            if measure.aliases > aliases:
                yield GraphQLError(
                    f"The operation has {measure.aliases} aliases; at most {aliases} are allowed.", operation
                )


class _Scale:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, Measure] = {}

    def measure(self, selections: SelectionSetNode | None) -> Measure:
        """Measure a selection set."""
        measures = [self._one(node) for node in selections.selections] if selections else []
        return Measure(max((m.depth for m in measures), default=0), sum(m.aliases for m in measures))

    def _one(self, node: SelectionNode) -> Measure:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        inner = self.measure(getattr(node, "selection_set", None))
        if isinstance(node, FieldNode):
            return Measure(inner.depth + 1, inner.aliases + (node.alias is not None))
        return inner

    def _fragment(self, name: str) -> Measure:
        if name not in self._known:
            self._known[name] = Measure(0, 0)  # for a fragment inside itself
            fragment = self._fragments.get(name)
            self._known[name] = self.measure(fragment.selection_set if fragment else None)
        return self._known[name]
