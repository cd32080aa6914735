"""What makes the end of a server lose no call.

grpc cancels calls that arrive after its GOAWAY was written, although their callers could not know. Most callers await an answer before
they call again; so the answers are held back until nothing arrives any more, then GOAWAY is written, then the answers: every caller
reads that the connection ends before it calls again, and does so on another one.
https://github.com/grpc/grpc/blob/master/src/core/server/server.cc (`Server::ShutdownAndNotify`)
"""

import asyncio
from contextlib import suppress
from typing import Any

import grpc

_LONGEST = 0.5
_QUIET = 0.05


class Arrivals(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no types
    """Counts calls as they arrive; serves none."""

    def __init__(self) -> None:
        self.count = 0
        """How many there were."""

    def service(self, handler_call_details: Any) -> None:  # noqa: ARG002  # the name that grpc gives
        """Count one, and leave it to the handlers that follow."""
        self.count += 1

    async def until_quiet(self, seconds: float) -> None:
        """Wait until none arrives any more, so many seconds at most, and not more than half a one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, _LONGEST)):
                before = -1
                while before != self.count:
                    before = self.count
                    await asyncio.sleep(_QUIET)


class Gate:
    """Lets answers pass, or holds them back."""

    def __init__(self) -> None:
        self.arrivals = Arrivals()
        """Counts the calls whose answers come by."""
        self.held = False
        """Whether it holds them back."""
        self._released = asyncio.Event()

    async def hold(self, seconds: float) -> None:
        """Hold them back from now on, and return when no calls arrive any more, after so many seconds at most."""
        self.held = True
        await self.arrivals.until_quiet(seconds)

    def release(self) -> None:
        """Let them pass, for good."""
        self.held = False
        self._released.set()

    async def released(self) -> None:
        """Wait until they may pass."""
        await self._released.wait()
