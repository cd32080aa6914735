"""One process that serves both faces in one event loop, until a signal ends it."""

import asyncio
import gc
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
import uvloop

from searchway.readiness import Readiness
from searchway.rpc.server import Server
from searchway.server import grpc
from searchway.server.draining import drain
from searchway.server.gateway import Gateway, open_gateway
from searchway.server.http import listener as http
from searchway.server.http.listener import HttpListener
from searchway.server.probes import Probes, probing
from searchway.settings import Address, Settings

_log = structlog.get_logger("searchway")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the gateway listens; None where a face is off."""

    http: Address | None
    """The GraphQL face."""
    grpc: Address | None
    """The gRPC face."""


def run(settings: Settings, announce: Callable[[Ports], None]) -> None:
    """Serve in this process until SIGINT or SIGTERM.

    Args:
        settings: the settings.
        announce: called once when both faces listen.

    Raises:
        SettingsError: an address cannot be listened at, or a file of a cluster cannot be used.
    """
    uvloop.run(_serve(settings, announce))


async def _serve(settings: Settings, announce: Callable[[Ports], None]) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, _stop, number, stopped)
    async with open_gateway(settings) as gateway, probing(gateway.clusters, settings.probe_seconds) as probes:
        readiness = Readiness()
        async with _listening(gateway, readiness, probes) as listeners:
            announce(ports := _ports(listeners))
            _say(ports, settings)
            _calm_collector()
            await stopped.wait()
            _log.info("draining", seconds=settings.drain)
            await drain(readiness, lambda: sum(one.arrivals for one in listeners.values()), settings.drain)
            _log.info("stopping", grace=settings.grace)
    _log.info("stopped")


@asynccontextmanager
async def _listening(
    gateway: Gateway, readiness: Readiness, probes: Probes
) -> AsyncIterator[Mapping[str, Server | HttpListener]]:
    """Listen on each face that is on; at the end stop all at once, with one time of grace for all."""
    opened: dict[str, Server | HttpListener | None] = {}
    try:
        opened["grpc"] = await grpc.listen(gateway, readiness)
        opened["http"] = await http.listen(gateway, readiness, probes)
        yield {name: listener for name, listener in opened.items() if listener}
    finally:
        await asyncio.gather(*(one.stop(gateway.settings.grace) for one in opened.values() if one))


def _say(ports: Ports, settings: Settings) -> None:
    places = {face: address and str(address) for face, address in (("http", ports.http), ("grpc", ports.grpc))}
    _log.info("listening", **places, clusters=[cluster.name for cluster in settings.clusters])


def _ports(listeners: Mapping[str, Server | HttpListener]) -> Ports:
    return Ports(**{name: listeners[name].address if name in listeners else None for name in ("http", "grpc")})


def _stop(number: int, stopped: asyncio.Event) -> None:
    """Stop in peace at the first signal; at the second one end at once, with all workers, which leave that to us."""
    if not stopped.is_set():
        stopped.set()
    elif multiprocessing.parent_process() is None:
        for worker in multiprocessing.active_children():
            worker.kill()
        os._exit(128 + number)  # as shells tell of a signal


def _calm_collector() -> None:
    """Keep the garbage collector off what lives as long as the process, and let it look for cycles less often: calls leave few."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
