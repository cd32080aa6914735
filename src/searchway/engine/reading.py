"""Reading of answers: small ones at once, large ones in a thread, so that nobody else waits for them.

A page of megabytes takes hundreds of milliseconds to read. In a thread it shares the interpreter with the event loop, which gets its
turn every few milliseconds. There is one thread: more would take turns from the loop and read nothing sooner.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from searchway.transcode.answer import Answer, Read

LARGE: Final = 128 * 1024
"""Bytes of an answer from which it is read in the thread; fewer take some milliseconds at most."""

_T = TypeVar("_T")


class Reading:
    """Reads answers for all calls of an engine."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "reading")

    async def read(self, read: Read[_T], answer: Answer) -> _T:
        """Return what is read of an answer.

        Args:
            read: reads it; touches nothing that the event loop changes.
            answer: the answer.

        Raises:
            CallError: it is not of the documented shape.
        """
        if sum(map(len, answer.bodies)) < LARGE:
            return read(answer)
        return await asyncio.get_running_loop().run_in_executor(self._thread, read, answer)
