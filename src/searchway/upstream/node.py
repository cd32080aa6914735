"""One node of a cluster: sends a request to it and says what became of it.

Knows nothing of retries, deadlines and credentials.
"""

from dataclasses import dataclass

import httpx

from searchway.errors import Code
from searchway.upstream.breaker import Breaker
from searchway.upstream.carrier import Arrival, Headers, carrier_of
from searchway.wire import HttpResponse

# Statuses by which a node, or a proxy before it, says that it cannot work at present.
UNWELL = frozenset({429, 502, 503, 504})

# The same status is a lock's, where what is asked for is under way already.
_LOCKED = 429

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
    may_be_locked: bool = False
    """Whether it can be refused because the same work is under way."""


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
        parts = httpx.URL(url)
        self._origin = f"{parts.scheme}://{parts.netloc.decode('ascii')}"
        self._prefix = parts.raw_path.rstrip(b"/")
        self._carrier = carrier_of(transport)
        self._limit = limit

    async def exchange(self, outgoing: Outgoing) -> HttpResponse | Broken:
        """Send the request once and return the answer, or why there is none."""
        good: bool | None = None
        self.breaker.begin()
        try:
            answer = await self._exchange(outgoing)
            good = _tells(answer, outgoing)
        finally:
            self.breaker.end(good=good)
        return answer

    async def _exchange(self, outgoing: Outgoing) -> HttpResponse | Broken:
        target = self._prefix + outgoing.target
        try:
            arrival = await self._carrier.open(outgoing.method, self._origin, target, outgoing.headers, outgoing.body)
            return await self._read(arrival)
        except _UNSENT:
            return Broken(sent=False, problem="no connection to the cluster")
        except httpx.RemoteProtocolError:
            return Broken(sent=True, problem="the cluster did not answer in HTTP")
        except (httpx.TransportError, httpx.DecodingError):
            return Broken(sent=True, problem="the connection to the cluster broke")

    async def _read(self, arrival: Arrival) -> HttpResponse | Broken:
        chunks: list[bytes] = []
        size = 0
        try:
            async for chunk in arrival.body:
                size += len(chunk)
                if size > self._limit:
                    return Broken(sent=True, problem=f"the answer is above {self._limit} bytes", code=TOO_LARGE)
                chunks.append(chunk)
        finally:
            await arrival.body.aclose()
        return HttpResponse(status=arrival.status, headers=_merged(arrival.headers), body=b"".join(chunks))


def _tells(answer: HttpResponse | Broken, outgoing: Outgoing) -> bool | None:
    """Return how an answer says that the node is; None if it says nothing of that."""
    if isinstance(answer, Broken):
        return False
    if outgoing.may_be_locked and answer.status == _LOCKED:
        return None
    return answer.status not in UNWELL


def _merged(raw: Headers) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
