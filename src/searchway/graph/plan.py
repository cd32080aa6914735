"""What a document asks for, worked out once: its calls, what each shall select, and where the answers go.

    { ism { policies { edges { node { id } } } } __typename }
    ->  calls   [ism.ListPolicies at ism.policies, selecting policies { id }]
        fields  {"ism": {"policies": 0}, "__typename": "Query"}

Which fields a selection set means (fragments, merged duplicates, @skip and @include) is left to graphql-core. A plan is good for
every request with the same values of the variables in @skip and @include.
https://spec.graphql.org/October2021/#sec-Field-Collection
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import (
    Executor,
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLString,
    ListValueNode,
    ObjectValueNode,
    OperationType,
    ValueNode,
    VariableNode,
    get_named_type,
    is_object_type,
    is_required_argument,
)
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet, collect_fields

from searchway.contract.records import Operation
from searchway.contract.selection import Selected, Selection
from searchway.engine.paging import PageRequest
from searchway.errors import Code
from searchway.graph.clusterlist import ClusterList, PlannedList
from searchway.graph.entities import EntityRead, Lookup, NamespaceId
from searchway.graph.paging import ConnectionPlan
from searchway.graph.targets import are_the_same, cluster_argument
from searchway.graph.types import contract_of
from searchway.transcode import pieces
from searchway.transcode.answer import Answer
from searchway.transcode.response import Dialect, Reader, reader

Finish = Callable[[dict[str, Any], Answer], dict[str, Any]]
FOUND, IDENTIFIER = "node", "#id"
"""Under these keys what reads an entity gives it and, beside what is selected, its identifier. No GraphQL name looks like the latter."""
_LARGE = 8 * 1024
"""Bytes of an answer from which on it is written as soon as it is read."""
_BYTES_PER_FIELD = 1_000
"""What a field of a document weighs in its plan, measured."""


@dataclass(frozen=True, slots=True)
class NamespaceSlot:
    """Stands for the `id` of a namespace."""

    kind: str
    """The name of its type."""
    cluster: ValueNode | None
    """What names its cluster; None if the request does."""


@dataclass(frozen=True, slots=True)
class LookupSlot:
    """Stands for what was found by its identifier."""

    number: int
    """The number of the lookup."""


Slot = int | str | None | dict[str, Any] | NamespaceSlot | LookupSlot
"""What stands under a key of the result: the number of a call, a type name, something of the schema itself, more keys, an `id`, or what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What the root fields about the schema gave."""

    fields: Mapping[str, Any]
    """The fields of the result, written already."""
    size: int
    """The bytes that were written."""
    errors: tuple[GraphQLError, ...] = ()
    """What went wrong."""
    code: Code = Code.INVALID_ARGUMENT
    """The code of the errors."""


@dataclass(slots=True, kw_only=True)
class PlannedCall:
    """A call of an operation."""

    path: tuple[str, ...]
    """Where it stands in the result."""
    nodes: tuple[FieldNode, ...]
    """Where it stands in the document; several if duplicates were merged."""
    arguments: GraphQLField
    """The field of the schema, cut down to the arguments that must or do stand here: the others have no defaults."""
    operation: Operation
    """The operation."""
    selection: Selection | None
    """What is selected of its answer; None if it has no fields."""
    reader: Reader
    """Reads its answer."""
    finish: Finish | None
    """Makes a connection of what was read; None if the answer is no connection."""
    is_constant: bool
    """Whether its arguments hold no variables."""
    cluster: ValueNode | None = None
    """What names the cluster; None if the request does."""
    message: Any = None
    """The request message, kept after its first use if it is constant."""
    page: PageRequest | None = None
    """The page, kept with the message, where the message cannot say it."""

    @property
    def locations(self) -> list[dict[str, int]]:
        """The places of its nodes, as its errors show them."""
        return locations(self.nodes)

    def read(self, answer: Answer) -> Any:
        """Return what the answer is in the result.

        Raises:
            CallError: it is not of the documented shape.
        """
        data = self.reader.read(answer)
        return self.finish(data, answer) if self.finish else data

    def write(self, answer: Answer) -> Any:
        """Return what the answer is in the result, a large one as text: its objects need not wait for those of other calls.

        Raises:
            CallError: it is not of the documented shape.
        """
        data = self.read(answer)
        if sum(map(len, answer.bodies)) <= _LARGE:
            return data
        return orjson.Fragment(pieces.dumps(data) if pieces.are_large(answer.bodies) else orjson.dumps(data))


@dataclass(slots=True, kw_only=True)
class PlannedLookup:
    """A field that finds things by their identifiers, which only the request tells."""

    path: tuple[str, ...]
    """Where it stands in the result."""
    nodes: tuple[FieldNode, ...]
    """Where it stands in the document; several if duplicates were merged."""
    arguments: GraphQLField
    """The field of the schema."""
    record: Lookup
    """What it can find."""
    kinds: Mapping[str, "PlannedCall | Plan"]
    """What each kind of thing comes to, by the name of its type: the call that reads an entity, the calls in a namespace."""


@dataclass(slots=True, kw_only=True)
class Plan:
    """What one operation of a document asks for."""

    serial: bool
    """Whether its calls run one after the other."""
    calls: tuple[PlannedCall, ...]
    """Its calls."""
    runs: tuple[range, ...]
    """The numbers of its calls, those together that stand side by side and are of the same operation and cluster."""
    lookups: tuple[PlannedLookup, ...] = ()
    """What it finds by identifiers."""
    fields: Mapping[str, Slot]
    """The result's tree."""
    meta: GroupedFieldSet
    """The root fields about the schema itself, for graphql-core to execute."""
    lists: tuple[PlannedList, ...] = ()
    """Where it asks for the clusters."""
    size: int
    """The number of fields that were planned."""
    description: Description | None = None
    """What those fields gave, if no variable can change it."""

    @property
    def weight(self) -> int:
        """The bytes of memory that it takes, estimated."""
        return self.size * _BYTES_PER_FIELD + (self.description.size if self.description else 0)


def locations(nodes: Iterable[FieldNode]) -> list[dict[str, int]]:
    """Return the places of nodes in their document, as errors show them."""
    starts = [node.loc.start_token for node in nodes if node.loc]
    return [{"line": token.line, "column": token.column} for token in starts]


def make_plan(executor: Executor[Any], dialect: Dialect = Dialect.GRAPH) -> Plan:
    """Work out the plan of the operation that the executor was built for.

    Args:
        executor: the executor.
        dialect: how values of answers are written.
    """
    return _Planner(executor, dialect).plan()


class _Planner:
    def __init__(self, executor: Executor[Any], dialect: Dialect) -> None:
        self._executor = executor
        self._dialect = dialect
        self._calls: list[PlannedCall] = []
        self._lookups: list[PlannedLookup] = []
        self._meta: GroupedFieldSet = {}
        self._lists: list[PlannedList] = []
        self._size = 0

    def plan(self) -> Plan:
        executor, operation = self._executor, self._executor.operation
        root = executor.schema.get_root_type(operation.operation)
        assert root is not None  # noqa: S101  # validation knows the root types
        grouped = collect_fields(executor.schema, executor.fragments, executor.variable_values, root, operation)
        fields = self._tree(root, grouped.grouped_field_set, ())
        return self._made(fields, serial=operation.operation is OperationType.MUTATION)

    def _made(self, fields: Mapping[str, Slot], *, serial: bool = False) -> Plan:
        calls, lookups = tuple(self._calls), tuple(self._lookups)
        return Plan(
            serial=serial,
            calls=calls,
            runs=_runs(calls),
            lookups=lookups,
            fields=fields,
            meta=self._meta,
            lists=tuple(self._lists),
            size=self._size,
        )

    def subfields(
        self, parent: GraphQLObjectType, details: FieldDetailsList
    ) -> Iterable[tuple[str, str, FieldDetailsList]]:
        """Yield the fields selected of an object: the key in the result, the field's name, and its nodes."""
        collected = self._executor.collect_subfields(parent, details).grouped_field_set
        self._size += sum(map(len, collected.values()))
        return [(out, nodes[0].node.name.value, nodes) for out, nodes in collected.items()]

    def selected(self, parent: GraphQLObjectType, name: str, out: str, details: FieldDetailsList) -> Selected:
        """Return the selection of one field of an answer."""
        field = parent.fields[name]
        return Selected(contract_of(field), out, self.selection(get_named_type(field.type), details))

    def selection(self, parent: Any, details: FieldDetailsList) -> Selection | None:
        """Return what is selected of a message; None of a scalar."""
        if not is_object_type(parent):
            return None
        fields: list[Selected] = []
        constants: list[tuple[str, str, int]] = []
        for out, name, nodes in self.subfields(parent, details):
            if name == "__typename":
                constants.append((out, parent.name, len(fields)))
            else:
                fields.append(self.selected(parent, name, out, nodes))
        return Selection(tuple(fields), tuple(constants))

    def _tree(
        self,
        parent: GraphQLObjectType,
        grouped: GroupedFieldSet,
        path: tuple[str, ...],
        cluster: ValueNode | None = None,
    ) -> dict[str, Slot]:
        self._size += sum(map(len, grouped.values()))
        return {out: self._slot(parent, details, (*path, out), cluster) for out, details in grouped.items()}

    def _slot(
        self, parent: GraphQLObjectType, details: FieldDetailsList, path: tuple[str, ...], cluster: ValueNode | None
    ) -> Slot:
        name = details[0].node.name.value
        if name == "__typename":
            return parent.name
        if name.startswith("__"):
            self._meta[path[-1]] = details
            return None
        field = parent.fields[name]
        record = contract_of(field)
        if len(path) == 1:
            cluster = cluster_argument(details[0].node)
        if record is None:
            return self._namespace(get_named_type(field.type), details, path, cluster)
        if isinstance(record, NamespaceId):
            return NamespaceSlot(record.kind, cluster)
        return self._work(field, details, path, cluster)

    def _work(
        self, field: GraphQLField, details: FieldDetailsList, path: tuple[str, ...], cluster: ValueNode | None
    ) -> Slot:
        """Plan what there is to do for a field; return what stands for its outcome."""
        record = contract_of(field)
        if isinstance(record, ClusterList):
            self._lists.append(self._list(get_named_type(field.type), details, path[-1]))
            return None
        if isinstance(record, Lookup):
            self._lookups.append(self._lookup(field, record, details, path))
            return LookupSlot(len(self._lookups) - 1)
        self._calls.append(self._call(field, details, path, cluster))
        return len(self._calls) - 1

    def _list(self, element: Any, details: FieldDetailsList, out: str) -> PlannedList:
        fields = tuple((key, name) for key, name, _ in self.subfields(element, details))
        return PlannedList(out=out, nodes=tuple(one.node for one in details), fields=fields, type_name=element.name)

    def _namespace(
        self, parent: Any, details: FieldDetailsList, path: tuple[str, ...], cluster: ValueNode | None
    ) -> dict[str, Slot]:
        return self._tree(parent, self._executor.collect_subfields(parent, details).grouped_field_set, path, cluster)

    def _lookup(
        self, field: GraphQLField, record: Lookup, details: FieldDetailsList, path: tuple[str, ...]
    ) -> PlannedLookup:
        kinds: dict[str, PlannedCall | Plan] = {}
        interface: Any = get_named_type(field.type)
        for possible in self._executor.schema.get_possible_types(interface):
            if isinstance(contract_of(possible.fields["id"]), NamespaceId):
                kinds[possible.name] = self._below(possible, details, path)
            elif possible.name in record.reads:
                kinds[possible.name] = self._entity(record.reads[possible.name], possible, details, path)
        nodes = tuple(one.node for one in details)
        return PlannedLookup(path=path, nodes=nodes, arguments=field, record=record, kinds=kinds)

    def _below(self, namespace: GraphQLObjectType, details: FieldDetailsList, path: tuple[str, ...]) -> Plan:
        planner = _Planner(self._executor, self._dialect)
        plan = planner._made(planner._namespace(namespace, details, path, None))
        self._size += plan.size
        return plan

    def _entity(
        self, read: EntityRead, parent: GraphQLObjectType, details: FieldDetailsList, path: tuple[str, ...]
    ) -> PlannedCall:
        wanted = self.selection(parent, details) or Selection(())
        compared = Selected(read.entity.identity, IDENTIFIER)
        held = Selection((*wanted.fields, compared), wanted.constants)
        selection = Selection((Selected(read.field, FOUND, held),))
        return PlannedCall(
            path=path,
            nodes=tuple(one.node for one in details),
            arguments=_NO_ARGUMENTS,
            operation=read.operation,
            selection=selection,
            reader=reader(read.operation, selection, self._dialect),
            finish=None,
            is_constant=True,
        )

    def _call(
        self, field: GraphQLField, details: FieldDetailsList, path: tuple[str, ...], cluster: ValueNode | None
    ) -> PlannedCall:
        operation: Operation = contract_of(field)
        answer_type: Any = get_named_type(field.type)
        connection = ConnectionPlan(self, operation, answer_type, details) if operation.items else None
        selection = connection.selection if connection else self.selection(answer_type, details)
        nodes = tuple(one.node for one in details)
        return PlannedCall(
            path=path,
            nodes=nodes,
            arguments=_cut_down(field, nodes[0]),
            operation=operation,
            selection=selection,
            reader=reader(operation, selection, self._dialect),
            finish=connection.finish if connection else None,
            is_constant=not any(_has_variable(argument.value) for argument in nodes[0].arguments or ()),
            cluster=cluster,
        )


_NO_ARGUMENTS = GraphQLField(GraphQLString)


def _runs(calls: Sequence[PlannedCall]) -> tuple[range, ...]:
    first = [n for n, call in enumerate(calls) if n == 0 or not _are_alike(call, calls[n - 1])]
    return tuple(map(range, first, [*first[1:], len(calls)]))


def _are_alike(one: PlannedCall, other: PlannedCall) -> bool:
    """Tell whether two calls are of one operation and surely go to one cluster."""
    return one.operation is other.operation and are_the_same(one.cluster, other.cluster)


def _cut_down(field: GraphQLField, node: FieldNode) -> GraphQLField:
    given = {argument.name.value for argument in node.arguments or ()}
    return GraphQLField(field.type, {n: a for n, a in field.args.items() if n in given or is_required_argument(a)})


def _has_variable(node: ValueNode) -> bool:
    if isinstance(node, ListValueNode):
        return any(map(_has_variable, node.values))
    if isinstance(node, ObjectValueNode):
        return any(_has_variable(member.value) for member in node.fields)
    return isinstance(node, VariableNode)
