"""The ASGI side of the endpoint: bodies in and out, and callers that leave.

https://asgi.readthedocs.io/en/latest/specs/www.html
"""

import asyncio
from dataclasses import dataclass
from types import TracebackType

from starlette.types import Receive, Send

from searchway.errors import Code
from searchway.graph.refusals import BadRequestError
from searchway.vocabulary import REQUEST_ID

_REQUEST_ID = REQUEST_ID.encode()
# Most requests end before this many seconds; only for longer ones somebody looks whether the caller is still there.
_WATCH_AFTER = 0.02


class Disconnected(Exception):  # noqa: N818  # not an error: nobody is there to hear of it
    """The caller left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer."""

    status: int
    """The HTTP status."""
    media_type: str
    """The media type of the body."""
    body: bytes
    """The body."""
    allow: str = ""
    """The methods that are allowed, if another one was used."""
    accept_encoding: str = ""
    """The encodings of bodies that are taken, if another one was used."""
    encoding: str = ""
    """The encoding of the body."""
    cache_control: str = ""
    """Who may keep it; empty where HTTP's own rules do."""


async def receive_body(receive: Receive, announced: str, largest: int) -> bytes:
    """Return the body of a request.

    Raises:
        BadRequestError: it has more than `largest` bytes.
        Disconnected: the caller left before it was there.
    """
    if announced.isdecimal() and int(announced[:20]) > largest:
        raise _too_large(largest)
    chunks: list[bytes] = []
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk = message.get("body", b"")
        more = message.get("more_body", False)
        length += len(chunk)
        if length > largest:
            raise _too_large(largest)
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _too_large(largest: int) -> BadRequestError:
    return BadRequestError(413, f"the body has more than {largest} bytes", code=Code.RESOURCE_EXHAUSTED)


def identity(request_id: str) -> tuple[bytes, bytes]:
    """Return the header that tells a caller under which identifier its request is found again."""
    return _REQUEST_ID, request_id.encode()


async def send_reply(send: Send, reply: Reply, request_id: str) -> None:
    """Send an answer."""
    headers = [
        (b"content-type", f"{reply.media_type}; charset=utf-8".encode()),
        (b"content-length", str(len(reply.body)).encode()),
        identity(request_id),
        (b"vary", b"Accept, Accept-Encoding"),
    ]
    further = (
        (b"allow", reply.allow),
        (b"accept-encoding", reply.accept_encoding),
        (b"content-encoding", reply.encoding),
        (b"cache-control", reply.cache_control),
    )
    headers += [(name, value.encode()) for name, value in further if value]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


class Watch:
    """Cancels the work inside, and so the calls upstream, when the caller leaves; it then raises Disconnected."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left = False
        self._watcher: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        self._task = asyncio.current_task()
        self._timer = asyncio.get_running_loop().call_later(_WATCH_AFTER, self._start)

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        if self._left and kind is asyncio.CancelledError and self._task is not None and self._task.uncancel() == 0:
            raise Disconnected

    def _start(self) -> None:
        self._watcher = asyncio.ensure_future(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._left = True
        if self._task is not None:
            self._task.cancel()
