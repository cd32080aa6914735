r"""The common parameter `filter_path`, and source filtering, which works alike.

A filter is a comma list of dotted paths; `*` stands for part of a name, `**` for any depth, a
leading `-` excludes, `\.` is a dot inside a name. Arrays are transparent, and whatever ends up
without a match vanishes: array elements and map entries too.
See https://www.elastic.co/docs/reference/elasticsearch/rest-apis/common-options.
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from searchway.sandbox.wildcards import wildcard

_Path = tuple[str, ...]
_UNESCAPED_DOT = re.compile(r"(?<!\\)\.")
_GONE = object()


class Filter(NamedTuple):
    """A parsed filter."""

    # Paths to keep; none keeps all.
    includes: tuple[_Path, ...]
    # Paths to drop afterwards.
    excludes: tuple[_Path, ...]


@lru_cache(maxsize=512)
def parse_filter(text: str) -> Filter:
    """Parse the parameter's value."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    includes = tuple(_split(part) for part in parts if not part.startswith("-"))
    excludes = tuple(_split(part[1:]) for part in parts if part.startswith("-"))
    return Filter(includes, excludes)


def apply_filter(document: Any, chosen: Filter) -> Any:
    """Return what the filter leaves of a document; None where nothing of an array is left.

    An object that loses everything is an empty object: the engines answer `{}`, and an empty
    body for an array.
    """
    result = keep(document, chosen.includes) if chosen.includes else document
    if result is not _GONE and chosen.excludes:
        result = drop(result, chosen.excludes)
    if result is _GONE:
        return {} if isinstance(document, dict) else None
    return result


def keep(value: Any, paths: tuple[_Path, ...]) -> Any:
    """Return the parts of a value that the paths reach, or a marker where there are none."""
    if isinstance(value, list):
        kept = [part for part in (keep(item, paths) for item in value) if part is not _GONE]
        return kept or _GONE
    if not isinstance(value, dict):
        return _GONE
    members = {}
    for name, member in value.items():
        rest, whole = _advance(paths, name)
        part = member if whole else keep(member, rest) if rest else _GONE
        if part is not _GONE:
            members[name] = part
    return members or _GONE


def drop(value: Any, paths: tuple[_Path, ...]) -> Any:
    """Return a value without the parts that the paths reach, or a marker where nothing is left."""
    if isinstance(value, list):
        left = [part for part in (drop(item, paths) for item in value) if part is not _GONE]
        return left if left or not value else _GONE
    if not isinstance(value, dict):
        return value
    members = {}
    for name, member in value.items():
        rest, whole = _advance(paths, name)
        part = _GONE if whole else drop(member, rest) if rest else member
        if part is not _GONE:
            members[name] = part
    return members if members or not value else _GONE


def is_gone(value: Any) -> bool:
    """Tell whether `keep` or `drop` left nothing."""
    return value is _GONE


def _advance(paths: tuple[_Path, ...], name: str) -> tuple[tuple[_Path, ...], bool]:
    """Return the paths that go on below a member, and whether one ends at it."""
    rest: list[_Path] = []
    for path in paths:
        if path == ("**",) or (_matches(path[0], name) and len(path) == 1):
            return (), True
        if path[0] == "**":
            rest.append(path)
            below, whole = _advance((path[1:],), name)
            if whole:
                return (), True
            rest.extend(below)
        elif _matches(path[0], name):
            rest.append(path[1:])
    return tuple(rest), False


def _split(path: str) -> _Path:
    return tuple(segment.replace("\\.", ".") for segment in _UNESCAPED_DOT.split(path))


def _matches(pattern: str, name: str) -> bool:
    return pattern == name or ("*" in pattern and wildcard(pattern).fullmatch(name))
