"""JSON answers as bytes: compact, or indented the way the engines indent.

Knows nothing of HTTP. Raw values go out byte for byte, but a filter makes an engine read and
write them anew, so here too.
"""

import json
from typing import Any

import orjson

from searchway.sandbox.call import Raw
from searchway.sandbox.filtering import apply_filter, parse_filter

_STEP = "  "


def render(document: Any, *, filter_path: str = "", pretty: bool = False) -> bytes:
    """Return the bytes of a document; empty where a filter leaves nothing of an array."""
    if filter_path:
        document = apply_filter(_without_raw(document), parse_filter(filter_path))
        if document is None:
            return b""
    return _indented(document).encode() + b"\n" if pretty else dumps(document)


def dumps(document: Any) -> bytes:
    """Return compact JSON; integers may have any length."""
    try:
        return orjson.dumps(document, default=_fragment)
    except TypeError:
        return _compact(document).encode()


def _fragment(value: Any) -> Any:
    if isinstance(value, Raw):
        return orjson.Fragment(value.text)
    raise TypeError


def _compact(value: Any) -> str:
    if isinstance(value, Raw):
        return value.text.decode()
    if isinstance(value, dict):
        return "{" + ",".join(f"{_scalar(name)}:{_compact(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_compact(item) for item in value) + "]"
    return _scalar(value)


def _indented(value: Any, margin: str = "") -> str:
    if isinstance(value, Raw):
        return value.text.decode()
    inner = margin + _STEP
    if isinstance(value, dict):
        lines = [f"{inner}{_scalar(name)} : {_indented(member, inner)}" for name, member in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{margin}}}" if lines else "{ }"
    if isinstance(value, list | tuple):
        lines = [f"{inner}{_indented(item, inner)}" for item in value]
        return "[\n" + ",\n".join(lines) + f"\n{margin}]" if lines else "[ ]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _without_raw(value: Any) -> Any:
    if isinstance(value, Raw):
        return json.loads(value.text)
    if isinstance(value, dict):
        return {name: _without_raw(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_without_raw(item) for item in value]
    return value
