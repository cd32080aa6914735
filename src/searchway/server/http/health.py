"""Health and metrics, for whoever runs the gateway."""

import asyncio
from dataclasses import asdict

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
        states = await asyncio.gather(*(clusters.get(name).health() for name in clusters.names))
        found = {name: asdict(state) for name, state in zip(clusters.names, states, strict=True)}
        return JSONResponse({"status": "ok", "clusters": found})

    async def metrics(_request: Request) -> Response:
        text = generate_latest(REGISTRY) + generate_latest(registry)
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/healthz", live), Route("/readyz", ready)]
    return [*routes, Route("/metrics", metrics)] if settings.metrics else routes
