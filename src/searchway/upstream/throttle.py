"""Lets a share of the requests through to a cluster of which every node is ejected.

Refusing all of them would make five bad answers to one caller an outage for everybody, above all where one address stands for
many nodes; sending all would keep down what is overloaded. The share follows what worked of late, as in
https://sre.google/sre-book/handling-overload/ (client-side throttling), and one request a second always goes. The first that
works ends it. Counts instead of drawing lots. Knows nothing of HTTP.
"""

import time
from collections.abc import Callable

# So many requests may go for each that worked.
_GENEROSITY = 2.0

# The number of requests up to which they are remembered; then half of what was counted is forgotten.
_REMEMBERED = 100.0

# What a cluster is credited with before anything is known of it.
_CREDIT = 20.0

# Seconds after which a request goes in any case.
_PROBE_SECONDS = 1.0


class Throttle:
    """The requests to one cluster and how many of them worked."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with some credit.

        Args:
            clock: Seconds from any origin.
        """
        self._clock = clock
        self._all = self._good = _CREDIT
        self._due = 0.0
        self._let_through_at = -_PROBE_SECONDS

    def note(self, *, good: bool) -> None:
        """Count a request that ended, or one that was held back."""
        self._all += 1
        if good:
            self._good += 1
        if self._all >= _REMEMBERED:
            self._all /= 2
            self._good /= 2

    def allows(self) -> bool:
        """Tell whether the next request goes; to be asked once for each, while nothing works."""
        now = self._clock()
        self._due += min(_GENEROSITY * self._good / self._all, 1.0)
        if self._due < 1.0 and now - self._let_through_at < _PROBE_SECONDS:
            self.note(good=False)
            return False
        self._due = max(self._due - 1.0, 0.0)
        self._let_through_at = now
        return True

    @property
    def wait(self) -> float:
        """Seconds until a request goes in any case."""
        return max(self._let_through_at + _PROBE_SECONDS - self._clock(), 0.0)
