"""The documents that are known, and the thread in which large new ones are read.

Reading a large document takes longer than the event loop may be held; in a thread of its own it only shares the processor. Must not
know HTTP, nor how calls are made.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode
from graphql.execution.values import VariableValues

from searchway.errors import Code
from searchway.graph.documents import Document
from searchway.graph.introspection import describe
from searchway.graph.plan import Description
from searchway.graph.reading import DocumentReader
from searchway.graph.refusals import RequestError
from searchway.settings import LimitSettings
from searchway.transcode.remembered import Remembered

_LARGE = 2_000
"""Characters from which on a document is read in the thread: shorter ones take a few milliseconds at worst."""
_Result = TypeVar("_Result")


class DocumentStore:
    """Reads documents, and remembers those used last by their text.

    Args:
        schema: what they are valid for.
        limits: how large they may be, and how much memory they may take.
        introspection: whether they may ask for the schema.
    """

    def __init__(self, schema: GraphQLSchema, limits: LimitSettings, *, introspection: bool) -> None:
        self._reader = DocumentReader(schema, limits, introspection=introspection)
        self._kept: Remembered[str, Document] = Remembered(limits.document_memory)
        self._most_waiting = limits.documents_waiting
        self._most_values = limits.introspection_values
        self._reading: dict[str, asyncio.Task[Document]] = {}
        self._waiting = 0
        self._thread = ThreadPoolExecutor(1, "documents")

    @property
    def weight(self) -> int:
        """The bytes of memory that the documents take, estimated."""
        return self._kept.weight

    async def get(self, text: str) -> Document:
        """Return the document of a text.

        Raises:
            RequestError: it is not GraphQL, not valid for the schema, exceeds a limit, or too many others wait to be read.
        """
        document = self._kept.get(text)
        if document is not None:
            return document
        if len(text) <= _LARGE:
            return self._keep(text, self._reader.read(text))
        if text not in self._reading:
            reading = self._reading[text] = asyncio.create_task(self._in_thread(partial(self._reader.read, text)))
            reading.add_done_callback(lambda done: self._finish(text, done))
        return await asyncio.shield(self._reading[text])

    async def describe(
        self, document: Document, operation: OperationDefinitionNode, given: Mapping[str, Any], values: VariableValues
    ) -> Description:
        """Return what the fields about the schema give, worked out once unless variables can change it."""
        plan = document.plan(operation, given, values)
        if plan.description is not None:
            return plan.description
        try:
            description = await self._in_thread(partial(describe, document, operation, given, plan, self._most_values))
        except RequestError as error:
            return Description(fields=dict.fromkeys(plan.meta), size=0, errors=error.errors, code=error.code)
        if not operation.variable_definitions and not description.errors:
            plan.description = description
            document.keep_description(operation, values, plan)
        return description

    async def _in_thread(self, work: Callable[[], _Result]) -> _Result:
        """Do work in the thread, after what others wait for.

        Raises:
            RequestError: too many wait already.
        """
        if self._waiting >= self._most_waiting:
            problem = f"{self._waiting} large documents wait to be read; at most {self._most_waiting} may"
            raise RequestError([GraphQLError(f"{problem} (limits.documents_waiting).")], Code.RESOURCE_EXHAUSTED)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._waiting -= 1

    def _finish(self, text: str, reading: "asyncio.Task[Document]") -> None:
        del self._reading[text]
        if not reading.cancelled() and reading.exception() is None:
            self._keep(text, reading.result())

    def _keep(self, text: str, document: Document) -> Document:
        document.grown = partial(self._weigh, text, document)
        self._kept.put(text, document, document.weight)
        return document

    def _weigh(self, text: str, document: Document) -> None:
        if self._kept.get(text) is document:
            self._kept.put(text, document, document.weight)
