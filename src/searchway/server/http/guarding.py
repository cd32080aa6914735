"""What the protocols of the HTTP listener have in common: a connection that is counted, and bytes that wait to be parsed."""

import asyncio
from abc import abstractmethod
from typing import Any

from searchway.server.connections import Connection
from searchway.server.http.bounds import Bounds
from searchway.server.http.reading import Pieces


class GuardedProtocol(asyncio.Protocol):
    """Stands before one of uvicorn's protocols, and keeps the record of its connection.

    Args:
        connection: the connection.
        bounds: what it is held to.
        server: what uvicorn gives to a protocol.
    """

    def __init__(self, connection: Connection, bounds: Bounds, **server: Any) -> None:
        super().__init__(**server)
        self._connection = connection
        self._bounds = bounds
        self._settings = bounds.settings
        self._connections = bounds.connections
        self._rest = Pieces(self._feed, self._wants_more)

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        super().connection_made(transport)
        self._connection.protocol, self._connection.transport = self, transport  # type: ignore[assignment]  # it is Guarded

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._connections.leave(self._connection)
        self._rest.clear()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Note that the client does not read."""
        super().pause_writing()
        self._connections.stall(self._connection)

    def resume_writing(self) -> None:
        """Note that it does."""
        super().resume_writing()
        self._connections.flowing(self._connection)

    @abstractmethod
    def _feed(self, data: bytes) -> None:
        """Parse a piece."""

    @abstractmethod
    def _wants_more(self) -> bool:
        """Tell whether another piece is wanted now."""
