"""Directives that would deliver a response in parts, which the gateway does not do: they are refused by name."""

from typing import Any

from graphql import DirectiveNode, GraphQLError, KnownDirectivesRule

_INCREMENTAL = frozenset({"defer", "stream"})


class DirectivesRule(KnownDirectivesRule):
    """Refuses unknown directives, and says of `@defer` and `@stream` that they are known and not supported."""

    def enter_directive(self, node: DirectiveNode, *place: Any) -> None:
        """Check one directive."""
        name = node.name.value
        if name in _INCREMENTAL:
            problem = f"The directive '@{name}' is not supported; a response comes as a whole."
            self.report_error(GraphQLError(problem, node))
        else:
            super().enter_directive(node, *place)
