"""The gRPC server: all services of the contract with reflection and health, bound to the configured address."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import grpc
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server

from searchway.contract.catalog import Catalog
from searchway.errors import SettingsError
from searchway.readiness import Readiness
from searchway.rpc.certificates import Certificates
from searchway.rpc.handler import Engine
from searchway.rpc.health import Health
from searchway.rpc.methods import Methods, UnknownMethods
from searchway.rpc.reflection import reflection_handlers
from searchway.rpc.stopping import Gate
from searchway.settings import Address, ConnectionSettings, Settings

HEALTH = "grpc.health.v1.Health"
CALLS_WAITING = 10
"""How many times the calls in flight may wait to be taken, so that a burst is told RESOURCE_EXHAUSTED by us."""


class Server:
    """A gRPC server that has its port and does not listen yet."""

    def __init__(
        self,
        server: Any,
        address: Address,
        certificates: Certificates | None,
        health: Health,
        gate: Gate,
    ) -> None:
        self._server = server
        self._certificates = certificates
        self._health = health
        self._gate = gate
        self.address = address
        """Where it listens; its port is never 0."""

    def prepare(self, settings: Settings) -> Callable[[], None]:
        """Read the certificates anew; return what puts them to use, for connections that are made from then on.

        Raises:
            SettingsError: they cannot be read.
        """
        if self._certificates is None or settings.grpc_tls is None:
            return lambda: None
        return self._certificates.prepare(settings.grpc_tls)

    @property
    def arrivals(self) -> int:
        """How many calls have come, those for health not counted."""
        return self._gate.arrivals.count

    async def start(self) -> None:
        """Take calls from now on."""
        await self._server.start()

    async def stop(self, grace: float | None = None) -> None:
        """Send GOAWAY and take no more calls; those in flight get the seconds of grace to end, then they are cancelled."""
        self._health.withdraw()
        end = asyncio.get_running_loop().time() + (grace or 0)
        if grace:
            await self._gate.hold(grace)
        left = max(end - asyncio.get_running_loop().time(), 0)
        stopping = asyncio.ensure_future(self._server.stop(left))
        await asyncio.sleep(0)  # the turn in which it writes GOAWAY
        self._gate.release()
        self._health.stop()
        await stopping

    async def wait(self) -> None:
        """Wait until the server has stopped."""
        await self._server.wait_for_termination()


def create_server(
    engine: Engine,
    catalog: Catalog,
    settings: Settings,
    readiness: Readiness | None = None,
    *,
    connections: int | None = None,
) -> Server:
    """Return a server for all operations of the catalogue. Must be called where an event loop runs.

    Args:
        engine: runs the calls.
        catalog: the operations.
        settings: the settings.
        readiness: what the state of health follows; always ready without it.
        connections: how many may be open at the same time; no bound without it.

    Raises:
        SettingsError: the address cannot be listened at, or the certificates cannot be used.
    """
    assert settings.grpc is not None  # noqa: S101  # the caller starts no face that is off
    bound = [("grpc.max_allowed_incoming_connections", connections)] if connections else []
    server = grpc.aio.server(options=[*_options(settings), *bound])
    health, gate = Health(catalog.services, readiness or Readiness()), Gate()
    add_HealthServicer_to_server(health, server)
    server.add_generic_rpc_handlers((gate.arrivals, *_handlers(engine, catalog, settings, gate)))
    certificates = Certificates(settings.grpc_tls) if settings.grpc_tls else None
    port = _bind(server, settings.grpc, certificates)
    address = Address(host=settings.grpc.host, port=port)
    return Server(server, address, certificates, health, gate)


def _handlers(engine: Engine, catalog: Catalog, settings: Settings, gate: Gate) -> tuple[Any, ...]:
    methods = Methods(catalog, engine, settings.limits, gate)
    unknown = UnknownMethods((one.grpc_path for one in catalog.operations.values()), engine)
    services = [*catalog.services, HEALTH]
    reflection = reflection_handlers(catalog.descriptor_set, services) if settings.introspection else []
    return (methods, *reflection, unknown)


def _options(settings: Settings) -> list[tuple[str, int]]:
    """Return grpc's channel arguments: https://grpc.github.io/grpc/core/group__grpc__arg__keys.html."""
    waiting = CALLS_WAITING * settings.limits.in_flight
    return [
        ("grpc.server.max_pending_requests", waiting),  # else some of a burst beyond 1,000 are cancelled unseen
        ("grpc.server.max_pending_requests_hard_limit", waiting),
        ("grpc.max_receive_message_length", settings.limits.grpc_receive_bytes),
        ("grpc.max_send_message_length", settings.limits.grpc_send_bytes),
        *_bounds(settings.connections),
        ("grpc.so_reuseport", int(settings.workers > 1)),  # else two gateways would share a port in silence
        ("grpc.keepalive_time_ms", 60_000),  # finds callers that vanished without a word
        ("grpc.keepalive_timeout_ms", 20_000),
        ("grpc.http2.min_ping_interval_without_data_ms", 10_000),  # callers may find out about us as well
        ("grpc.keepalive_permit_without_calls", 1),
        *_age(settings.max_connection_age),
    ]


def _bounds(settings: ConnectionSettings) -> list[tuple[str, int]]:
    return [
        ("grpc.max_metadata_size", settings.grpc_metadata_bytes),
        (
            "grpc.absolute_max_metadata_size",
            settings.grpc_metadata_bytes,
        ),  # between both it would refuse some by chance
        ("grpc.max_concurrent_streams", settings.grpc_streams),
        ("grpc.server_handshake_timeout_ms", settings.header_timeout * 1000),  # of TLS, and until HTTP/2 begins
        ("grpc.max_connection_idle_ms", settings.idle_timeout * 1000),
    ]


def _age(seconds: float) -> list[tuple[str, int]]:
    """Bound the age of connections; without a bound for the calls on them, which end by their deadlines."""
    return [("grpc.max_connection_age_ms", round(seconds * 1000))] if seconds else []


def _bind(server: Any, address: Address, certificates: Certificates | None) -> int:
    try:
        port: int = (
            server.add_insecure_port(str(address))
            if certificates is None
            else server.add_secure_port(str(address), certificates.credentials())
        )
    except RuntimeError as error:
        raise SettingsError(f"grpc: cannot listen at {address}{_why(address)}") from error
    if port == 0:
        raise SettingsError(f"grpc: cannot listen at {address}{_why(address)}")
    return port


def _why(address: Address) -> str:
    """Return the system's reason, which grpc keeps to itself, by trying once more."""
    with socket.socket(socket.AF_INET6 if ":" in address.host else socket.AF_INET) as again:
        try:
            again.bind((address.host, address.port))
        except OSError as error:
            return f": {error.strerror or error}"
    return ""
