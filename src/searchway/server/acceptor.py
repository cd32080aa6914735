"""Accepts connections, each only if there is a place for it, and takes those with TLS through their handshake.

uvicorn's own servers count a connection only after its handshake, and accept until the file descriptors are used up.
"""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable

import structlog

from searchway.server.connections import Connection, Connections
from searchway.server.sockets import BACKLOG

_log = structlog.get_logger("searchway")

_AT_ONCE = 64
"""How many connections are accepted before the event loop does something else."""
_PAUSE_SECONDS = 0.1
_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_WRONG = (OSError, TimeoutError)  # ssl.SSLError and ConnectionError are OSError


class Acceptor:
    """Accepts the connections of one listening socket.

    Args:
        listener: the socket; it belongs to the acceptor from now on.
        build: makes the protocol of a connection.
        connections: the open connections.
        tls: gives the context for the next connection; None if it has no TLS.
    """

    def __init__(
        self,
        listener: socket.socket,
        build: Callable[[Connection], asyncio.Protocol],
        connections: Connections,
        tls: Callable[[], ssl.SSLContext | None],
    ) -> None:
        self.sockets = (listener,)
        """What uvicorn asks of a server."""
        self._listener = listener
        self._build = build
        self._connections = connections
        self._tls = tls
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        listener.setblocking(False)
        self._listen()
        self._sweeper = self._loop.call_later(1, self._sweep)

    def close(self) -> None:
        """Accept what waits already, since the system would reset it, and then no more; what is open or in its handshake stays."""
        if self._listener.fileno() < 0:
            return
        self._loop.remove_reader(self._listener)
        for _ in range(BACKLOG // _AT_ONCE + 1):
            self._accept()
        self._listener.close()
        if self._timer:
            self._timer.cancel()

    async def settled(self) -> None:
        """Wait until no handshake is going on."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def wait_closed(self) -> None:
        """End the handshakes that are going on, and watch over the connections no more."""
        for task in self._tasks:
            task.cancel()
        await self.settled()
        self._sweeper.cancel()

    def _listen(self) -> None:
        self._timer = None
        self._loop.add_reader(self._listener, self._accept)

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                accepted, address = self._listener.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    self._pause(error)
                    return
                continue  # the client left before it was accepted
            connection = self._connections.admit(address[0])
            if connection is None:
                accepted.close()
            else:
                self._begin(accepted, connection)

    def _pause(self, error: OSError) -> None:
        """Accept nothing for a moment: without a free descriptor the socket would stay readable and keep the loop busy."""
        _log.error("cannot accept connections", problem=error.strerror, open=len(self._connections))
        self._connections.note("descriptors")
        self._loop.remove_reader(self._listener)
        self._timer = self._loop.call_later(_PAUSE_SECONDS, self._listen)

    def _begin(self, accepted: socket.socket, connection: Connection) -> None:
        accepted.setblocking(False)
        task = self._loop.create_task(self._connect(accepted, connection))
        connection.abort = task.cancel
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, accepted: socket.socket, connection: Connection) -> None:
        context = self._tls()
        within = self._connections.settings.header_timeout if context else None
        try:
            await self._loop.connect_accepted_socket(
                lambda: self._build(connection), accepted, ssl=context, ssl_handshake_timeout=within
            )
        except _WRONG:
            self._connections.note("handshake")
            self._connections.leave(connection)
            accepted.close()
        except asyncio.CancelledError:
            self._connections.leave(connection)
            accepted.close()

    def _sweep(self) -> None:
        self._sweeper = self._loop.call_later(1, self._sweep)
        self._connections.sweep()
