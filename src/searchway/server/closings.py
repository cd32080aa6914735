"""Log lines of connections that were refused or closed for a bound: few, however many there are.

A line has a reason and a number, nothing that a client sent.
"""

import asyncio
from collections import Counter
from collections.abc import Callable

import structlog

EVERY_SECONDS = 10.0
"""The least time between two lines with the same reason."""
_log = structlog.get_logger(__name__)


class Closings:
    """Counts them and writes a line for the first with a reason, then one from time to time for all that came meanwhile.

    Args:
        count: called with the reason of each.
    """

    def __init__(self, count: Callable[[str], None]) -> None:
        self._count = count
        self._unwritten = Counter[str]()
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def note(self, reason: str) -> None:
        """Note that a connection was refused or closed."""
        self._count(reason)
        self._unwritten[reason] += 1
        if reason not in self._timers:
            self._begin(reason)

    def close(self) -> None:
        """Write what is not written yet."""
        for timer in self._timers.values():
            timer.cancel()
        for reason, times in self._unwritten.items():
            _write(reason, times)
        self._unwritten.clear()

    def _begin(self, reason: str) -> None:
        _write(reason, self._unwritten.pop(reason))
        self._timers[reason] = asyncio.get_running_loop().call_later(EVERY_SECONDS, self._go_on, reason)

    def _go_on(self, reason: str) -> None:
        del self._timers[reason]
        if reason in self._unwritten:
            self._begin(reason)


def _write(reason: str, times: int) -> None:
    _log.info("connections refused or closed", face="http", reason=reason, times=times)
