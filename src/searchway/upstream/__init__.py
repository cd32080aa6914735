"""The clusters behind the gateway, and the only place that speaks HTTP to them."""

from searchway.upstream.asgi import AsgiTransport
from searchway.upstream.cluster import Cluster, Health
from searchway.upstream.clusters import Clusters
from searchway.upstream.credentials import TRACING
from searchway.upstream.product import Product

__all__ = ["TRACING", "AsgiTransport", "Cluster", "Clusters", "Health", "Product"]
