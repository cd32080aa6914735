"""What the HTTP listener serves: the GraphQL face, and beside it health and metrics, which need nothing of that face."""

import asyncio
from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from searchway.graph.app import create_app
from searchway.readiness import Readiness
from searchway.server.gateway import Gateway
from searchway.server.http.health import Expose, health_routes
from searchway.server.probes import Probes

EXPIRES = "expires"
"""Under this name the state of a connection has the time of the loop at which it is too old."""


class Application:
    """Gives the paths of operators to one application and all others to the face; ends connections that shall end."""

    def __init__(self, face: ASGIApp, operators: Starlette, readiness: Readiness) -> None:
        self._face = face
        self._operators = operators
        self._paths = frozenset(route.path for route in operators.routes)  # type: ignore[attr-defined]  # they are Route
        self._readiness = readiness
        self.arrivals = 0
        """How many requests came for the face."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        application: ASGIApp = self._operators
        if scope["path"] not in self._paths:
            application = self._face
            self.arrivals += 1
        if scope["type"] == "http" and (not self._readiness.ready or _is_old(scope)):
            send = _closing(send)
        await application(scope, receive, send)


def _is_old(scope: Scope) -> bool:
    expires: float = scope.get("state", {}).get(EXPIRES, float("inf"))
    return asyncio.get_running_loop().time() > expires


def _closing(send: Send) -> Send:
    """Say with the answer that the connection ends: no request can be on its way then that would be lost with it."""

    async def close(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: list[Any] = [*message.get("headers", ()), (b"connection", b"close")]
            message = {**message, "headers": headers}
        await send(message)

    return close


def create_application(gateway: Gateway, readiness: Readiness, probes: Probes, expose: Expose) -> Application:
    """Return the application of the HTTP listener."""
    settings = gateway.settings
    routes = health_routes(readiness, probes, expose if settings.metrics else None)
    return Application(create_app(gateway.engine, gateway.catalog, settings), Starlette(routes=routes), readiness)
