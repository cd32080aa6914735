"""GraphQL over WebSocket: many operations at the same time on one socket.

    connection_init --> connection_ack --> subscribe … next … complete     and, at any time, ping and pong

What `connection_init` carries counts as headers of each operation. https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

import asyncio
from collections.abc import Callable, Collection
from contextlib import aclosing, suppress

from graphql import GraphQLError
from starlette.types import Receive, Scope, Send

from searchway.errors import Code
from searchway.graph import messages
from searchway.graph.answering import Answerer
from searchway.graph.callers import Caller, read_caller
from searchway.graph.failures import unexpected
from searchway.graph.messages import Close, ClosingError, Message
from searchway.graph.openings import Openings, TooManyOpenError
from searchway.graph.refusals import RefusedError, RequestError
from searchway.graph.requests import GraphQLRequest, read_body
from searchway.graph.transport import Disconnected

INIT_SECONDS = 10.0
_STOPPING = "the gateway stops; connect again"
_LONGEST_REASON = 123  # bytes: https://www.rfc-editor.org/rfc/rfc6455#section-5.5


class WebSocketEndpoint:
    """The ASGI application of WebSockets at /graphql.

    Args:
        answerer: answers requests.
        openings: the connections that are open.
        operations: the most operations at the same time on one socket.
        origins: whose pages may connect, beside those of the gateway itself; `*` for everybody's.
    """

    def __init__(self, answerer: Answerer, openings: Openings, *, operations: int, origins: Collection[str]) -> None:
        self._answerer = answerer
        self._openings = openings
        self._operations = operations
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until either side closes it."""
        await receive()  # the request to connect
        caller = read_caller(scope)
        if not self._is_welcome(scope):
            self._answerer.note_refusal(Code.PERMISSION_DENIED, caller)
            await send({"type": "websocket.close", "code": 1008})  # before acceptance: 403
            return
        offered = messages.PROTOCOL in scope["subprotocols"]
        await send({"type": "websocket.accept", "subprotocol": messages.PROTOCOL if offered else None})
        connection = _Connection(self._answerer, caller, receive, send, self._operations)
        try:
            with self._openings.open(caller.peer):
                await connection.serve(_opened(scope), offered=offered)
        except ClosingError as error:
            self._answerer.note_refusal(Code.INVALID_ARGUMENT, caller)
            await _close(send, error.code, error.reason)
        except TooManyOpenError as error:
            self._answerer.note_refusal(Code.RESOURCE_EXHAUSTED, caller)
            await _close(send, Close.TRY_AGAIN, str(error))
        except _StoppedError:
            await _close(send, Close.RESTART, _STOPPING)
        except Disconnected:
            pass

    def _is_welcome(self, scope: Scope) -> bool:
        """Tell whether the page that connects may: browsers ask nobody before they do it for any page."""
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1")
        host = headers.get(b"host", b"").decode("latin-1")
        own = {f"http://{host}", f"https://{host}"}  # which of both, a proxy in front may hide
        return not origin or origin in own or bool({"*", origin} & set(self._origins))


def _opened(scope: Scope) -> Callable[[], None]:
    """Return what is called when the client has opened the sub-protocol: a server may take larger messages from then on."""
    opened: Callable[[], None] = scope.get("extensions", {}).get("searchway.opened", lambda: None)
    return opened


async def _close(send: Send, code: Close, reason: str) -> None:
    fitting = reason.encode()[:_LONGEST_REASON].decode(errors="ignore")
    with suppress(OSError):  # the client closed it first
        await send({"type": "websocket.close", "code": code, "reason": fitting})


class _StoppedError(Exception):
    """The server stops, and nothing is to be done on the socket any more."""


class _Connection:
    """One socket."""

    def __init__(self, answerer: Answerer, caller: Caller, receive: Receive, send: Send, most: int) -> None:
        self._answerer = answerer
        self._caller = caller
        self._receive = receive
        self._send = send
        self._most = most
        self._running: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()  # also those that a client has ended, until they are over
        self._stopping = False
        self._open = asyncio.timeout(None)

    async def serve(self, opened: Callable[[], None], *, offered: bool) -> None:
        """Serve it, if the client offered the sub-protocol; call `opened` when it has been opened.

        Raises:
            ClosingError: it has to be closed.
            Disconnected: the client closed it.
            _StoppedError: the server stops.
        """
        if not offered:
            raise ClosingError(Close.UNACCEPTABLE, f"expected the sub-protocol {messages.PROTOCOL}")
        try:
            async with self._open:
                await self._start(opened)
                while True:
                    await self._take(await self._next())
        except TimeoutError:
            raise _StoppedError from None
        finally:
            self._stopping = False
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks)

    async def _start(self, opened: Callable[[], None]) -> None:
        """Wait for the message that opens the connection."""
        try:
            async with asyncio.timeout(INIT_SECONDS):
                while (message := await self._next()).type in {"ping", "pong"}:
                    await self._answer_ping(message)
        except TimeoutError:
            raise ClosingError(Close.TOO_SLOW, "Connection initialisation timeout") from None
        if message.type != "connection_init":
            raise ClosingError(Close.UNAUTHORIZED, "Unauthorized")
        self._caller = self._caller.beside(messages.read_headers(bytes(message.payload)))
        opened()
        await self._write(messages.ACK)

    async def _next(self) -> Message:
        while (event := await self._receive())["type"] == "searchway.stopping":
            self._stopping = True
            self._end_if_stopped()
        if event["type"] == "websocket.disconnect":
            raise Disconnected
        return messages.read_message(event.get("text"))

    async def _take(self, message: Message) -> None:
        match message.type:
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                if message.id in self._running:
                    self._running.pop(message.id).cancel()
            case "ping" | "pong":
                await self._answer_ping(message)
            case "connection_init":
                raise ClosingError(Close.TOO_MANY, "Too many initialisation requests")
            case _:
                raise ClosingError(Close.INVALID, f"unknown message type: {message.type}")

    def _has_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._end_if_stopped()

    def _end_if_stopped(self) -> None:
        """End the socket if the server stops and nothing is carried out any more."""
        if self._stopping and not self._tasks and not self._open.expired():
            self._open.reschedule(asyncio.get_running_loop().time())

    async def _answer_ping(self, message: Message) -> None:
        if message.type == "ping":
            await self._write(messages.PONG)

    async def _subscribe(self, message: Message) -> None:
        """Carry out an operation. A payload that is no request is an error of that operation: closing the socket would end all others."""
        if message.id in self._running:
            raise ClosingError(Close.TAKEN, f"Subscriber for {message.id} already exists")
        try:
            self._check_place()
            request = read_body(bytes(message.payload))
        except RefusedError as error:
            await self._write(messages.write_error(message.id, self._answerer.refuse(error, self._caller)))
            return
        task = self._running[message.id] = asyncio.create_task(self._run(message.id, request))
        self._tasks.add(task)
        task.add_done_callback(self._has_ended)

    def _check_place(self) -> None:
        """Check that an operation can be taken now.

        Raises:
            RefusedError: the server stops, or there are too many.
        """
        if self._stopping:
            raise RefusedError([GraphQLError(_STOPPING)], Code.UNAVAILABLE)
        if len(self._running) >= self._most:
            problem = f"at most {self._most} operations at the same time on one socket"
            raise RefusedError([GraphQLError(problem)], Code.RESOURCE_EXHAUSTED)

    async def _run(self, operation: str, request: GraphQLRequest) -> None:
        caller = self._caller.again()
        with suppress(Disconnected):  # who reads the socket hears of it as well
            try:
                last = await self._answer(operation, request, caller)
            except RequestError as error:
                last = messages.write_error(operation, self._answerer.refuse(error, caller))
            except Exception as error:  # noqa: BLE001  # whatever it is, the caller gets an answer and nothing internal
                last = messages.write_error(operation, unexpected(error, caller.request_id)["errors"])
            if self._running.get(operation) is asyncio.current_task():
                del self._running[operation]  # so that the identifier is free when the client hears of the end
            await self._write(last)

    async def _answer(self, operation: str, request: GraphQLRequest, caller: Caller) -> str:
        """Send the responses and return the message that ends them."""
        asked = await self._answerer.understand(request, caller)
        async with aclosing(self._answerer.responses(asked, caller)) as responses:
            async for response in responses:
                await self._write(messages.write_next(operation, response))
        return messages.write_complete(operation)

    async def _write(self, text: str) -> None:
        try:
            await self._send({"type": "websocket.send", "text": text})
        except OSError:
            raise Disconnected from None
