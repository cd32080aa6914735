"""A balancer of TCP connections on loopback: new ones go to a replica that says it is ready, old ones stay where they are.

That is the hardest kind for a replica that stops: nobody moves the calls of a caller who keeps his connection but the replica itself.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

import httpx

Face = Literal["http", "grpc"]
_PROBE_SECONDS = 0.1


@dataclass(slots=True, eq=False)
class Backend:
    """A replica as the balancer knows it."""

    ports: dict[Face, int]
    ready: bool = False
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until(self, *, ready: bool) -> None:
        """Wait until the balancer found it so."""
        async with self.changed:
            await self.changed.wait_for(lambda: self.ready is ready)

    async def probe(self, client: httpx.AsyncClient) -> None:
        """Ask it whether it is ready."""
        try:
            ready = (await client.get(f"http://127.0.0.1:{self.ports['http']}/readyz")).status_code == 200
        except httpx.TransportError:
            ready = False
        async with self.changed:
            self.ready = ready
            self.changed.notify_all()


@dataclass(slots=True)
class Balancer:
    """What callers connect to, and what stands behind."""

    backends: Sequence[Backend]
    ports: dict[Face, int] = field(default_factory=dict)
    _turn: "count[int]" = field(default_factory=count)

    async def watch(self, client: httpx.AsyncClient) -> None:
        """Probe every replica again and again."""
        while True:
            await asyncio.gather(*(backend.probe(client) for backend in self.backends))
            await asyncio.sleep(_PROBE_SECONDS)

    async def connect(self, face: Face) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the next replica that is ready."""
        ready = [backend for backend in self.backends if backend.ready]
        backend = ready[next(self._turn) % len(ready)]
        return await asyncio.open_connection("127.0.0.1", backend.ports[face])

    async def carry(self, face: Face, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection to its end."""
        with suppress(OSError):  # its caller sees the connection end
            there, back = await self.connect(face)
            await asyncio.gather(_pipe(reader, back), _pipe(there, writer))
        writer.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def balancing(backends: Sequence[Backend]) -> AsyncIterator[Balancer]:
    """Balance while the block runs."""
    balancer = Balancer(backends)

    async def carry_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await balancer.carry("http", reader, writer)

    async def carry_grpc(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await balancer.carry("grpc", reader, writer)

    async with AsyncExitStack() as stack:
        for face, carry in (("http", carry_http), ("grpc", carry_grpc)):
            server = await stack.enter_async_context(await asyncio.start_server(carry, "127.0.0.1", 0))
            balancer.ports[face] = server.sockets[0].getsockname()[1]  # type: ignore[index]
        client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=5))
        watcher = asyncio.create_task(balancer.watch(client))
        stack.callback(watcher.cancel)
        yield balancer
