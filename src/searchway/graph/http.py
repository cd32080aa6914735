"""GraphQL over HTTP: one endpoint, from the request's bytes to the answer's.

    GET  ?query=…   queries only       POST application/json   queries and mutations
    GET  Accept: text/html             the GraphiQL page
    POST application/json  [{…}, {…}]  several requests, carried out at the same time; each has its own response, in their order

    Accept: text/event-stream          the responses as events, see `sse`
    Accept: multipart/mixed;subscriptionSpec=1.0    those of a subscription as parts, see `parts`

In place of a document a request may give the name of one, see `named`.

With application/json every well-formed request is answered with 200; with application/graphql-response+json a request that could
not be executed has 400. https://graphql.github.io/graphql-over-http/draft/
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import orjson
from graphql import OperationDefinitionNode, OperationType
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from searchway.graph import parts, sse
from searchway.graph.answering import Answerer, Understood
from searchway.graph.callers import Caller, read_caller
from searchway.graph.compression import check_encoding, decode_body, encode_body
from searchway.graph.failures import unexpected
from searchway.graph.media import EVENTS, GRAPHQL, JSON, PARTS, Accepted, check_content_type, negotiate
from searchway.graph.page import wants_page
from searchway.graph.refusals import BadRequestError, RefusedError, RequestError
from searchway.graph.requests import GraphQLRequest, is_batch, read_batch, read_body, read_url
from searchway.graph.streams import Form, Streams, send_stream
from searchway.graph.transport import Disconnected, Reply, Watch, receive_body, send_reply
from searchway.settings import LimitSettings


class GraphQLEndpoint:
    """The ASGI application at /graphql.

    Args:
        answerer: answers requests.
        streams: answers those whose caller takes a stream.
        limits: the largest body, the longest array of requests, and the smallest answer that is compressed.
        page: makes the GraphiQL page for browsers; None where there is none.
    """

    def __init__(
        self,
        answerer: Answerer,
        streams: Streams,
        limits: LimitSettings,
        *,
        page: Callable[[], Response] | None,
    ) -> None:
        self._answerer = answerer
        self._streams = streams
        self._largest = limits.request_bytes
        self._batch = limits.graphql_batch
        self._compress_from = limits.compress_from
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._page and scope["method"] in {"GET", "HEAD"} and wants_page(Request(scope)):
            await self._page()(scope, receive, send)
            return
        caller = read_caller(scope)
        accepted = negotiate(caller.headers.get("accept", ""))
        try:
            if accepted.media_type == EVENTS:
                await self._send_events(scope, receive, send, caller)
                return
            reply = await self._reply(scope, receive, caller, accepted)
            if isinstance(reply, Understood):
                await self._send_stream(parts.FORM, reply, caller, receive, send)
            else:
                await send_reply(send, await self._encode(reply, caller), caller.request_id)
        except Disconnected:
            return

    async def _encode(self, reply: Reply, caller: Caller) -> Reply:
        if len(reply.body) < self._compress_from or not self._compress_from:
            return reply
        body, encoding = await encode_body(reply.body, caller.headers.get("accept-encoding", ""))
        return replace(reply, body=body, encoding=encoding)

    async def _send_events(self, scope: Scope, receive: Receive, send: Send, caller: Caller) -> None:
        try:
            asked = _one(await self._read(scope, receive, caller))
            understood = await self._answerer.understand(asked, caller)
            _check_stream_method(scope["method"], understood)
        except BadRequestError as error:
            await send_reply(send, self._refusal(error, JSON, caller), caller.request_id)
        except RequestError as error:
            await send_stream(send, sse.FORM, sse.once(self._errors(error, caller)), caller.request_id)
        else:
            await self._send_stream(sse.FORM, understood, caller, receive, send)

    async def _send_stream(
        self, form: Form, understood: Understood, caller: Caller, receive: Receive, send: Send
    ) -> None:
        try:
            await self._streams.serve(form, understood, caller, receive, send)
        except BadRequestError as error:
            await send_reply(send, self._refusal(error, JSON, caller), caller.request_id)

    async def _reply(self, scope: Scope, receive: Receive, caller: Caller, accepted: Accepted) -> Reply | Understood:
        """Answer with a document, also where the request cannot be understood; return a subscription that is to be answered in parts."""
        media_type = accepted.media_type
        if media_type is None:
            problem = f"expected Accept to take {GRAPHQL}, {JSON} or {EVENTS}, or {PARTS} for a subscription"
            return self._refusal(BadRequestError(406, problem), JSON, caller)
        try:
            result, refused = await self._execute(scope, receive, caller, streams=accepted.parts)
            if isinstance(result, Understood):
                return result
            status = refused.status if refused and media_type == GRAPHQL else 200
            kept = refused.cache_control if refused else ""
            return Reply(status=status, media_type=media_type, body=orjson.dumps(result), cache_control=kept)
        except BadRequestError as error:
            return self._refusal(error, media_type, caller)
        except Disconnected:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the caller gets an answer and nothing internal
            return Reply(status=500, media_type=media_type, body=orjson.dumps(unexpected(error, caller.request_id)))

    async def _execute(
        self, scope: Scope, receive: Receive, caller: Caller, *, streams: bool
    ) -> tuple[object, RequestError | None]:
        """Return the response's document, and why the request was refused; a batch as a whole never is.

        A subscription is not executed: it is refused or, with `streams`, returned in place of a document.
        """
        asked = await self._read(scope, receive, caller)
        if isinstance(asked, list):
            with Watch(receive):
                return await self._answer_all(asked, caller), None
        try:
            understood = await self._answerer.understand_single(asked, caller, streams=streams)
        except RequestError as error:
            return self._errors(error, caller), error
        if understood.is_stream:
            _check_stream_method(scope["method"], understood)
            return understood, None
        _check_method(scope["method"], understood.operation)
        with Watch(receive):
            return await self._answerer.answer(understood, caller), None

    async def _answer_all(self, asked: Sequence[GraphQLRequest], caller: Caller) -> list[dict[str, Any]]:
        """Answer the requests of a batch; all are read before the first is carried out, so that it is known which calls go together."""
        read = [await self._understand(one, caller) for one in asked]
        answers = iter(await self._answerer.answer_all([one for one in read if isinstance(one, Understood)], caller))
        return [next(answers) if isinstance(one, Understood) else one for one in read]

    async def _understand(self, asked: GraphQLRequest, caller: Caller) -> Understood | dict[str, Any]:
        """Read one request of a batch; return the response that refuses it if it cannot be carried out."""
        try:
            return await self._answerer.understand_single(asked, caller)
        except RequestError as error:
            return self._errors(error, caller)
        except Exception as error:  # noqa: BLE001  # as for a single request
            return unexpected(error, caller.request_id)

    async def _read(self, scope: Scope, receive: Receive, caller: Caller) -> GraphQLRequest | list[GraphQLRequest]:
        if scope["method"] == "POST":
            check_content_type(caller.headers.get("content-type", ""))
            encoding = caller.headers.get("content-encoding", "")
            check_encoding(encoding)
            body = await receive_body(receive, caller.headers.get("content-length", ""), self._largest)
            if encoding:
                body = await decode_body(body, encoding, self._largest, _memory(scope))
            return read_batch(body, self._batch) if is_batch(body) else read_body(body)
        if scope["method"] == "GET":
            return read_url(scope["query_string"])
        raise BadRequestError(405, _other_method(scope["method"]), allow="GET, POST")

    def _refusal(self, error: BadRequestError, media_type: str, caller: Caller) -> Reply:
        body = orjson.dumps(self._errors(error, caller))
        return Reply(
            status=error.status,
            media_type=media_type,
            body=body,
            allow=error.allow,
            accept_encoding=error.accept_encoding,
        )

    def _errors(self, error: RefusedError, caller: Caller) -> dict[str, Any]:
        return {"errors": self._answerer.refuse(error, caller)}


def _memory(scope: Scope) -> Callable[[int], bool]:
    """Return what asks the server for the memory of so many bytes, until the request is answered."""
    hold: Callable[[int], bool] = scope.get("state", {}).get("searchway.hold", lambda _count: True)
    return hold


def _one(asked: GraphQLRequest | list[GraphQLRequest]) -> GraphQLRequest:
    if isinstance(asked, list):
        raise BadRequestError(400, f"a batch is not answered as {EVENTS}")
    return asked


def _other_method(method: str) -> str:
    problem = f"{method} is not allowed; use GET or POST"
    if method == "PUT":  # how a client of graphql-sse begins it
        problem += ". The single connection mode of graphql-sse is not supported: use its distinct connections mode"
    return problem


def _check_method(method: str, operation: OperationDefinitionNode) -> None:
    if method == "GET" and operation.operation is not OperationType.QUERY:
        problem = f"a {operation.operation.value} is not allowed with GET; use POST"
        raise BadRequestError(405, problem, allow="POST")


def _check_stream_method(method: str, understood: Understood) -> None:
    if method == "GET" and not understood.reads:
        problem = f"a {understood.operation.operation.value} that changes something is not allowed with GET; use POST"
        raise BadRequestError(405, problem, allow="POST")
