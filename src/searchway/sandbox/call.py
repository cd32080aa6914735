"""One call as a handler sees it, and its answer.

Knows nothing of ASGI and nothing of any operation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """JSON that goes out byte for byte as it came in."""

    # The text of one JSON value.
    text: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request after routing."""

    # HTTP method, upper case.
    method: str
    # The path as sent, still percent-encoded.
    raw_path: str
    # The decoded path, for messages.
    path: str
    # Path variables by name, each decoded once.
    variables: Mapping[str, str]
    # Query parameters, decoded; the last one of a name counts.
    query: Mapping[str, str]
    # Header fields by lower-case name.
    headers: Mapping[str, str]
    # The body's bytes.
    body: bytes

    def names(self, variable: str) -> list[str]:
        """Return a comma list of the path as its parts; an absent one is empty."""
        text = self.variables.get(variable, "")
        return [part for part in text.split(",") if part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer: a JSON document, or text when `media_type` says so."""

    # JSON document; Raw values inside go out as they are. Text for other media types.
    body: Any
    # HTTP status.
    status: int = 200
    # Further header fields.
    headers: Mapping[str, str] = field(default_factory=dict)
    # Media type of a body that is no JSON.
    media_type: str | None = None
    # Whether the engine indents this answer unless told otherwise.
    pretty: bool = False


ACKNOWLEDGED = Reply(body={"acknowledged": True})
