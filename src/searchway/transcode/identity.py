"""Identifiers of entities, as GraphQL's `id`: the cluster, the kind of thing and its key, in one opaque text.

    write_identity("logs", "Rule", ("workload_group", "a1"))  ->  WyJsb2dzIiwiUnVsZSIsIndvcmtsb2FkX2dyb3VwIiwiYTEiXQ

What has no whole key, as a hit whose `_id` was not asked for, gets an identifier that nothing else has: caches must never take it for
another thing.
"""

import binascii
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from searchway.errors import InvalidArgumentError

LONGEST: Final = 8192
"""The most characters of an identifier. Names of the engines have 512 bytes at most."""
_NAMELESS: Final = ""
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Identity:
    """What an identifier stands for."""

    cluster: str
    """The name of the cluster."""
    kind: str
    """What it is: the name of an entity's message, or of a namespace."""
    key: tuple[str, ...] = ()
    """The parts of its key; none of a namespace."""


def write_identity(cluster: str | None, kind: str, key: Sequence[str | int | None]) -> str:
    """Return the identifier of a thing; a new one each time if a part of its key is missing."""
    parts = [str(part) for part in key if part is not None]
    if len(parts) < len(key):
        return _pack([_NAMELESS, kind, os.urandom(12).hex()])
    return _pack([cluster or "", kind, *parts])


def read_identity(text: str, field: str = "id") -> Identity:
    """Return what an identifier stands for.

    Args:
        text: the identifier, as a caller gave it.
        field: what an error calls it.

    Raises:
        InvalidArgumentError: it was not written by the gateway, or stands for nothing that can be found again.
    """
    try:
        parts = _unpack(text) if len(text) <= LONGEST else []
    except (ValueError, binascii.Error):
        parts = []
    if len(parts) < 2 or not all(isinstance(part, str) for part in parts) or _pack(parts) != text:  # noqa: PLR2004  # cluster and kind
        shown = repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
        raise InvalidArgumentError(field, f"{shown}: expected the `id` of an object that was read before")
    cluster, kind, *key = parts
    if cluster == _NAMELESS:
        raise InvalidArgumentError(
            field, f"the {kind} was read without what tells it from others, and cannot be found again"
        )
    return Identity(cluster, kind, tuple(key))


def _pack(parts: Sequence[str]) -> str:
    return urlsafe_b64encode(orjson.dumps(list(parts))).rstrip(b"=").decode()


def _unpack(text: str) -> list[str]:
    raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    parts: Any = orjson.loads(raw)
    return parts if isinstance(parts, list) else []
