"""One cluster: what it is and how it is, and requests to it within the caller's time.

A status is an answer, never an exception: what it means is read elsewhere.
"""

import asyncio
import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from math import ceil

from searchway.contract.records import Retry
from searchway.errors import Applied, Code, Failure, InvalidArgumentError, TransportError
from searchway.settings import ClusterSettings
from searchway.upstream.carrier import Outgoing
from searchway.upstream.credentials import TRACING, HeaderPolicy
from searchway.upstream.detection import Detection
from searchway.upstream.limit import TimeLimit
from searchway.upstream.node import TOO_LARGE, UNAVAILABLE_STATUSES, Broken
from searchway.upstream.pauses import Pauses
from searchway.upstream.pool import Pool
from searchway.upstream.product import Product, from_headers, from_root
from searchway.upstream.sending import REDIRECTS, Order, Sender, Watcher
from searchway.wire import HttpRequest, HttpResponse

# What a request line has beside method and target, as engines count it: two spaces and the version.
_LINE_ENDS = len("  HTTP/1.1")

_ROOT = HttpRequest(method="GET", path="/")

# How many callers may ask at the same time what a cluster is, where each asks with credentials of its own.
_ASKING_EACH = 8

# Statuses that say something of the moment, not of the product.
_PASSING = UNAVAILABLE_STATUSES | {500}


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a cluster is at a moment."""

    reachable: bool
    """Whether it answered, and not that it cannot work."""
    problem: str = ""
    """Why not."""
    product: Product | None = None
    """What it runs, if that is known."""


class Cluster:
    """A configured cluster."""

    def __init__(
        self, settings: ClusterSettings, pool: Pool, policy: HeaderPolicy, detection: Detection, pauses: Pauses
    ) -> None:
        """Take a cluster.

        Args:
            settings: Its settings.
            pool: Its nodes.
            policy: Writes the headers of its requests.
            detection: What is known of its product.
            pauses: Keeps who has to wait.
        """
        self.name = settings.name
        self._pool = pool
        self._policy = policy
        self._longest_line = settings.max_request_line_bytes
        self._pauses = pauses
        self._sender = Sender(settings.name, pool, pauses, retries=settings.retries)
        self._forwards = settings.forward_credentials
        self._asking = asyncio.Semaphore(_ASKING_EACH if self._forwards else 1)
        self._detection = detection
        self._asked: set[TimeLimit] = set()
        self._cut = False
        self._health: tuple[Health, float] | None = None
        self._looking: asyncio.Task[Health] | None = None

    @property
    def product(self) -> Product | None:
        """What the cluster runs, as far as settings and answers have told."""
        return self._detection.product

    def adopt(self, policy: HeaderPolicy) -> None:
        """Write the headers of requests by another policy from now on."""
        self._policy = policy

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

    def check_pause(self, principal: Hashable, retry: Retry) -> None:
        """Check that the cluster has not asked this principal to wait.

        Args:
            principal: Whose call it is.
            retry: What may be sent again.

        Raises:
            TransportError: RESOURCE_EXHAUSTED, it has; says for how long. Nothing was sent.
        """
        if left := self._pauses.left(principal):
            problem = "the cluster answered 429 to this caller and asked it to wait"
            error = self._failed(retry, Code.RESOURCE_EXHAUSTED, problem, sent=False)
            error.failure = replace(error.failure, retryable=True, retry_delay_ms=ceil(left * 1000))
            raise error

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
            watcher: Is told of the requests that this takes, and says whose they are.

        Raises:
            InvalidArgumentError: The request line is longer than the cluster takes.
            TransportError: No whole answer came: UNAVAILABLE or DEADLINE_EXCEEDED, with `applied` for writes.
        """
        self._check_line(request)
        left = deadline - time.monotonic()
        if left <= 0 or self._cut:
            raise self._too_late(retry, "no time was left to ask the cluster", sent=False)
        outgoing = Outgoing(
            method=request.method,
            target=request.target.encode("ascii"),
            headers=self._policy.write(request, headers),
            body=request.body or b"",
        )
        order = Order(outgoing=outgoing, retry=retry, deadline=deadline, watcher=watcher)
        try:
            with TimeLimit(left) as limit:
                self._asked.add(limit)
                outcome = await self._sender.send(order)
        except TimeoutError:
            sent = outgoing.progress.is_sent
            raise self._too_late(retry, "the cluster did not answer in time", sent=sent) from None
        finally:
            self._asked.discard(limit)
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

    def ejected(self) -> int:
        """Return how many nodes are ejected: they failed lately and are passed over while others work."""
        return self._pool.ejected

    def cut(self) -> None:
        """End every call at once, those that are yet to come too: the gateway stops. What a write knows of its fate, it still says."""
        self._cut = True
        for limit in tuple(self._asked):
            limit.end()

    def _too_late(self, retry: Retry, problem: str, *, sent: bool) -> TransportError:
        if self._cut:
            return self._failed(retry, Code.UNAVAILABLE, "the gateway stops", sent=sent)
        return self._failed(retry, Code.DEADLINE_EXCEEDED, problem, sent=sent)

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
        if self._detection.is_fresh:
            return self._detection.product
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
        # What the answer teaches is for all callers, so nothing of this one goes along but what it may do.
        untraced = {name: value for name, value in headers.items() if name not in TRACING}
        try:
            answer = await self.send(_ROOT, retry=Retry.SAFE, headers=untraced, deadline=deadline)
        except TransportError:
            self._detection.failed()
            raise
        if answer.status in _PASSING:
            self._detection.failed()
            problem = f"the cluster answered {answer.status} when it was asked what it runs"
            raise self._failed(Retry.SAFE, Code.UNAVAILABLE, problem, sent=True)
        self._detection.found(from_root(answer), who)

    async def state(self, deadline: float, *, fresh: float) -> Health:
        """Return how the cluster is, as it was found lately or is found now; never raises, and asks once for all who want to know.

        Args:
            deadline: When the caller stops waiting, in `time.monotonic()` seconds.
            fresh: How old what was found may be, in seconds.
        """
        if self._health is not None and time.monotonic() - self._health[1] < fresh:
            found = self._health[0]
        else:
            found = await self._look(deadline)
        if found.reachable and self._pool.is_ejected:
            found = replace(found, reachable=False, problem="every node failed lately")
        return replace(found, product=self._detection.product)

    async def _look(self, deadline: float) -> Health:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self.health())
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                return await asyncio.shield(self._looking)
        except TimeoutError:
            return Health(reachable=False, problem="the cluster did not answer in time")

    async def aclose(self) -> None:
        """End what nobody waits for."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])

    async def health(self, seconds: float = 2.0) -> Health:
        """Ask the cluster how it is, and return and remember that; never raises.

        Args:
            seconds: How long to wait for its answer.
        """
        found = await self._ask_health(seconds)
        self._health = (found, time.monotonic())
        return found

    async def _ask_health(self, seconds: float) -> Health:
        try:
            answer = await self.send(_ROOT, retry=Retry.NEVER, headers={}, deadline=time.monotonic() + seconds)
        except TransportError as error:
            return Health(reachable=False, problem=error.failure.message, product=self._detection.product)
        self._detection.learn(from_root(answer))
        well = answer.status not in UNAVAILABLE_STATUSES and answer.status not in REDIRECTS
        problem = "" if well else f"the cluster answered {answer.status}"
        return Health(reachable=well, problem=problem, product=self._detection.product)
