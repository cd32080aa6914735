"""A cluster on a plain socket, because HTTP libraries tidy up what they read: keeps the very bytes that arrive."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


class Wiretap:
    """Answers every request with an empty object."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.requests: list[bytes] = []
        """The heads of the requests, from the request line to the empty line."""

    @property
    def targets(self) -> list[str]:
        """What stands between method and version in the request lines."""
        return [
            head.split(b"\r\n", 1)[0].split(b" ", 1)[1].rsplit(b" ", 1)[0].decode("ascii") for head in self.requests
        ]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until it is closed."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                await reader.readexactly(int(length[1]) if length else 0)
                self.requests.append(head)
                writer.write(_ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@asynccontextmanager
async def open_wiretap() -> AsyncIterator[Wiretap]:
    """Listen on a free port of the loopback interface."""
    wiretap = Wiretap()
    server = await asyncio.start_server(wiretap.serve, "127.0.0.1", 0, limit=2**20)
    wiretap.port = server.sockets[0].getsockname()[1]
    yield wiretap
    server.close()
