"""Which operations each engine has."""

from searchway.sandbox import cat, indices, root
from searchway.sandbox.cluster import Cluster
from searchway.sandbox.engines import Engine
from searchway.sandbox.router import Route, Router


def build_router(engine: Engine) -> Router:
    """Return the router over all routes of an engine."""
    return Router(engine, _routes(engine))


def prepare(cluster: Cluster) -> None:
    """Let the families that follow other families' writes know of them."""
    del cluster


def _routes(engine: Engine) -> list[Route]:
    routes = [*root.routes(engine), *indices.routes(), *cat.routes(engine)]
    return routes
