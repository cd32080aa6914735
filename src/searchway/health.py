"""Health and metrics, for whoever runs the gateway."""

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from searchway.settings import Settings
from searchway.upstream import Clusters


def health_routes(clusters: Clusters, settings: Settings, registry: CollectorRegistry) -> list[Route]:
    """Return the routes `/healthz`, `/readyz` and, unless switched off, `/metrics`."""

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        """Tell that the gateway can serve; a cluster that is down is no reason to take the gateway out, so its state is the body."""
        states = {name: await clusters.get(name).health() for name in clusters.names}
        return JSONResponse({"status": "ok", "clusters": states})

    async def metrics(_request: Request) -> Response:
        text = generate_latest(REGISTRY) + generate_latest(registry)
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/healthz", live), Route("/readyz", ready)]
    return [*routes, Route("/metrics", metrics)] if settings.metrics else routes
