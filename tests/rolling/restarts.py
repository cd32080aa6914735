"""Rolling restarts of two replicas behind a balancer under load: how many calls are lost.

`PYTHONPATH=tests python -m rolling.restarts` does three of them under 15,000 calls; a number behind it is that of the
workers of a replica.
"""

import asyncio
import sys
import time
from asyncio.subprocess import Process
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from harness.serving import serving, wait_for
from rolling.balancer import Backend, Balancer, balancing
from rolling.load import Load

CLUSTER = ("--sandbox", "elasticsearch")


@dataclass(slots=True)
class Replica:
    """A gateway that is started again where it was."""

    drain: float
    workers: int
    backend: Backend = field(default_factory=lambda: Backend({"http": 0, "grpc": 0}))
    _open: AbstractAsyncContextManager[Process] | None = None
    _reading: asyncio.Task[bytes] | None = None
    _process: Process | None = None

    async def start(self) -> None:
        """Start it, at the ports that it had before."""
        ports = self.backend.ports
        faces = ("--http", f"127.0.0.1:{ports['http']}", "--grpc", f"127.0.0.1:{ports['grpc']}")
        told = {
            "SEARCHWAY_DRAIN": str(self.drain),
            "SEARCHWAY_WORKERS": str(self.workers),
            "SEARCHWAY_ACCESS_LOG": "false",
        }
        self._open = serving(*CLUSTER, *faces, told=told)
        self._process = await self._open.__aenter__()
        for _ in range(self.workers):
            said = await wait_for(self._process, "listening")
        for face in ports:
            ports[face] = int(said[face].rpartition(":")[2])
        assert self._process.stderr is not None
        self._reading = asyncio.create_task(self._process.stderr.read())

    async def stop(self) -> None:
        """Ask it to stop and wait until it has."""
        assert self._open is not None
        assert self._process is not None
        assert self._reading is not None
        self._process.terminate()
        log = await self._reading
        assert await self._process.wait() == 0, log
        await self._open.__aexit__(None, None, None)
        assert b"Traceback" not in log, log.decode()

    async def restart(self) -> None:
        """Stop it, start it again and wait until the balancer uses it."""
        await self.stop()
        await self.backend.until(ready=False)
        await self.start()
        await self.backend.until(ready=True)


async def roll(*, times: int, calls: int, drain: float, pause: float, workers: int = 1) -> Load:
    """Restart two replicas one after the other some times under load, and go on until there were so many calls; return what became of them."""
    replicas = [Replica(drain, workers), Replica(drain, workers)]
    for replica in replicas:
        await replica.start()
    load = Load(pause, goal=calls)
    async with balancing([replica.backend for replica in replicas]) as balancer:
        for replica in replicas:
            await replica.backend.until(ready=True)
        callers = asyncio.ensure_future(_call(load, balancer))
        for _ in range(times):
            for replica in replicas:
                await replica.restart()
        await load.enough.wait()
        load.stopped = True
        await callers
    for replica in replicas:
        await replica.stop()
    return load


async def _call(load: Load, balancer: Balancer) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(load.over_http(balancer, callers=2))
            group.create_task(load.over_grpc(balancer, callers=2))


async def _main() -> None:
    began = time.monotonic()
    workers = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    load = await roll(times=3, calls=15_000, drain=5, pause=0.02, workers=workers)
    print(f"{load.total} calls in {time.monotonic() - began:.0f} s: {dict(load.done)}")  # noqa: T201  # what it is for
    print(f"lost {load.lost.total()}: {dict(load.lost)}")  # noqa: T201  # same


if __name__ == "__main__":
    asyncio.run(_main())
