"""Leaves a failing node alone for a while.

    closed --failures in a row--> open --time--> half-open --success--> closed
                                   ^                 |
                                   +-----failure-----+

Half-open lets one request through and holds the others back until it has ended. Knows nothing of HTTP.
"""

import time
from collections.abc import Callable


class Breaker:
    """The state of one node. Must be told the end of every request that it allowed."""

    def __init__(self, *, failures: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Start closed.

        Args:
            failures: Failures in a row that open it.
            seconds: How long it stays open.
            clock: Seconds from any origin.
        """
        self._limit = failures
        self._seconds = seconds
        self._clock = clock
        self._failures = 0
        self._opens_at = 0.0
        self._trying = False

    @property
    def wait(self) -> float:
        """Seconds until a request may go: 0 if one may go now."""
        if not self.is_open:
            return 0.0
        rest = self._opens_at - self._clock()
        return max(rest, 0.0) or (self._seconds if self._trying else 0.0)

    @property
    def is_open(self) -> bool:
        """Whether it failed so often that it is left alone, but for a request that tries it."""
        return self._failures >= self._limit

    def begin(self) -> bool:
        """Say that a request goes; return whether it is the one that tries."""
        is_trial = self.is_open
        self._trying = self._trying or is_trial
        return is_trial

    def end(self, *, good: bool | None, is_trial: bool) -> None:
        """Say how the request ended; None if it was given up before it told anything.

        Args:
            good: whether it went well.
            is_trial: what `begin` returned for it.
        """
        if is_trial:
            self._trying = False
        if good:
            self._failures = 0
        elif good is not None:
            self._failures += 1
            self._opens_at = self._clock() + self._seconds
