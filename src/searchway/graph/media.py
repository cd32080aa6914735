"""Media types: what a request's body must be, and the form of answer that its caller takes."""

from functools import lru_cache
from typing import NamedTuple

from searchway.graph.refusals import BadRequestError

EVENTS = "text/event-stream"
JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
PARTS = "multipart/mixed;subscriptionSpec=1.0"
_WILDCARDS = {"*/*": JSON, "application/*": JSON}
_IN_PARTS = frozenset({"subscriptionspec=1.0", 'subscriptionspec="1.0"'})


class Accepted(NamedTuple):
    """What a caller takes."""

    media_type: str | None
    """The best media type of an answer; None if there is none."""
    parts: bool
    """Whether a subscription may be answered in parts, see `parts`."""


def check_content_type(value: str) -> None:
    """Accept JSON in UTF-8 and nothing else, so that no HTML form can send a request.

    Raises:
        BadRequestError: it is something else.
    """
    if not _is_json(value):
        raise BadRequestError(415, f"expected the content type {JSON} in UTF-8, got {value or 'none'}")


@lru_cache(maxsize=256)
def negotiate(accept: str) -> Accepted:
    """Return what the value of an Accept header takes.

    https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
    """
    best, best_quality, parts = None, 0.0, False
    for part in (accept or "*/*").lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        media_type = _WILDCARDS.get(name, name)
        quality = _quality(parameters)
        if media_type in {JSON, GRAPHQL, EVENTS} and quality > best_quality and not _other_charset(parameters):
            best, best_quality = media_type, quality
        elif name == "multipart/mixed" and quality > 0 and not _IN_PARTS.isdisjoint(parameters):
            parts = True
    return Accepted(best or (JSON if parts else None), parts)


@lru_cache(maxsize=256)
def _is_json(value: str) -> bool:
    name, *parameters = (piece.strip().lower() for piece in value.split(";"))
    return name == JSON and not _other_charset(parameters)


def _other_charset(parameters: list[str]) -> bool:
    charsets = [p.removeprefix("charset=").strip('"') for p in parameters if p.startswith("charset=")]
    return any(charset not in {"utf-8", "utf8"} for charset in charsets)


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
