"""How long a node takes to answer, as a moving average in which the last answers count most.

It serves two ends: a node that is slow gets fewer requests, and a node that did not answer is blamed only if it had the time
to. Knows nothing of HTTP.
"""

import time
from collections.abc import Callable

# The least and the most weight of one answer in the average: the longer ago the last one was, the more it has.
_WEIGHT, _MOST_WEIGHT = 0.2, 0.5

# Seconds after which what is known counts half, so that a node that was slow is asked again.
_HALF_LIFE = 5.0

# Seconds up to which an answer after another has the least weight.
_RECENT = 1.0

# Steps of slowness, in seconds: what lies between two of them is noise, and so is a single answer that was late.
_STEPS = (0.1, 0.3, 0.9)

# How long a node has before it can be blamed for not answering: several times what is usual, within bounds, in seconds; and
# while nothing is usual yet.
_USUAL_TIMES = 5
_LEAST_PATIENCE, _MOST_PATIENCE = 0.25, 10.0
_FIRST_PATIENCE = 1.0

# The longest time that counts, in seconds: what takes longer is an operation that waits for something.
_LONGEST = _MOST_PATIENCE / _USUAL_TIMES


class Latency:
    """The seconds that answers took of late."""

    __slots__ = ("_average", "_clock", "_knows", "_noted_at")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Know nothing yet."""
        self._clock = clock
        self._average = 0.0
        self._noted_at = clock()
        self._knows = False

    def note(self, seconds: float, now: float) -> None:
        """Take the time of another answer, or for which there was none, at a moment of the clock."""
        pause = now - self._noted_at
        weight = _WEIGHT if pause < _RECENT else min(max(_WEIGHT, 1.0 - 0.5 ** (pause / _HALF_LIFE)), _MOST_WEIGHT)
        self._average += weight * (min(seconds, _LONGEST) - self._average)
        self._noted_at = now
        self._knows = True

    @property
    def steps(self) -> int:
        """How slow it is, from 0 to 3: each step is three times the one before; less as time passes without an answer."""
        if self._average < _STEPS[0]:
            return 0
        current = self._average * 0.5 ** ((self._clock() - self._noted_at) / _HALF_LIFE)
        return sum(current >= step for step in _STEPS)

    @property
    def patience(self) -> float:
        """Seconds after which no answer is a failure of who was asked, and not of who left or had too little time."""
        if not self._knows:
            return _FIRST_PATIENCE
        return min(max(_USUAL_TIMES * self._average, _LEAST_PATIENCE), _MOST_PATIENCE)
