"""Executes plans: arguments become messages, the engine answers them, and the answers become the result.

The result is the one that graphql-core's executor would give over plain data. Only the way there is shorter: what a call answers is
projected as a whole, not resolved field by field. Fields about the schema itself are left to `introspection`. Must not know HTTP.
https://spec.graphql.org/October2021/#sec-Execution
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from graphql import GraphQLError, OperationDefinitionNode, ValueNode
from graphql.execution.values import VariableValues, get_argument_values

from searchway.contract.records import Operation
from searchway.contract.selection import Selection
from searchway.engine.call import Call, Face
from searchway.engine.cohorts import Expected
from searchway.engine.listing import ClusterState
from searchway.engine.paging import PageRequest
from searchway.errors import CallError, Code, InvalidArgumentError
from searchway.graph.clusterlist import PlannedList
from searchway.graph.cohorts import Start, form_cohorts, members, next_calls
from searchway.graph.connections import page_request
from searchway.graph.documents import Document
from searchway.graph.failures import field_error, list_error, lookup_error, request_errors
from searchway.graph.lookups import Path, Target, identifiers, read_target, too_many
from searchway.graph.names import CLUSTER_ARGUMENT
from searchway.graph.plan import Description, LookupSlot, NamespaceSlot, Plan, PlannedCall, PlannedLookup, Slot
from searchway.graph.targets import check_cluster, cluster_of
from searchway.transcode import inputs
from searchway.transcode.answer import Read
from searchway.transcode.identity import write_identity
from searchway.vocabulary import CLUSTER

Errors = list[dict[str, Any]]
_T = TypeVar("_T")
Describe = Callable[[Document, OperationDefinitionNode, Mapping[str, Any], VariableValues], Awaitable[Description]]


class Runner(Protocol):
    """Carries out operations."""

    async def run(
        self, operation: Operation, message: Any, call: Call, read: Read[_T], selection: Selection | None = None
    ) -> _T:
        """Carry out one operation and return what is read of its answer.

        Raises:
            CallError: it failed.
        """
        ...

    def together(self, operation: Operation, call: Call) -> int:
        """Return how many calls of an operation, made at the same time, can become one request."""
        ...

    def stream(
        self, operation: Operation, message: Any, call: Call, read: Read[_T], selection: Selection | None = None
    ) -> AsyncGenerator[_T, None]:
        """Carry out a streaming operation; closing the stream ends the work.

        Raises:
            CallError: it failed.
        """
        ...

    async def clusters(self, deadline: float | None) -> Sequence[ClusterState]:
        """Return the clusters with their states.

        Raises:
            CallError: callers may not know them.
        """
        ...

    def refused(self, face: Face, code: Code, request_id: str, operation: str = "") -> None:
        """Note that a request was refused before it became a call."""
        ...

    def cluster_name(self, name: str | None) -> str:
        """Return the name of the cluster that a call with this name, or without one, goes to; one that is not configured stays."""
        ...

    def has_cluster(self, name: str) -> bool:
        """Tell whether a cluster of this name is configured."""
        ...


class Execution:
    """Executes one operation of a document, once.

    Args:
        engine: carries out operations.
        describe: answers the fields about the schema.
        request_id: the identifier of the request.
        new_call: makes a call for the engine.
        most_ids: how many things may be found at once by their identifiers.
    """

    def __init__(
        self, engine: Runner, describe: Describe, request_id: str, new_call: Callable[[], Call], most_ids: int
    ) -> None:
        self._engine = engine
        self._describe = describe
        self._request_id = request_id
        self._new_call = new_call
        self._most_ids = most_ids
        self._failed: dict[int, dict[str, Any]] = {}
        self._unlisted: Errors = []
        self._unfound: Errors = []
        self._sought = 0
        self._expected: dict[int, Expected] = {}

    def expect(self, expected: Mapping[int, Expected]) -> None:
        """Take the calls of the plan, by number, that set out together with those of other requests."""
        self._expected.update(expected)

    async def execute(
        self, document: Document, operation: OperationDefinitionNode, given: Mapping[str, Any], values: VariableValues
    ) -> dict[str, Any]:
        """Return the result: `data`, and `errors` before it, in the document's order, if there are any."""
        try:
            plan = document.plan(operation, given, values)
            results = await self._results(plan, values)
        finally:
            for one in self._expected.values():
                one.settle()
        errors = self._errors()
        more: Errors = []
        if plan.meta:
            description = await self._describe(document, operation, given, values)
            results.meta = {**results.meta, **description.fields}
            more = request_errors(description.errors, self._request_id, description.code)
        data = results.fill(plan.fields)
        return {"errors": [*errors, *more], "data": data} if errors or more else {"data": data}

    async def stream(
        self, document: Document, operation: OperationDefinitionNode, given: Mapping[str, Any], values: VariableValues
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Yield the results of a subscription; what ended it before its time is the error of the last one."""
        plan = document.plan(operation, given, values)
        for call in plan.calls:  # there is one at most
            circumstances = self._circumstances(call, values)
            results = _Results([None], [], values, self._cluster_name)
            try:
                message = self._message(call, values, circumstances)
                stream = self._engine.stream(call.operation, message, circumstances, call.read, call.selection)
                async with aclosing(stream) as answers:
                    async for answer in answers:
                        results.answers = [answer]
                        yield {"data": results.fill(plan.fields)}
            except Exception as error:  # noqa: BLE001  # as for any other field
                errors = [self._error(error, call, circumstances, values)]
                results.answers = [None]
                yield {"errors": errors, "data": results.fill(plan.fields)}

    def _errors(self) -> Errors:
        """Return what failed, in the order of the document; what was not found or listed, behind it."""
        return [*(self._failed[number] for number in sorted(self._failed)), *self._unfound, *self._unlisted]

    async def _results(self, plan: Plan, values: VariableValues) -> "_Results":
        """Return what each part of a plan came to."""
        results = _Results([], [], values, self._cluster_name)
        if not (plan.lookups or plan.lists):
            results.answers = await self._answers(plan, values)
            return results
        results.answers, results.found, results.meta = await asyncio.gather(
            self._answers(plan, values), self._find(plan.lookups, values), self._list(plan.lists)
        )
        return results

    def _cluster_name(self, node: ValueNode | None, values: VariableValues) -> str:
        return self._engine.cluster_name(cluster_of(node, values) or self._new_call().cluster)

    async def _list(self, lists: Sequence[PlannedList]) -> Mapping[str, Any]:
        """Return the lists of clusters by their keys, asked for once."""
        if not lists:
            return {}
        try:
            found = await self._engine.clusters(self._new_call().deadline)
        except Exception as error:  # noqa: BLE001  # as for any other field
            if isinstance(error, CallError):
                self._engine.refused("graphql", error.code, self._request_id)
            self._unlisted += [list_error(error, one, self._request_id) for one in lists]
            return dict.fromkeys(one.out for one in lists)
        filled: dict[str, Any] = {}
        for one in lists:
            filled[one.out] = one.write(found)
            await asyncio.sleep(0)  # many lists of many clusters are much to write
        return filled

    async def _answers(self, plan: Plan, values: VariableValues) -> list[Any]:
        """Return what each call came to: reads at the same time, writes one after the other."""
        if len(plan.calls) == 1:
            return [await self._answer(plan, 0, values)]
        if not plan.serial:
            return await self._at_once(plan, range(len(plan.calls)), values)
        answers: list[Any] = []
        for run in plan.runs:
            answers += await self._one_after_the_other(plan, run, values)
        return answers

    async def _one_after_the_other(self, plan: Plan, run: range, values: VariableValues) -> list[Any]:
        """Answer writes of one operation. Those that become one request go together: nobody can tell their order."""
        answers: list[Any] = []
        while rest := run[len(answers) :]:
            start = next_calls(plan, rest, values, self._engine, self._new_call)
            answers += await self._at_once(plan, start.numbers, values)
        return answers

    async def _at_once(self, plan: Plan, numbers: range, values: VariableValues) -> list[Any]:
        if len(numbers) > 1 and not any(number in self._expected for number in numbers):
            (expected,) = form_cohorts([Start(plan, numbers, values)], self._engine, self._new_call)
            self._expected.update(expected)
        return await asyncio.gather(*(self._answer(plan, number, values) for number in numbers))

    async def _answer(self, plan: Plan, number: int, values: VariableValues) -> Any:
        call = plan.calls[number]
        circumstances = self._circumstances(call, values)
        circumstances.expected = self._expected.get(number)
        try:
            message = self._message(call, values, circumstances)
            return await self._engine.run(call.operation, message, circumstances, call.write, call.selection)
        except Exception as error:  # noqa: BLE001  # an error of one field must not take its neighbours along
            self._failed[number] = self._error(error, call, circumstances, values)
            return None
        finally:
            circumstances.settle()

    def _circumstances(self, call: PlannedCall, values: VariableValues) -> Call:
        circumstances = self._new_call()
        named = cluster_of(call.cluster, values)
        if named is not None:
            circumstances.cluster = named
        return circumstances

    async def _find(self, lookups: Sequence[PlannedLookup], values: VariableValues) -> list[Any]:
        """Find what lookups ask for; what fails is null and an error of its own."""
        sought = [self._targets(lookup, values) for lookup in lookups]
        targets = [target for found in sought for target in found or () if target]
        calls = [(one.found.operation, one.cluster) for one in targets if isinstance(one.found, PlannedCall)]
        expected = iter(members(calls, self._engine, self._new_call))
        for target in targets:
            if isinstance(target.found, PlannedCall):
                target.expected = next(expected)
        things = iter(await asyncio.gather(*(self._thing(target, values) for target in targets)))
        found = [None if one is None else [next(things) if target else None for target in one] for one in sought]
        return [
            one if one is None or lookup.record.many else one[0] for lookup, one in zip(lookups, found, strict=True)
        ]

    def _targets(self, lookup: PlannedLookup, values: VariableValues) -> list[Target | None] | None:
        """Return what a lookup asks for; None of an identifier that stands for nothing, and of a lookup that asks for too much."""
        try:
            texts = identifiers(lookup, values)
            if self._sought + len(texts) > self._most_ids:
                raise too_many(lookup, self._sought + len(texts), self._most_ids)
            targets = [self._target(lookup, number, text) for number, text in enumerate(texts)]
            self._sought += max(len(texts), sum(target.calls for target in targets if target))
            if self._sought > self._most_ids:
                raise too_many(lookup, self._sought, self._most_ids)
        except (GraphQLError, InvalidArgumentError) as error:
            self._refuse(error, lookup, lookup.path)
            return None
        return targets

    def _target(self, lookup: PlannedLookup, number: int, text: str) -> Target | None:
        try:
            return read_target(lookup, number, text, self._engine.has_cluster)
        except InvalidArgumentError as error:
            self._refuse(error, lookup, (*lookup.path, number) if lookup.record.many else lookup.path)
            return None

    async def _thing(self, target: Target, values: VariableValues) -> Any:
        """Read a thing; None if it is gone or cannot be read."""
        at_cluster = self._at(target.cluster)
        if isinstance(target.found, Plan):
            below = Execution(self._engine, self._describe, self._request_id, at_cluster, self._most_ids)
            results = await below._results(target.found, values)  # of the same class
            self._unfound += map(target.moved, below._errors())  # same
            return results.fill(target.found.fields)
        call, circumstances = target.found, at_cluster()
        circumstances.expected = target.expected
        try:
            message = self._message(call, values, circumstances)
            return await self._engine.run(call.operation, message, circumstances, call.write, call.selection)
        except Exception as error:  # noqa: BLE001  # as for any other field
            if not (isinstance(error, CallError) and error.code is Code.NOT_FOUND):
                self._unfound.append(target.moved(self._error(error, call, circumstances, values)))
            return None
        finally:
            circumstances.settle()

    def _at(self, cluster: str) -> Callable[[], Call]:
        """Return what makes a call to a cluster."""

        def new_call() -> Call:
            call = self._new_call()
            call.cluster = cluster
            return call

        return new_call

    def _refuse(self, error: Exception, lookup: PlannedLookup, path: Path) -> None:
        self._engine.refused("graphql", Code.INVALID_ARGUMENT, self._request_id)
        self._unfound.append(lookup_error(error, lookup, path, self._request_id))

    def _message(self, call: PlannedCall, values: VariableValues, circumstances: Call) -> Any:
        try:
            check_cluster(call.cluster, values)
            message, circumstances.page = make_message(call, values)
        except (GraphQLError, InvalidArgumentError):
            self._engine.refused("graphql", Code.INVALID_ARGUMENT, self._request_id, call.operation.name)
            raise
        if (record := circumstances.record) is not None:
            record.operation, record.message, record.page = call.operation, message, circumstances.page
            record.cluster = circumstances.cluster  # as it was asked for: the engine is going to name the default one
        return message

    def _error(
        self, error: Exception, call: PlannedCall, circumstances: Call, values: VariableValues
    ) -> dict[str, Any]:
        if isinstance(error, CallError):
            if named := cluster_of(call.cluster, values):
                error.rename(CLUSTER, CLUSTER_ARGUMENT, named)
            circumstances.place(error, call.operation)
        return field_error(error, call, self._request_id)


def make_message(call: PlannedCall, values: VariableValues) -> tuple[Any, PageRequest | None]:
    """Return the request message for the arguments of a call, and the page where the message cannot say it.

    Raises:
        GraphQLError: an argument has a wrong value.
        InvalidArgumentError: the values make no message.
    """
    if call.message is not None:
        message = type(call.message)()
        message.CopyFrom(call.message)
        return message, call.page
    arguments = get_argument_values(call.arguments, call.nodes[0], values)
    request = call.operation.request
    page = page_request(arguments) if call.operation.paging else None
    flat = call.operation.read_only or call.operation.streaming
    if call.operation.streaming:  # at the root, where it is no field of the request
        arguments.pop(CLUSTER_ARGUMENT, None)
    message = inputs.build(request, arguments if flat else arguments.get("input", {}))
    if call.is_constant:
        call.message, call.page = type(message)(), page
        call.message.CopyFrom(message)
    return message, page


@dataclass(slots=True)
class _Results:
    """What a plan came to."""

    answers: list[Any]
    """What each call came to."""
    found: list[Any]
    """What each lookup came to."""
    values: VariableValues
    """The variables of the request."""
    cluster_name: Callable[[ValueNode | None, VariableValues], str]
    """Names the cluster of a namespace."""
    meta: Mapping[str, Any] = field(default_factory=dict)
    """The fields about the schema."""

    def fill(self, fields: Mapping[str, Slot]) -> dict[str, Any]:
        """Return the result's tree with what stands in it."""
        return {out: self._value(out, slot) for out, slot in fields.items()}

    def _value(self, out: str, slot: Slot) -> Any:
        if isinstance(slot, dict):
            return self.fill(slot)
        if isinstance(slot, int):
            return self.answers[slot]
        if isinstance(slot, NamespaceSlot):
            return write_identity(self.cluster_name(slot.cluster, self.values), slot.kind, ())
        if isinstance(slot, LookupSlot):
            return self.found[slot.number]
        return self.meta[out] if slot is None else slot
