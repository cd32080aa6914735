"""Counts work instead of time: the function calls of one thread, which are the same on every machine and under every load."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any


class Work:
    """How much was done."""

    def __init__(self) -> None:
        self.calls = 0
        """The function calls, those of functions written in C included."""

    def note(self, _frame: Any, event: str, _argument: Any) -> None:
        """Count one event of the interpreter."""
        self.calls += event in {"call", "c_call"}


@contextmanager
def counted() -> Iterator[Work]:
    """Count what this thread does in the block; what other threads do is not counted."""
    work = Work()
    before = sys.getprofile()
    sys.setprofile(work.note)
    try:
        yield work
    finally:
        sys.setprofile(before)


class Held:
    """How long the event loop was held, in function calls."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._last = work.calls
        self._timer: asyncio.TimerHandle | None = None
        self.longest = 0
        """The most calls between two moments at which the loop could have done something else."""

    def tick(self) -> None:
        """Note such a moment, and come again soon."""
        self.stop()
        self._timer = asyncio.get_running_loop().call_later(_SOON, self.tick)

    def stop(self) -> None:
        """Note the last moment."""
        self.longest = max(self.longest, self._work.calls - self._last)
        self._last = self._work.calls
        if self._timer is not None:
            self._timer.cancel()


_SOON = 0.001
"""Seconds; at once would leave no processor to the other threads."""


@asynccontextmanager
async def held() -> AsyncIterator[Held]:
    """Count what holds the loop in the block."""
    with counted() as work:
        found = Held(work)
        found.tick()
        yield found
        found.stop()
