"""What the GraphiQL page is told of this gateway: examples, headers, clusters where that is allowed, and how gRPC is reached.

Nothing of it is secret: whoever may open the page reads it. Must not know how the page is served.
"""

from dataclasses import asdict
from typing import Any

from searchway.contract.catalog import Catalog
from searchway.graph.examples import read_examples
from searchway.settings import Settings
from searchway.vocabulary import (
    AUTHORIZATION,
    CLUSTER,
    DOCUMENT_KEY,
    EXPLAIN,
    EXPLAIN_KEY,
    OPEN_HEADERS,
    TIMEOUT,
)

_OF_GRAPHQL = (CLUSTER, DOCUMENT_KEY, EXPLAIN, EXPLAIN_KEY, TIMEOUT)
"""Headers that mean nothing over gRPC, or that are said in another way there."""


def describe_gateway(catalog: Catalog, settings: Settings) -> dict[str, Any]:
    """Return it as a plain document.

    Args:
        catalog: the operations.
        settings: the settings: `list_clusters` says whether clusters are named.
    """
    return {
        "examples": [asdict(example) for example in read_examples(catalog)],
        "clusters": _clusters(settings) if settings.list_clusters else None,
        "headers": {
            "cluster": CLUSTER,
            "credentials": AUTHORIZATION,
            "explain": EXPLAIN,
            "timeout": TIMEOUT,
            "open": OPEN_HEADERS,
            "graphql": _OF_GRAPHQL,
        },
        "grpc": _grpc(settings),
    }


def _clusters(settings: Settings) -> list[dict[str, Any]]:
    """Return the clusters, the default one first, with their engines as far as the settings say them."""
    default = settings.default_cluster
    ordered = [default, *(cluster for cluster in settings.clusters if cluster.name != default.name)]
    return [{"name": cluster.name, "engine": cluster.engine or cluster.sandbox} for cluster in ordered]


def _grpc(settings: Settings) -> dict[str, Any] | None:
    """Return how gRPC is reached at the page's host; None if it is not."""
    if settings.grpc is None:
        return None
    return {
        "port": settings.grpc.port or None,  # one that the system chose is not known here
        "tls": settings.grpc_tls is not None,
        "reflection": settings.introspection,
    }
