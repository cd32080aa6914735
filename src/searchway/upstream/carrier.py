"""What carries a request to a node: a transport of httpx, or one that can do without httpx's records.

Those records take as long as the exchange itself, so the transport of real clusters has a way past them. Every other
one (the sandbox's, those of tests) is adapted here.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import httpx

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Arrival:
    """An answer whose body is still to be read."""

    status: int
    """The HTTP status."""
    headers: Headers
    """The headers."""
    body: httpx.AsyncByteStream
    """The body, unpacked; closing it ends the connection unless it was read whole."""


@runtime_checkable
class Carrier(Protocol):
    """Carries requests."""

    async def open(self, method: str, origin: str, target: bytes, headers: Headers, body: bytes) -> Arrival:
        """Send a request and return the answer as soon as its headers are there.

        Args:
            method: the HTTP method.
            origin: scheme, host and port.
            target: path and query as they stand in the request line.
            headers: the headers.
            body: the body; empty if there is none.

        Raises:
            httpx.TransportError: there is no answer.
        """


def carrier_of(transport: httpx.AsyncBaseTransport) -> Carrier:
    """Return what carries requests over a transport."""
    return transport if isinstance(transport, Carrier) else _Adapter(transport)


class _Adapter:
    """Any transport of httpx."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def open(self, method: str, origin: str, target: bytes, headers: Headers, body: bytes) -> Arrival:
        """Send a request."""
        stream = httpx.ByteStream(body)
        request = httpx.Request(method, origin, headers=headers, stream=stream, extensions={"target": target})
        response = await self._transport.handle_async_request(request)
        return Arrival(response.status_code, response.headers.raw, _Reading(response))


class _Reading(httpx.AsyncByteStream):
    """The body of a response of httpx."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._response.aiter_bytes()

    async def aclose(self) -> None:
        await self._response.aclose()
