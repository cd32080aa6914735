"""Executes plans: arguments become messages, the engine answers them, and the answers become the result.

The result is the one that graphql-core's executor would give over plain data. Only the way there is shorter: what a call answers is
projected as a whole, not resolved field by field. Fields about the schema itself are left to `introspection`. Must not know HTTP.
https://spec.graphql.org/October2021/#sec-Execution
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Protocol, TypeVar

from graphql import GraphQLError, OperationDefinitionNode
from graphql.execution.values import VariableValues, get_argument_values

from searchway.contract.records import Operation
from searchway.contract.selection import Selection
from searchway.engine.call import Call, Face
from searchway.engine.cohorts import Expected
from searchway.engine.listing import ClusterState
from searchway.engine.paging import PageRequest
from searchway.errors import CallError, Code, InvalidArgumentError
from searchway.graph.clusterlist import PlannedList
from searchway.graph.cohorts import Start, form_cohorts, next_calls
from searchway.graph.connections import page_request
from searchway.graph.documents import Document
from searchway.graph.failures import field_error, list_error, request_errors
from searchway.graph.names import CLUSTER_ARGUMENT
from searchway.graph.plan import Description, Plan, PlannedCall, Slot
from searchway.graph.targets import check_cluster, cluster_of
from searchway.transcode import inputs
from searchway.transcode.answer import Read
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


class Execution:
    """Executes one operation of a document, once.

    Args:
        engine: carries out operations.
        describe: answers the fields about the schema.
        request_id: the identifier of the request.
        new_call: makes a call for the engine.
    """

    def __init__(self, engine: Runner, describe: Describe, request_id: str, new_call: Callable[[], Call]) -> None:
        self._engine = engine
        self._describe = describe
        self._request_id = request_id
        self._new_call = new_call
        self._failed: dict[int, dict[str, Any]] = {}
        self._unlisted: Errors = []
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
            answers, listed = await self._all(plan, values)
        finally:
            for one in self._expected.values():
                one.settle()
        errors = [*(self._failed[number] for number in sorted(self._failed)), *self._unlisted]
        more: Errors = []
        if plan.meta:
            description = await self._describe(document, operation, given, values)
            listed = {**listed, **description.fields}
            more = request_errors(description.errors, self._request_id, description.code)
        data = _fill(plan.fields, answers, listed)
        return {"errors": [*errors, *more], "data": data} if errors or more else {"data": data}

    async def stream(
        self, document: Document, operation: OperationDefinitionNode, given: Mapping[str, Any], values: VariableValues
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Yield the results of a subscription; what ended it before its time is the error of the last one."""
        plan = document.plan(operation, given, values)
        for call in plan.calls:  # there is one at most
            circumstances = self._circumstances(call, values)
            try:
                message = self._message(call, values, circumstances)
                stream = self._engine.stream(call.operation, message, circumstances, call.read, call.selection)
                async with aclosing(stream) as answers:
                    async for answer in answers:
                        yield {"data": _fill(plan.fields, [answer], {})}
            except Exception as error:  # noqa: BLE001  # as for any other field
                errors = [self._error(error, call, circumstances, values)]
                yield {"errors": errors, "data": _fill(plan.fields, [None], {})}

    async def _all(self, plan: Plan, values: VariableValues) -> tuple[list[Any], Mapping[str, Any]]:
        """Return what each call came to, and the lists of clusters by their keys."""
        if not plan.lists:
            return await self._answers(plan, values), {}
        answers, listed = await asyncio.gather(self._answers(plan, values), self._list(plan.lists))
        return answers, listed

    async def _list(self, lists: Sequence[PlannedList]) -> Mapping[str, Any]:
        """Return the lists of clusters, asked for once."""
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


def _fill(fields: Mapping[str, Slot], answers: list[Any], meta: Mapping[str, Any]) -> dict[str, Any]:
    return {out: _value(out, slot, answers, meta) for out, slot in fields.items()}


def _value(out: str, slot: Slot, answers: list[Any], meta: Mapping[str, Any]) -> Any:
    if isinstance(slot, dict):
        return _fill(slot, answers, meta)
    if isinstance(slot, int):
        return answers[slot]
    return meta[out] if slot is None else slot
