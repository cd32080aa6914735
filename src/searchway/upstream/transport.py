"""The network under the gateway: a pool of HTTP/1.1 connections.

Made for requests as the gateway sends them, because the transport is the largest part of a small call, and clients made
for everything take a multiple of the processor time; see the decision record. Targets go out byte for byte, nothing is
followed or replayed, and a connection that never came about is told apart from one that broke. Knows nothing of clusters,
retries and deadlines.
"""

import asyncio
import socket
import ssl
from collections import deque
from dataclasses import dataclass, field

import aiohappyeyeballs
import httpx

from searchway.upstream.carrier import Outgoing
from searchway.upstream.connection import Connection, write_head
from searchway.wire import HttpResponse

_KEPT_SECONDS = 30.0

# Seconds that an address of a host has before the next one is tried beside it: https://www.rfc-editor.org/rfc/rfc8305.
_HEAD_START = 0.25


@dataclass(slots=True, eq=False)
class _Origin:
    """A node's address, and the connections to it that nobody uses; the one used last is the last."""

    scheme: str
    host: str
    port: int
    header: bytes
    idle: deque[Connection] = field(default_factory=deque)

    def take(self) -> Connection | None:
        while self.idle:
            connection = self.idle.pop()
            if connection.is_quiet():
                return connection
            connection.close()
        return None

    def drop(self, before: float) -> None:
        while self.idle and (self.idle[0].idle_since < before or not self.idle[0].is_open):
            self.idle.popleft().close()


class NetworkTransport:
    """A pool of connections to the nodes of one cluster; see `Carrier`."""

    def __init__(self, *, tls: ssl.SSLContext | None, connect_timeout: float) -> None:
        """Open no connection yet.

        Args:
            tls: How certificates are checked and shown; None where no node has an https URL.
            connect_timeout: Seconds that setting up a connection may take.
        """
        self._tls = tls
        self._connect_timeout = connect_timeout
        self._origins: dict[str, _Origin] = {}
        self._sweep: asyncio.TimerHandle | None = None
        self._closed = False

    def trust(self, tls: ssl.SSLContext | None) -> None:
        """Check and show certificates in another way, on connections that are made from now on; drop those that nobody uses."""
        self._tls = tls
        for place in self._origins.values():
            place.drop(float("inf"))

    async def exchange(self, origin: str, outgoing: Outgoing, limit: int) -> HttpResponse:
        """Send a request and return the answer; a caller who leaves closes the connection, so that the node notices."""
        place = self._origins.get(origin) or self._add(origin)
        head = write_head(place.header, outgoing)
        connection = place.take() or await self._connect(place)
        outgoing.progress.is_sent = True
        answer = await connection.exchange(head, outgoing.body, limit)
        self._keep(place, connection)
        return answer

    def _add(self, origin: str) -> _Origin:
        url = httpx.URL(origin)
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        place = self._origins[origin] = _Origin(url.scheme, url.raw_host.decode("ascii"), port, url.netloc)
        return place

    async def _connect(self, place: _Origin) -> Connection:
        try:
            async with asyncio.timeout(self._connect_timeout):
                return await self._open(place)
        except TimeoutError:
            raise httpx.ConnectTimeout("no connection in time") from None
        except (OSError, UnicodeError) as error:  # the latter of a name that no DNS can have
            raise httpx.ConnectError(f"{type(error).__name__}: {error}") from error

    async def _open(self, place: _Origin) -> Connection:
        loop = asyncio.get_running_loop()
        addresses = await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
        ready = await aiohappyeyeballs.start_connection(addresses, happy_eyeballs_delay=_HEAD_START, interleave=1)
        _, connection = await loop.create_connection(Connection, sock=ready)
        if place.scheme == "https":
            await self._secure(connection, place.host.rstrip("."))
        return connection

    async def _secure(self, connection: Connection, host: str) -> None:
        assert self._tls is not None  # noqa: S101  # a cluster with an https URL has it
        try:
            await connection.secure(self._tls, host, self._connect_timeout)
        except BaseException:
            connection.close()
            raise

    def _keep(self, place: _Origin, connection: Connection) -> None:
        if self._closed or not connection.is_open:
            connection.close()
            return
        loop = asyncio.get_running_loop()
        connection.idle_since = loop.time()
        place.idle.append(connection)
        if self._sweep is None:
            self._sweep = loop.call_later(_KEPT_SECONDS, self._drop, loop)

    def _drop(self, loop: asyncio.AbstractEventLoop) -> None:
        """Close what was not used lately, before the other end or something between does."""
        for place in self._origins.values():
            place.drop(loop.time() - _KEPT_SECONDS)
        some = any(place.idle for place in self._origins.values())
        self._sweep = loop.call_later(_KEPT_SECONDS / 2, self._drop, loop) if some else None

    async def aclose(self) -> None:
        """Close every connection, those in use when their exchange ends."""
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        for place in self._origins.values():
            while place.idle:
                place.idle.pop().close()
        await asyncio.sleep(0)  # the turn in which the loop closes them
