"""Principals that a cluster asked to wait: 429 with Retry-After slows the one that got it, and nobody else.

A principal is whoever the cluster or the gateway can tell apart; see `engine.call`. Sends nothing.
"""

import time
from collections.abc import Callable, Hashable

# How many principals are remembered.
_MOST = 10_000


class Pauses:
    """Until when which principal has to wait."""

    def __init__(self, *, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Let everybody through.

        Args:
            longest: The seconds for which a cluster's word holds at most, whatever it says; with 0 nobody has to wait.
            clock: Seconds from any origin.
        """
        self._longest = longest
        self._clock = clock
        self._until: dict[Hashable, float] = {}

    def ask(self, principal: Hashable, seconds: float) -> None:
        """Take what a cluster asked of a principal; 0 seconds ask nothing."""
        seconds = min(seconds, self._longest)
        if seconds <= 0:
            return
        if len(self._until) >= _MOST:
            self._drop_past()
        self._until[principal] = max(self._clock() + seconds, self._until.pop(principal, 0.0))

    def left(self, principal: Hashable) -> float:
        """Return for how many seconds the principal has to wait."""
        if not self._until or principal not in self._until:
            return 0.0
        left = self._until[principal] - self._clock()
        if left <= 0:
            del self._until[principal]
        return max(left, 0.0)

    def _drop_past(self) -> None:
        """Forget those whose time is over; if there are none, the one that was asked first."""
        now = self._clock()
        self._until = {principal: until for principal, until in self._until.items() if until > now}
        if len(self._until) >= _MOST:
            del self._until[next(iter(self._until))]
