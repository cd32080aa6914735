"""An HTTP listener with bounds of choice in this process, and clients of raw bytes."""

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from searchway.server.acceptor import Acceptor
from searchway.server.closings import Closings
from searchway.server.connections import Connection, Connections
from searchway.server.http.bounds import Bounds
from searchway.server.http.hosts import Hosts
from searchway.server.http.protocol import HttpProtocol
from searchway.server.http.websocket import WebSocketProtocol
from searchway.settings import ConnectionSettings

Answer = TypeVar("Answer")

HEAD = b"POST /echo HTTP/1.1\r\nHost: localhost\r\n"
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Application:
    """Reads a request's body, unless it is for `/early`, and tells its length; waits with the answer while `gate` is closed."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.started = 0
        """Requests that came to the application."""
        self.complete = 0
        """Requests that came whole."""
        self.scopes: list[Scope] = []
        self.answer = b"x"
        """What is answered to GET."""
        self.socket_answer = ""
        """What is answered to messages; empty for the number of their characters."""
        self.left = asyncio.Event()
        """Set when a caller left before its request was complete."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.started += 1
        self.scopes.append(scope)
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
            return
        length = 0 if scope["path"] == "/early" else await self._read(receive)
        if length is None:
            return
        self.complete += 1
        await self.gate.wait()
        body = self.answer if scope["method"] == "GET" else str(length).encode()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _read(self, receive: Receive) -> int | None:
        length, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.left.set()
                return None
            length += len(message["body"])
            more = message["more_body"]
        return length

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await self.gate.wait()
            text = message.get("text") or ""
            if text == "open":
                scope["extensions"]["searchway.opened"]()
            await send({"type": "websocket.send", "text": self.socket_answer or str(len(text))})
        self.left.set()


class _Counting(HttpProtocol):
    """Counts what is read."""

    def __init__(self, counter: Counter[str], *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._counter = counter

    def data_received(self, data: bytes) -> None:
        """Count it."""
        super().data_received(data)
        self._counter["bytes"] += len(data)


@dataclass(kw_only=True)
class Listening:
    """A listener."""

    port: int
    app: Application
    connections: Connections
    reasons: Counter[str]
    """What connections were refused or closed for."""
    made: list[Connection]
    """The connections that became protocols, also those that are closed."""
    tasks: set[asyncio.Task[None]]
    """What the application works on."""
    reading: Counter[str]

    @property
    def read(self) -> int:
        """How many bytes were read from all connections."""
        return self.reading["bytes"]

    def sweep(self, seconds: int) -> None:
        """Let so many seconds pass."""
        for _ in range(seconds):
            self.connections.sweep()


@asynccontextmanager
async def listening(
    total: int = 100,
    *,
    hosts: tuple[str, ...] = (),
    at: str = "127.0.0.1",
    tls: ssl.SSLContext | None = None,
    request_bytes: int = 2**24,
    **numbers: Any,
) -> AsyncIterator[Listening]:
    """Listen on a free port of the loopback interface, at which the listener says it is `at`."""
    settings = ConnectionSettings.model_validate({"per_peer": 10_000, **numbers})
    reasons: Counter[str] = Counter()
    closings = Closings(lambda reason: reasons.update([reason]))
    connections = Connections(settings, total, closings.note)
    bounds = Bounds(connections=connections, closings=closings, hosts=Hosts(hosts, at), request_bytes=request_bytes)
    app, made, reading = Application(), list[Connection](), Counter[str]()
    config = uvicorn.Config(
        app,
        http=HttpProtocol,
        ws=WebSocketProtocol,
        ws_per_message_deflate=False,
        loop="none",
        log_config=None,
        lifespan="off",
        ws_ping_interval=None,
    )
    config.load()
    state = ServerState()

    def build(connection: Connection) -> asyncio.Protocol:
        made.append(connection)
        return _Counting(reading, connection, bounds, config=config, server_state=state, app_state={})

    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    acceptor = Acceptor(listener, build, connections, lambda: tls)
    port = listener.getsockname()[1]
    try:
        yield Listening(
            port=port, app=app, connections=connections, reasons=reasons, made=made, tasks=state.tasks, reading=reading
        )
    finally:
        acceptor.close()
        await acceptor.wait_closed()
        for protocol in list(state.connections):
            protocol.transport.abort()
        app.gate.set()
        await until(lambda: not state.tasks)
        closings.close()


@asynccontextmanager
async def client(at: Listening) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect."""
    reader, writer = await asyncio.open_connection("127.0.0.1", at.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


@asynccontextmanager
async def silent(at: Listening, sent: bytes) -> AsyncIterator[socket.socket]:
    """Connect a client that sends something and reads nothing by itself."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(connection, ("127.0.0.1", at.port))
        sending = asyncio.ensure_future(loop.sock_sendall(connection, sent))
        yield connection
        sending.cancel()
        await asyncio.wait([sending])


async def read(connection: socket.socket, count: int) -> None:
    """Read so many bytes."""
    while count > 0:
        count -= len(await within(asyncio.get_running_loop().sock_recv(connection, min(count, 65_536))))


async def ask(at: Listening, *sent: bytes) -> bytes:
    """Send bytes on a connection of its own and return everything that comes back until it is closed."""
    async with client(at) as (reader, writer):
        for piece in sent:
            writer.write(piece)
            await writer.drain()
        return await within(reader.read())


async def within(wanted: Awaitable[Answer]) -> Answer:
    """Wait for something that must come, however slow the machine is."""
    return await asyncio.wait_for(wanted, 30)


async def until(condition: Callable[[], object]) -> None:
    """Give the event loop turns until a condition holds."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  # what is waited for is inside of what is tested
            await asyncio.sleep(0)


async def turns(count: int) -> None:
    """Give the event loop so many turns."""
    for _ in range(count):
        await asyncio.sleep(0)
