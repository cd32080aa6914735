"""What the transcoder and the upstream share: an HTTP request and an HTTP response as plain values, and what Retry-After says.

Knows nothing of operations and nothing of clients.
"""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from urllib.parse import quote

# What may stand unescaped in a query value. The comma stays, because the engines read it as the separator of lists.
_QUERY_SAFE = ",*:"

_LONGEST_WAIT = 24 * 3600
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


def retry_after(headers: Mapping[str, str]) -> float:
    """Return for how many seconds an answer asks to wait: at most a day, 0 if it says nothing that can be read.

    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after

    Args:
        headers: the answer's, names in lower case.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:12]), _LONGEST_WAIT))
    until = _date(text) if text else None
    if until is None:
        return 0.0
    # The sender's own clock is the better one to count from.
    now = _date(headers.get("date", "")) or datetime.now(UTC)
    return min(max((until - now).total_seconds(), 0.0), _LONGEST_WAIT)


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
