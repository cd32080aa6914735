"""Encoding of requests: small messages on the event loop, large ones in a thread, so that they do not block it.

A bulk request of some thousand values takes tens of milliseconds to check and to encode. The thread is the counterpart of `reading`'s.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

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
        if message.ByteSize() < LARGE:
            return encode()
        return await asyncio.get_running_loop().run_in_executor(self._thread, encode)
