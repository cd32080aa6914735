"""Engines' error objects, made fit for callers: redacted, bounded, nothing said twice.

An error of a search over a thousand shards, or one that quotes what its caller sent, may take megabytes. A caller reads a few kilobytes
of it, so no more are cleaned: each object has a budget of characters, and what does not fit is left out. Must not know what an error means.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from searchway.transcode import jsontext, surrogates
from searchway.transcode.redaction import LONGEST, redact

_BUDGET: Final = 16_384
"""Characters of one error object that are cleaned; at most `errors.DETAILS_LIMIT` bytes of a call's error reach its caller."""
_PRICE: Final = 8
"""What a value costs beside its characters."""
_LARGE: Final = 262_144
"""Bytes of an error object that are parsed; of a larger one only its texts and the first members."""
_TOO_LARGE: Final = 1_048_576
"""Bytes of an error object above which nothing of it is read."""
_LEVELS: Final = 12
"""No engine nests causes deeper; somebody who does wants the gateway's stack."""
_ELEMENTS: Final = 20
"""A search of a thousand shards may list a thousand failures; they say the same."""
_FIRST: Final = ("type", "reason", "caused_by")
"""What is cleaned before the lists of causes, which engines print in front of it."""
_TEXTS: Final = frozenset({"type", "reason", "index", "stack_trace"})
_CAUSE_LISTS: Final = frozenset({"root_cause", "suppressed"})
_PRIVATE: Final = frozenset(
    {
        "authorization",
        "header",  # what a security plugin sends as WWW-Authenticate
        "headers",
        "host",
        "http_address",
        "ip",
        "node",  # an id, which tells callers nothing
        "node_id",
        "password",
        "publish_address",
        "remote_address",
        "transport_address",
    }
)


class _Budget:
    """What may still be cleaned of one error object."""

    __slots__ = ("is_cut", "left")

    def __init__(self) -> None:
        self.left = _BUDGET
        self.is_cut = False

    def text(self, text: str) -> str:
        """Return the text clean, as much of it as the budget has."""
        most = min(max(self.left, 0), LONGEST)
        self.is_cut = self.is_cut or len(text) > most
        clean = redact(text, most)
        self.left -= min(len(text), max(self.left, 0)) + _PRICE
        return clean

    def members(self, value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield the members that are nobody's secret, what says most first, until the budget is spent."""
        first = [key for key in _FIRST if key in value]
        for key in (*first, *(key for key in value if key not in first)):
            if self.left <= 0:
                self.is_cut = True
                return
            self.left -= _PRICE
            if key.lower() not in _PRIVATE:
                yield key, value[key]


def redact_cause(cause: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return an engine's error object redacted, its causes in their promised shape, nothing said twice; and whether it was cut.

    A cause that repeats its parent's type and reason is left out, as is what goes beyond some kilobytes.
    """
    budget = _Budget()
    return _cause(cause, _LEVELS, budget), budget.is_cut


def redact_texts(value: Any) -> Any:
    """Return a part of an answer, an item's error for example, with what it says but addresses, credentials and private members.

    Members beyond some kilobytes or a dozen levels are left out.
    """
    return _plain(value, _LEVELS, _Budget())


def redact_raw(text: bytes) -> bytes:
    """Return the JSON text of such a part likewise, its numbers as they were written.

    Raises:
        ValueError: it is not JSON.
    """
    return jsontext.dumps(redact_texts(jsontext.parse(surrogates.replace(bound(text))))).encode()


def bound(text: bytes) -> bytes:
    """Return the JSON text of an error object, a large one without what nobody would read of it.

    Raises:
        ValueError: it is not an object.
    """
    if len(text) <= _LARGE or (text.startswith(b'"') and len(text) <= _TOO_LARGE):
        return text
    if len(text) > _TOO_LARGE:
        return b"{}"
    kept, left = {}, _LARGE
    for key, raw in jsontext.members(text).items():
        member = bytes(raw)
        if not member.startswith(b'"'):  # the beginning of a text is read anyhow, the end of a list would not be
            left -= len(member)
        if left > 0:
            kept[key] = member
    return jsontext.join_members(kept)


def bound_answer(body: bytes) -> bytes:
    """Return the body of an error answer likewise, its error object bounded; an empty object where it is too large to be read.

    Raises:
        ValueError: it is large and not an object.
    """
    if len(body) <= _LARGE:
        return body
    if len(body) > _TOO_LARGE:
        return b"{}"
    error = jsontext.members(body).get("error")
    return jsontext.join_members({"error": bound(bytes(error))}) if error is not None else bound(body)


def _cause(cause: Mapping[str, Any], levels: int, budget: _Budget) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in budget.members(cause):
        name = budget.text(key)
        clean = _member(key, value, levels, budget)
        if clean not in (None, [], {}):
            kept[name] = clean
    return _without_repeats(kept)


def _member(key: str, value: Any, levels: int, budget: _Budget) -> Any:
    if levels == 0:
        return None
    if key in _TEXTS:
        return None if value is None else budget.text(value if isinstance(value, str) else str(value))
    if key == "caused_by":
        return _cause(value, levels - 1, budget) if isinstance(value, Mapping) else None
    if key in _CAUSE_LISTS:
        causes = value[:_ELEMENTS] if isinstance(value, list) else [value]
        return [_cause(one, levels - 1, budget) for one in causes if isinstance(one, Mapping)]
    return _plain(value, levels - 1, budget)


def _plain(value: Any, levels: int, budget: _Budget) -> Any:
    if isinstance(value, str):
        return budget.text(value)
    if not isinstance(value, Mapping | list):
        return value
    if levels <= 0:
        return None
    if isinstance(value, list):
        return [_plain(one, levels - 1, budget) for one in value[:_ELEMENTS] if budget.left > 0]
    return {budget.text(key): _plain(one, levels - 1, budget) for key, one in budget.members(value)}


def _without_repeats(cause: dict[str, Any]) -> dict[str, Any]:
    said = _identity(cause)
    if "root_cause" in cause:
        cause["root_cause"] = [root for root in cause["root_cause"] if _identity(root) != said]
    if "caused_by" in cause and _identity(cause["caused_by"]) == said:
        deeper = cause.pop("caused_by").get("caused_by")
        cause |= {"caused_by": deeper} if deeper else {}
    return {key: value for key, value in cause.items() if value != []}


def _identity(cause: Mapping[str, Any]) -> tuple[Any, Any]:
    return cause.get("type"), cause.get("reason")
