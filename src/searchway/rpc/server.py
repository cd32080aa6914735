"""The gRPC server: all services of the contract with reflection and health, bound to the configured address."""

from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server

from searchway.contract.catalog import Catalog
from searchway.errors import SettingsError
from searchway.rpc.handler import Engine
from searchway.rpc.health import Health
from searchway.rpc.methods import Methods, UnknownMethods
from searchway.rpc.reflection import reflection_handlers
from searchway.settings import Address, ServerTls, Settings

HEALTH = "grpc.health.v1.Health"
CALLS_WAITING = 10
"""How many times the calls in flight may wait to be taken, so that a burst is told RESOURCE_EXHAUSTED by us."""


class Server:
    """A gRPC server that has its port and does not listen yet."""

    def __init__(self, server: Any, health: Health, address: Address) -> None:
        self._server = server
        self._health = health
        self.address = address
        """Where it listens; its port is never 0."""

    async def start(self) -> None:
        """Take calls from now on."""
        await self._server.start()

    async def stop(self, grace: float | None = None) -> None:
        """Take no more calls; those in flight get the seconds of grace to end, then they are cancelled."""
        self._health.stop()
        await self._server.stop(grace)

    async def wait(self) -> None:
        """Wait until the server has stopped."""
        await self._server.wait_for_termination()


def create_server(engine: Engine, catalog: Catalog, settings: Settings) -> Server:
    """Return a server for all operations of the catalogue. Must be called where an event loop runs.

    Raises:
        SettingsError: the address cannot be listened at, or the certificates cannot be used.
    """
    assert settings.grpc is not None  # noqa: S101  # the caller starts no face that is off
    server = grpc.aio.server(options=_options(settings))
    health = Health(catalog.services)
    add_HealthServicer_to_server(health, server)
    server.add_generic_rpc_handlers(_handlers(engine, catalog, settings))
    port = _bind(server, settings.grpc, settings.grpc_tls)
    return Server(server, health, Address(host=settings.grpc.host, port=port))


def _handlers(engine: Engine, catalog: Catalog, settings: Settings) -> tuple[Any, ...]:
    methods = Methods(catalog, engine, settings.limits.grpc_send_bytes)
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
        ("grpc.max_metadata_size", 16 * 1024),  # tokens of callers are long
        ("grpc.so_reuseport", int(settings.workers > 1)),  # else two gateways would share a port in silence
        ("grpc.keepalive_time_ms", 60_000),  # finds callers that vanished without a word
        ("grpc.keepalive_timeout_ms", 20_000),
        ("grpc.http2.min_ping_interval_without_data_ms", 10_000),  # callers may find out about us as well
        ("grpc.keepalive_permit_without_calls", 1),
    ]


def _bind(server: Any, address: Address, tls: ServerTls | None) -> int:
    try:
        port: int = (
            server.add_insecure_port(str(address))
            if tls is None
            else server.add_secure_port(str(address), _credentials(tls))
        )
    except RuntimeError as error:
        raise SettingsError(f"grpc: cannot listen at {address}") from error
    if port == 0:
        raise SettingsError(f"grpc: cannot listen at {address}")
    return port


def _credentials(tls: ServerTls) -> Any:
    ca = Path(tls.client_ca).read_bytes() if tls.client_ca else None
    pair = (Path(tls.key).read_bytes(), Path(tls.cert).read_bytes())
    return grpc.ssl_server_credentials([pair], root_certificates=ca, require_client_auth=ca is not None)
