"""Looks through large requests before they are parsed, in a thread: parsing holds the interpreter, and what is parsed takes memory.

16 MB of empty messages took a third of a second and 800 MB.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from searchway.contract.records import Shape
from searchway.transcode.weight import check_encoded

LARGE: Final = 256 * 1024
"""Bytes of a request from which it is looked through; fewer are parsed in some milliseconds, whatever they hold."""


class Weighing:
    """Bounds the values of requests.

    Args:
        most: how many values a request may have.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._thread = ThreadPoolExecutor(1, "weighing")

    async def check(self, shape: Shape, request: bytes) -> None:
        """Check that a request has no more values than it may.

        Raises:
            InvalidArgumentError: it has; names the setting.
        """
        given = (shape.cls.DESCRIPTOR, request, self._most)
        await asyncio.get_running_loop().run_in_executor(self._thread, check_encoded, *given)
