"""Which hosts a request may be for.

A page of another site can make its name point to a loopback address (DNS rebinding). Its requests then have its name in `Host`, so
a listener for this machine takes none but names and addresses of this machine.
"""

from collections.abc import Collection
from functools import lru_cache
from ipaddress import ip_address

_LOOPBACK_NAME = "localhost"


class Hosts:
    """Tells whether a request is for a host that is served.

    An IP address always is: no name had to be resolved to come here, and probes know nothing else.

    Args:
        allowed: names that are; `*` for every one, `*.example.org` for all below. If there are none, they follow from `listening`:
            every name, unless that is a loopback address, which takes the names of the loopback interface.
        listening: the host where the listener listens.
    """

    def __init__(self, allowed: Collection[str], listening: str) -> None:
        names = {name.lower().removesuffix(".") for name in allowed}
        self._all = "*" in names or (not names and not is_loopback(listening))
        self._names = {_LOOPBACK_NAME, listening.lower(), *names}
        self._endings = (f".{_LOOPBACK_NAME}", *(name[1:] for name in names if name.startswith("*.")))
        self.serve = lru_cache(maxsize=256)(self._serves)
        """Tell whether the value of a Host header is a host that is served."""

    def _serves(self, value: bytes) -> bool:
        host = _without_port(value.decode("latin-1").lower())
        if host is None:
            return False
        return self._all or host in self._names or host.endswith(self._endings) or _is_address(host)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, for itself alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == _LOOPBACK_NAME


def _without_port(value: str) -> str | None:
    """Return the host of `host:port`; None if it is none: https://www.rfc-editor.org/rfc/rfc9110#section-7.2."""
    if value.startswith("["):
        host, closed, port = value[1:].partition("]")
        fits = closed and (not port or port[0] == ":") and _is_address(host)
        return host if fits and _is_port(port[1:]) else None
    host, _, port = value.partition(":")
    return host.removesuffix(".") if _is_port(port) and not set(host) & set(' ,/@\\"<>\t') else None


def _is_port(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit())


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
