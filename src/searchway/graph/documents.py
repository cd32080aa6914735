"""Valid documents, with the plans that were made for them.

Must not know HTTP, nor how calls are made.
"""

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

from graphql import (
    DocumentNode,
    Executor,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution.middleware import MiddlewareManager
from graphql.execution.values import VariableValues, get_variable_values

from searchway.graph.hints import with_hints
from searchway.graph.plan import Plan, make_plan
from searchway.graph.refusals import RequestError
from searchway.graph.variables import Variables
from searchway.transcode.remembered import Remembered
from searchway.transcode.response import Dialect

_NOTHING: Mapping[str, Any] = {}
_NO_VARIABLES = VariableValues({}, {})
_MOST_ERRORS = 20
_MOST_PREPARED = 3
"""The conditions of an operation up to which its plans are made in advance: their values make 2^n plans."""
_MOST_OF_PLANS = 4 * 1024 * 1024
"""What the plans of one document may weigh in bytes: the values of n conditions make 2^n plans."""
_BYTES_PER_TOKEN = 700
"""What a token weighs with the nodes that are made of it, measured."""


class Document:
    """A valid document.

    Args:
        schema: the schema it is valid for.
        node: its syntax tree.
        operations: its operations by name.
        conditions: the variables in @skip and @include.
        variables: reads the variables of an operation.
    """

    def __init__(
        self,
        *,
        schema: GraphQLSchema,
        node: DocumentNode,
        operations: Mapping[str | None, OperationDefinitionNode],
        conditions: tuple[str, ...],
        variables: Mapping[str | None, Variables],
    ) -> None:
        self.schema = schema
        self.node = node
        self.operations = operations
        self.conditions = conditions
        self._variables = variables
        self.plans: Remembered[tuple[Any, ...], Plan] = Remembered(_MOST_OF_PLANS)
        """The plans in use, by operation name and values of the conditions."""
        self.dialect = Dialect.GRAPH
        """How values of answers are written."""
        self.grown: Callable[[], None] = _nothing
        """Called when its weight has changed."""
        self._own_weight = _take_tokens_apart(node) * _BYTES_PER_TOKEN

    @property
    def text(self) -> str:
        """What it was read from."""
        return self.node.loc.source.body if self.node.loc else ""

    @property
    def weight(self) -> int:
        """The bytes of memory that it takes with its plans, estimated."""
        return self._own_weight + self.plans.weight

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

    def bind(self, operation: OperationDefinitionNode, text: bytes) -> tuple[Mapping[str, Any], VariableValues]:
        """Return the variables of an operation as they were given and as the schema takes them.

        Args:
            operation: the operation.
            text: the variables as a JSON object; empty for none.

        Raises:
            RequestError: a variable is missing or has a wrong value, or there are too many values.
        """
        if not operation.variable_definitions:
            return _NOTHING, _NO_VARIABLES
        try:
            given = self._variables[operation.name.value if operation.name else None].read(text)
        except GraphQLError as error:
            raise RequestError([error]) from None
        return given, self.variables(operation, given)

    def variables(self, operation: OperationDefinitionNode, given: Mapping[str, Any]) -> VariableValues:
        """Return the coerced variables of an operation.

        Raises:
            RequestError: a variable is missing or has a wrong value.
        """
        if not operation.variable_definitions:
            return _NO_VARIABLES
        values = get_variable_values(self.schema, operation.variable_definitions, dict(given), _MOST_ERRORS)
        if isinstance(values, list):
            raise RequestError(with_hints(self.schema, values))
        return values

    def plan(self, operation: OperationDefinitionNode, given: Mapping[str, Any], values: VariableValues) -> Plan:
        """Return the plan of an operation, remembered for the same conditions."""
        key = self._key(operation, values)
        found = self.plans.get(key)
        if found is None:
            found = make_plan(self.executor(operation, given), self.dialect)
            self._remember(key, found)
        return found

    def prepare(self) -> None:
        """Make the plans of all operations; with many conditions only when they are asked for."""
        for operation in self.operations.values():
            definitions = operation.variable_definitions or ()
            conditions = tuple(one for one in definitions if one.variable.name.value in self.conditions)
            if len(conditions) > _MOST_PREPARED:
                continue
            bare = OperationDefinitionNode(
                operation=operation.operation,
                name=operation.name,
                variable_definitions=conditions,  # a plan depends on no others
                selection_set=operation.selection_set,
            )
            for values in product((True, False), repeat=len(conditions)):
                given = {one.variable.name.value: value for one, value in zip(conditions, values, strict=True)}
                self.plan(bare, given, self.variables(bare, given))

    def keep_description(self, operation: OperationDefinitionNode, values: VariableValues, plan: Plan) -> None:
        """Note that the plan has become heavier by what it knows of the schema."""
        self._remember(self._key(operation, values), plan)

    def executor(
        self, operation: OperationDefinitionNode, given: Mapping[str, Any], middleware: MiddlewareManager | None = None
    ) -> Executor[Any]:
        """Return a graphql-core executor for an operation whose variables are known to be good."""
        name = operation.name.value if operation.name else None
        fragments = [one for one in self.node.definitions if isinstance(one, FragmentDefinitionNode)]
        node = DocumentNode(definitions=(operation, *fragments))
        executor = Executor.build(
            self.schema, node, raw_variable_values=dict(given), operation_name=name, middleware=middleware
        )
        assert isinstance(executor, Executor)  # noqa: S101  # operation and variables were checked before
        return executor

    def _key(self, operation: OperationDefinitionNode, values: VariableValues) -> tuple[Any, ...]:
        name = operation.name.value if operation.name else None
        return (name, *(values.coerced.get(condition) for condition in self.conditions))

    def _remember(self, key: tuple[Any, ...], plan: Plan) -> None:
        self.plans.put(key, plan, plan.weight)
        self.grown()


def _take_tokens_apart(node: DocumentNode) -> int:
    """Return how many tokens there are, and end what links them in a circle: else a document that is dropped is left to the collector."""
    token = node.loc.start_token if node.loc else None
    count = 0
    while token is not None:
        count += 1
        following = token.next
        token.prev = token.next = None
        token = following
    return count


def _nothing() -> None:
    pass
