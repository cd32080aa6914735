"""What the transcoder and the upstream share: an HTTP request and an HTTP response as plain values.

Knows nothing of operations and nothing of clients.
"""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

# What may stand unescaped in a query value. The comma stays, because the engines read it as the separator of lists.
_QUERY_SAFE = ",*:"
# What needs no escaping, which is nearly everything that is sent, and is found out much faster than it is escaped.
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_.-]*+")
_PLAIN_VALUE = re.compile(r"[A-Za-z0-9_.,*:-]*+")


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
        pairs = [f"{_key(key)}={_value(value)}" for key, value in self.query]
        return f"{self.path}?{'&'.join(pairs)}"

    @property
    def values(self) -> tuple[Hashable, ...]:
        """All that there is of it, to compare requests by."""
        return (self.method, self.path, self.query, self.body, self.content_type)


def _key(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) else quote(key, safe=".")


def _value(value: str) -> str:
    return value if _PLAIN_VALUE.fullmatch(value) else quote(value, safe=_QUERY_SAFE)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """What a cluster answered."""

    status: int
    """The HTTP status."""
    headers: Mapping[str, str]
    """The headers, their names in lower case."""
    body: bytes
    """The body, decoded from its content encoding."""
