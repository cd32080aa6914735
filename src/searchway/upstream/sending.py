"""Sends one request to a cluster: to a node, and to others after it where the contract allows it."""

import asyncio
import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import structlog

from searchway.contract.records import Retry
from searchway.upstream.carrier import Outgoing
from searchway.upstream.node import TOO_MANY, Broken, Node
from searchway.upstream.pauses import Pauses
from searchway.upstream.pool import Pool
from searchway.upstream.retry import Budget, may_go_again, pause
from searchway.wire import HttpResponse, retry_after

_log = structlog.get_logger("searchway.upstream")

# Statuses of a proxy or another service before the cluster; no engine sends them.
REDIRECTS = range(300, 400)
_LONGEST_PLACE = 200


class Watcher(Protocol):
    """Is told of every request to a node."""

    @property
    def principal(self) -> Hashable:
        """Whose requests they are: whom a 429 slows."""

    def sent(self) -> None:
        """A request goes out."""

    def answered(self, status: int, seconds: float) -> None:
        """It came to an end by itself: with a status, or with 0 where there was no whole answer."""


@dataclass(slots=True, kw_only=True)
class Order:
    """A request to be sent, and how."""

    outgoing: Outgoing
    """The request."""
    retry: Retry
    """What may be sent again."""
    deadline: float
    """When nobody waits any more, in `time.monotonic()` seconds."""
    watcher: Watcher | None
    """Is told of the requests that this takes, and says whose they are."""


class Sender:
    """Sends requests to one cluster."""

    def __init__(self, cluster: str, pool: Pool, pauses: Pauses, *, retries: int) -> None:
        """Take the cluster.

        Args:
            cluster: Its name.
            pool: Its nodes.
            pauses: Keeps who has to wait.
            retries: How often a request is sent again at most.
        """
        self._cluster = cluster
        self._pool = pool
        self._pauses = pauses
        self._retries = retries
        self._budget = Budget()

    async def send(self, order: Order) -> HttpResponse | Broken:
        """Send a request and return the answer, or why there is none. Does not keep the time; the caller must."""
        tried: list[Node] = []
        outcome: HttpResponse | Broken | None = None
        self._budget.earn()
        while (node := self._pool.choose(tried, risky=order.retry is not Retry.SAFE)) is not None:
            tried.append(node)
            outcome = await self._exchange(node, order, self._seconds(node, order, tried))
            if len(tried) > self._retries or not may_go_again(order.retry, outcome):
                break
            elsewhere = self._pool.has_other(tried)
            if not self._pays(outcome, elsewhere=elsewhere):
                break
            wait = pause(outcome, attempt=len(tried), elsewhere=elsewhere)
            if time.monotonic() + wait >= order.deadline:
                break
            await asyncio.sleep(wait)
        return outcome or Broken(sent=False, problem="the cluster fails, and only a share of the calls goes to it")

    def _pays(self, outcome: HttpResponse | Broken, *, elsewhere: bool) -> bool:
        """Take a retry out of the budget, unless it costs the cluster nothing; return whether it may be made."""
        costs_nothing = elsewhere and isinstance(outcome, Broken) and not outcome.sent
        return costs_nothing or self._budget.spend()

    def _seconds(self, node: Node, order: Order, tried: Sequence[Node]) -> float | None:
        """Return how long a node has for its answer if another one can be asked after it, None if it has all the time.

        Only a read is cut short, and only at a node that failed last: elsewhere it may just be a read that takes long.
        """
        if not node.breaker.is_suspect or order.retry is not Retry.SAFE or len(tried) > self._retries:
            return None
        return node.patience if self._budget.has_some and self._pool.has_other(tried) else None

    async def _exchange(self, node: Node, order: Order, seconds: float | None) -> HttpResponse | Broken:
        watcher = order.watcher
        began = time.monotonic()
        if watcher is not None:
            watcher.sent()
        outcome = await node.exchange(order.outgoing, seconds)
        if watcher is not None:
            status = outcome.status if isinstance(outcome, HttpResponse) else 0
            watcher.answered(status, time.monotonic() - began)
        self._note(node, order, outcome)
        return outcome

    def _note(self, node: Node, order: Order, outcome: HttpResponse | Broken) -> None:
        """Note who has to wait, and tell operators what callers are not told: the node, the cause, where a redirect leads."""
        if isinstance(outcome, Broken):
            told = {"problem": outcome.problem, "cause": outcome.cause}
            _log.warning("request failed", cluster=self._cluster, node=node.address, **told)
        elif outcome.status == TOO_MANY and order.watcher is not None:
            self._pauses.ask(order.watcher.principal, retry_after(outcome.headers))
        elif outcome.status in REDIRECTS:
            place = _place(outcome.headers.get("location", ""))
            _log.warning("redirected", cluster=self._cluster, node=node.address, status=outcome.status, location=place)


def _place(location: str) -> str:
    """Return where a redirect leads without what may be secret in it: user, password and query."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return ""
    origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else ""
    return f"{origin}{parts.path}"[:_LONGEST_PLACE]
