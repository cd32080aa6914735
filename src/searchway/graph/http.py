"""GraphQL over HTTP: one endpoint, from the request's bytes to the answer's.

    GET  ?query=…   queries only       POST application/json   queries and mutations
    GET  Accept: text/html             the GraphiQL page

With application/json every well-formed request is answered with 200; with application/graphql-response+json a request that could
not be executed has 400. https://graphql.github.io/graphql-over-http/draft/
"""

import orjson
import structlog
from graphql import GraphQLError, OperationDefinitionNode, OperationType
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from searchway.errors import InvalidArgumentError
from searchway.graph.callers import Caller, read_caller
from searchway.graph.documents import DocumentStore, RequestError
from searchway.graph.execution import Execution, Runner
from searchway.graph.failures import internal_error, request_errors
from searchway.graph.page import graphiql_page, wants_page
from searchway.graph.requests import (
    GRAPHQL,
    JSON,
    BadRequestError,
    GraphQLRequest,
    check_content_type,
    negotiate,
    read_body,
    read_url,
)
from searchway.graph.transport import Disconnected, Reply, Watch, receive_body, send_reply

_log = structlog.get_logger(__name__)


class GraphQLEndpoint:
    """The ASGI application at /graphql.

    Args:
        engine: carries out operations.
        documents: the documents that are known.
        largest: the most bytes of a request's body.
        page: whether browsers get the GraphiQL page.
    """

    def __init__(self, engine: Runner, documents: DocumentStore, *, largest: int, page: bool) -> None:
        self._engine = engine
        self._documents = documents
        self._largest = largest
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._page and scope["method"] in {"GET", "HEAD"} and wants_page(Request(scope)):
            await graphiql_page()(scope, receive, send)
            return
        caller = read_caller(scope)
        try:
            reply = await self._reply(scope, receive, caller)
        except Disconnected:
            return
        await send_reply(send, reply, caller.request_id)

    async def _reply(self, scope: Scope, receive: Receive, caller: Caller) -> Reply:
        """Answer with a document, also where the request cannot be understood."""
        media_type = negotiate(caller.headers.get("accept", ""))
        if media_type is None:
            return _refusal(BadRequestError(406, f"expected Accept to take {GRAPHQL} or {JSON}"), JSON, caller)
        try:
            result, refused = await self._execute(scope, receive, caller)
            status = 400 if refused and media_type == GRAPHQL else 200
            return Reply(status=status, media_type=media_type, body=orjson.dumps(result))
        except BadRequestError as error:
            return _refusal(error, media_type, caller)
        except Disconnected:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the caller gets an answer and nothing internal
            _log.error("unexpected error", request_id=caller.request_id, exc_info=error)
            return Reply(status=500, media_type=media_type, body=orjson.dumps(internal_error(caller.request_id)))

    async def _execute(self, scope: Scope, receive: Receive, caller: Caller) -> tuple[dict[str, object], bool]:
        """Return the response's document, and whether the request was refused."""
        asked = await self._read(scope, receive, caller)
        try:
            caller.check()
            document = self._documents.get(asked.query)
            operation = document.operation(asked.operation_name)
            _check_method(scope["method"], operation)
            values = document.variables(operation, asked.variables)
        except RequestError as error:
            return {"errors": request_errors(error.errors, caller.request_id)}, True
        except InvalidArgumentError as error:
            return {"errors": request_errors([GraphQLError(error.failure.message)], caller.request_id)}, True
        execution = Execution(self._engine, caller.request_id, caller.call)
        with Watch(receive):
            return await execution.execute(document, operation, asked.variables, values), False

    async def _read(self, scope: Scope, receive: Receive, caller: Caller) -> GraphQLRequest:
        if scope["method"] == "POST":
            check_content_type(caller.headers.get("content-type", ""))
            return read_body(await receive_body(receive, caller.headers.get("content-length", ""), self._largest))
        if scope["method"] == "GET":
            return read_url(scope["query_string"])
        raise BadRequestError(405, f"{scope['method']} is not allowed; use GET or POST", allow="GET, POST")


def _refusal(error: BadRequestError, media_type: str, caller: Caller) -> Reply:
    document = {"errors": request_errors([GraphQLError(error.problem)], caller.request_id)}
    return Reply(status=error.status, media_type=media_type, body=orjson.dumps(document), allow=error.allow)


def _check_method(method: str, operation: OperationDefinitionNode) -> None:
    if method == "GET" and operation.operation is not OperationType.QUERY:
        problem = f"a {operation.operation.value} is not allowed with GET; use POST"
        raise BadRequestError(405, problem, allow="POST")
