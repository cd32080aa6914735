"""Decides whether a request is sent again, and when.

A read goes again after a lost connection and after 429, 502, 503 and 504. A write goes again only if there was no
connection to send it over: an answer, whatever its status, proves that it was sent. Knows nothing of HTTP clients.
"""

import random
from dataclasses import dataclass

from searchway.contract.records import Retry
from searchway.errors import Code
from searchway.upstream.node import UNAVAILABLE_STATUSES, Broken
from searchway.wire import HttpResponse, retry_after

_TOO_MANY = 429
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0


def may_go_again(retry: Retry, outcome: HttpResponse | Broken) -> bool:
    """Return whether the contract allows to send the request again after this outcome."""
    if isinstance(outcome, Broken):
        safe = retry is Retry.SAFE or (retry is Retry.UNSENT and not outcome.sent)
        return safe and outcome.code is Code.UNAVAILABLE
    return retry is Retry.SAFE and outcome.status in UNAVAILABLE_STATUSES


def pause(outcome: HttpResponse | Broken, *, attempt: int, elsewhere: bool) -> float:
    """Return how many seconds to wait before the next try.

    Args:
        outcome: How the last try ended.
        attempt: How many tries there were.
        elsewhere: Whether a node is left that was not asked yet. It is asked at once, unless the cluster as a whole
            asks for patience.
    """
    asked = 0.0
    if isinstance(outcome, HttpResponse):
        asked = retry_after(outcome.headers)
        patience = outcome.status == _TOO_MANY
    else:
        patience = False
    if elsewhere and not patience:
        return 0.0
    growing = min(_FIRST_PAUSE * 2 ** (attempt - 1), _LONGEST_PAUSE)
    return asked or growing * random.uniform(0.5, 1.0)  # noqa: S311  # spreads callers, guards no secret


@dataclass(slots=True)
class Budget:
    """Keeps retries a small part of the traffic, so that they never make an overload worse.

    Every request earns a tenth of a retry, and a few are there from the start. After gRPC's retry throttling:
    https://github.com/grpc/proposal/blob/master/A6-client-retries.md#throttling-retry-attempts-and-hedged-rpcs
    """

    most: float = 10.0
    """The retries that can be saved up."""
    earned: float = 0.1
    """What a request adds."""
    left: float = 10.0
    """What is there now."""

    def earn(self) -> None:
        """Count a request."""
        self.left = min(self.left + self.earned, self.most)

    @property
    def has_some(self) -> bool:
        """Whether there is a retry to take."""
        return self.left >= 1.0

    def spend(self) -> bool:
        """Take one retry, and return whether there was one to take."""
        if not self.has_some:
            return False
        self.left -= 1.0
        return True
