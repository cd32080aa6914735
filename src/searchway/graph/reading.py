"""From the text of a document to a valid one: parsed, measured, validated.

Must not know HTTP, nor what is remembered. May run in any thread.
"""

from collections.abc import Iterator
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    KnownDirectivesRule,
    NoFragmentCyclesRule,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)

from searchway.graph.documents import Document
from searchway.graph.hints import with_hints
from searchway.graph.incremental import DirectivesRule
from searchway.graph.limits import check_length, check_limits, too_many_tokens
from searchway.graph.outline import Outline
from searchway.graph.refusals import RequestError
from searchway.graph.variables import TypeReaders, Variables
from searchway.settings import LimitSettings
from searchway.transcode.response import Dialect

_MOST_ERRORS = 20
_FEW_ERRORS = 3
"""How many errors say what could have been meant, since each compares a name with all names of the schema; and how many a long
document gets, since each may quote a large part of it."""
_LONG = 500
"""Characters from which on a document is long."""
_RULES = tuple(DirectivesRule if rule is KnownDirectivesRule else rule for rule in specified_rules)


class DocumentReader:
    """Reads documents.

    Args:
        schema: what they are valid for.
        limits: how large they may be.
        introspection: whether they may ask for the schema.
        dialect: how values of answers are written.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: LimitSettings,
        *,
        introspection: bool,
        dialect: Dialect = Dialect.GRAPH,
    ) -> None:
        self._schema = schema
        self._limits = limits
        self._introspection = introspection
        self._dialect = dialect
        self._readers = TypeReaders(schema)
        self._rules = [*_RULES, *([] if introspection else [NoSchemaIntrospectionCustomRule])]

    def read(self, text: str) -> Document:
        """Read a document.

        Raises:
            RequestError: it is not GraphQL, not valid for the schema, or exceeds a limit.
        """
        try:
            node = self._parse(text)
            outline = check_limits(node, self._limits)
            errors = self._validate(node, outline, is_long=len(text) > _LONG)
        except GraphQLError as error:
            raise RequestError([error]) from None
        except RecursionError:
            raise RequestError([GraphQLError("The document is nested too deeply.")]) from None
        if errors:
            raise RequestError(errors)
        operations = {one.name.value if one.name else None: one for one in outline.operations}
        document = Document(
            schema=self._schema,
            node=node,
            operations=operations,
            conditions=tuple(sorted(set(_conditions(node)))),
            variables={name: self._variables(operation) for name, operation in operations.items()},
        )
        document.dialect = self._dialect
        return document

    def _variables(self, operation: OperationDefinitionNode) -> Variables:
        return Variables(self._readers, operation, self._limits.variable_values)

    def _parse(self, text: str) -> DocumentNode:
        check_length(text, self._limits)
        most = self._limits.query_tokens
        try:
            return parse(text, max_lexical_tokens=most, max_comments=most)
        except GraphQLSyntaxError as error:
            if "Document contains more than" in error.message:  # graphql-core has no type for it
                raise too_many_tokens(most) from None
            raise

    def _validate(self, node: DocumentNode, outline: Outline, *, is_long: bool) -> list[GraphQLError]:
        if outline.has_cycle:  # other rules would go round it
            return validate(self._schema, node, [NoFragmentCyclesRule], _FEW_ERRORS)
        if is_long:
            return self._few_errors(node)
        errors = validate(self._schema, node, self._rules, _MOST_ERRORS, hide_suggestions=True)
        if not errors or not self._introspection:
            return errors
        return [*self._few_errors(node)[:_FEW_ERRORS], *errors[_FEW_ERRORS:]]

    def _few_errors(self, node: DocumentNode) -> list[GraphQLError]:
        hide = not self._introspection
        errors = validate(self._schema, node, self._rules, _FEW_ERRORS, hide_suggestions=hide)
        return errors if hide else with_hints(self._schema, errors)


def _conditions(node: DocumentNode) -> Iterator[str]:
    finder = _ConditionFinder()
    visit(node, finder)
    return iter(finder.names)


class _ConditionFinder(Visitor):
    """Collects the variables in @skip and @include."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def enter_directive(self, node: DirectiveNode, *_args: Any) -> None:
        """Look at one directive."""
        if node.name.value in {"skip", "include"}:
            self.names += [a.value.name.value for a in node.arguments or () if isinstance(a.value, VariableNode)]
