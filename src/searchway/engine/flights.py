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
from typing import NamedTuple

from searchway.contract.selection import Selection, covers, unite
from searchway.engine.call import Call
from searchway.engine.tracing import sent_as, shared_call
from searchway.engine.window import Window
from searchway.errors import CallError, Code
from searchway.wire import HttpResponse

Send = Callable[[Selection | None, Call], Awaitable[HttpResponse]]
"""Sends the read for a selection, with the headers of a call."""

# Statuses that the headers of a request may have caused.
_BLAMES_HEADERS = frozenset({400, 413, 431})


class FlightKey(NamedTuple):
    """What makes two reads the same: a tuple, since it is looked up several times for each call."""

    cluster: str
    """The cluster."""
    operation: str
    """The operation."""
    identity: bytes
    """For whom, as far as the cluster can tell."""
    request: Hashable
    """Input and page."""


@dataclass(slots=True, eq=False)
class _Waiter:
    call: Call
    send: Send
    answer: asyncio.Future[HttpResponse]


@dataclass(slots=True, eq=False)
class _Flight:
    selection: Selection | None
    waiters: dict[_Waiter, None] = field(default_factory=dict)
    """In the order in which they came."""
    headers_of: Call | None = None
    """Whose headers it has: those of its only caller, or the gateway's own; None before it is sent."""
    is_shared: bool = False
    """Whether these are the gateway's own."""
    task: asyncio.Task[None] = field(init=False)

    def takes(self, selection: Selection | None) -> bool:
        """Tell whether it brings what is selected; one that still gathers is made to."""
        if self.headers_of is not None:
            return covers(self.selection, selection)
        self.selection = unite(self.selection, selection)
        return True

    async def fly(self) -> HttpResponse:
        """Send the read, with the headers of its caller if there is only one."""
        first, *others = self.waiters
        self.is_shared = bool(others)
        self.headers_of = shared_call([waiter.call for waiter in self.waiters]) if others else first.call
        return await first.send(self.selection, self.headers_of)

    def land(self, outcome: HttpResponse | Exception) -> None:
        """Let everyone out who is still in; each gets an error of its own, to add its own context to."""
        for waiter in self.waiters:
            if waiter.answer.done():
                continue
            if isinstance(outcome, HttpResponse):
                waiter.answer.set_result(outcome)
            else:
                waiter.answer.set_exception(outcome.copy() if isinstance(outcome, CallError) else outcome)

    def spares(self, error: CallError) -> bool:
        """Tell whether a waiter that joined after it was sent may succeed with another: this one had less time, or another caller's headers."""
        status = error.failure.http_status
        return (error.code is Code.DEADLINE_EXCEEDED and not status) or (
            not self.is_shared and status in _BLAMES_HEADERS
        )


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
            flight = self._board(key, call, selection)
            is_late = flight.headers_of is not None
            waiter = _Waiter(call, send, asyncio.get_running_loop().create_future())
            flight.waiters[waiter] = None
            try:
                return await waiter.answer
            except CallError as error:
                if not (again and is_late and flight.spares(error)):
                    raise
            finally:
                self._leave(key, flight, waiter)

    def close(self, cluster: str) -> None:
        """Let nobody else into the cluster's flights."""
        for key in [key for key in self._open if key.cluster == cluster]:
            del self._open[key]

    def _board(self, key: FlightKey, call: Call, selection: Selection | None) -> _Flight:
        flight = self._open.get(key)
        if flight is not None and flight.takes(selection):
            self._shared(key.operation)
            call.settle()  # it joins nothing else by itself
        else:
            flight = self._open[key] = _Flight(selection)
            flight.task = asyncio.create_task(self._fly(key, flight))
        return flight

    async def _fly(self, key: FlightKey, flight: _Flight) -> None:
        try:
            # Until this task ran, the loop has turned once; who comes later gets in anyway.
            await self._window(key.operation).wait(lambda: len(flight.waiters), before=1)
            flight.land(await flight.fly())
        except asyncio.CancelledError:
            for waiter in flight.waiters:
                waiter.answer.cancel()
            raise
        except Exception as error:  # noqa: BLE001  # also a defect is told to those who wait, of whom none may wait for ever
            flight.land(error)
        finally:
            self._forget(key, flight)

    def _leave(self, key: FlightKey, flight: _Flight, waiter: _Waiter) -> None:
        del flight.waiters[waiter]
        if flight.headers_of is not None:
            waiter.call.sent_as = sent_as(waiter.call, flight.headers_of)
        if waiter.answer.done() and not waiter.answer.cancelled():
            waiter.answer.exception()  # left together with the answer, which nobody will look at
        if not flight.waiters and not flight.task.done():
            self._forget(key, flight)
            flight.task.cancel()

    def _forget(self, key: FlightKey, flight: _Flight) -> None:
        if self._open.get(key) is flight:
            del self._open[key]
