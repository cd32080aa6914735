"""Documents that requests name in place of their text: automatic persisted queries.

A client sends the hash alone; if the gateway does not know it, the client sends hash and text, and the text is kept under the hash.
https://www.apollographql.com/docs/apollo-server/performance/apq

Must not know HTTP, nor how calls are made.
"""

import hashlib
import sys

from graphql import GraphQLError

from searchway.errors import Code
from searchway.graph.callers import Caller
from searchway.graph.documents import Document
from searchway.graph.refusals import PersistedQueryError, RequestError
from searchway.graph.requests import GraphQLRequest
from searchway.graph.store import DocumentStore
from searchway.transcode.remembered import Remembered

_HASH_BYTES = 400
"""What an entry weighs beside its text."""


class NamedDocuments:
    """Finds the documents of requests.

    Args:
        documents: reads documents.
        memory: the bytes that texts of automatic persisted queries may take; 0 switches them off.
    """

    def __init__(self, documents: DocumentStore, memory: int) -> None:
        self._documents = documents
        self._keeps_queries = memory > 0
        self._queries: Remembered[str, str] = Remembered(memory)

    @property
    def weight(self) -> int:
        """The bytes of memory that the texts take, estimated."""
        return self._queries.weight

    async def get(self, request: GraphQLRequest, caller: Caller) -> Document:
        """Return the document of a request.

        Raises:
            PersistedQueryError: the text of a hash is not known.
            RequestError: text and hash do not fit, or the document cannot be executed.
        """
        if not request.sha256:
            return await self._documents.get(request.query, caller.principal)
        text = request.query or self._text_of(request.sha256)
        document = await self._documents.get(text, caller.principal)
        if request.query:
            self._keep(request.sha256, text)
        return document

    def _text_of(self, sha256: str) -> str:
        if not self._keeps_queries:
            raise PersistedQueryError("PersistedQueryNotSupported", Code.UNIMPLEMENTED)
        text = self._queries.get(sha256)
        if text is None:
            raise PersistedQueryError("PersistedQueryNotFound", Code.NOT_FOUND)
        return text

    def _keep(self, sha256: str, text: str) -> None:
        """Keep the text of a valid document, so that nothing else takes memory."""
        if self._queries.get(sha256) == text:
            return
        if hashlib.sha256(text.encode()).hexdigest() != sha256:
            problem = (
                "extensions.persistedQuery.sha256Hash: expected the SHA-256 of query in lower-case hexadecimal digits"
            )
            raise RequestError([GraphQLError(problem)])
        self._queries.put(sha256, text, sys.getsizeof(text) + _HASH_BYTES)
