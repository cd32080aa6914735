"""What every connection of the HTTP listener is held to."""

from dataclasses import dataclass

from searchway.server.closings import Closings
from searchway.server.connections import Connections
from searchway.server.http.hosts import Hosts
from searchway.settings import ConnectionSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The bounds of a listener."""

    connections: Connections
    """The open connections."""
    closings: Closings
    """Those that were refused or closed."""
    hosts: Hosts
    """The hosts that requests may be for."""
    request_bytes: int
    """The largest body or message."""

    @property
    def settings(self) -> ConnectionSettings:
        """The numbers."""
        return self.connections.settings

    def body_seconds(self, received: int) -> int:
        """Return how long so much of a body may take."""
        return self.settings.body_timeout + received // self.settings.body_rate
