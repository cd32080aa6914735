"""Whether the gateway wants new calls, and what those who ask for it (readiness probes of balancers) have been told."""

import asyncio
import time

# Whoever probed within this time is taken for a balancer that will probe again.
_RECENT_SECONDS = 60.0


class Readiness:
    """Ready until it is withdrawn, for good."""

    def __init__(self) -> None:
        self._withdrawn = asyncio.Event()
        self._noticed = asyncio.Event()
        self._probed_at = float("-inf")

    @property
    def ready(self) -> bool:
        """Whether the gateway wants new calls."""
        return not self._withdrawn.is_set()

    def withdraw(self) -> None:
        """Want no new calls any more."""
        self._withdrawn.set()

    def probe(self) -> bool:
        """Return `ready` for a probe, and remember that one was told."""
        self._probed_at = time.monotonic()
        if not self.ready:
            self._noticed.set()
        return self.ready

    async def until_withdrawn(self) -> None:
        """Wait until it is withdrawn."""
        await self._withdrawn.wait()

    async def until_noticed(self) -> None:
        """Wait until a probe was told of the withdrawal; not at all if nobody has probed lately."""
        if time.monotonic() - self._probed_at < _RECENT_SECONDS:
            await self._noticed.wait()
