"""The process: puts the parts together, listens on both faces, and stops in order.

    settings --> clusters --> engine --> gRPC listener
                                    +--> HTTP listener: the GraphQL face, health and metrics

Several workers are several processes that share the ports.
"""

from searchway.server.gateway import Gateway, open_gateway
from searchway.server.process import Ports
from searchway.server.workers import serve

__all__ = ["Gateway", "Ports", "open_gateway", "serve"]
