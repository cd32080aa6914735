"""GraphQL over server-sent events, each operation on a connection of its own.

    event: next        one response; its errors too, for a browser's EventSource shows nothing of a status
    event: complete    there are no more
    :                  a comment, sent in silence so that nobody between closes the connection

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import orjson
from starlette.types import Receive, Send

from searchway.errors import Code
from searchway.graph.answering import Answerer, Understood
from searchway.graph.callers import Caller
from searchway.graph.media import EVENTS
from searchway.graph.openings import Openings, TooManyOpenError
from searchway.graph.refusals import BadRequestError, RequestError
from searchway.graph.requests import GraphQLRequest
from searchway.graph.transport import Watch, identity

PING_SECONDS = 12.0
_COMMENT = b":\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"


class EventStreams:
    """Answers requests with event streams.

    Args:
        answerer: answers requests.
        openings: the connections that are open.
    """

    def __init__(self, answerer: Answerer, openings: Openings) -> None:
        self._answerer = answerer
        self._openings = openings

    async def serve(self, method: str, asked: GraphQLRequest, caller: Caller, receive: Receive, send: Send) -> None:
        """Answer a request.

        Raises:
            BadRequestError: the method is not for such a request, or too many streams are open.
            Disconnected: the caller left.
        """
        try:
            understood = await self._answerer.understand(asked, caller)
        except RequestError as error:
            await send_events(send, _once({"errors": self._answerer.refuse(error, caller)}), caller.request_id)
            return
        if method == "GET":
            _check_get(understood)
        try:
            with self._openings.open(caller.peer), Watch(receive):
                async with aclosing(self._answerer.responses(understood, caller)) as responses:
                    await send_events(send, responses, caller.request_id)
        except TooManyOpenError as error:
            raise BadRequestError(503, str(error), code=Code.RESOURCE_EXHAUSTED) from None


def _check_get(understood: Understood) -> None:
    if not understood.reads:
        problem = f"a {understood.operation.operation.value} that changes something is not allowed with GET; use POST"
        raise BadRequestError(405, problem, allow="POST")


async def _once(response: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    yield response


async def send_events(send: Send, responses: AsyncIterator[dict[str, Any]], request_id: str) -> None:
    """Send each response as an event as soon as the one before has left, so that a slow reader slows its source down."""
    headers = [
        (b"content-type", EVENTS.encode() + b"; charset=utf-8"),
        (b"cache-control", b"no-cache"),
        (b"x-accel-buffering", b"no"),  # a proxy that collects answers would keep events back
        identity(request_id),
        (b"vary", b"Accept"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await _send(send, _COMMENT)
    async with _pinging(send):
        async for response in responses:
            await _send(send, b"event: next\ndata: " + orjson.dumps(response) + b"\n\n")
        await _send(send, _COMPLETE)
    await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def _pinging(send: Send) -> AsyncIterator[None]:
    pings = asyncio.create_task(_ping(send))
    try:
        yield
    finally:
        pings.cancel()
        await asyncio.wait([pings])


async def _ping(send: Send) -> None:
    while True:
        await asyncio.sleep(PING_SECONDS)
        await _send(send, _COMMENT)


async def _send(send: Send, chunk: bytes) -> None:
    await send({"type": "http.response.body", "body": chunk, "more_body": True})
