"""The gRPC listener: runs the server of the gRPC face as long as the gateway serves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from searchway.rpc.server import create_server
from searchway.server.gateway import Gateway
from searchway.settings import Address


@asynccontextmanager
async def serve_grpc(gateway: Gateway) -> AsyncIterator[Address | None]:
    """Serve the gRPC face inside the block; None is where it listens if it is off.

    Raises:
        SettingsError: the address cannot be listened at, or the certificates cannot be used.
    """
    if gateway.settings.grpc is None:
        yield None
        return
    server = create_server(gateway.engine, gateway.catalog, gateway.settings)
    await server.start()
    try:
        yield server.address
    finally:
        await server.stop(gateway.settings.grace)
