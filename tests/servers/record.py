"""What a test is given of a real server."""

from dataclasses import dataclass, field

import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A user of a server with security."""

    username: str
    password: str = field(repr=False)

    @property
    def pair(self) -> tuple[str, str]:
        """The two as HTTP clients take them."""
        return self.username, self.password


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A real server that answers on loopback."""

    url: str
    engine: str
    """`elasticsearch` or `opensearch`."""
    version: str
    admin: Credentials | None
    """A superuser; None where the server has no security."""
    reader: Credentials | None
    """A user that may monitor and read only."""

    def client(self, credentials: Credentials | None = None) -> httpx.Client:
        """Return a plain HTTP client of this server, as the superuser if no one else is named."""
        chosen = credentials or self.admin
        return httpx.Client(base_url=self.url, auth=chosen.pair if chosen else None, timeout=30, trust_env=False)

    def is_ready(self) -> bool:
        """Tell whether the node answers its administrator and has all that it keeps at hand."""
        try:
            with self.client() as client:
                return client.get("/_cluster/health", params={"wait_for_status": "green"}).is_success
        except httpx.HTTPError:
            return False
