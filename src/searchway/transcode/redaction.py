"""What callers may read of an engine's text: names and reasons stay; addresses, credentials and markup go.

    text --cut--> at most LONGEST characters --rules, one after the other--> clean text

Engines describe nodes inside their reasons, proxies put whole pages in place of answers, and callers decide what engines quote. So each
rule takes time in proportion to the text, whatever it holds: quantifiers that can begin anywhere are bounded, and what stands before an
anchor (a port, an address) is found by looking back from it. Must not know what an error means.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import orjson

ADDRESS: Final = "<address>"
USER: Final = "<user>"
SECRET: Final = "<secret>"  # noqa: S105  # the mark that stands where a secret stood

LONGEST: Final = 2048
"""Most characters of one text that are read: twice what the message of an error may have."""

_USER_IN_BRACKETS: Final = f"user [{USER}]".encode()
_USER_BY_NAME: Final = f"[name={USER},".encode()

_LONGEST_HOST: Final = 253
"""https://www.rfc-editor.org/rfc/rfc1123#section-2.1"""
_PUBLIC_HOSTS: Final = ("elastic.co", "opensearch.org")
"""Where the links to documentation lead that engines put into their reasons."""
_SOURCE_FILES: Final = (".java", ".kt", ".scala", ".groovy", ".painless")
_PACKAGES: Final = ("org.", "java.", "com.", "index.", "indices.", "cluster.", "node.", "search.")
"""How dotted names begin that are no hosts: classes, settings and actions."""
_NODE_PORTS: Final = re.compile(r"9[23]\d\d")
"""The ports that nodes listen at, by which a name of one label is known as a host."""

# {name}{id}{ephemeral id}{name}{host}{address}{roles}: how a node is printed. Only its name may be shown.
_NODE = re.compile(r"\{([^{}]*)\}(?:\{[^{}]*\}){2,}")
_URL = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]{0,31}://[^\s\"'<>\[\](){}]+")
_V4 = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b(?::\d{1,5})?")
_V6 = re.compile(r"\[?(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?:%\w{1,32})?(?:\]:\d{1,5}|\])?(?![\w:])")
_PORT = re.compile(r":(\d{2,5})\b")
# [node name][address]: a node that is named by its host.
_NAMED_NODE = re.compile(rf"\[([\w.-]{{1,{_LONGEST_HOST}}})\](?=\[{ADDRESS}\])")
# What engines and their network libraries say before the name of a host.
_HOST_PHRASE = re.compile(
    r"(?i)\b((?:unknown ?host(?:exception)?|host(?:name)?|nodes?|server|peer|remote|upstream|route to|resolve|reach"
    r"|connect(?:ed|ing|ion)? (?:to|from|with)|(?:known|resolvable) as)[\s:='\"\[(/]{1,8})([\w-]{1,63}(?:\.[\w-]{1,63}){1,16})"
)
_WORD = re.compile(r"\w[\w.-]*")
_SCHEME_SECRET = re.compile(r"\b((?i:basic|bearer|apikey))\s+(?:(?=\S*[A-Z0-9=])[\w+/=.~-]{8,}|[\w+/=.~-]{20,})")
_NAMED_SECRET = re.compile(
    r"(?i)\b(authorization|passw(?:or)?d|secret|api_?key)(\\?[\"']?\s*[:=]\s*)\\?[\"']?[^\s\"'\\,}\]]+"
)
# Parsers quote the document that they could not read; it may hold anything.
_SOURCE_BEGIN = re.compile(r"\[Source: \([^)]*\)\"")
_SOURCE_END: Final = '"; line'
_MARKUP = re.compile(r"(?i)<!doctype|</?(?:html|head|body|title|center|h1|script)\b[^<>]*>")
_CONTROLS = re.compile(r" {0,8}[\x00-\x1f\x7f-\x9f\u2028\u2029][\x00-\x1f\x7f-\x9f\u2028\u2029 ]*")

_SHORT = 256
"""Characters of a text whose clean form is remembered: keys, types and the same reason of many items are cleaned once."""
_REMEMBERED = 4096

_known: set[str] = set()
_domains: set[str] = set()


def keep_private(hosts: Iterable[str]) -> None:
    """Never let callers read these names of nodes again, nor others of their domains.

    Names of one label that is a mere word ("elasticsearch") stay, since reasons use them for other things. Holds for the whole process,
    on purpose: no cluster's error may name another cluster's node.
    """
    for host in map(str.lower, hosts):
        domain = host.partition(".")[2]
        if "." in domain and not _is_ip(host):
            _domains.add(domain)
        if "." in host or not host.isalpha():
            _known.add(host)
    _clean_again.cache_clear()


def redact(text: str, most: int = LONGEST) -> str:
    """Return the text without addresses, credentials, quoted documents and control characters; markup leaves nothing.

    Takes time in proportion to what is read.

    Args:
        text: what an engine said.
        most: how many characters of it are read at most; what is cut ends in an ellipsis.
    """
    text = _cut(text, min(most, LONGEST))
    return _clean_again(text) if len(text) <= _SHORT else _clean(text)


def _clean(text: str) -> str:
    if _MARKUP.search(text):
        return ""
    for rule in _RULES:
        text = rule(text)
    return text.strip()


_clean_again = lru_cache(maxsize=_REMEMBERED)(_clean)


def hide_user(body: bytes, user: str) -> bytes:
    """Return an error body without a user's name where engines put it: user [name], User [name=name, …]."""
    name = orjson.dumps(user)[1:-1]
    return body.replace(b"user [%b]" % name, _USER_IN_BRACKETS).replace(b"[name=%b," % name, _USER_BY_NAME)


def _cut(text: str, most: int) -> str:
    """Cut a long text between words, or so far back that no half of a host name is left: no rule would know it."""
    if len(text) <= most:
        return text
    back = max(most - _LONGEST_HOST, 0)
    end = text.rfind(" ", back, most)
    return f"{text[: back if end < 0 else end]}…"


def _without_sources(text: str) -> str:
    kept, done = [], 0
    for begin in _SOURCE_BEGIN.finditer(text):
        if begin.start() < done:
            continue
        kept.append(f"{text[done : begin.start()]}[Source")
        end = text.find(_SOURCE_END, begin.end())
        done = len(text) if end < 0 else end + 1
    return "".join(kept) + text[done:] if kept else text


def _without_v4(text: str) -> str:
    """Take away addresses of version 4 with the host name before them, as in es-1/10.0.0.7:9300."""
    return _mask(text, _V4, lambda match, done: _begin_of_host(text, match.start() - 1, done, "/"))


def _without_ports(text: str) -> str:
    """Take away host names with a port, but no lines of source files."""

    def begin(match: re.Match[str], done: int) -> int | None:
        start = _begin_of_host(text, match.start(), done)
        return start if _listens(text[start : match.start()], match[1]) else None

    return _mask(text, _PORT, begin)


def _mask(text: str, pattern: re.Pattern[str], begin: Callable[[re.Match[str], int], int | None]) -> str:
    """Put the mark in place of each match and what belongs to it before it.

    Args:
        text: the text.
        pattern: what is looked for.
        begin: returns where the part to mask begins, given the match and the end of the part before; None leaves the match.
    """
    kept, done = [], 0
    for match in pattern.finditer(text):
        start = begin(match, done)
        if start is not None:
            kept += [text[done:start], ADDRESS]
            done = match.end()
    return "".join(kept) + text[done:] if kept else text


def _begin_of_host(text: str, end: int, floor: int, joint: str = "") -> int:
    """Return where the host name begins that ends at a place; behind the joint if there is no name before one."""
    if joint and (end < floor or text[end] != joint):
        return end + 1
    start, lowest = end, max(floor, end - _LONGEST_HOST)
    while start > lowest and (text[start - 1].isalnum() or text[start - 1] in "._-"):
        start -= 1
    return start if start < end or not joint else end + 1


def _listens(host: str, port: str) -> bool:
    host = host.strip(".-")
    if "." in host:
        return not host.endswith(_SOURCE_FILES) and not host.replace(".", "").isdigit()
    return host == "localhost" or (host[:1].isalpha() and _NODE_PORTS.fullmatch(port) is not None)


def _is_host(name: str) -> bool:
    """Tell whether a dotted name in the place of a host is one: not a class, a setting or a version."""
    last = name.rpartition(".")[2]
    return name == name.lower() and last.isalpha() and not name.startswith(_PACKAGES)


def _without_known(text: str) -> str:
    return _WORD.sub(lambda match: ADDRESS if _is_known(match[0]) else match[0], text) if _known or _domains else text


def _is_known(word: str) -> bool:
    name = word.rstrip(".-_").lower()
    return name in _known or name.partition(".")[2] in _domains


def _public_url(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ADDRESS
    public = any(host == name or host.endswith(f".{name}") for name in _PUBLIC_HOSTS)
    return url if public and "@" not in url else ADDRESS


def _is_v6(text: str) -> bool:
    return _is_ip(text.partition("]")[0].strip("[").partition("%")[0])


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


_RULES: Final[tuple[Callable[[str], str], ...]] = (
    lambda text: _CONTROLS.sub(" ", text),  # first, for they could break up what the others look for
    _without_sources,
    lambda text: _SCHEME_SECRET.sub(rf"\1 {SECRET}", text),
    lambda text: _NAMED_SECRET.sub(rf"\1\2{SECRET}", text),
    lambda text: _NODE.sub(r"{\1}", text),
    lambda text: _URL.sub(lambda match: _public_url(match[0]), text),
    _without_v4,
    lambda text: _V6.sub(lambda match: ADDRESS if _is_v6(match[0]) else match[0], text),
    _without_ports,
    lambda text: _NAMED_NODE.sub(
        lambda match: f"[{ADDRESS}]" if "." in match[1] and _is_host(match[1]) else match[0], text
    ),
    lambda text: _HOST_PHRASE.sub(lambda match: match[1] + (ADDRESS if _is_host(match[2]) else match[2]), text),
    _without_known,  # last: what the settings name, wherever it stands
)
