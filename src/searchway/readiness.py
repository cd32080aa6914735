"""Whether the gateway wants new calls, and what those who ask for it (readiness probes of balancers) have been told."""

import asyncio
import time
from typing import Literal

Probe = Literal["readyz", "check", "watch"]
"""The ways to ask: the path `/readyz`, and Check, List and Watch of gRPC's health service."""

# Whoever probed within this time is taken for a balancer that will probe again.
_RECENT_SECONDS = 60.0


class Readiness:
    """Ready until it is withdrawn, for good."""

    def __init__(self) -> None:
        self._withdrawn = asyncio.Event()
        self._probed: dict[Probe, float] = {}
        self._unaware: set[Probe] = set()
        self._noticed = asyncio.Event()

    @property
    def ready(self) -> bool:
        """Whether the gateway wants new calls."""
        return not self._withdrawn.is_set()

    def withdraw(self) -> None:
        """Want no new calls any more."""
        if self.ready:
            since = time.monotonic() - _RECENT_SECONDS
            self._unaware = {kind for kind, moment in self._probed.items() if moment > since}
            self._withdrawn.set()

    def probe(self, kind: Probe) -> bool:
        """Return `ready` for a probe, and remember that one of this kind was answered."""
        self._probed[kind] = time.monotonic()
        if not self.ready:
            self._unaware.discard(kind)
            self._noticed.set()
        return self.ready

    async def until_withdrawn(self) -> None:
        """Wait until it is withdrawn."""
        await self._withdrawn.wait()

    async def until_noticed(self) -> None:
        """Wait until each kind of probe that was used lately has been answered since the withdrawal."""
        while self._unaware:
            self._noticed.clear()
            await self._noticed.wait()
