"""The application on a loopback port, as the gateway serves it: what a test client inside the process would hide is there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import uvicorn
from starlette.types import ASGIApp
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

PROTOCOL = Subprotocol("graphql-transport-ws")


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        pass


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """Serve the application; yield host and port."""
    config = uvicorn.Config(
        app, port=0, ws="websockets-sansio", loop="none", lifespan="off", log_config=None, timeout_graceful_shutdown=5
    )
    server = _Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    serving = asyncio.create_task(server.main_loop())
    try:
        yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        await server.shutdown()


@asynccontextmanager
async def socket(address: str, payload: Any = None, **more: Any) -> AsyncIterator[ClientConnection]:
    """Open a socket and take it through the beginning of the sub-protocol."""
    async with connect(f"ws://{address}/graphql", subprotocols=[PROTOCOL], **more) as opened:
        await say(opened, type="connection_init", **({"payload": payload} if payload is not None else {}))
        assert await hear(opened) == {"type": "connection_ack"}
        yield opened


async def say(opened: ClientConnection, **message: Any) -> None:
    await opened.send(orjson.dumps(message).decode())


async def hear(opened: ClientConnection) -> Any:
    return orjson.loads(await opened.recv())
