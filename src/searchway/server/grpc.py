"""The gRPC listener: the server of the gRPC face, as the process starts and stops it."""

from searchway.readiness import Readiness
from searchway.rpc.server import Server, create_server
from searchway.server.descriptors import ask_for_most, connections_of_a_face
from searchway.server.gateway import Gateway


async def listen(gateway: Gateway, readiness: Readiness) -> Server | None:
    """Return the server of the gRPC face, listening; None if the face is off.

    Raises:
        SettingsError: the address cannot be listened at, or the certificates cannot be used.
    """
    if gateway.settings.grpc is None:
        return None
    most = connections_of_a_face(gateway.settings, ask_for_most())
    server = create_server(gateway.engine, gateway.catalog, gateway.settings, readiness, connections=most)
    await server.start()
    return server
