"""One process that serves both faces in one event loop, until a signal ends it."""

import asyncio
import gc
import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass

import structlog
import uvloop

from searchway.server.gateway import open_gateway
from searchway.server.grpc import serve_grpc
from searchway.server.http.listener import serve_http
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
    async with open_gateway(settings) as gateway, serve_grpc(gateway) as grpc, serve_http(gateway) as http:
        announce(Ports(http=http, grpc=grpc))
        _log.info(
            "listening", http=http and str(http), grpc=grpc and str(grpc), clusters=[c.name for c in settings.clusters]
        )
        _calm_collector()
        await stopped.wait()
        _log.info("stopping")


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
