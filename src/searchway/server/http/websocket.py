"""A WebSocket on one connection: uvicorn's protocol, with bounds on what a client can make it hold.

Until the application says that the client has opened the sub-protocol (by the ASGI extension `searchway.opened`), messages are small.
"""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

from searchway.server.connections import Connection
from searchway.server.http.bounds import Bounds
from searchway.server.http.guarding import GuardedProtocol
from searchway.server.http.reading import PIECE
from searchway.server.http.refusals import malformed

OPENED = "searchway.opened"
"""The ASGI extension: a function that is called when a client may send large messages."""
STOPPING = "searchway.stopping"
"""The ASGI event that is received when the server stops: the application closes the WebSocket when it can."""
_CONTROLS = 100
"""The most pings and pongs of a second: each costs as much as a small message, and comes past what waits for the application."""
FREE_BYTES = 64 * 1024
"""What a message may have without being counted."""


class WebSocketProtocol(GuardedProtocol, WebSocketsSansIOProtocol):
    """Speaks WebSocket on a connection.

    Args:
        connection: the connection.
        bounds: what it is held to.
        server: what uvicorn gives to a protocol.
    """

    def __init__(self, connection: Connection, bounds: Bounds, **server: Any) -> None:
        super().__init__(connection, bounds, **server)
        self._opened = False
        self._received = 0  # bytes of a message that is not complete
        self._controls = 0  # pings and pongs since the last sweep
        self.conn.max_message_size = min(bounds.settings.init_bytes, bounds.request_bytes)

    # What the sweep asks

    @property
    def is_idle(self) -> bool:
        """Whether nothing is lost by closing it."""
        return not self._opened

    @property
    def is_receiving(self) -> bool:
        """Whether a message is incomplete, so that it can be refused."""
        return self._received > 0

    def check(self, now: int) -> None:
        """Close the connection if a message takes too long."""
        self._controls = 0
        waited = now - self._connection.since
        if self._received and not self.read_paused and waited >= self._bounds.body_seconds(self._received):
            self._fail(CloseCode.TRY_AGAIN_LATER, "a message did not arrive in time", "body_timeout")

    def refuse_body(self) -> None:
        """Refuse the message that is being received."""
        self._fail(CloseCode.TRY_AGAIN_LATER, "the bodies of requests are too large together", "body_memory")

    # What the transport calls

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        super().connection_made(transport)
        self._connection.since = self._connections.now

    def begin(self, head: bytes, rest: bytes) -> None:
        """Take the request for the WebSocket, and what came behind it."""
        super().data_received(head)
        if not self.handshake_initiated:
            self._connections.note("malformed")
            self.transport.write(
                malformed("a WebSocket's handshake has no body, and at most 128 headers of 8 KiB").message()
            )
            self.transport.close()
        elif rest:
            self.data_received(rest)

    def data_received(self, data: bytes) -> None:
        """Parse it, as far as messages are wanted: none before the WebSocket is accepted."""
        if not self.handshake_complete:
            self._pause_reading()
        if self._rest.data or self.read_paused or len(data) > PIECE:
            self._rest.add(data)
        else:
            self._feed(data)

    def pause_writing(self) -> None:
        """Read no more from a client that does not read: pings would be answered without end."""
        self._pause_reading()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        self._go_on()

    async def send(self, message: Any) -> None:
        """Send what the application says."""
        await super().send(message)
        if message["type"] == "websocket.accept":
            self._go_on()

    async def receive(self) -> Any:
        """Give the application the next message."""
        if self._connection.held and not self._received:
            self._connections.release(self._connection)
        if self.queue.empty():
            self._go_on()
        return await self.queue.get()

    def shutdown(self) -> None:
        """Have the application end what it does on a WebSocket that is open; close any other."""
        if self.handshake_complete and not self.close_sent:
            self.stop_keepalive()
            stopping: Any = {"type": STOPPING}
            self.queue.put_nowait(stopping)
        else:
            super().shutdown()

    # What uvicorn's protocol calls

    def handle_connect(self, event: Any) -> None:
        """Let the application say when the client has opened the sub-protocol."""
        super().handle_connect(event)
        if not self.close_sent:
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[OPENED] = self._open

    def handle_ping(self) -> None:
        """Answer it, unless there are too many."""
        if self._count_control():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """Take it, unless there are too many."""
        if self._count_control():
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        """Take a fragment."""
        if len(self.frames) >= self._bounds.settings.fragments:
            self._fail(CloseCode.POLICY_VIOLATION, "a message has too many fragments", "fragments")
        else:
            super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        """Give a complete message to the application."""
        self._received = 0
        super().send_receive_event_to_app()

    def _count_control(self) -> bool:
        self._controls += 1
        if self._controls == _CONTROLS:
            self._fail(CloseCode.POLICY_VIOLATION, "too many pings", "pings")
        return self._controls < _CONTROLS

    def _open(self) -> None:
        self._opened = True
        self.conn.max_message_size = self._bounds.request_bytes

    def _wants_more(self) -> bool:
        return not self.read_paused and not self.transport.is_closing()

    def _pause_reading(self) -> None:
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def _go_on(self) -> None:
        """Parse what was received, then read on, unless a message waits or the client does not read."""
        if not (self.read_paused and self.queue.empty() and self.writable.is_set()):
            return
        self.read_paused = False
        if not self.transport.is_closing():
            self._rest.advance()
        if not self.read_paused:
            self.transport.resume_reading()

    def _feed(self, data: bytes) -> None:
        if self.close_sent:
            super().data_received(data)
            return
        if not self._received:
            self._connection.since = self._connections.now
        self._received += len(data)
        if self._received > FREE_BYTES:
            self._connections.hold(self._connection, len(data))
        if not self.transport.is_closing():
            super().data_received(data)
        if not (self.frames or self.conn.reader.buffer):
            self._received = 0

    def _fail(self, code: CloseCode, problem: str, reason: str) -> None:
        """Close the connection with a code."""
        self._connections.note(reason)
        self._connections.release(self._connection)
        self._rest.clear()
        self._received, self.frames = 0, []
        self.conn.fail(code, problem)
        self.handle_parser_exception()
