"""How long calls wait for others to share a request with: until the event loop turns without bringing more, and never longer than a bound."""

import asyncio
from collections.abc import Callable
from time import monotonic


class Window:
    """A short wait in which others may come."""

    def __init__(self, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        """Take the longest wait, in seconds, and what tells the time; 0 seconds for a single turn of the loop."""
        self._seconds = seconds
        self._clock = clock

    async def wait(self, size: Callable[[], int], *, before: int = 0) -> float:
        """Wait until a turn of the loop has not added to the size; return how many seconds of the bound are left.

        Args:
            size: tells how many there are.
            before: how many there were a turn ago, where one has passed already.
        """
        end = self._clock() + self._seconds
        while size() != before:
            before = size()
            await asyncio.sleep(0)
            if self._clock() >= end:
                return 0.0
        return max(end - self._clock(), 0.0)
