"""A worker: a process that serves beside others under a supervisor, and stops when that says so or is gone."""

import asyncio
import os
import signal
import socket
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
import uvloop
from prometheus_client import CollectorRegistry

from searchway import logs
from searchway.errors import SettingsError
from searchway.server.exposition import take_snapshot
from searchway.server.http.health import Expose
from searchway.server.link import Link
from searchway.server.process import Ports, serve
from searchway.server.reloading import Load
from searchway.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker needs to know; it travels to its process."""

    number: int
    """Which worker it is, from 1."""
    settings: Settings
    """The settings, in which no port is 0."""
    load: Load
    """Reads the settings again."""
    link: socket.socket
    """Leads to the supervisor."""


def work(job: Job) -> None:
    """Serve: the main function of a worker's process, which ends with 2 if it cannot."""
    for number in (signal.SIGINT, signal.SIGHUP):  # until there is a loop: a terminal sends them to all
        signal.signal(number, signal.SIG_IGN)
    logs.configure(job.settings)
    sys.exit(uvloop.run(_work(job)))


async def _work(job: Job) -> int:
    link = await Link.over(job.link)
    role = Supervised(link, job.number, job.load)
    listening = asyncio.create_task(role.listen())
    try:
        await serve(job.settings, role)
    except SettingsError as error:
        link.send("failed", str(error))
        return 2
    finally:
        listening.cancel()
        await link.close()
    return 0


class Supervised:
    """The role of a worker."""

    def __init__(self, link: Link, number: int, load: Load) -> None:
        self.load = load
        self.stopped = asyncio.Event()
        self.log = structlog.get_logger("searchway").bind(worker=number, pid=os.getpid())
        self._link = link
        self._registries: Sequence[CollectorRegistry] = ()
        self._asking: deque[asyncio.Future[bytes]] = deque()

    def listening(self, _ports: Ports) -> None:
        """Tell the supervisor."""
        self._link.send("listening")

    def stop_again(self, _number: int) -> None:
        """Leave it to the supervisor, which kills."""

    def expose(self, registries: Sequence[CollectorRegistry]) -> Expose:
        """Return what asks the supervisor for the metrics of all workers."""
        self._registries = registries

        async def expose() -> bytes:
            answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
            self._asking.append(answer)
            self._link.send("collect")
            return await answer

        return expose

    async def listen(self) -> None:
        """Do what the supervisor says, until it is gone: then stop."""
        async for kind, content in self._link.received():
            if kind == "snapshot":
                self._link.send("snapshot", take_snapshot(self._registries))
            elif kind == "collected":
                answer = self._asking.popleft()
                if not answer.done():  # its caller may have left
                    answer.set_result(content.encode())
        if not self.stopped.is_set():
            self.log.error("the supervisor is gone")
        self.stopped.set()
        for answer in self._asking:
            answer.cancel()
