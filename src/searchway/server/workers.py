"""The processes that serve: this one alone, or several workers under this one."""

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack

import structlog
import uvloop
from prometheus_client import CollectorRegistry, generate_latest

from searchway import logs
from searchway.server import process, sockets
from searchway.server.exposure import warn_of_exposure
from searchway.server.http.health import Expose
from searchway.server.process import Ports
from searchway.server.reloading import Load
from searchway.server.supervisor import Supervisor
from searchway.settings import Settings


def serve(settings: Settings, announce: Callable[[Ports], None], load: Load) -> None:
    """Serve until SIGINT or SIGTERM; then let the calls in flight end, unless a second signal comes.

    Args:
        settings: the settings.
        announce: called once when both faces listen, in every process.
        load: reads the settings again; it travels to the processes of workers.

    Raises:
        SettingsError: an address cannot be listened at, or a file of a cluster cannot be used.
    """
    logs.configure(settings)
    warn_of_exposure(settings)
    if settings.workers == 1:
        uvloop.run(process.serve(settings, Alone(announce, load)))
        return
    with ExitStack() as held:
        shared = _reserve(settings, held)
        ports = Ports(http=shared.http, grpc=shared.grpc)
        asyncio.run(Supervisor(shared, load, lambda: announce(ports)).run())


def _reserve(settings: Settings, held: ExitStack) -> Settings:
    """Hold the addresses that all workers will listen at; return the settings with their ports."""
    found = {}
    for face, address in (("http", settings.http), ("grpc", settings.grpc)):
        if address is not None:
            holder, found[face] = sockets.reserve(face, address)
            if holder is not None:
                held.enter_context(holder)
    return settings.model_copy(update=found)


class Alone:
    """The role of a process that has no others beside it."""

    def __init__(self, announce: Callable[[Ports], None], load: Load) -> None:
        self.load = load
        self.stopped = asyncio.Event()
        self.log = structlog.get_logger("searchway")
        self.listening = announce

    def stop_again(self, number: int) -> None:
        """End at once."""
        os._exit(128 + number)  # as shells tell of a signal

    def expose(self, registries: Sequence[CollectorRegistry]) -> Expose:
        """Return what gives the metrics of this process."""

        async def expose() -> bytes:
            return b"".join(map(generate_latest, registries))

        return expose
