"""The HTTP listener: runs uvicorn on a socket of our own as long as the gateway serves."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

from searchway.errors import SettingsError
from searchway.server.gateway import Gateway
from searchway.server.http.application import create_application
from searchway.settings import Address, ServerTls


@asynccontextmanager
async def serve_http(gateway: Gateway) -> AsyncIterator[Address | None]:
    """Serve the HTTP listener inside the block; None is where it listens if it is off.

    Raises:
        SettingsError: the address cannot be listened at.
    """
    address = gateway.settings.http
    if address is None:
        yield None
        return
    listener = _listen(address, shared=gateway.settings.workers > 1)
    server = _Server(_config(gateway))
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


def _config(gateway: Gateway) -> uvicorn.Config:
    settings = gateway.settings
    return uvicorn.Config(
        create_application(gateway),
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


class _Server(uvicorn.Server):
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
