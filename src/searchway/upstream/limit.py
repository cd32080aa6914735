"""A limit on the time of what runs inside: what `asyncio.timeout` does, at half its cost, since every request to a cluster has one.

Knows nothing of HTTP.
"""

import asyncio
from types import TracebackType
from typing import Self


class TimeLimit:
    """Cancels the work inside when its time is over, which then raises TimeoutError. Is entered once, inside a task.

    A cancellation from elsewhere goes on as one. https://docs.python.org/3.11/library/asyncio-task.html#timeouts
    """

    __slots__ = ("_cancelling", "_handle", "_is_over", "_seconds", "_task")

    def __init__(self, seconds: float) -> None:
        """Take the seconds from the beginning of the work."""
        self._seconds = seconds
        self._is_over = False

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a limit is for work inside a task")
        self._task = task
        self._cancelling = task.cancelling()
        self._handle = asyncio.get_running_loop().call_later(self._seconds, self.end)
        return self

    def end(self) -> None:
        """End the work now."""
        if not self._is_over:
            self._is_over = True
            self._handle.cancel()
            self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._handle.cancel()
        if self._is_over and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError
