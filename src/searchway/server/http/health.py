"""Health and metrics, for whoever runs the gateway."""

from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from searchway.readiness import Readiness
from searchway.server.probes import Probes

Expose = Callable[[], Awaitable[bytes]]
"""Gives all metrics in the text format of Prometheus."""


def health_routes(readiness: Readiness, probes: Probes, expose: Expose | None) -> list[Route]:
    """Return the routes `/healthz`, `/readyz` and, if there is something to expose, `/metrics`."""

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        """Tell whether new calls are wanted; a cluster that is down is no reason to take the gateway out, so its state is the body."""
        wanted = readiness.probe("readyz")
        said = {"status": "ok" if wanted else "draining", "clusters": probes.report()}
        return JSONResponse(said, status_code=200 if wanted else 503)

    routes = [Route("/healthz", live), Route("/readyz", ready)]
    return [*routes, Route("/metrics", _metrics(expose))] if expose else routes


def _metrics(expose: Expose) -> Callable[[Request], Awaitable[Response]]:
    async def metrics(_request: Request) -> Response:
        return Response(await expose(), media_type=CONTENT_TYPE_LATEST)

    return metrics
