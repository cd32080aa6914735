"""HTTP/1.1 on one connection: uvicorn's protocol, with bounds on what a client can make it hold and do.

    bytes --> Pieces --> llhttp --> a cycle for each request --> the application
              |                     |
              not parsed while      waits while another is answered
              enough requests wait

What is beyond a bound is refused with a status and a GraphQL error, and the connection is closed.
"""

import asyncio
from typing import Any

import httptools
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from searchway.server.connections import Connection
from searchway.server.http import refusals
from searchway.server.http.bounds import Bounds
from searchway.server.http.guarding import GuardedProtocol
from searchway.server.http.reading import PIECE
from searchway.server.http.refusals import Refusal
from searchway.server.http.websocket import WebSocketProtocol

FREE_BYTES = 64 * 1024
"""What a body may have without being counted, and what may be around the parts of a chunked one."""
_LINGERING_BYTES = 1024 * 1024
"""What is still read after a refusal: a client that sends would not see the answer if its data were refused by the system."""
_LINGERING_SECONDS = 2
_VERSIONS = {"1.0", "1.1"}
_HOP = frozenset({b"connection", b"upgrade", b"http2-settings"})


class HttpProtocol(GuardedProtocol, HttpToolsProtocol):
    """Speaks HTTP on a connection.

    Args:
        connection: the connection.
        bounds: what it is held to.
        server: what uvicorn gives to a protocol.
    """

    def __init__(self, connection: Connection, bounds: Bounds, **server: Any) -> None:
        super().__init__(connection, bounds, **server)
        self._serves = bounds.hosts.serve
        self._application = self.app
        self._answering: RequestResponseCycle | None = None
        self._refused = False
        self._in_head = False
        self._in_body = False
        self._counted = 0  # bytes of the pieces that the present head has, or of the present body with its framing
        self._body_bytes = 0

    # What the sweep asks

    @property
    def is_idle(self) -> bool:
        """Whether nothing is lost by closing it."""
        return self._answering is None and not self._in_body and self._connection.stalled is None

    @property
    def is_receiving(self) -> bool:
        """Whether a body is incomplete, so that it can be refused."""
        return self._in_body

    def check(self, now: int) -> None:
        """Close the connection if it takes too long."""
        waited = now - self._connection.since
        if self._refused:
            if self._answering is None and waited >= _LINGERING_SECONDS:
                self.transport.abort()
        elif self._in_body:
            self._check_body(waited)
        elif self._answering is None and self._connection.stalled is None:
            self._check_waiting(waited)

    def _check_body(self, waited: int) -> None:
        if waited >= self._bounds.body_seconds(self._body_bytes) and not self.flow.read_paused:
            self._refuse(refusals.too_slow("body", "body_timeout", waited))

    def _check_waiting(self, waited: int) -> None:
        patience = self._settings.idle_timeout if self._connection.served else self._settings.header_timeout
        if self._in_head and waited >= self._settings.header_timeout:
            self._refuse(refusals.too_slow("headers", "header_timeout", waited))
        elif not self._in_head and waited >= patience:
            self.transport.close()

    def refuse_body(self) -> None:
        """Refuse the body that is being received."""
        self._refuse(refusals.no_memory(self._settings.body_memory))

    # What the transport calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin."""
        super().connection_made(transport)
        self.flow = _Flow(transport, self._may_read)

    def connection_lost(self, exc: Exception | None) -> None:
        """End; the request that is answered hears of it as well as the one that was read last."""
        self.pipeline.clear()
        if self._answering is not None:
            self._answering.disconnected = True
            self._answering.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse it, as far as requests are wanted."""
        if self._refused:
            self._counted += len(data)
            if self._counted > _LINGERING_BYTES:
                self.transport.abort()
        elif self._rest.data or len(data) > PIECE:
            self._rest.add(data)
            if self._rest.data:
                self.flow.pause_reading()
        else:
            self._feed(data)

    # What the parser calls

    def on_message_begin(self) -> None:
        """Begin to read a request."""
        super().on_message_begin()
        self._in_head, self._counted = True, 0
        if self._answering is None:
            self._connection.since = self._connections.now

    def on_headers_complete(self) -> None:
        """Begin to answer the request, or let it wait for its turn."""
        if self._refused or self.parser.should_upgrade():
            return  # the parser says so again when it has stopped
        self._in_head, refusal = False, self._check_head()
        self._in_body, self._counted, self._body_bytes = True, 0, 0
        self._connection.since = self._connections.now
        if refusal is not None:
            self._connections.note(refusal.reason)
        self.app = refusal or self._application
        super().on_headers_complete()
        self.headers = []  # what comes after the body (trailers) is no part of the request that is answered

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._body_bytes += len(body)
        if self._body_bytes > FREE_BYTES:
            self._weigh(len(body))
            if self._refused:
                return
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End the body."""
        if self._in_body:
            self._in_body = False
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on with the next request; without one, the connection waits."""
        self.server_state.total_requests += 1
        connection, self._answering = self._connection, None
        connection.since, connection.served = self._connections.now, True
        if connection.held and not (self.pipeline or self._in_body):
            self._connections.release(connection)
        if self.transport.is_closing():
            return
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        if self._rest.data:
            self._rest.advance()
        self.flow.resume_reading()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    # Parsing

    def _wants_more(self) -> bool:
        return len(self.pipeline) < self._settings.pipelined and not self._refused and self.parser is not None

    def _may_read(self) -> bool:
        return self._refused or (not self._rest.data and len(self.pipeline) < self._settings.pipelined)

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserCallbackError:
            self._refuse(refusals.malformed("its target cannot be read"))
        except httptools.HttpParserError as error:
            self._refuse(refusals.malformed(str(error)))
        else:
            if self._in_head:
                self._count_head(len(data))
            elif self._in_body:
                self._count_framing(len(data))

    def _count_head(self, count: int) -> None:
        self._counted += count
        settings = self._settings
        if self._counted > settings.header_bytes or len(self.headers) > settings.header_count:
            self._refuse(self._too_many_headers())

    def _count_framing(self, count: int) -> None:
        self._counted += count
        if self._counted > FREE_BYTES + PIECE + 2 * self._body_bytes:
            self._refuse(refusals.malformed("a chunked body has more bytes around its parts than in them"))

    def _check_head(self) -> Refusal | None:
        if len(self.headers) > self._settings.header_count:
            return self._too_many_headers()
        if self._counted + PIECE > self._settings.header_bytes and self._head_bytes() > self._settings.header_bytes:
            return self._too_many_headers()
        hosts, codings = [], []
        for name, value in self.headers:
            if name == b"host":
                hosts.append(value)
            elif name == b"transfer-encoding":
                codings.append(value.lower())
        version = self.parser.get_http_version()
        if version == "1.1" and len(hosts) == 1 and not codings and self._serves(hosts[0]):
            return None  # as nearly all are
        return self._check_version(version, codings) or self._check_host(version, hosts)

    def _check_version(self, version: str, codings: list[bytes]) -> Refusal | None:
        if version not in _VERSIONS:
            return refusals.unsupported(505, f"HTTP/{version} is not spoken here; use HTTP/1.1")
        if codings and (version == "1.0" or codings != [b"chunked"]):
            return refusals.unsupported(501, "expected chunked as the only transfer coding")
        return None

    def _check_host(self, version: str, hosts: list[bytes]) -> Refusal | None:
        if len(hosts) == 1:
            return None if self._serves(hosts[0]) else refusals.unknown_host(hosts[0])
        if not hosts and version == "1.0":
            return None
        return refusals.malformed(f"expected one Host header, got {len(hosts) or 'none'}")

    def _head_bytes(self) -> int:
        around = len("GET  HTTP/1.1\r\n\r\n")
        return around + len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _too_many_headers(self) -> Refusal:
        return refusals.too_many_headers(self._settings.header_count, self._settings.header_bytes)

    def _weigh(self, count: int) -> None:
        if not self.cycle.response_complete:
            self._connections.hold(self._connection, count)
        elif self._body_bytes > 2 * self._bounds.request_bytes:
            self.transport.abort()  # it goes on sending what was answered without being read

    # What the parser does not do

    def _refuse(self, refusal: Refusal) -> None:
        """Answer with a refusal and close the connection; if another request is still being answered, only close it after that."""
        if self._refused:
            return
        self._connections.note(refusal.reason)
        answering, was_in_body = self._answering, self._in_body
        self._refused, self._in_head, self._in_body = True, False, False
        self._rest.clear()
        self._connections.release(self._connection)
        if answering is None:
            self._end(None if was_in_body else refusal)  # its request has been answered before it was complete
        elif was_in_body and answering is self.cycle and not answering.response_started:
            answering.disconnected = True
            answering.message_event.set()
            self._end(refusal)
        else:
            answering.keep_alive = False
            self.pipeline.clear()
            self.flow.pause_reading()

    def _end(self, refusal: Refusal | None) -> None:
        self._counted, self._connection.since = 0, self._connections.now
        if refusal:
            self.transport.write(refusal.message())
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self.flow.resume_reading()
        else:
            self.transport.close()

    def _upgrade(self, rest: bytes) -> None:
        """Go on after a head with `Upgrade`, or with CONNECT, which both make the parser stop."""
        self._in_head = False
        if self.parser.get_method() == b"CONNECT":
            self._refuse(refusals.unsupported(501, "CONNECT is not spoken here"))
        elif not self._should_upgrade():
            self._read_again(rest)
        elif (refusal := self._check_head()) is not None:
            self._refuse(refusal)
        elif self._answering is not None:
            self._refuse(refusals.malformed("a WebSocket was asked for before another request was answered"))
        else:
            self._begin_websocket(rest)

    def _read_again(self, rest: bytes) -> None:
        """Read a request as if it did not wish for another protocol (h2c), which servers may ignore."""
        closes = any(name == b"connection" and b"close" in value.lower() for name, value in self.headers)
        lines = [(name, value) for name, value in self.headers if name not in _HOP]
        head = self._write_head([*lines, (b"connection", b"close")] if closes else lines)
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self._feed(head)
        if rest:
            self._feed(rest)

    def _begin_websocket(self, rest: bytes) -> None:
        self.connections.discard(self)
        protocol = WebSocketProtocol(
            self._connection, self._bounds, config=self.config, server_state=self.server_state, app_state=self.app_state
        )
        protocol.connection_made(self.transport)
        self.transport.set_protocol(protocol)
        self._refused = True  # what was received and not parsed is not HTTP
        protocol.begin(self._write_head(self.headers), rest + self._rest.take())

    def _write_head(self, headers: list[tuple[bytes, bytes]]) -> bytes:
        lines = b"".join(b"%s: %s\r\n" % header for header in headers)
        return b"%s %s HTTP/1.1\r\n%s\r\n" % (self.parser.get_method(), self.url, lines)


class _Flow(FlowControl):
    """Resumes reading only when the protocol may read."""

    def __init__(self, transport: asyncio.Transport, may_read: Any) -> None:
        super().__init__(transport)
        self._may_read = may_read

    def resume_reading(self) -> None:
        """Resume it."""
        if self.read_paused and self._may_read():
            super().resume_reading()
