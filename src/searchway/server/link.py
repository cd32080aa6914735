"""What a supervisor and a worker say to each other: a JSON object a line over a pair of sockets, which ends when either process does."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import orjson

_LONGEST_LINE = 64 * 1024 * 1024


class Link:
    """One end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def over(cls, end: socket.socket) -> "Link":
        """Return the link over an end of the pair, which belongs to it from now on."""
        return cls(*await asyncio.open_unix_connection(sock=end, limit=_LONGEST_LINE))

    def send(self, kind: str, content: Any = None) -> None:
        """Say something; lost without a word if the other end is gone."""
        if not self._writer.is_closing():
            self._writer.write(orjson.dumps([kind, content]) + b"\n")

    async def received(self) -> AsyncIterator[tuple[str, Any]]:
        """Iterate over what the other end says, until it is gone."""
        while True:
            try:
                line = await self._reader.readline()
            except ConnectionError:
                return
            if not line.endswith(b"\n"):
                return
            kind, content = orjson.loads(line)
            yield kind, content

    async def close(self) -> None:
        """Close this end when all that was said has left."""
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()
