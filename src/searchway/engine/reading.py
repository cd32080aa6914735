"""Reading of answers: small ones on the event loop, large ones in a thread, so that they do not block it.

Many calls may get their answers at the same moment, as those of one document do that share a request: the loop has its turn between them.

Reading a page of several megabytes takes hundreds of milliseconds. A thread shares the interpreter lock with the event loop, which gets
it every few milliseconds. There is only one thread: more would compete with the loop and finish no sooner.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from searchway.transcode.answer import Answer, Read

LARGE: Final = 256 * 1024
"""Bytes of an answer from which it is read in the thread; fewer take 25 ms at most."""
LARGE_TABLE: Final = 4 * LARGE
"""The same of a table, whose rows are read faster: 6 ms for so many bytes, 30 where old nodes write sizes with units."""

ITEMS: Final = 32 * 1024
"""Likewise for answers whose items may have failed one by one: an error takes ten times as long to be read as what it stands for."""

FAILURES: Final = 100
"""Failed items of an answer above which it is read in the thread, however small it is: names that are missing in it, for example."""

SMALL: Final = 8 * 1024
"""Bytes of an answer up to which it is read without a look at how much else is read at the moment."""
AT_ONCE: Final = 128 * 1024
"""Bytes of answers that are read in one turn of the event loop."""

_T = TypeVar("_T")


def is_small(answer: Answer) -> bool:
    """Tell whether an answer may be read at any moment."""
    return len(answer.bodies) == 1 and len(answer.bodies[0]) <= SMALL and not answer.failures


class Reading:
    """Reads answers for all calls of an engine."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "reading")
        self._read_now = 0

    async def read(self, read: Read[_T], answer: Answer, *, is_table: bool = False) -> _T:
        """Return what is read of an answer.

        Args:
            read: reads it; touches nothing that the event loop changes.
            answer: the answer.
            is_table: whether it is a table.

        Raises:
            CallError: it is not of the documented shape.
        """
        size = sum(map(len, answer.bodies))
        if size >= _bound(answer, is_table=is_table) or len(answer.failures) > FAILURES:
            return await asyncio.get_running_loop().run_in_executor(self._thread, read, answer)
        if size > SMALL:
            await self._turn(size)
        return read(answer)

    async def run(self, size: int, work: Callable[[], _T], failures: int = 0) -> _T:
        """Do work on the failed items of an answer.

        Args:
            size: bytes of the answer.
            work: what is done; touches nothing that the event loop changes.
            failures: how many there are, as far as is known.
        """
        if size < ITEMS and failures <= FAILURES:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _turn(self, size: int) -> None:
        """Wait until so many bytes may be read in the present turn of the loop."""
        while self._read_now >= AT_ONCE:  # noqa: ASYNC110  # what is waited for is the loop's next turn itself
            await asyncio.sleep(0)
        if not self._read_now:
            asyncio.get_running_loop().call_soon(self._begin_turn)
        self._read_now += size

    def _begin_turn(self) -> None:
        self._read_now = 0


def _bound(answer: Answer, *, is_table: bool) -> int:
    if answer.report is not None:
        return ITEMS
    return LARGE_TABLE if is_table else LARGE


async def split_beside(body: bytes, split: Callable[..., _T], *given: Any) -> _T:
    """Return what a function makes of a body that holds several answers; in a thread if it is large.

    Args:
        body: the body.
        split: the function; touches nothing that the event loop changes.
        given: its arguments.
    """
    if len(body) < LARGE:
        return split(*given)
    return await asyncio.get_running_loop().run_in_executor(None, split, *given)
