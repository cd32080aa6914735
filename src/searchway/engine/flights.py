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
from searchway.engine.call import Call
from searchway.engine.window import Window
from searchway.errors import CallError, Code
from searchway.wire import HttpResponse

Send = Callable[[Selection | None], Awaitable[HttpResponse]]
"""Sends the read for a selection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightKey:
    """What makes two reads the same."""

    cluster: str
    """The cluster."""
    operation: str
    """The operation."""
    identity: bytes
    """For whom, as far as the cluster can tell."""
    request: Hashable
    """Input and page."""


@dataclass(slots=True, eq=False)
class _Flight:
    selection: Selection | None
    send: Send
    passengers: set[asyncio.Future[HttpResponse]] = field(default_factory=set)
    flying: bool = False
    task: asyncio.Task[None] = field(init=False)

    def takes(self, selection: Selection | None) -> bool:
        """Tell whether it brings what is selected; one that still gathers is made to."""
        if self.flying:
            return covers(self.selection, selection)
        self.selection = unite(self.selection, selection)
        return True

    def land(self, outcome: HttpResponse | Exception) -> None:
        """Let everyone out who is still in; each gets an error of its own, to add its own context to."""
        for passenger in self.passengers:
            if passenger.done():
                continue
            if isinstance(outcome, HttpResponse):
                passenger.set_result(outcome)
            else:
                passenger.set_exception(outcome.copy() if isinstance(outcome, CallError) else outcome)


class Flights:
    """All reads in flight."""

    def __init__(self, window: Callable[[str], Window], shared: Callable[[str], None]) -> None:
        """Take the settings.

        Args:
            window: gives the time for which flights of an operation gather.
            shared: called with the operation whenever a call gets into a flight of another.
        """
        self._window = window
        self._shared = shared
        self._open: dict[FlightKey, _Flight] = {}

    async def join(
        self, key: FlightKey, call: Call, selection: Selection | None, send: Send, *, again: bool = True
    ) -> HttpResponse:
        """Return the answer to the read, sent for this caller or for an earlier one.

        Args:
            key: what the read is.
            call: for whom.
            selection: what this caller needs of the answer.
            send: sends the read; called for a flight that this caller begins.
            again: whether a caller who came late to a flight that ran out of time may take another.

        Raises:
            CallError: the read failed, for everyone who shares it.
        """
        while True:
            flight = self._board(key, call, selection, send)
            is_late = flight.flying
            passenger: asyncio.Future[HttpResponse] = asyncio.get_running_loop().create_future()
            flight.passengers.add(passenger)
            try:
                return await passenger
            except CallError as error:
                if not (again and is_late and _ran_out(error)):
                    raise  # else there may be time for another flight
            finally:
                self._leave(key, flight, passenger)

    def close(self, cluster: str) -> None:
        """Let nobody else into the cluster's flights."""
        for key in [key for key in self._open if key.cluster == cluster]:
            del self._open[key]

    def _board(self, key: FlightKey, call: Call, selection: Selection | None, send: Send) -> _Flight:
        flight = self._open.get(key)
        if flight is not None and flight.takes(selection):
            self._shared(key.operation)
            call.settle()  # it joins nothing else by itself
        else:
            flight = self._open[key] = _Flight(selection, send)
            flight.task = asyncio.create_task(self._fly(key, flight))
        return flight

    async def _fly(self, key: FlightKey, flight: _Flight) -> None:
        try:
            # Until this task ran, the loop has turned once; who comes later gets in anyway.
            await self._window(key.operation).wait(lambda: len(flight.passengers), before=1)
            flight.flying = True
            flight.land(await flight.send(flight.selection))
        except asyncio.CancelledError:
            for passenger in flight.passengers:
                passenger.cancel()
            raise
        except Exception as error:  # noqa: BLE001  # also a defect is told to those who wait, of whom none may wait for ever
            flight.land(error)
        finally:
            self._forget(key, flight)

    def _leave(self, key: FlightKey, flight: _Flight, passenger: asyncio.Future[HttpResponse]) -> None:
        flight.passengers.discard(passenger)
        if passenger.done() and not passenger.cancelled():
            passenger.exception()  # left together with the answer, which nobody will look at
        if not flight.passengers and not flight.task.done():
            self._forget(key, flight)
            flight.task.cancel()

    def _forget(self, key: FlightKey, flight: _Flight) -> None:
        if self._open.get(key) is flight:
            del self._open[key]


def _ran_out(error: CallError) -> bool:
    """Tell whether the flight's own time was over, which is before that of a caller who came late."""
    return error.code is Code.DEADLINE_EXCEEDED and not error.failure.http_status
