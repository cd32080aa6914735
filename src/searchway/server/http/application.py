"""What the HTTP listener serves: the GraphQL face, and beside it health and metrics, which need nothing of that face."""

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from searchway.graph.app import create_app
from searchway.server.gateway import Gateway
from searchway.server.http.health import health_routes


class Application:
    """Gives the paths of operators to one application and all others to the face."""

    def __init__(self, face: ASGIApp, operators: Starlette) -> None:
        self._face = face
        self._operators = operators
        self._paths = frozenset(route.path for route in operators.routes)  # type: ignore[attr-defined]  # they are Route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        application = self._operators if scope.get("path") in self._paths else self._face
        await application(scope, receive, send)


def create_application(gateway: Gateway) -> ASGIApp:
    """Return the application of the HTTP listener."""
    settings = gateway.settings
    routes = health_routes(gateway.clusters, settings, gateway.telemetry.registry)
    return Application(create_app(gateway.engine, gateway.catalog, settings), Starlette(routes=routes))
