"""The documents that are known, and how what is asked is read: small things at once, large ones in the background.

Must not know HTTP, nor how calls are made.
"""

import asyncio
from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any
from weakref import ref

from graphql import GraphQLSchema, OperationDefinitionNode
from graphql.execution.values import VariableValues

from searchway.graph.background import Background
from searchway.graph.documents import Document
from searchway.graph.introspection import describe
from searchway.graph.plan import Description
from searchway.graph.reading import DocumentReader
from searchway.graph.refusals import RequestError
from searchway.settings import LimitSettings
from searchway.transcode.remembered import Remembered
from searchway.transcode.response import Dialect

_LARGE = 1_500
"""Characters from which on a document is read in the background: shorter ones take a few milliseconds."""
_LARGE_VARIABLES = 16 * 1024
"""Bytes from which on variables are read in the background."""


class DocumentStore:
    """Reads documents, and remembers those used last by their text.

    Args:
        schema: what they are valid for.
        limits: how large they may be, and how much memory they may take.
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
        self._reader = DocumentReader(schema, limits, introspection=introspection, dialect=dialect)
        self._kept: Remembered[str, Document] = Remembered(limits.document_memory)
        self._most_values = limits.introspection_values
        self._reading: dict[str, asyncio.Task[Document]] = {}
        self._background = Background(limits.documents_waiting)

    @property
    def weight(self) -> int:
        """The bytes of memory that the documents take, estimated."""
        return self._kept.weight

    @property
    def reader(self) -> DocumentReader:
        """Reads documents that are not remembered."""
        return self._reader

    async def get(self, text: str, principal: Hashable = "") -> Document:
        """Return the document of a text, on behalf of a principal.

        Raises:
            RequestError: it is not GraphQL, not valid for the schema, exceeds a limit, or too many others wait to be read.
        """
        document = self._kept.get(text)
        if document is not None:
            return document
        if len(text) <= _LARGE:
            return self._keep(text, self._reader.read(text))
        if text not in self._reading:
            work = self._background.run(principal, partial(self._reader.read, text))
            reading = self._reading[text] = asyncio.create_task(work)
            reading.add_done_callback(lambda done: self._finish(text, done))
        return await asyncio.shield(self._reading[text])

    async def bind(
        self, document: Document, operation: OperationDefinitionNode, text: bytes, principal: Hashable = ""
    ) -> tuple[Mapping[str, Any], VariableValues]:
        """Return the variables of an operation as they were given and as the schema takes them.

        Raises:
            RequestError: a variable is missing or has a wrong value, or too many others wait to be read.
        """
        if len(text) <= _LARGE_VARIABLES:
            return document.bind(operation, text)
        return await self._background.run(principal, partial(document.bind, operation, text))

    async def describe(
        self,
        document: Document,
        operation: OperationDefinitionNode,
        given: Mapping[str, Any],
        values: VariableValues,
        principal: Hashable = "",
    ) -> Description:
        """Return what the fields about the schema give, worked out once unless variables can change it."""
        plan = document.plan(operation, given, values)
        if plan.description is not None:
            return plan.description
        try:
            work = partial(describe, document, operation, given, plan, self._most_values)
            description = await self._background.run(principal, work)
        except RequestError as error:
            return Description(fields=dict.fromkeys(plan.meta), size=0, errors=error.errors, code=error.code)
        if not operation.variable_definitions and not description.errors:
            plan.description = description
            document.keep_description(operation, values, plan)
        return description

    def _finish(self, text: str, reading: "asyncio.Task[Document]") -> None:
        del self._reading[text]
        if not reading.cancelled() and reading.exception() is None:
            self._keep(text, reading.result())

    def _keep(self, text: str, document: Document) -> Document:
        document.grown = partial(self._weigh, text, ref(document))  # no circle: what is dropped goes at once
        self._kept.put(text, document, document.weight)
        return document

    def _weigh(self, text: str, weak: "ref[Document]") -> None:
        document = weak()
        if document is not None and self._kept.get(text) is document:
            self._kept.put(text, document, document.weight)
