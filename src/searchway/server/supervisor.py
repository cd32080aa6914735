"""The supervisor of several workers: starts them, starts them again, stops them together, and adds their metrics up. It serves nothing.

supervisor ==link== worker 1, worker 2, ...      each listens at the same addresses, the kernel shares connections out
"""

import asyncio
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from multiprocessing.process import BaseProcess
from typing import Any

import structlog

from searchway.errors import SettingsError
from searchway.server.exposition import Snapshot, Totals
from searchway.server.link import Link
from searchway.server.reloading import Load, Reloader
from searchway.server.signals import on_stop
from searchway.server.worker import Job, work
from searchway.settings import Settings

_log = structlog.get_logger("searchway")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_WELL_SECONDS = 60.0
"""How long a worker must have lived for the next pause to be short again."""
_SNAPSHOT_SECONDS = 1.0
_STOP_SECONDS = 10.0
"""How much longer than drain and grace a worker may take to stop before it is killed."""


def _restarts(number: int) -> list[Any]:
    """Return a counter in the form of a snapshot."""
    name = "searchway_worker_restarts"
    return [
        name,
        "Workers that ended by themselves and were started again.",
        "counter",
        [[f"{name}_total", {}, number]],
    ]


class Worker:
    """A process that serves, and the link to it."""

    def __init__(self, number: int, settings: Settings, load: Load) -> None:
        """Start it."""
        ours, theirs = socket.socketpair()
        job = Job(number=number, settings=settings, load=load, link=theirs)
        self.number = number
        self.process: BaseProcess = multiprocessing.get_context("spawn").Process(target=work, args=(job,))
        self.process.start()
        theirs.close()
        self.snapshot: Snapshot = []
        """What it last said of its metrics."""
        self.began = time.monotonic()
        self.problem = ""
        """Why it cannot serve, if that is for its settings."""
        self.listening = False
        """Whether it serves."""
        self._end = ours
        self._said: asyncio.Event = asyncio.Event()
        self.link: Link | None = None

    async def watch(self, collect: Callable[["Worker"], None], listening: Callable[[], None]) -> int:
        """Hear what it says until it has ended; return its exit code."""
        self.link = await Link.over(self._end)
        async for kind, content in self.link.received():
            if kind == "listening":
                self.listening = True
                listening()
            elif kind == "failed":
                self.problem = content
            elif kind == "snapshot":
                self.snapshot = content
                self._said.set()
            elif kind == "collect":
                collect(self)
        await self.link.close()
        await asyncio.to_thread(self.process.join)
        return self.process.exitcode or 0

    async def look(self) -> None:
        """Ask for its metrics; what it said last stays if it does not say more in a second."""
        if self.link is not None:
            self._said.clear()
            self.link.send("snapshot")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._said.wait(), _SNAPSHOT_SECONDS)


class Supervisor:
    """Keeps workers running until it is told to stop."""

    def __init__(self, settings: Settings, load: Load, announce: Callable[[], None]) -> None:
        """Take what each worker needs, and what is called once when all of them serve."""
        self._settings = settings
        self._load = load
        self._announce: Callable[[], None] | None = announce
        self._reloader = Reloader(settings, load, [], _log)
        self._workers: dict[int, Worker] = {}
        self._ended = Totals()
        self._restarts = 0
        self._stopped = asyncio.Event()
        self._collecting: asyncio.Task[str] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Run the workers until SIGINT or SIGTERM.

        Raises:
            SettingsError: they cannot serve.
        """
        on_stop(self._stop, self._stop_at_once)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, lambda: self._run(self._reload()))
        try:
            async with asyncio.TaskGroup() as group:
                for number in range(1, self._settings.workers + 1):
                    group.create_task(self._keep(number))
        except* SettingsError as errors:
            raise errors.exceptions[0] from None
        finally:
            self._kill()

    async def _keep(self, number: int) -> None:
        """Keep a worker running."""
        pause = _FIRST_PAUSE
        while not self._stopped.is_set():
            worker = self._workers[number] = Worker(number, self._reloader.settings, self._load)
            code = await worker.watch(self._collect, self._one_listens)
            self._retire(worker)
            if self._stopped.is_set():
                return
            if worker.problem and self._announce:
                raise SettingsError(worker.problem)
            pause = _FIRST_PAUSE if time.monotonic() - worker.began > _WELL_SECONDS else pause
            _log.error(
                "worker ended", worker=number, pid=worker.process.pid, exit=code, problem=worker.problem, again_in=pause
            )
            self._restarts += 1
            await self._pause(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)

    def _one_listens(self) -> None:
        listening = [worker for worker in self._workers.values() if worker.listening]
        if self._announce and len(listening) == self._settings.workers:
            self._announce()
            self._announce = None

    def _retire(self, worker: Worker) -> None:
        """Keep what an ended worker counted."""
        del self._workers[worker.number]
        self._ended.add(worker.snapshot)

    def _collect(self, worker: Worker) -> None:
        """Give a worker the metrics of all; those that ask at the same time get the same."""
        self._run(self._answer(worker))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reload(self) -> None:
        """Take the settings for workers that are to come, and have those that serve read theirs again."""
        if await self._reloader.reload():
            for worker in self._workers.values():
                if worker.listening and worker.process.pid:
                    os.kill(worker.process.pid, signal.SIGHUP)

    async def _answer(self, worker: Worker) -> None:
        if self._collecting is None or self._collecting.done():
            self._collecting = asyncio.create_task(self._add_up())
        text = await asyncio.shield(self._collecting)
        if worker.link is not None:
            worker.link.send("collected", text)

    async def _add_up(self) -> str:
        await asyncio.gather(*(worker.look() for worker in tuple(self._workers.values())))
        totals = Totals()
        totals.add([_restarts(self._restarts)])
        totals.add(self._ended.snapshot())
        for worker in self._workers.values():  # one that has ended since then is among those that have
            totals.add(worker.snapshot, str(worker.number))
        return totals.text()

    def _stop(self) -> None:
        """Stop all workers in peace."""
        self._stopped.set()
        for worker in self._workers.values():
            worker.process.terminate()
        longest = self._settings.drain + self._settings.grace + _STOP_SECONDS
        asyncio.get_running_loop().call_later(longest, self._give_up)

    def _stop_at_once(self, number: int) -> None:
        self._kill()
        os._exit(128 + number)  # as shells tell of a signal

    def _give_up(self) -> None:
        _log.error("workers that do not stop are killed", workers=sorted(self._workers))
        self._kill()

    def _kill(self) -> None:
        for worker in self._workers.values():
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
