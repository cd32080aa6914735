"""Which operations each engine has."""

from searchway.sandbox import (
    cat,
    datastreams,
    documents,
    enrich,
    indices,
    ism,
    ml,
    multisearch,
    roles,
    root,
    rules,
    shrink,
)
from searchway.sandbox.cluster import Cluster
from searchway.sandbox.engines import Engine
from searchway.sandbox.ismindices import manage_new_index
from searchway.sandbox.router import Router


def build_router(engine: Engine) -> Router:
    """Return the router over all routes of an engine."""
    routes = [*indices.routes(), *documents.routes()]
    for family in (root, cat, multisearch, shrink, datastreams, enrich, ml, roles, ism, rules):
        routes += family.routes(engine)
    return Router(engine, routes)


def prepare(cluster: Cluster) -> None:
    """Let the families that follow other families' writes know of them."""
    if cluster.engine.ism_prefixes:
        cluster.on_create.append(manage_new_index)
