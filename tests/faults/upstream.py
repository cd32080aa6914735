"""A cluster on a plain socket, because HTTP libraries send nothing that is wrong: what it does with a request is a mode."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

import orjson

MANY: Final = 2**25
ROLE: Final = "/_security/role"
TEXT: Final = b'"n"'
"""What the texts of good answers are."""
NUMBER: Final = b"5"
"""What their numbers are."""


class Late:
    """The time when the callers have their answers, and what is done in it."""

    def __init__(self) -> None:
        self._begins = asyncio.Event()
        self._work: list[asyncio.Task[None]] = []

    def do(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something in that time, which lasts until it is done."""

        async def wait() -> None:
            await self._begins.wait()
            with suppress(ConnectionError):
                await work()

        self._work.append(asyncio.create_task(wait()))

    async def come(self) -> None:
        """Let it begin, and wait until all work is done."""
        self._begins.set()
        await asyncio.gather(*self._work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, and the connection that it came over."""

    line: str
    body: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    late: Late
    """When the callers have their answers."""

    @property
    def good(self) -> bytes:
        """What a cluster answers."""
        return orjson.dumps(_document(self.line, self.body))

    async def write(self, *parts: bytes) -> None:
        """Send bytes, each part by itself.

        Raises:
            ConnectionError: the gateway has closed the connection.
        """
        for part in parts:
            if self.writer.is_closing():
                raise ConnectionResetError
            self.writer.write(part)
            await self.writer.drain()

    async def wait_for_the_end(self) -> None:
        """Wait until the gateway closes the connection."""
        while await self.reader.read(2**16):
            pass


Act = Callable[[Asked], Awaitable[None]]
"""Answers a request; the connection stays open after it unless it was closed."""


def _document(line: str, body: bytes) -> object:
    path = line.split(" ")[1].partition("?")[0]
    if path.startswith("/_cat/allocation"):
        return [{"shards": "5", "disk.percent": "5", "host": "n", "ip": "10.9.9.9", "node": "n"}]
    if path.startswith(ROLE + "/"):
        return {"role": {"created": True}}
    if path == ROLE:
        return {"created": list(orjson.loads(body)["roles"])}
    if path.startswith("/_enrich"):
        return {"status": {"phase": "COMPLETE"}}
    if path.startswith("/_tasks"):
        return {"completed": True, "task": {"node": "n", "id": 5, "action": "n"}}
    return {"acknowledged": True, "shards_acknowledged": True, "index": "n"}


class Faulty:
    """The cluster: remembers every request that arrives whole."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        """The requests, in order: their lines with their bodies."""
        self.late = Late()
        self._act: Act | None = None
        self._greet: Act | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    def behave(self, act: Act, greet: Act | None = None) -> None:
        """Forget what arrived; answer requests so, and new connections before any request."""
        self.asked.clear()
        self.late = Late()
        self._act, self._greet = act, greet

    async def listen(self) -> None:
        """Take connections, at the same port each time."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, limit=MANY)
        self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Take no connections any more."""
        assert self._server is not None
        self._server.close()
        await self.close()

    async def close(self) -> None:
        """Cut every connection."""
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def times(self, name: str) -> int:
        """Return how many requests have told of something."""
        return sum(name in one for one in self.asked)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                await self._serve(reader, writer)
        finally:
            self._open.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._greet is not None:
            await self._greet(Asked(line="", body=b"", reader=reader, writer=writer, late=self.late))
        while not writer.is_closing():
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
            line = head.split(b"\r\n", 1)[0].decode("ascii")
            self.asked.append(line + " " + body.decode())
            assert self._act is not None
            await self._act(Asked(line=line, body=body, reader=reader, writer=writer, late=self.late))


def _length(head: bytes) -> int:
    fields = dict(field.lower().split(b":", 1) for field in head.split(b"\r\n")[1:] if field)
    return int(fields.get(b"content-length", b"0"))


@asynccontextmanager
async def open_faulty() -> AsyncIterator[Faulty]:
    """Listen on a free port of the loopback interface."""
    faulty = Faulty()
    await faulty.listen()
    try:
        yield faulty
    finally:
        await faulty.refuse()
