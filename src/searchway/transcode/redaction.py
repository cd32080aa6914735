"""What callers may read of an engine's error: names and reasons stay; addresses, credentials and markup go.

Engines describe nodes inside their reasons, and proxies put whole pages in place of answers. Must not know what an error means.
"""

import re
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

ADDRESS: Final = "<address>"
USER: Final = "<user>"
SECRET: Final = "<secret>"  # noqa: S105  # the mark that stands where a secret stood

_USER_IN_BRACKETS: Final = f"user [{USER}]".encode()
_USER_BY_NAME: Final = f"[name={USER},".encode()

_LEVELS: Final = 12
"""No engine nests causes deeper; somebody who does wants the gateway's stack."""
_ELEMENTS: Final = 20
"""A search of a thousand shards may list a thousand failures; they say the same."""
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
_PUBLIC_HOSTS: Final = ("elastic.co", "opensearch.org")
"""Where the links to documentation lead that engines put into their reasons."""

# {name}{id}{ephemeral id}{name}{host}{address}{roles}: how a node is printed. Only its name may be told.
_NODE = re.compile(r"\{([^{}]*)\}(?:\{[^{}]*\}){2,}")
_URL = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\s\"'<>\[\](){}]+")
# An address of version 4, with the host name before it and the port behind it if they are there: es-1/10.0.0.7:9300.
_V4 = re.compile(r"(?:[\w.-]+/)?\b(?:\d{1,3}\.){3}\d{1,3}\b(?::\d+)?")
_V6 = re.compile(r"\[?(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?:%\w+)?(?:\]:\d+|\])?(?![\w:])")
# A host name with a port, but not a line of a source file.
_HOST_PORT = re.compile(
    r"\b(?:localhost|[\w-]+(?:\.[A-Za-z0-9-]+)+)(?<!\.java)(?<!\.kt):\d{2,5}\b|\b[A-Za-z][\w-]*:9[23]\d\d\b"
)
_SCHEME_SECRET = re.compile(r"\b((?i:basic|bearer|apikey))\s+(?:(?=\S*[A-Z0-9=])[\w+/=.~-]{8,}|[\w+/=.~-]{20,})")
_NAMED_SECRET = re.compile(r"(?i)\b(authorization|passw(?:or)?d|secret|api_?key)([\"']?\s*[:=]\s*)[\"']?[^\s\"',}\]]+")
# Parsers quote the document that they could not read; it may hold anything.
_QUOTED_SOURCE = re.compile(r"\[Source: \([^)]*\)\".*?\"(?=; line)", re.DOTALL)
_MARKUP = re.compile(r"(?i)<!doctype|</?(?:html|head|body|title|center|h1|script)\b[^<>]*>")
_CONTROLS = re.compile(r" *[\x00-\x1f\x7f-\x9f\u2028\u2029]+ *")

_RULES: Final[tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]] = (
    (_CONTROLS, " "),  # first, for they could break up what the others look for
    (_QUOTED_SOURCE, "[Source"),
    (_SCHEME_SECRET, rf"\1 {SECRET}"),
    (_NAMED_SECRET, rf"\1\2{SECRET}"),
    (_NODE, r"{\1}"),
    (_URL, lambda match: _public_url(match[0])),
    (_V4, ADDRESS),
    (_V6, lambda match: ADDRESS if _is_v6(match[0]) else match[0]),
    (_HOST_PORT, ADDRESS),
)


def redact(text: str) -> str:
    """Return the text without addresses, credentials, quoted documents and control characters; markup leaves nothing."""
    if _MARKUP.search(text):
        return ""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text.strip()


def hide_user(body: bytes, user: str) -> bytes:
    """Return an error body without a user's name where engines put it: user [name], User [name=name, …]."""
    name = orjson.dumps(user)[1:-1]
    return body.replace(b"user [%b]" % name, _USER_IN_BRACKETS).replace(b"[name=%b," % name, _USER_BY_NAME)


def redact_texts(value: Any) -> Any:
    """Return a part of an answer, an item's error for example, with all that it says but addresses, credentials and private members."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, list):
        return [redact_texts(one) for one in value]
    if isinstance(value, Mapping):
        return {key: redact_texts(one) for key, one in value.items() if key.lower() not in _PRIVATE}
    return value


def redact_cause(cause: Mapping[str, Any]) -> dict[str, Any]:
    """Return an engine's error object redacted, its causes in their promised shape, nothing said twice.

    A cause that repeats its parent's type and reason is left out.
    """
    return _cause(cause, _LEVELS)


def _cause(cause: Mapping[str, Any], levels: int) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in cause.items():
        clean = _member(key, value, levels)
        if clean not in (None, [], {}):
            kept[redact(key)] = clean
    return _without_repeats(kept)


def _member(key: str, value: Any, levels: int) -> Any:
    if key.lower() in _PRIVATE or levels == 0:
        return None
    if key in _TEXTS:
        return None if value is None else redact(value if isinstance(value, str) else str(value))
    if key == "caused_by":
        return _cause(value, levels - 1) if isinstance(value, Mapping) else None
    if key in _CAUSE_LISTS:
        causes = value[:_ELEMENTS] if isinstance(value, list) else [value]
        return [_cause(one, levels - 1) for one in causes if isinstance(one, Mapping)]
    return _plain(value, levels - 1)


def _plain(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return redact(value)
    if not isinstance(value, Mapping | list):
        return value
    if levels <= 0:
        return None
    if isinstance(value, list):
        return [_plain(one, levels - 1) for one in value[:_ELEMENTS]]
    told = ((key, one) for key, one in value.items() if key.lower() not in _PRIVATE)
    return {redact(key): _plain(one, levels - 1) for key, one in told}


def _without_repeats(cause: dict[str, Any]) -> dict[str, Any]:
    told = _identity(cause)
    if "root_cause" in cause:
        cause["root_cause"] = [root for root in cause["root_cause"] if _identity(root) != told]
    if "caused_by" in cause and _identity(cause["caused_by"]) == told:
        deeper = cause.pop("caused_by").get("caused_by")
        cause |= {"caused_by": deeper} if deeper else {}
    return {key: value for key, value in cause.items() if value != []}


def _identity(cause: Mapping[str, Any]) -> tuple[Any, Any]:
    return cause.get("type"), cause.get("reason")


def _public_url(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ADDRESS
    public = any(host == name or host.endswith(f".{name}") for name in _PUBLIC_HOSTS)
    return url if public and "@" not in url else ADDRESS


def _is_v6(text: str) -> bool:
    bare = text.partition("]")[0].strip("[").partition("%")[0]
    try:
        ip_address(bare)
    except ValueError:
        return False
    return True
