"""How long calls wait for others to share a request with: until the event loop turns without bringing more, and never longer than a bound."""

import asyncio
from collections.abc import Callable
from time import monotonic


class Window:
    """A short wait in which others may come."""

    def __init__(self, seconds: float) -> None:
        """Take the longest wait, in seconds; 0 for a single turn of the loop."""
        self._seconds = seconds

    async def wait(self, size: Callable[[], int]) -> None:
        """Wait until a turn of the loop has not added to the size."""
        end = monotonic() + self._seconds
        before = -1
        while size() != before:
            before = size()
            await asyncio.sleep(0)
            if monotonic() >= end:
                return
