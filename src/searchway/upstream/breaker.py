"""Outlier detection of one node: a node that fails is ejected, so that requests go to others for a while.

    in use --failures in a row--> ejected --time--> on trial --success--> in use
                                     ^                 |
                                     +-----failure-----+

On trial it gets one request, and no other until that has ended. What happens where every node is ejected is decided elsewhere
(`pool`, `throttle`). Knows nothing of HTTP.
"""

import time
from collections.abc import Callable

# Seconds of rest after which an ejected node may be tried before its time, where too many are ejected.
_PROBE_SECONDS = 1.0

# For how many times its time of ejection a node that failed gets nothing that could be lost, unless it has answered since.
_LATELY_TIMES = 6


class Breaker:
    """The state of one node. Must be told the end of every request that it allowed."""

    def __init__(self, *, failures: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Start in use.

        Args:
            failures: Failures in a row that eject the node.
            seconds: How long it stays ejected.
            clock: Seconds from any origin.
        """
        self._limit = failures
        self._seconds = seconds
        self._clock = clock
        self._failures = 0
        self._failed_at = 0.0
        self._trying = False

    @property
    def wait(self) -> float:
        """Seconds until a request may go: 0 if one may go now."""
        if not self.is_open:
            return 0.0
        rest = self._failed_at + self._seconds - self._clock()
        return max(rest, 0.0) or (self._seconds if self._trying else 0.0)

    @property
    def is_open(self) -> bool:
        """Whether it failed so often that it is ejected, but for a request that tries it."""
        return self._failures >= self._limit

    @property
    def may_be_probed(self) -> bool:
        """Whether it is ejected and has had a moment of rest, so that a request that loses nothing may try it before its time."""
        return self.is_open and not self._trying and self._clock() - self._failed_at >= _PROBE_SECONDS

    @property
    def is_suspect(self) -> bool:
        """Whether the last that is known of it is a failure."""
        return self._failures > 0

    @property
    def has_failed_lately(self) -> bool:
        """Whether the last that is known of it is a failure, and not an old one."""
        return self.is_suspect and self._clock() - self._failed_at < _LATELY_TIMES * self._seconds

    def begin(self) -> bool:
        """Say that a request goes; return whether it is the one that tries."""
        if self._failures < self._limit:
            return False
        self._trying = True
        return True

    def end(self, *, good: bool | None, is_trial: bool) -> None:
        """Say how the request ended; None if that tells nothing of the node.

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
            self._failed_at = self._clock()
