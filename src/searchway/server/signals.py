"""The signals that ask for a stop."""

import asyncio
import signal
from collections.abc import Callable

_SAME_SECONDS = 0.2
"""Signals of this time are one: `timeout` and `make` send theirs to a process and to its group, which it is in."""


def on_stop(first: Callable[[], None], again: Callable[[int], None]) -> None:
    """Call `first` at SIGINT or SIGTERM, and `again`, with its number, at one that comes later. Must be called where a loop runs."""
    loop = asyncio.get_running_loop()
    since: list[float] = []

    def handle(number: int) -> None:
        since.append(loop.time())
        if len(since) == 1:
            first()
        elif since[-1] - since[0] > _SAME_SECONDS:
            again(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, handle, number)
