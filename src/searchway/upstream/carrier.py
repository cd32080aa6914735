"""What carries a request to a node: the gateway's own transport, or any of httpx.

Any of httpx can stand in for the network: the sandbox's, those of tests. They are adapted here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from searchway.upstream.answers import AnswerTooLargeError
from searchway.wire import HttpResponse

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(slots=True)
class Progress:
    """How far a request has come, for whom it leaves waiting."""

    is_sent: bool = False
    """Whether some of it may have reached a node: there was a connection to send it over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A request as every node of a cluster gets it."""

    method: str
    """The HTTP method; not HEAD, whose answers look as if they had a body."""
    target: bytes
    """Path and query as they stand in the request line."""
    headers: Headers = field(repr=False)
    """The headers, credentials included; those of HTTP itself, such as the length, are added."""
    body: bytes
    """The body; empty if there is none."""
    progress: Progress = field(default_factory=Progress, repr=False, compare=False)
    """How far it has come."""


class Carrier(Protocol):
    """Carries requests."""

    async def exchange(self, origin: str, outgoing: Outgoing, limit: int) -> HttpResponse:
        """Send a request and return the answer.

        Args:
            origin: scheme, host and port.
            outgoing: the request.
            limit: the largest body of an answer, in bytes.

        Raises:
            AnswerTooLargeError: the answer is above the limit.
            httpx.TransportError: there is no answer; `ConnectError` and `ConnectTimeout` if nothing was sent.
            httpx.DecodingError: the answer cannot be unpacked.
        """

    async def aclose(self) -> None:
        """Close every connection."""


def carrier_of(transport: httpx.AsyncBaseTransport) -> Carrier:
    """Return what carries requests over a transport of httpx."""
    return _Adapter(transport)


class _Adapter:
    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def exchange(self, origin: str, outgoing: Outgoing, limit: int) -> HttpResponse:
        stream = httpx.ByteStream(outgoing.body)
        target = {"target": outgoing.target}
        request = httpx.Request(outgoing.method, origin, headers=outgoing.headers, stream=stream, extensions=target)
        outgoing.progress.is_sent = True
        response = await self._transport.handle_async_request(request)
        try:
            read = await _read(response, limit)
        finally:
            await response.aclose()
        return HttpResponse(status=response.status_code, headers=dict(response.headers), body=read)

    async def aclose(self) -> None:
        await self._transport.aclose()


async def _read(response: httpx.Response, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > limit:
            raise AnswerTooLargeError
        chunks.append(chunk)
    return b"".join(chunks)
