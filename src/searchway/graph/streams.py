"""Responses that come one after the other in one HTTP answer, in any of the forms that clients know. Must not know any of the forms."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.types import Receive, Send

from searchway.errors import Code
from searchway.graph.answering import Answerer, Understood
from searchway.graph.callers import Caller
from searchway.graph.openings import Openings, TooManyOpenError
from searchway.graph.refusals import BadRequestError
from searchway.graph.transport import Watch, identity

PING_SECONDS = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How responses are written."""

    content_type: bytes
    """The value of the header."""
    begin: bytes
    """What is sent at once, so that a client knows that it is heard."""
    ping: bytes
    """What is sent in silence, so that nobody between closes the connection."""
    write: Callable[[dict[str, Any]], bytes]
    """Writes one response."""
    end: bytes
    """What is sent when there are no more."""


class Streams:
    """Answers requests with streams.

    Args:
        answerer: answers requests.
        openings: the connections that are open.
    """

    def __init__(self, answerer: Answerer, openings: Openings) -> None:
        self._answerer = answerer
        self._openings = openings

    async def serve(self, form: Form, understood: Understood, caller: Caller, receive: Receive, send: Send) -> None:
        """Answer a request.

        Raises:
            BadRequestError: too many streams are open.
            Disconnected: the caller left.
        """
        try:
            with self._openings.open(caller.peer), Watch(receive):
                async with aclosing(self._answerer.responses(understood, caller)) as responses:
                    await send_stream(send, form, responses, caller.request_id)
        except TooManyOpenError as error:
            raise BadRequestError(503, str(error), code=Code.RESOURCE_EXHAUSTED) from None


async def send_stream(send: Send, form: Form, responses: AsyncIterator[dict[str, Any]], request_id: str) -> None:
    """Send each response as soon as the one before has left, so that a slow reader slows its source down."""
    headers = [
        (b"content-type", form.content_type),
        (b"cache-control", b"no-cache"),
        (b"x-accel-buffering", b"no"),  # a proxy that collects answers would keep responses back
        identity(request_id),
        (b"vary", b"Accept"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await _send(send, form.begin)
    async with _pinging(send, form.ping):
        async for response in responses:
            await _send(send, form.write(response))
        await _send(send, form.end)
    await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def _pinging(send: Send, ping: bytes) -> AsyncIterator[None]:
    pings = asyncio.create_task(_ping(send, ping))
    try:
        yield
    finally:
        pings.cancel()
        await asyncio.wait([pings])


async def _ping(send: Send, ping: bytes) -> None:
    while True:
        await asyncio.sleep(PING_SECONDS)
        await _send(send, ping)


async def _send(send: Send, chunk: bytes) -> None:
    await send({"type": "http.response.body", "body": chunk, "more_body": True})
