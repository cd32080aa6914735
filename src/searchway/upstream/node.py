"""One node of a cluster: sends a request to it and says what became of it.

Knows nothing of retries, deadlines and credentials.
"""

import time
from asyncio import CancelledError, timeout
from collections.abc import Callable
from dataclasses import dataclass, replace

import httpx
import structlog

from searchway.errors import Code
from searchway.upstream.answers import AnswerTooLargeError
from searchway.upstream.breaker import Breaker
from searchway.upstream.carrier import Carrier, Outgoing
from searchway.upstream.latency import Latency
from searchway.upstream.throttle import Throttle
from searchway.wire import HttpResponse

# Statuses by which a node, or a proxy before it, says that it cannot work at present.
UNAVAILABLE_STATUSES = frozenset({429, 502, 503, 504})

# The one of these that is about the caller, who asks too much or for what is under way already.
TOO_MANY = 429

TOO_LARGE = Code.RESOURCE_EXHAUSTED

_log = structlog.get_logger("searchway.upstream")

_LATE = "a node of the cluster did not answer in time"

# The part of its patience after which a node took long: timers may come early.
_NEARLY = 0.9

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What the nodes of a cluster have in common."""

    throttle: Throttle
    """Counts what works."""
    usual: Latency
    """How long answers take, whichever node gives them."""
    limit: int
    """Largest body of an answer, in bytes."""
    clock: Callable[[], float] = time.monotonic
    """Seconds from any origin."""


class Node:
    """A node of a cluster."""

    def __init__(self, url: str, carrier: Carrier, common: Common, *, breaker: Breaker, latency: Latency) -> None:
        """Take the node at a URL.

        Args:
            url: Scheme, host, port and the path, if any, that goes before every request's.
            carrier: What carries the requests.
            common: What is known of all nodes of the cluster together.
            breaker: The node's state.
            latency: How long the node takes.
        """
        self.breaker = breaker
        parts = httpx.URL(url)
        self.address = self._origin = f"{parts.scheme}://{parts.netloc.decode('ascii')}"
        """Scheme, host and port, for operators."""
        self.outstanding = 0
        """Requests that it has not answered yet."""
        self._prefix = parts.raw_path.rstrip(b"/")
        self._carrier = carrier
        self._limit = common.limit
        self._latency = latency
        self._common = common

    @property
    def load(self) -> int:
        """How much it has to do, compared with others: requests, and a few more for one that is slow."""
        return self.outstanding + self._latency.steps

    async def exchange(self, outgoing: Outgoing, seconds: float | None = None) -> HttpResponse | Broken:
        """Send the request once and return the answer, or why there is none.

        Args:
            outgoing: the request.
            seconds: how long the node may take; None for as long as the caller waits.
        """
        began = self._common.clock()
        is_trial = self.breaker.begin()
        good: bool | None = None
        self.outstanding += 1
        try:
            outcome = await (self._exchange(outgoing) if seconds is None else self._exchange_within(outgoing, seconds))
            good = _is_well(outcome)
        except CancelledError:
            if (waited := self._common.clock() - began) >= self.patience:
                good = False  # the caller waited long enough
                _log.warning("request failed", node=self.address, problem=_LATE, cause=f"after {waited:.2f} seconds")
            raise
        finally:
            self.outstanding -= 1
            self._note(good, began, is_trial=is_trial)
        return outcome

    @property
    def patience(self) -> float:
        """Seconds that it has for an answer before it is blamed for giving none."""
        return self._common.usual.patience

    def _note(self, good: bool | None, began: float, *, is_trial: bool) -> None:
        """Note how a request ended; None says nothing of the node."""
        was_open = self.breaker.is_open
        self.breaker.end(good=good, is_trial=is_trial)
        if good is None:
            return
        if not good or was_open:
            self._tell(was_open=was_open)
        self._common.throttle.note(good=good)
        now = self._common.clock()
        seconds = now - began
        if good:
            self._common.usual.note(seconds, now)
        if good or seconds >= _NEARLY * self.patience:  # a failure that comes at once makes no node a fast one
            self._latency.note(seconds, now)

    def _tell(self, *, was_open: bool) -> None:
        if self.breaker.is_open and not was_open:
            _log.warning("node ejected", node=self.address, seconds=round(self.breaker.wait, 3))
        elif was_open and not self.breaker.is_open:
            _log.info("node restored", node=self.address)

    async def _exchange_within(self, outgoing: Outgoing, seconds: float) -> HttpResponse | Broken:
        try:
            async with timeout(seconds):
                return await self._exchange(outgoing)
        except TimeoutError:
            return Broken(sent=True, problem=_LATE)

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


def _is_well(outcome: HttpResponse | Broken) -> bool | None:
    """Tell whether the node works; None if the answer is about the caller: too many requests, or a lock."""
    if isinstance(outcome, Broken):
        return outcome.code is TOO_LARGE  # which is the caller's doing
    return None if outcome.status == TOO_MANY else outcome.status not in UNAVAILABLE_STATUSES
