"""Encoding of requests: small messages on the event loop, large ones in a thread, so that they do not block it.

A bulk request of some thousand values takes tens of milliseconds to check and to encode. The thread is the counterpart of `reading`'s.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from searchway.transcode.weight import check_weight
from searchway.wire import HttpRequest

LARGE: Final = 16 * 1024
"""Bytes of a message from which it is encoded in the thread; fewer take some milliseconds at most."""


class Writing:
    """Encodes requests for all calls of an engine."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "writing")

    async def write(self, message: Any, encode: Callable[[], HttpRequest]) -> HttpRequest:
        """Return the request for a message.

        Args:
            message: what is encoded.
            encode: encodes it; touches nothing that the event loop changes.

        Raises:
            InvalidArgumentError: the message breaks a rule of the contract.
        """
        if not is_large(message):
            return encode()
        return await asyncio.get_running_loop().run_in_executor(self._thread, encode)

    async def check_weight(self, message: Any, most: int) -> None:
        """Refuse a message that would take long to encode even in the thread, where others wait for it.

        Args:
            message: a caller's message.
            most: how many values it may have.

        Raises:
            InvalidArgumentError: it has more, or much that is unknown.
        """
        if is_large(message):
            await asyncio.get_running_loop().run_in_executor(self._thread, check_weight, message, most)


def is_large(message: Any) -> bool:
    """Tell whether a message is encoded in the thread."""
    return bool(message.ByteSize() >= LARGE)
