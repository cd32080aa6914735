"""Documents that requests name in place of their text.

Automatic persisted queries: a client sends the hash alone; if the gateway does not know it, the client sends hash and text, and the
text is kept under the hash. https://www.apollographql.com/docs/apollo-server/performance/apq

Trusted documents: known from the start, named by `documentId` or by Apollo's hash.
https://github.com/graphql/graphql-over-http/blob/main/spec/Appendix%20A%20--%20Persisted%20Documents.md

Must not know HTTP, nor how calls are made.
"""

import hashlib
import sys

from graphql import GraphQLError

from searchway.errors import Code
from searchway.graph.callers import Caller
from searchway.graph.documents import Document
from searchway.graph.permissions import Permission
from searchway.graph.refusals import PersistedQueryError, RequestError
from searchway.graph.requests import GraphQLRequest
from searchway.graph.store import DocumentStore
from searchway.graph.trusted import TrustedDocuments
from searchway.transcode.remembered import Remembered

_ONLY_TRUSTED = (
    "expected the name of a trusted document (documentId or extensions.persistedQuery), got a query (documents_only)"
)
_HASH = "extensions.persistedQuery.sha256Hash"
_HASH_BYTES = 400
"""What an entry weighs beside its text."""


class NamedDocuments:
    """Finds the documents of requests.

    Args:
        documents: reads documents.
        memory: the bytes that texts of automatic persisted queries may take; 0 switches them off.
        trusted: the trusted documents.
        permission: who may send other ones.
    """

    def __init__(
        self, documents: DocumentStore, memory: int, trusted: TrustedDocuments, permission: Permission
    ) -> None:
        self._documents = documents
        self._trusted = trusted
        self._permission = permission
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
            RequestError: text and hash do not fit, the document cannot be executed, or it is not trusted and has to be.
        """
        trusted = self._find_trusted(request)
        if trusted is not None:
            return trusted
        may_send = self._permission.covers(caller)
        if request.query and not may_send:
            raise RequestError([GraphQLError(_ONLY_TRUSTED)], Code.PERMISSION_DENIED)
        if not request.sha256:
            return await self._documents.get(request.query, caller.principal)
        text = request.query or self._text_of(request.sha256, may_send=may_send)
        document = await self._documents.get(text, caller.principal)
        if request.query:
            self._keep(request.sha256, text)
        return document

    def _find_trusted(self, request: GraphQLRequest) -> Document | None:
        """Return the trusted document of a request, None if it names none."""
        if not (request.document_id or request.sha256):
            return None
        document = self._trusted.get(request.document_id or request.sha256)
        if request.document_id:
            if request.query:
                raise RequestError([GraphQLError("documentId: expected no query beside it")])
            if document is None:
                raise RequestError([GraphQLError("documentId: no trusted document has this name")], Code.NOT_FOUND)
        elif document is not None and request.query not in {"", document.text}:
            raise RequestError([GraphQLError(f"{_HASH}: names a trusted document, which is not that of query")])
        return document

    def _text_of(self, sha256: str, *, may_send: bool) -> str:
        """Return a text that is kept; what others have sent is nothing for callers who may not send it."""
        if not self._keeps_queries and not self._trusted:
            raise PersistedQueryError("PersistedQueryNotSupported", Code.UNIMPLEMENTED)
        text = self._queries.get(sha256) if may_send else None
        if text is None:
            raise PersistedQueryError("PersistedQueryNotFound", Code.NOT_FOUND)
        return text

    def _keep(self, sha256: str, text: str) -> None:
        """Keep the text of a valid document, so that nothing else takes memory."""
        if self._queries.get(sha256) == text:
            return
        if hashlib.sha256(text.encode()).hexdigest() != sha256:
            problem = f"{_HASH}: expected the SHA-256 of query in lower-case hexadecimal digits"
            raise RequestError([GraphQLError(problem)])
        self._queries.put(sha256, text, sys.getsizeof(text) + _HASH_BYTES)
