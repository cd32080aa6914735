"""What the transcoder and the upstream share: an HTTP request and an HTTP response as plain values.

Knows nothing of operations and nothing of clients.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

# What may stand unescaped in a query value. The comma stays, because the engines read it as the separator of lists.
_QUERY_SAFE = ",*:"


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """A request to a cluster, without host and without credentials."""

    method: str
    """The HTTP method, in capitals."""
    path: str
    """The path, percent-encoded, beginning with a slash."""
    query: tuple[tuple[str, str], ...] = ()
    """The query as decoded pairs, in the order in which they are written."""
    body: bytes | None = None
    """The body; None if there is none."""
    content_type: str | None = None
    """The media type of the body."""

    @cached_property
    def target(self) -> str:
        """The request target as it stands in the request line: path and encoded query."""
        if not self.query:
            return self.path
        pairs = (f"{quote(key, safe='.')}={quote(value, safe=_QUERY_SAFE)}" for key, value in self.query)
        return f"{self.path}?{'&'.join(pairs)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """What a cluster answered."""

    status: int
    """The HTTP status."""
    headers: Mapping[str, str]
    """The headers, their names in lower case."""
    body: bytes
    """The body, decoded from its content encoding."""
