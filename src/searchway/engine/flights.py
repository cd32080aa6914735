"""Single flight: reads that are the same, in flight at the same time, are one request to the cluster.

    gathering --(the loop has turned)--> flying --> landed
        |                                  |
        newcomers add what they select     newcomers get in if what they select is on its way already

A flight belongs to nobody: it runs on the gateway's own time, each caller can leave it, and the last one to leave ends it. A write that
has finished closes the flights of its cluster to newcomers, so that everyone reads what they wrote.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field

from searchway.contract.selection import Selection, covers, unite
from searchway.engine.window import Window
from searchway.errors import CallError

Send = Callable[[Selection | None], Awaitable[bytes]]
"""Sends the read for a selection."""


@dataclass(frozen=True, slots=True)
class FlightKey:
    """What makes two reads the same."""

    cluster: str
    """The cluster."""
    identity: bytes
    """For whom, as far as the cluster can tell."""
    request: Hashable
    """Operation, input and page."""


@dataclass(slots=True, eq=False)
class _Flight:
    selection: Selection | None
    send: Send
    passengers: int = 0
    flying: bool = False
    task: asyncio.Task[bytes] = field(init=False)


class Flights:
    """All reads in flight."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._open: dict[FlightKey, _Flight] = {}

    async def join(self, key: FlightKey, selection: Selection | None, send: Send) -> bytes:
        """Return the body of the read, sent for this caller or for an earlier one.

        Args:
            key: what the read is.
            selection: what this caller needs of the answer.
            send: sends the read; called at most once for all who share it.

        Raises:
            CallError: the read failed, for everyone who shares it.
        """
        flight = self._open.get(key)
        if flight is None or not _takes(flight, selection):
            flight = self._start(key, selection, send)
        flight.passengers += 1
        try:
            return await asyncio.shield(flight.task)
        except CallError as error:
            raise error.copy() from None  # each caller's own, to add its own context to
        finally:
            self._leave(key, flight)

    def close(self, cluster: str) -> None:
        """Let nobody else into the cluster's flights."""
        for key in [key for key in self._open if key.cluster == cluster]:
            del self._open[key]

    def _start(self, key: FlightKey, selection: Selection | None, send: Send) -> _Flight:
        flight = _Flight(selection, send)
        flight.task = asyncio.create_task(self._fly(key, flight))
        self._open[key] = flight
        return flight

    async def _fly(self, key: FlightKey, flight: _Flight) -> bytes:
        try:
            await self._window.wait(lambda: flight.passengers)
            flight.flying = True
            return await flight.send(flight.selection)
        finally:
            if self._open.get(key) is flight:
                del self._open[key]

    def _leave(self, key: FlightKey, flight: _Flight) -> None:
        flight.passengers -= 1
        if flight.passengers == 0 and not flight.task.done():
            if self._open.get(key) is flight:
                del self._open[key]
            flight.task.cancel()


def _takes(flight: _Flight, selection: Selection | None) -> bool:
    """Tell whether the flight brings what is selected; one that still gathers is made to."""
    if not flight.flying:
        flight.selection = unite(flight.selection, selection)
        return True
    return covers(flight.selection, selection)
