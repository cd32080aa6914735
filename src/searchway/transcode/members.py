"""Ways into the members of an object, in both forms that answers are read in: parsed, and as text (`_raw`)."""

from collections.abc import Mapping
from typing import Any

import msgspec
import orjson

from searchway.transcode import jsontext
from searchway.transcode.surrogates import replace_in_text

Raw = msgspec.Raw
Way = tuple[str, ...]
_NULL = Raw(b"null")


def present(raw: Raw | None) -> Raw | None:
    """Return the text unless it is null, which is absence for everything but free JSON."""
    return None if raw is None or raw == _NULL else raw


def parsed(raw: Raw | None) -> Any:
    """Parse a text that holds no free JSON."""
    return None if raw is None else jsontext.loads(bytes(raw))


def is_object_raw(raw: Raw) -> bool:
    """Tell whether a text is an object."""
    return _opens(raw, b"{")


def listed(value: Any) -> list[Any]:
    """Return a list: an item alone is a list of one, nothing is an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def listed_raw(raw: Raw | None) -> list[Raw]:
    """Do as `listed` for text."""
    if present(raw) is None:
        return []
    assert raw is not None  # noqa: S101  # it is present
    return jsontext.elements(raw) if _opens(raw, b"[") else [raw]


def entries(value: Any) -> list[tuple[str, Any]]:
    """Return keys and values of a map; nothing has none."""
    return list(value.items()) if value is not None else []


def entries_raw(raw: Raw | None) -> list[tuple[str, Raw]]:
    """Do as `entries` for text."""
    return [(key if key.isascii() else replace_in_text(key), value) for key, value in members_of(raw).items()]


def members_of(raw: Raw | None) -> Mapping[str, Raw]:
    """Cut an object into its members; nothing has none."""
    return {} if raw is None or present(raw) is None else jsontext.members(raw)


def either(members: Mapping[str, Any], ways: tuple[Way, ...]) -> Any:
    """Follow the ways in turn; return what stands at the first that leads to something."""
    return next((found for way in ways if (found := _descend(members, way)) is not None), None)


def either_raw(members: Mapping[str, Raw], ways: tuple[Way, ...]) -> Raw | None:
    """Do as `either` for text."""
    return next((found for way in ways if (found := present(_descend_raw(members, way))) is not None), None)


def spread(members: Mapping[str, Any], declared: frozenset[str], kind: type) -> list[tuple[str, Any]]:
    """Return the undeclared members whose value has the type of a map's entries."""
    return [(key, value) for key, value in members.items() if key not in declared and isinstance(value, kind)]


def spread_raw(members: Mapping[str, Raw], declared: frozenset[str], kind: type) -> list[tuple[str, Raw]]:
    """Do as `spread` for text."""
    opening = _OPENINGS[kind]
    left = ((key, raw) for key, raw in members.items() if key not in declared and _opens(raw, opening))
    return [(key if key.isascii() else replace_in_text(key), raw) for key, raw in left]


def rest(members: Mapping[str, Any], declared: frozenset[str], kind: type | None) -> bytes | None:
    """Return the members that are neither declared nor entries of the spread map, as one object; None if there are none."""
    left = {k: v for k, v in members.items() if k not in declared and not (kind and isinstance(v, kind))}
    return orjson.dumps(left) if left else None


def rest_raw(members: Mapping[str, Raw], declared: frozenset[str], kind: type | None) -> bytes | None:
    """Do as `rest` for text."""
    opening = _OPENINGS[kind] if kind else None
    left = {k: v for k, v in members.items() if k not in declared and not (opening and _opens(v, opening))}
    return jsontext.join_members(left) if left else None


_SPACE = b" \t\r\n"
_OPENINGS: Mapping[type, bytes] = {dict: b"{", list: b"[", str: b'"'}


def _opens(raw: Raw, opening: bytes) -> bool:
    first = memoryview(raw)[0]
    return first == opening[0] or (first in _SPACE and bytes(raw).lstrip().startswith(opening))


def _descend(value: Any, way: Way) -> Any:
    for key in way:
        if isinstance(value, list):
            value = _at(value, key)
        elif value is not None:
            value = value.get(key)
    return value


def _descend_raw(members: Mapping[str, Raw], way: Way) -> Raw | None:
    raw = members.get(way[0])
    for key in way[1:]:
        if raw is None or present(raw) is None:
            return None
        raw = _at(jsontext.elements(raw), key) if _opens(raw, b"[") else jsontext.members(raw).get(key)
    return raw


def _at(items: list[Any], index: str) -> Any:
    return items[int(index)] if int(index) < len(items) else None
