"""The composition root: puts the parts together and serves both faces in one event loop.

    settings --> clusters --> engine --> gRPC server
                                    +--> GraphQL application, with health and metrics beside it

Several workers are several processes that share the ports.
"""

import asyncio
import gc
import multiprocessing
import os
import signal
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import structlog
import uvicorn
import uvloop

from searchway.contract.catalog import Catalog, load
from searchway.engine import Engine
from searchway.engine.telemetry import Telemetry
from searchway.errors import SettingsError
from searchway.graph.app import create_app
from searchway.health import health_routes
from searchway.rpc.server import create_server
from searchway.sandbox import create_sandbox, load_example_data
from searchway.settings import Address, ServerTls, Settings
from searchway.upstream import Clusters
from searchway.upstream.asgi import AsgiTransport

_log = structlog.get_logger("searchway")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The parts that the faces share."""

    settings: Settings
    """The settings."""
    catalog: Catalog
    """The operations."""
    clusters: Clusters
    """The clusters."""
    engine: Engine
    """What runs operations."""
    telemetry: Telemetry
    """What operators see of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the gateway listens; None where a face is off."""

    http: Address | None
    """The GraphQL face."""
    grpc: Address | None
    """The gRPC face."""


@asynccontextmanager
async def open_gateway(settings: Settings) -> AsyncIterator[Gateway]:
    """Put the shared parts together; close their connections at the end."""
    catalog = load()
    clusters = Clusters(settings, transports=_sandboxes(settings))
    telemetry = Telemetry(access_log=settings.access_log)
    engine = Engine(catalog, clusters, settings, telemetry)
    try:
        yield Gateway(settings=settings, catalog=catalog, clusters=clusters, engine=engine, telemetry=telemetry)
    finally:
        await clusters.aclose()


def serve(settings: Settings, announce: Callable[[Ports], None], prepare: Callable[[Settings], None]) -> None:
    """Serve until SIGINT or SIGTERM; then let the calls in flight end, unless a second signal comes.

    Args:
        settings: the settings.
        announce: called once when both faces listen.
        prepare: called first in each process that serves; a function of a module, which other processes can import.

    Raises:
        SettingsError: an address cannot be listened at, or a file of a cluster cannot be used.
    """
    prepare(settings)
    if settings.workers == 1:
        uvloop.run(_serve(settings, announce))
        return
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=_work, args=(settings, prepare)) for _ in range(settings.workers - 1)]
    for process in others:
        process.start()
    try:
        uvloop.run(_serve(settings, announce))
    finally:
        for process in others:
            process.terminate()
            process.join()


def _work(settings: Settings, prepare: Callable[[Settings], None]) -> None:
    prepare(settings)
    try:
        uvloop.run(_serve(settings, lambda _ports: None))
    except SettingsError as error:
        _log.error("a worker cannot serve", problem=str(error))
        sys.exit(2)


async def _serve(settings: Settings, announce: Callable[[Ports], None]) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, _stop, number, stopped)
    async with open_gateway(settings) as gateway, _serve_grpc(gateway) as grpc, _serve_http(gateway) as http:
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


@asynccontextmanager
async def _serve_grpc(gateway: Gateway) -> AsyncIterator[Address | None]:
    address = gateway.settings.grpc
    if address is None:
        yield None
        return
    server = create_server(gateway.engine, gateway.catalog, gateway.settings)
    await server.start()
    try:
        yield server.address
    finally:
        await server.stop(gateway.settings.grace)


@asynccontextmanager
async def _serve_http(gateway: Gateway) -> AsyncIterator[Address | None]:
    address = gateway.settings.http
    if address is None:
        yield None
        return
    listener = _listen(address, shared=gateway.settings.workers > 1)
    server = _HttpServer(_http_config(gateway))
    task = asyncio.create_task(server.serve([listener]))
    task.add_done_callback(lambda _task: server.ready.set())  # it has failed, and says so below
    try:
        await server.ready.wait()
        if task.done():
            await task
        yield Address(host=address.host, port=listener.getsockname()[1])
    finally:
        server.should_exit = True
        await task


def _http_config(gateway: Gateway) -> uvicorn.Config:
    settings = gateway.settings
    app = create_app(gateway.engine, gateway.catalog, settings)
    app.router.routes.extend(health_routes(gateway.clusters, settings, gateway.telemetry.registry))
    return uvicorn.Config(
        app,
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=settings.limits.request_bytes,
        ws_per_message_deflate=False,  # it would take more memory for each socket than all else
        loop="none",  # the one that runs already
        lifespan="off",
        log_config=None,
        access_log=False,  # the engine logs calls
        proxy_headers=False,  # nobody asks where a caller is
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=int(settings.grace) or None,
        **(_tls(settings.http_tls) if settings.http_tls else {}),
    )


def _tls(tls: ServerTls) -> dict[str, Any]:
    required = {"ssl_ca_certs": str(tls.client_ca), "ssl_cert_reqs": ssl.CERT_REQUIRED} if tls.client_ca else {}
    return {"ssl_certfile": str(tls.cert), "ssl_keyfile": str(tls.key), **required}


class _HttpServer(uvicorn.Server):
    """A uvicorn server that leaves the signals to us and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self.ready.set()


def _listen(address: Address, *, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind((address.host, address.port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise SettingsError(f"http: cannot listen at {address}") from error
    return listener


def _sandboxes(settings: Settings) -> Mapping[str, httpx.AsyncBaseTransport]:
    """Make an embedded upstream with some example data for each cluster that asks for one."""
    transports = {}
    for cluster in settings.clusters:
        if cluster.sandbox:
            sandbox = create_sandbox(cluster.sandbox)
            load_example_data(sandbox)
            transports[cluster.name] = AsgiTransport(sandbox)
    return transports
