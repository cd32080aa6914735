"""One node of a cluster: sends a request to it and says what became of it.

Knows nothing of retries, deadlines and credentials.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import httpx

from searchway.errors import Code
from searchway.upstream.breaker import Breaker
from searchway.wire import HttpResponse

Headers = Sequence[tuple[bytes, bytes]]

# Statuses by which a node, or a proxy before it, says that it cannot work at present.
UNWELL = frozenset({429, 502, 503, 504})

TOO_LARGE = Code.RESOURCE_EXHAUSTED

_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A request as every node of the cluster gets it."""

    method: str
    """The HTTP method."""
    target: bytes
    """Path and query as they stand in the request line."""
    headers: Headers
    """The headers, credentials included."""
    body: bytes
    """The body; empty if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A request without a whole answer."""

    sent: bool
    """Whether it may have reached the node."""
    problem: str
    """What happened, fit for callers: without addresses."""
    code: Code = Code.UNAVAILABLE
    """What that is for the caller; only UNAVAILABLE may turn out better another time."""


class Node:
    """A node of a cluster."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport, *, breaker: Breaker, limit: int) -> None:
        """Take the node at a URL.

        Args:
            url: Scheme, host, port and the path, if any, that goes before every request's.
            transport: What carries the requests.
            breaker: The node's state.
            limit: Largest body of an answer, in bytes.
        """
        self.breaker = breaker
        self._url = httpx.URL(url)
        self._prefix = self._url.raw_path.rstrip(b"/")
        self._transport = transport
        self._limit = limit

    async def exchange(self, outgoing: Outgoing) -> HttpResponse | Broken:
        """Send the request once and return the answer, or why there is none."""
        good: bool | None = None
        self.breaker.begin()
        try:
            answer = await self._exchange(outgoing)
            good = isinstance(answer, HttpResponse) and answer.status not in UNWELL
        finally:
            self.breaker.end(good=good)
        return answer

    async def _exchange(self, outgoing: Outgoing) -> HttpResponse | Broken:
        request = httpx.Request(
            outgoing.method,
            self._url,
            headers=outgoing.headers,
            stream=httpx.ByteStream(outgoing.body),
            extensions={"target": self._prefix + outgoing.target},
        )
        try:
            return await self._read(await self._transport.handle_async_request(request))
        except _UNSENT:
            return Broken(sent=False, problem="no connection to the cluster")
        except httpx.RemoteProtocolError:
            return Broken(sent=True, problem="the cluster did not answer in HTTP")
        except (httpx.TransportError, httpx.DecodingError):
            return Broken(sent=True, problem="the connection to the cluster broke")

    async def _read(self, response: httpx.Response) -> HttpResponse | Broken:
        chunks: list[bytes] = []
        size = 0
        try:
            async for chunk in _chunks(response):
                size += len(chunk)
                if size > self._limit:
                    return Broken(sent=True, problem=f"the answer is above {self._limit} bytes", code=TOO_LARGE)
                chunks.append(chunk)
        finally:
            await response.aclose()
        return HttpResponse(status=response.status_code, headers=_headers(response), body=b"".join(chunks))


def _chunks(response: httpx.Response) -> AsyncIterator[bytes]:
    # Straight from the transport where nothing is to be unpacked: httpx's own reader costs as much as the network.
    if isinstance(response.stream, httpx.AsyncByteStream) and "content-encoding" not in response.headers:
        return aiter(response.stream)
    return response.aiter_bytes()


def _headers(response: httpx.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
