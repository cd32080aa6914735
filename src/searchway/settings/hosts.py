"""What hosts, URLs of nodes and origins of pages look like: what is accepted here can be connected to, or can match."""

import re
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

import idna
from pydantic import AfterValidator

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
_LONGEST_NAME = 253
_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_host(text: str) -> bool:
    """Tell whether it is an IP address, or a name that can be asked for in the DNS.

    https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 and https://www.rfc-editor.org/rfc/rfc5891; underscores are taken as well, which
    containers' names have.
    """
    try:
        ip_address(text)
    except ValueError:
        return _is_name(text)
    return True


def _is_name(text: str) -> bool:
    try:
        name = text if text.isascii() else idna.encode(text.lower()).decode()
    except idna.IDNAError:
        return False
    labels = name.removesuffix(".").split(".")
    return len(name) <= _LONGEST_NAME and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()


def _split(url: str) -> SplitResult | None:
    """Return the parts of a URL with a host; None if it is none."""
    try:
        parts = urlsplit(url)
        is_placed = is_host(parts.hostname or "") and parts.port != 0
    except ValueError:
        return None
    return parts if is_placed and url.isprintable() and " " not in url else None


def _node(url: str) -> str:
    parts = _split(url)
    if parts is None or parts.scheme not in _DEFAULT_PORTS:
        raise ValueError("expected a URL such as https://host:9200")
    if parts.username is not None or parts.password is not None:
        raise ValueError("expected a URL without credentials; they belong into username and password")
    if parts.query or parts.fragment:
        raise ValueError("expected a URL without query and fragment")
    return url.rstrip("/")


def _origin(text: str) -> str:
    """Return an origin as browsers write it: https://www.rfc-editor.org/rfc/rfc6454#section-6.2."""
    if text == "*":
        return text
    parts = _split(text)
    if parts is None or not text.isascii() or text.lower() != f"{parts.scheme}://{parts.netloc}".lower():
        raise ValueError("expected an origin such as https://host or https://host:8443, or *")
    if parts.username is not None or text.endswith(":"):
        raise ValueError("expected an origin such as https://host or https://host:8443, or *")
    port = f":{parts.port}"
    return text.lower().removesuffix(port if _DEFAULT_PORTS.get(parts.scheme) == parts.port else "")


def _host_pattern(text: str) -> str:
    """Return a host name, or `*.` and the end of names, or `*`, in lower case."""
    if text == "*":
        return text
    if not is_host(text.removeprefix("*.")) or not text.isascii():
        raise ValueError("expected a host name such as gateway.example.org, *.example.org, or *")
    return text.lower().removesuffix(".")


HostPattern = Annotated[str, AfterValidator(_host_pattern)]
Node = Annotated[str, AfterValidator(_node)]
Origin = Annotated[str, AfterValidator(_origin)]
