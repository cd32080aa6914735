"""What the gateway can be told: frozen settings from a file, the environment and the command line, checked once.

Knows nothing of HTTP clients, of operations or of the faces.
"""

from searchway.settings.clusters import ClusterSettings, EngineName
from searchway.settings.connections import ConnectionSettings
from searchway.settings.load import load
from searchway.settings.models import Address, BatchingSettings, LimitSettings, ServerTls, Settings

__all__ = [
    "Address",
    "BatchingSettings",
    "ClusterSettings",
    "ConnectionSettings",
    "EngineName",
    "LimitSettings",
    "ServerTls",
    "Settings",
    "load",
]
