"""Faults on purpose, for tests of whoever calls the sandbox.

Knows nothing of engines. A fault is taken by the next calls whose path it matches:

    sandbox.faults.add(Fault(status=503, headers={"Retry-After": "1"}, times=2))
    sandbox.faults.add(Fault(path="/_cat/*", hang=True))
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from searchway.sandbox.wildcards import wildcard


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong with a call; without a status the real answer follows."""

    # How many calls it meets; None for all.
    times: int | None = 1
    # Pattern of the raw path, `*` standing for anything.
    path: str = "*"
    # HTTP method; None for each.
    method: str | None = None
    # Set when a call has arrived and met the fault.
    arrived: asyncio.Event | None = None
    # Seconds to wait before answering.
    delay: float = 0.0
    # Waited for before answering.
    gate: asyncio.Event | None = None
    # Never answer; ends when the caller leaves.
    hang: bool = False
    # Status to answer with instead of the real answer.
    status: int | None = None
    # Body of that answer.
    body: bytes = b""
    # Its header fields.
    headers: Mapping[str, str] = field(default_factory=dict)
    # Break the connection off instead of answering.
    abort: bool = False


class Faults:
    """The faults still to come, the oldest first."""

    def __init__(self) -> None:
        self._pending: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault) -> None:
        """Let a fault happen to the calls it matches."""
        self._pending.append((fault, fault.times))

    def clear(self) -> None:
        """Forget every fault."""
        self._pending.clear()

    def take(self, method: str, raw_path: str) -> Fault | None:
        """Return the fault of a call, using it up once."""
        for place, (fault, left) in enumerate(self._pending):
            if fault.method in {None, method} and wildcard(fault.path).fullmatch(raw_path):
                if left is not None:
                    self._pending[place] = (fault, left - 1)
                self._pending = [(each, times) for each, times in self._pending if times != 0]
                return fault
        return None
