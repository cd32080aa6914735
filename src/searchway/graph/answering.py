"""From a GraphQL request to its response: what every way over the network has in common. Must not know any of them."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any

from graphql import GraphQLError, OperationDefinitionNode, OperationType
from graphql.execution.values import VariableValues

from searchway.engine.call import Call
from searchway.engine.cohorts import Expected
from searchway.errors import Code, InvalidArgumentError
from searchway.graph.callers import Caller
from searchway.graph.cohorts import first_calls, form_cohorts
from searchway.graph.documents import Document
from searchway.graph.execution import Execution, Runner
from searchway.graph.explaining import Explanation
from searchway.graph.failures import request_errors, unexpected
from searchway.graph.media import EVENTS, PARTS
from searchway.graph.named import NamedDocuments
from searchway.graph.permissions import Permission
from searchway.graph.plan import Plan
from searchway.graph.refusals import RefusedError, RequestError
from searchway.graph.requests import GraphQLRequest
from searchway.graph.store import DocumentStore

_NOBODY: Mapping[int, Expected] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A request that can be executed."""

    document: Document
    """Its document."""
    operation: OperationDefinitionNode
    """What of it is to be executed."""
    given: Mapping[str, Any]
    """The variables as they came."""
    values: VariableValues
    """The variables as the schema takes them."""

    @property
    def is_stream(self) -> bool:
        """Whether it has more than one response."""
        return self.operation.operation is OperationType.SUBSCRIPTION

    @property
    def plan(self) -> Plan:
        """What it comes to."""
        return self.document.plan(self.operation, self.given, self.values)

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        if self.is_stream:
            return all(call.operation.read_only for call in self.plan.calls)
        return self.operation.operation is OperationType.QUERY


class Answerer:
    """Answers GraphQL requests.

    Args:
        engine: carries out operations.
        documents: the documents that are known.
        named: those that requests name.
        may_see_requests: who is told which requests to clusters a GraphQL request took.
        most_ids: how many things may be found at once by their identifiers.
    """

    def __init__(
        self,
        engine: Runner,
        documents: DocumentStore,
        named: NamedDocuments,
        may_see_requests: Permission,
        most_ids: int,
    ) -> None:
        self._engine = engine
        self._documents = documents
        self._named = named
        self._may_see_requests = may_see_requests
        self._most_ids = most_ids

    async def understand(self, request: GraphQLRequest, caller: Caller) -> Understood:
        """Read a request's document and variables.

        Raises:
            RequestError: it cannot be executed.
        """
        try:
            caller.check()
        except InvalidArgumentError as error:
            named = {"field": error.failure.field}
            raise RequestError([GraphQLError(error.failure.message, extensions=named)]) from None
        document = await self._named.get(request, caller)
        operation = document.operation(request.operation_name)
        given, values = await self._documents.bind(document, operation, request.variables, caller.principal)
        return Understood(document=document, operation=operation, given=given, values=values)

    async def understand_single(self, request: GraphQLRequest, caller: Caller, *, streams: bool = False) -> Understood:
        """Read a request that is to have one response or, with `streams`, may have more.

        Raises:
            RequestError: it cannot be executed, or has more.
        """
        asked = await self.understand(request, caller)
        if asked.is_stream and not streams:
            problem = f"A subscription is answered as {EVENTS} or {PARTS}, or over a WebSocket."
            raise RequestError([GraphQLError(problem, asked.operation)])
        return asked

    def refuse(self, error: RefusedError, caller: Caller) -> list[dict[str, Any]]:
        """Note that a request is not executed, and return the errors that say so."""
        self.note_refusal(error.code, caller)
        return request_errors(error.errors, caller.request_id, error.code)

    def note_refusal(self, code: Code, caller: Caller) -> None:
        """Note that something is refused which has no errors of GraphQL."""
        self._engine.refused("graphql", code, caller.request_id)

    async def answer(
        self, asked: Understood, caller: Caller, expected: Mapping[int, Expected] = _NOBODY
    ) -> dict[str, Any]:
        """Execute a query or a mutation and return the response.

        Args:
            asked: the request.
            caller: who asks.
            expected: those of its first calls that set out together with others', by number.
        """
        explanation = self._explanation(caller) if caller.explains else None
        execution = self._execution(caller, explanation.call if explanation else caller.call)
        execution.expect(expected)
        response = await execution.execute(asked.document, asked.operation, asked.given, asked.values)
        return explanation.add_to(response) if explanation else response

    async def answer_all(self, asked: Sequence[Understood], caller: Caller) -> Sequence[dict[str, Any]]:
        """Execute queries and mutations of one caller at the same time; none notices what becomes of another."""
        starts = [first_calls(one.plan, one.values, self._engine, caller.call) for one in asked]
        expected = form_cohorts(starts, self._engine, caller.call)
        return await asyncio.gather(
            *(self._answer_safely(one, caller, own) for one, own in zip(asked, expected, strict=True))
        )

    async def _answer_safely(
        self, asked: Understood, caller: Caller, expected: Mapping[int, Expected]
    ) -> dict[str, Any]:
        try:
            return await self.answer(asked, caller, expected)
        except Exception as error:  # noqa: BLE001  # as for a single request
            return unexpected(error, caller.request_id)

    async def responses(self, asked: Understood, caller: Caller) -> AsyncGenerator[dict[str, Any], None]:
        """Yield the responses to a request of any kind; a query or a mutation has one."""
        try:
            if not asked.is_stream:
                yield await self.answer(asked, caller)
                return
            explanation = self._explanation(caller) if caller.explains else None
            execution = self._execution(caller, explanation.call if explanation else caller.call)
            stream = execution.stream(asked.document, asked.operation, asked.given, asked.values)
            async with aclosing(stream) as results:
                async for result in results:
                    yield explanation.add_to(result) if explanation else result
        except Exception as error:  # noqa: BLE001  # whatever it is, the caller gets an answer and nothing internal
            yield unexpected(error, caller.request_id)

    def _explanation(self, caller: Caller) -> Explanation:
        return Explanation(caller, with_requests=self._may_see_requests.covers(caller))

    def _execution(self, caller: Caller, new_call: Callable[[], Call]) -> Execution:
        describe = partial(self._documents.describe, principal=caller.principal)
        return Execution(self._engine, describe, caller.request_id, new_call, self._most_ids)
