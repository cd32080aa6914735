"""The HTTP listener: uvicorn's protocols on a socket of our own, started and stopped as the process says.

uvicorn's own server stops on signals, closes all connections in one step and counts its own time of grace, so it is not used.
"""

import asyncio
import random
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from searchway.readiness import Readiness
from searchway.server import sockets
from searchway.server.acceptor import Acceptor
from searchway.server.certificates import Certificates
from searchway.server.closings import Closings
from searchway.server.connections import Connection, Connections
from searchway.server.descriptors import ask_for_most, connections_of_a_face
from searchway.server.gateway import Gateway
from searchway.server.http.application import EXPIRES, Application, create_application
from searchway.server.http.bounds import Bounds
from searchway.server.http.health import Expose
from searchway.server.http.hosts import Hosts
from searchway.server.http.protocol import HttpProtocol
from searchway.server.http.websocket import WebSocketProtocol
from searchway.server.probes import Probes
from searchway.settings import Address, Settings

HOLD = "searchway.hold"
"""Under this name the state of a connection has what asks for the memory of a body that is unpacked."""


_LINGER_SECONDS = 0.5


class _Connections(set[Any]):
    """The open connections."""

    def __init__(self) -> None:
        super().__init__()
        self._gone: asyncio.Event | None = None

    def remove(self, connection: Any) -> None:
        """Note the end of a connection; what uvicorn's WebSockets call."""
        self.discard(connection)

    def discard(self, connection: Any) -> None:
        """Note the end of a connection."""
        super().discard(connection)
        if self._gone is not None and not self:
            self._gone.set()

    async def until_none(self) -> None:
        """Wait until there is none."""
        self._gone = asyncio.Event()
        if self:
            await self._gone.wait()


class HttpListener:
    """A listening socket, its connections and the requests on them."""

    def __init__(
        self, application: Application, config: uvicorn.Config, bounds: Bounds, address: Address, settings: Settings
    ) -> None:
        """Read the certificates, if there are any.

        Raises:
            SettingsError: they cannot be used.
        """
        self._application = application
        self._config = config
        self._bounds = bounds
        self._certificates = Certificates("http", settings.http_tls) if settings.http_tls else None
        self._age = settings.max_connection_age
        self._state = ServerState()
        self._state.connections = self._connections = _Connections()
        self.address = address
        """Where it listens; its port is never 0."""

    def prepare(self, settings: Settings) -> Callable[[], None]:
        """Read the certificates anew; return what puts them to use, for connections that are made from then on.

        Raises:
            SettingsError: they cannot be used.
        """
        if self._certificates is None or settings.http_tls is None:
            return lambda: None
        return self._certificates.prepare(settings.http_tls)

    @property
    def arrivals(self) -> int:
        """How many requests have come, those of operators not counted."""
        return self._application.arrivals

    def start(self, listener: socket.socket) -> None:
        """Take connections from now on; must be called where an event loop runs."""
        self._config.load()
        self._acceptor = Acceptor(listener, self._build, self._bounds.connections, self._context)

    def _context(self) -> ssl.SSLContext | None:
        return self._certificates.context if self._certificates else None

    def _build(self, connection: Connection) -> HttpProtocol:
        loop = asyncio.get_running_loop()
        state: dict[str, Any] = {HOLD: partial(self._bounds.connections.try_to_hold, connection)}
        if self._age:
            state[EXPIRES] = loop.time() + self._age * random.uniform(0.9, 1.1)  # noqa: S311  # spreads them
        return HttpProtocol(
            connection, self._bounds, config=self._config, server_state=self._state, app_state=state, _loop=loop
        )

    async def stop(self, grace: float) -> None:
        """Take no more connections; requests get the seconds of grace to end, those that are on their way included."""
        self._acceptor.close()
        for connection in tuple(self._connections):
            if not (isinstance(connection, HttpProtocol) and connection.is_idle):
                connection.shutdown()
        try:
            async with asyncio.timeout(grace):
                await self._linger(min(_LINGER_SECONDS, grace / 2))
                for connection in tuple(self._connections):
                    connection.shutdown()
                await self._until_ended()
        except TimeoutError:
            await self._cut()
        await self._acceptor.wait_closed()
        self._bounds.closings.close()

    async def _linger(self, seconds: float) -> None:
        """Leave connections without a request open for a moment, less if there are none: one may be on its way."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._acceptor.settled()
                await self._connections.until_none()

    async def _until_ended(self) -> None:
        await self._connections.until_none()
        if self._state.tasks:  # of callers that left
            await asyncio.wait(self._state.tasks)

    async def _cut(self) -> None:
        tasks = tuple(self._state.tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for connection in tuple(self._connections):
            connection.transport.close()


async def listen(gateway: Gateway, readiness: Readiness, probes: Probes, expose: Expose) -> HttpListener | None:
    """Return the HTTP listener, listening; None if the face is off.

    Raises:
        SettingsError: the address cannot be listened at.
    """
    settings = gateway.settings
    if settings.http is None:
        return None
    application = create_application(gateway, readiness, probes, expose)
    listener = sockets.listen("http", settings.http, shared=settings.workers > 1)
    address = Address(host=settings.http.host, port=listener.getsockname()[1])
    config, bounds = _config(application), _bounds(gateway, settings.http)
    server = HttpListener(application, config, bounds, address, settings)
    server.start(listener)
    return server


def _bounds(gateway: Gateway, address: Address) -> Bounds:
    settings, telemetry = gateway.settings, gateway.telemetry
    most = connections_of_a_face(settings, ask_for_most())
    closings = Closings(telemetry.connection_closed)
    connections = Connections(settings.connections, most, closings.note)
    telemetry.watch_connections(lambda: len(connections))
    hosts = Hosts(settings.allowed_hosts, address.host)
    return Bounds(connections=connections, closings=closings, hosts=hosts, request_bytes=settings.limits.request_bytes)


def _config(application: Application) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=HttpProtocol,
        ws=WebSocketProtocol,
        ws_per_message_deflate=False,  # it would take more memory for each socket than all else
        loop="none",  # the one that runs already
        lifespan="off",
        log_config=None,
        access_log=False,  # the engine logs calls
        proxy_headers=False,  # nobody asks where a caller is
        server_header=False,
        date_header=False,
    )
