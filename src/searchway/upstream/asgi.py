"""Runs an ASGI application in this process as if it were a cluster, with the request target kept as it was written.

Unlike with httpx's own ASGI transport the target is the one of the `target` extension, byte for byte, and an application
that fails looks like a connection that broke.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote

import httpx

Message = MutableMapping[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]


class AsgiTransport(httpx.AsyncBaseTransport):
    """Carries requests to an ASGI application: https://asgi.readthedocs.io/en/latest/specs/www.html."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Run the application for a request and return its answer.

        Raises:
            httpx.RemoteProtocolError: It ended without a whole answer.
            httpx.ReadError: It raised.
        """
        exchange = _Exchange(request)
        try:
            await self._application(_scope(request), exchange.receive, exchange.send)
        except Exception as error:
            raise httpx.ReadError("the application failed") from error
        return exchange.response()


class _Exchange:
    """The two ends of the application's channel."""

    def __init__(self, request: httpx.Request) -> None:
        self._request: Message = {"type": "http.request", "body": request.read(), "more_body": False}
        self._received = False
        self._start: Message | None = None
        self._chunks: list[bytes] = []
        self._whole = asyncio.Event()

    async def receive(self) -> Message:
        if not self._received:
            self._received = True
            return self._request
        # Applications watch for callers who leave; this one stays until it has its answer.
        await self._whole.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            self._chunks.append(message.get("body", b""))
            if not message.get("more_body", False):
                self._whole.set()

    def response(self) -> httpx.Response:
        if self._start is None or not self._whole.is_set():
            raise httpx.RemoteProtocolError("the application ended before its answer")
        stream = httpx.ByteStream(b"".join(self._chunks))
        return httpx.Response(self._start["status"], headers=list(self._start.get("headers", ())), stream=stream)


def _scope(request: httpx.Request) -> Message:
    target: bytes = request.extensions.get("target", request.url.raw_path)
    path, _, query = target.partition(b"?")
    body = request.read()
    length = [(b"content-length", str(len(body)).encode())] if body else []
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": unquote(path.decode("ascii")),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(b"host", request.url.netloc), *((k.lower(), v) for k, v in request.headers.raw), *length],
        "server": (request.url.host, request.url.port),
        "client": ("127.0.0.1", 0),
    }
