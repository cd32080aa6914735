"""Documents: parsed, validated and planned once, then kept by their text.

Must not know HTTP, nor how calls are made.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    Executor,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.execution.values import VariableValues, get_variable_values

from searchway.graph.limits import check_limits
from searchway.graph.plan import Plan, make_plan
from searchway.graph.refusals import RequestError

_NO_VARIABLES = VariableValues({}, {})
_MOST_PLANS = 64
_MOST_ERRORS = 20
_LARGEST_KEPT = 64 * 1024
_MOST_KEPT = 512 * 1024  # of text; the syntax trees take about 200 times as much


@dataclass(slots=True, kw_only=True)
class Document:
    """A valid document."""

    schema: GraphQLSchema
    """The schema it is valid for."""
    node: DocumentNode
    """Its syntax tree."""
    operations: Mapping[str | None, OperationDefinitionNode]
    """Its operations by name."""
    conditions: tuple[str, ...]
    """The variables in @skip and @include."""
    plans: dict[tuple[Any, ...], Plan] = field(default_factory=dict)
    """The plans that were made, by operation name and values of the conditions."""

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Return the operation with this name, or the only one.

        Raises:
            RequestError: there is none, or several to choose from.
        """
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None:
            raise RequestError([GraphQLError("Must provide operation name if query contains multiple operations.")])
        if name not in self.operations:
            raise RequestError([GraphQLError(f"Unknown operation named '{name}'.")])
        return self.operations[name]

    def variables(self, operation: OperationDefinitionNode, given: Mapping[str, Any]) -> VariableValues:
        """Return the coerced variables of an operation.

        Raises:
            RequestError: a variable is missing or has a wrong value.
        """
        if not operation.variable_definitions:
            return _NO_VARIABLES
        values = get_variable_values(self.schema, operation.variable_definitions, dict(given), _MOST_ERRORS)
        if isinstance(values, list):
            raise RequestError(values)
        return values

    def plan(self, operation: OperationDefinitionNode, given: Mapping[str, Any], values: VariableValues) -> Plan:
        """Return the plan of an operation, made at most once for the same conditions."""
        name = operation.name.value if operation.name else None
        key = (name, *(values.coerced.get(condition) for condition in self.conditions))
        found = self.plans.get(key)
        if found is None:
            if len(self.plans) >= _MOST_PLANS:
                self.plans.clear()
            found = self.plans[key] = make_plan(self.executor(name, given))
        return found

    def executor(self, name: str | None, given: Mapping[str, Any]) -> Executor[Any]:
        """Return a graphql-core executor for an operation whose variables are known to be good."""
        executor = Executor.build(self.schema, self.node, raw_variable_values=dict(given), operation_name=name)
        assert isinstance(executor, Executor)  # noqa: S101  # operation and variables were checked before
        return executor


class DocumentStore:
    """Remembers documents by their text: the ones used last, up to a total length."""

    def __init__(self, schema: GraphQLSchema, *, depth: int, aliases: int, tokens: int, introspection: bool) -> None:
        self._schema = schema
        self._depth = depth
        self._aliases = aliases
        self._tokens = tokens
        self._introspection = introspection
        self._rules = [*specified_rules, *([] if introspection else [NoSchemaIntrospectionCustomRule])]
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._length = 0

    def get(self, text: str) -> Document:
        """Return the document of a text.

        Raises:
            RequestError: it is not GraphQL, not valid for the schema, or too large.
        """
        document = self._kept.get(text)
        if document is not None:
            self._kept.move_to_end(text)
            return document
        document = self._read(text)
        if len(text) <= _LARGEST_KEPT:
            self._keep(text, document)
        return document

    def _keep(self, text: str, document: Document) -> None:
        self._kept[text] = document
        self._length += len(text)
        while self._length > _MOST_KEPT:
            dropped, _ = self._kept.popitem(last=False)
            self._length -= len(dropped)

    def _read(self, text: str) -> Document:
        try:
            node = parse(text, max_tokens=self._tokens)
            errors = [*check_limits(node, depth=self._depth, aliases=self._aliases)] or self._validate(node)
        except GraphQLError as error:
            raise RequestError([error]) from None
        except RecursionError:
            raise RequestError([GraphQLError("The document is nested too deeply.")]) from None
        if errors:
            raise RequestError(errors)
        operations = [d for d in node.definitions if isinstance(d, OperationDefinitionNode)]
        return Document(
            schema=self._schema,
            node=node,
            operations={operation.name.value if operation.name else None: operation for operation in operations},
            conditions=tuple(sorted(set(_conditions(node)))),
        )

    def _validate(self, node: DocumentNode) -> list[GraphQLError]:
        return validate(self._schema, node, self._rules, _MOST_ERRORS, hide_suggestions=not self._introspection)


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
