"""One cluster: sends requests to its nodes, again where the contract allows it, within the caller's time.

A status is an answer, never an exception: what it means is read elsewhere.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import structlog

from searchway.contract.records import Retry
from searchway.errors import Applied, Code, Failure, InvalidArgumentError, TransportError
from searchway.settings import ClusterSettings
from searchway.upstream.carrier import Outgoing
from searchway.upstream.credentials import HeaderPolicy
from searchway.upstream.detection import Detection
from searchway.upstream.node import TOO_LARGE, UNWELL, Broken, Node
from searchway.upstream.pool import Pool
from searchway.upstream.product import Product, from_headers, from_root
from searchway.upstream.retry import Budget, may_go_again, pause
from searchway.wire import HttpRequest, HttpResponse

_log = structlog.get_logger("searchway.upstream")

# What a request line has beside method and target: two spaces, the version, the end of the line.
_LINE_ENDS = len("  HTTP/1.1\r\n")

_ROOT = HttpRequest(method="GET", path="/")

# How many callers may ask at the same time what a cluster is, where each asks with credentials of its own.
_ASKING_EACH = 8

# Statuses that say something of the moment, not of the product.
_PASSING = UNWELL | {500}

# Statuses of a proxy or another service before the cluster; no engine sends them.
_REDIRECTS = range(300, 400)
_LONGEST_PLACE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a cluster is at a moment."""

    reachable: bool
    """Whether it answered, and not that it cannot work."""
    problem: str = ""
    """Why not."""
    product: Product | None = None
    """What it runs, if that is known."""


class Watcher(Protocol):
    """Is told of every request to a node."""

    def sent(self) -> None:
        """A request goes out."""

    def answered(self, status: int, seconds: float) -> None:
        """It came to an end by itself: with a status, or with 0 where there was no whole answer."""


class Cluster:
    """A configured cluster."""

    def __init__(self, settings: ClusterSettings, pool: Pool, policy: HeaderPolicy, detection: Detection) -> None:
        """Take a cluster.

        Args:
            settings: Its settings.
            pool: Its nodes.
            policy: Writes the headers of its requests.
            detection: What is known of its product.
        """
        self.name = settings.name
        self._pool = pool
        self._policy = policy
        self._longest_line = settings.max_request_line_bytes
        self._retries = settings.retries
        self._budget = Budget()
        self._forwards = settings.forward_credentials
        self._asking = asyncio.Semaphore(_ASKING_EACH if self._forwards else 1)
        self._detection = detection

    @property
    def product(self) -> Product | None:
        """What the cluster runs, as far as settings and answers have told."""
        return self._detection.product

    def identity(self, headers: Mapping[str, str]) -> bytes:
        """Return a digest of what the cluster can tell a caller by; see `HeaderPolicy.identity`."""
        return self._policy.identity(headers)

    def sees_caller(self, headers: Mapping[str, str]) -> bool:
        """Tell whether the cluster sees the caller's own credentials; see `HeaderPolicy.sees_caller`."""
        return self._policy.sees_caller(headers)

    def user(self, headers: Mapping[str, str]) -> str:
        """Return the gateway's own user, if it is the one the cluster sees; see `HeaderPolicy.user`."""
        return self._policy.user(headers)

    def check(self, headers: Mapping[str, str]) -> None:
        """Check a caller's headers, names in lower case; see `HeaderPolicy.check`.

        Raises:
            InvalidArgumentError: One that would go on cannot.
        """
        self._policy.check(headers)

    async def send(
        self,
        request: HttpRequest,
        *,
        retry: Retry,
        headers: Mapping[str, str],
        deadline: float,
        watcher: Watcher | None = None,
    ) -> HttpResponse:
        """Send a request and return the answer, whatever its status.

        Args:
            request: The request.
            retry: What may be sent again.
            headers: The caller's, names in lower case; the settings say which go on.
            deadline: When the caller stops waiting, in `time.monotonic()` seconds.
            watcher: Is told of the requests that this takes.

        Raises:
            InvalidArgumentError: The request line is longer than the cluster takes.
            TransportError: No whole answer came: UNAVAILABLE or DEADLINE_EXCEEDED, with `applied` for writes.
        """
        self._check_line(request)
        left = deadline - time.monotonic()
        if left <= 0:
            raise self._failed(retry, Code.DEADLINE_EXCEEDED, "no time was left to ask the cluster", sent=False)
        outgoing = Outgoing(
            method=request.method,
            target=request.target.encode("ascii"),
            headers=self._policy.write(request, headers),
            body=request.body or b"",
        )
        try:
            async with asyncio.timeout(left):
                outcome = await self._try(outgoing, retry, deadline, watcher)
        except TimeoutError:
            raise self._failed(retry, Code.DEADLINE_EXCEEDED, "the cluster did not answer in time", sent=True) from None
        if isinstance(outcome, Broken):
            raise self._failed(retry, outcome.code, outcome.problem, sent=outcome.sent)
        self._detection.learn(from_headers(outcome.headers))
        return outcome

    def _check_line(self, request: HttpRequest) -> None:
        size = len(request.method) + len(request.target) + _LINE_ENDS
        if size > self._longest_line:
            problem = f"the request line has {size} bytes and the cluster takes {self._longest_line}"
            raise InvalidArgumentError(
                "", f"{problem} (max_request_line_bytes of the cluster): name fewer or shorter things"
            )

    async def _try(
        self, outgoing: Outgoing, retry: Retry, end: float, watcher: Watcher | None
    ) -> HttpResponse | Broken:
        tried: list[Node] = []
        outcome: HttpResponse | Broken | None = None
        self._budget.earn()
        while (node := self._pool.choose(tried, risky=retry is not Retry.SAFE)) is not None:
            tried.append(node)
            outcome = await self._exchange(node, outgoing, watcher, self._seconds(node, retry, tried))
            elsewhere = self._pool.has_other(tried)
            if len(tried) > self._retries or not may_go_again(retry, outcome) or not self._pays(outcome, elsewhere):
                break
            wait = pause(outcome, attempt=len(tried), elsewhere=elsewhere)
            if time.monotonic() + wait >= end:
                break
            await asyncio.sleep(wait)
        return outcome or Broken(sent=False, problem="the cluster fails, and only a share of the calls goes to it")

    def _pays(self, outcome: HttpResponse | Broken, elsewhere: bool) -> bool:
        """Take a retry out of the budget if it costs the cluster anything; return whether it may be made."""
        costs_nothing = elsewhere and isinstance(outcome, Broken) and not outcome.sent
        return costs_nothing or self._budget.spend()

    def _seconds(self, node: Node, retry: Retry, tried: Sequence[Node]) -> float | None:
        """Return how long a node has for its answer if another one can be asked after it, None if it has all the time.

        Only a read is cut short, and only at a node that failed last: elsewhere it may just be a read that takes long.
        """
        is_cut = retry is Retry.SAFE and node.breaker.is_suspect and len(tried) <= self._retries
        return node.patience if is_cut and self._budget.has_some and self._pool.has_other(tried) else None

    async def _exchange(
        self, node: Node, outgoing: Outgoing, watcher: Watcher | None, seconds: float | None
    ) -> HttpResponse | Broken:
        began = time.monotonic()
        if watcher is not None:
            watcher.sent()
        outcome = await node.exchange(outgoing, seconds)
        if watcher is not None:
            status = outcome.status if isinstance(outcome, HttpResponse) else 0
            watcher.answered(status, time.monotonic() - began)
        self._tell(node, outcome)
        return outcome

    def _tell(self, node: Node, outcome: HttpResponse | Broken) -> None:
        """Tell operators what callers are not told: the node, the cause, and where a redirect leads."""
        if isinstance(outcome, Broken):
            told = {"problem": outcome.problem, "cause": outcome.cause}
            _log.warning("request failed", cluster=self.name, node=node.address, **told)
        elif outcome.status in _REDIRECTS:
            place = _place(outcome.headers.get("location", ""))
            _log.warning("redirected", cluster=self.name, node=node.address, status=outcome.status, location=place)

    def ejected(self) -> int:
        """Return how many nodes are ejected: they failed lately and are passed over while others work."""
        return self._pool.ejected

    def _failed(self, retry: Retry, code: Code, problem: str, *, sent: bool) -> TransportError:
        reads = retry is Retry.SAFE
        applied = Applied.UNSPECIFIED if reads else Applied.UNKNOWN if sent else Applied.NO
        failure = Failure(
            code=code,
            message=problem,
            cluster=self.name,
            retryable=(reads or not sent) and code is not TOO_LARGE,
            retry_delay_ms=round(self._pool.wait * 1000),
            applied=applied,
        )
        return TransportError(failure)

    async def detect(self, headers: Mapping[str, str], deadline: float, *, must_know: bool = False) -> Product | None:
        """Ask the cluster what it is, unless that is known or was asked lately; return what is known then.

        Costs nothing most of the time, so that it can stand before every call that depends on it.

        Args:
            headers: The caller's, as for `send`: without credentials of its own the gateway asks with theirs.
            deadline: When the caller stops waiting, in `time.monotonic()` seconds.
            must_know: Whether the call cannot go without knowing it. If the cluster would not say it, None is returned even so.

        Raises:
            TransportError: It must be known, is not, and the cluster could not be asked.
        """
        who = self._policy.identity(headers) if self._forwards else b""
        if self._detection.is_settled(who, must_know=must_know):
            return self._detection.product
        try:
            async with asyncio.timeout(deadline - time.monotonic()), self._asking:
                if not self._detection.is_settled(who, must_know=must_know):
                    await self._ask(headers, who, deadline)
        except TimeoutError:
            error = self._failed(Retry.SAFE, Code.DEADLINE_EXCEEDED, "no time was left to ask the cluster", sent=False)
        except TransportError as raised:
            error = raised
        else:
            return self._detection.product
        if must_know and self._detection.product is None:
            raise error
        return self._detection.product

    async def _ask(self, headers: Mapping[str, str], who: bytes, deadline: float) -> None:
        try:
            answer = await self.send(_ROOT, retry=Retry.SAFE, headers=headers, deadline=deadline)
        except TransportError:
            self._detection.failed()
            raise
        if answer.status in _PASSING:
            self._detection.failed()
            problem = f"the cluster answered {answer.status} when it was asked what it runs"
            raise self._failed(Retry.SAFE, Code.UNAVAILABLE, problem, sent=True)
        self._detection.found(from_root(answer), who)

    async def health(self, seconds: float = 2.0) -> Health:
        """Return how the cluster is; never raises.

        Args:
            seconds: How long to wait for its answer.
        """
        try:
            answer = await self.send(_ROOT, retry=Retry.NEVER, headers={}, deadline=time.monotonic() + seconds)
        except TransportError as error:
            return Health(reachable=False, problem=error.failure.message, product=self._detection.product)
        self._detection.learn(from_root(answer))
        well = answer.status not in UNWELL and answer.status not in _REDIRECTS
        problem = "" if well else f"the cluster answered {answer.status}"
        return Health(reachable=well, problem=problem, product=self._detection.product)


def _place(location: str) -> str:
    """Return where a redirect leads without what may be secret in it: user, password and query."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return ""
    origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else ""
    return f"{origin}{parts.path}"[:_LONGEST_PLACE]
