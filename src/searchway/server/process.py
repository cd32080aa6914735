"""One process that serves both faces in one event loop, until it is told to stop."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import structlog
from prometheus_client import REGISTRY, CollectorRegistry

from searchway.readiness import Readiness
from searchway.rpc.server import Server
from searchway.server import grpc
from searchway.server.draining import drain
from searchway.server.gateway import Gateway, open_gateway
from searchway.server.http import listener as http
from searchway.server.http.health import Expose
from searchway.server.http.listener import HttpListener
from searchway.server.probes import Probes, probing
from searchway.server.reloading import Load, Reloader
from searchway.server.signals import on_stop
from searchway.settings import Address, Settings

_CUT_SECONDS = 0.5
"""How long before the end of the time of grace calls that have not ended fail, so that their answers still get through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the gateway listens; None where a face is off."""

    http: Address | None
    """The GraphQL face."""
    grpc: Address | None
    """The gRPC face."""


class Role(Protocol):
    """What is different between a process that is alone and one of several."""

    stopped: asyncio.Event
    """Set when the process is to stop."""
    log: structlog.typing.FilteringBoundLogger
    """Where it says what it does."""
    load: Load
    """Reads the settings again."""

    def listening(self, ports: Ports, /) -> None:
        """Both faces listen."""

    def stop_again(self, number: int, /) -> None:
        """A signal came that asks again for a stop."""

    def expose(self, registries: Sequence[CollectorRegistry], /) -> Expose:
        """Return what gives the metrics, those of this process being in the registries."""


async def serve(settings: Settings, role: Role) -> None:
    """Serve until the process is told to stop, then let the calls in flight end.

    Raises:
        SettingsError: an address cannot be listened at, or a file of a cluster cannot be used.
    """
    loop = asyncio.get_running_loop()
    on_stop(role.stopped.set, role.stop_again)
    loop.add_signal_handler(signal.SIGHUP, lambda: None)  # what was just read is not read again before it is in use
    async with open_gateway(settings) as gateway, probing(gateway.clusters, settings.probe_seconds) as probes:
        readiness = Readiness()
        async with _listening(gateway, readiness, probes, role) as listeners:
            parts = [gateway.clusters, *listeners.values()]
            reloader = Reloader(settings, role.load, [part.prepare for part in parts], role.log)
            loop.add_signal_handler(signal.SIGHUP, reloader.request)
            _announce(role, _ports(listeners), settings)
            _calm_collector()
            await role.stopped.wait()
            role.log.info("draining", seconds=settings.drain)
            await drain(readiness, lambda: sum(one.arrivals for one in listeners.values()), settings.drain)
    role.log.info("stopped")


@asynccontextmanager
async def _listening(
    gateway: Gateway, readiness: Readiness, probes: Probes, role: Role
) -> AsyncIterator[Mapping[str, Server | HttpListener]]:
    """Listen on each face that is on; at the end stop all at once, with one time of grace for all."""
    expose = role.expose((REGISTRY, gateway.telemetry.registry))
    opened: dict[str, Server | HttpListener | None] = {}
    try:
        opened["grpc"] = await grpc.listen(gateway, readiness)
        opened["http"] = await http.listen(gateway, readiness, probes, expose)
        yield {name: listener for name, listener in opened.items() if listener}
    finally:
        await _stop_all([one for one in opened.values() if one], gateway, role)


async def _stop_all(listeners: Sequence[Server | HttpListener], gateway: Gateway, role: Role) -> None:
    """Stop them; a little before the time of grace is over, calls in flight fail, so that their callers still hear how."""
    if not listeners:
        return
    grace = gateway.settings.grace
    cut = asyncio.get_running_loop().call_later(max(grace - _CUT_SECONDS, grace / 2), gateway.clusters.cut)
    stopping = asyncio.gather(*(one.stop(grace) for one in listeners))
    try:
        await asyncio.sleep(0)  # the turn in which connections are told
        role.log.info("stopping", grace=grace)
        await stopping
    finally:
        cut.cancel()


def _announce(role: Role, ports: Ports, settings: Settings) -> None:
    role.listening(ports)
    places = {face: address and str(address) for face, address in (("http", ports.http), ("grpc", ports.grpc))}
    role.log.info("listening", **places, clusters=[cluster.name for cluster in settings.clusters])


def _ports(listeners: Mapping[str, Server | HttpListener]) -> Ports:
    return Ports(**{name: listeners[name].address if name in listeners else None for name in ("http", "grpc")})


def _calm_collector() -> None:
    """Keep the garbage collector off what lives as long as the process, and let it look for cycles less often: calls leave few.

    The middle generation holds at most 50,000 objects: it is looked through at once, which takes some ten milliseconds then. Syntax
    trees of large documents fill it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 5, 50)
