"""One node of a cluster: sends a request to it and says what became of it.

Knows nothing of retries, deadlines and credentials.
"""

from dataclasses import dataclass, replace

import httpx
import structlog

from searchway.errors import Code
from searchway.upstream.answers import AnswerTooLargeError
from searchway.upstream.breaker import Breaker
from searchway.upstream.carrier import Carrier, Outgoing
from searchway.wire import HttpResponse

# Statuses by which a node, or a proxy before it, says that it cannot work at present.
UNWELL = frozenset({429, 502, 503, 504})

# The same status is a lock's, where what is asked for is under way already.
_LOCKED = 429

TOO_LARGE = Code.RESOURCE_EXHAUSTED

_log = structlog.get_logger("searchway.upstream")

_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A request without a whole answer."""

    sent: bool
    """Whether it may have reached the node."""
    problem: str
    """What happened, fit for callers: without addresses."""
    cause: str = ""
    """What happened, with all that is known of it, for operators."""
    code: Code = Code.UNAVAILABLE
    """What that is for the caller; only UNAVAILABLE may turn out better another time."""


class Node:
    """A node of a cluster."""

    def __init__(self, url: str, carrier: Carrier, *, breaker: Breaker, limit: int) -> None:
        """Take the node at a URL.

        Args:
            url: Scheme, host, port and the path, if any, that goes before every request's.
            carrier: What carries the requests.
            breaker: The node's state.
            limit: Largest body of an answer, in bytes.
        """
        self.breaker = breaker
        parts = httpx.URL(url)
        self.address = self._origin = f"{parts.scheme}://{parts.netloc.decode('ascii')}"
        """Scheme, host and port, for operators."""
        self._prefix = parts.raw_path.rstrip(b"/")
        self._carrier = carrier
        self._limit = limit

    async def exchange(self, outgoing: Outgoing, *, may_be_locked: bool = False) -> HttpResponse | Broken:
        """Send the request once and return the answer, or why there is none.

        Args:
            outgoing: the request.
            may_be_locked: whether it can be refused because the same work is under way.
        """
        good: bool | None = None
        is_trial = self.breaker.begin()
        was_open = self.breaker.is_open
        try:
            answer = await self._exchange(outgoing)
            good = None if may_be_locked and _is_locked(answer) else _is_well(answer)
        finally:
            self.breaker.end(good=good, is_trial=is_trial)
            self._tell(was_open=was_open)
        return answer

    def _tell(self, *, was_open: bool) -> None:
        if self.breaker.is_open and not was_open:
            _log.warning("node left alone", node=self.address, seconds=self.breaker.wait)
        elif was_open and not self.breaker.is_open:
            _log.info("node used again", node=self.address)

    async def _exchange(self, outgoing: Outgoing) -> HttpResponse | Broken:
        if self._prefix:
            outgoing = replace(outgoing, target=self._prefix + outgoing.target)
        try:
            return await self._carrier.exchange(self._origin, outgoing, self._limit)
        except _UNSENT as error:
            return Broken(sent=False, problem="no connection to the cluster", cause=_cause(error))
        except AnswerTooLargeError:
            return Broken(sent=True, problem=f"the answer is above {self._limit} bytes", code=TOO_LARGE)
        except httpx.RemoteProtocolError as error:
            return Broken(sent=True, problem="the cluster did not answer in HTTP", cause=_cause(error))
        except (httpx.TransportError, httpx.DecodingError) as error:
            return Broken(sent=True, problem="the connection to the cluster broke", cause=_cause(error))


def _cause(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _is_locked(answer: HttpResponse | Broken) -> bool:
    return isinstance(answer, HttpResponse) and answer.status == _LOCKED


def _is_well(answer: HttpResponse | Broken) -> bool:
    if isinstance(answer, Broken):
        return answer.code is TOO_LARGE  # which is the caller's doing
    return answer.status not in UNWELL
