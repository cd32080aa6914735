"""Which headers a cluster gets: the gateway's own, its credentials, and what is let through of the caller's."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import blake2b
from typing import Literal

from searchway import __version__
from searchway.errors import InvalidArgumentError, SettingsError
from searchway.settings import ClusterSettings
from searchway.upstream.carrier import Headers
from searchway.vocabulary import AUTHORIZATION, REQUEST_ID, TRACE_PARENT, TRACE_STATE
from searchway.wire import HttpRequest

_SCHEMES: Mapping[Literal["api_key", "bearer"], str] = {"api_key": "ApiKey", "bearer": "Bearer"}

TRACING = frozenset({REQUEST_ID, TRACE_PARENT, TRACE_STATE})
"""The headers that say which call a request is for, and nothing of what it may or means."""

# What the gateway's own headers, its credentials included, may need of what a cluster takes in all.
_OWN_BYTES = 512


class HeaderPolicy:
    """Writes the headers of every request to one cluster."""

    def __init__(self, settings: ClusterSettings, forwarded: tuple[str, ...], *, largest: int = 8192) -> None:
        """Read the credentials, from files where the settings say so.

        Args:
            settings: The cluster's.
            forwarded: Names, in lower case, of callers' headers that go on.
            largest: The most bytes of one of them.

        Raises:
            SettingsError: A key or token could not stand in a header, or is larger than the cluster takes.
        """
        self._forwarded = tuple((name, name.encode("ascii")) for name in forwarded)
        self._telling = tuple(name for name in forwarded if name not in TRACING)
        self._forwards_credentials = settings.forward_credentials
        self._own = _authorization(settings)
        self._username = settings.username or ""
        self._largest = largest
        self._most = settings.max_header_bytes - _OWN_BYTES - len(self._own or b"")
        if self._most < 0:
            problem = f"expected room for the gateway's own credentials, which have {len(self._own or b'')} bytes"
            raise SettingsError(f"clusters.{settings.name}.max_header_bytes: {problem}")
        self._fixed = [
            (b"user-agent", f"searchway/{__version__}".encode()),
            (b"accept", b"application/json"),
            (b"accept-encoding", b"gzip" if settings.compress else b"identity"),
        ]

    def check(self, caller: Mapping[str, str]) -> None:
        """Check the headers of a caller that would go on, before anything is sent or shared on its behalf.

        Engines answer 400 to headers that are too large, and do not read from the connection again.

        Args:
            caller: The caller's headers, names in lower case.

        Raises:
            InvalidArgumentError: One of them is not printable ASCII, or larger than the cluster takes; names the header.
        """
        left = self._most
        for name, _ in self._forwarded:
            if name in caller:
                left -= self._size(name, caller[name], left)
        if self._forwards_credentials and (theirs := caller.get(AUTHORIZATION)):
            self._size(AUTHORIZATION, theirs, left)

    def _size(self, name: str, value: str, left: int) -> int:
        if len(value) > self._largest:  # first, since what is too long may be very long
            problem = f"expected at most {self._largest} bytes (limits.forwarded_header_bytes), got {len(value)}"
            raise InvalidArgumentError(name, problem)
        if not (value.isascii() and value.isprintable()):
            raise InvalidArgumentError(name, "expected printable ASCII characters")
        size = len(name) + len(value) + len(": \r\n")
        if size > left:
            problem = f"expected headers of at most {self._most} bytes together (max_header_bytes of the cluster)"
            raise InvalidArgumentError(name, problem)
        return size

    def write(self, request: HttpRequest, caller: Mapping[str, str]) -> Headers:
        """Return the headers for a request, with the caller's that may pass; `check` must have found them good."""
        headers = [*self._fixed]
        if request.content_type:
            headers.append((b"content-type", request.content_type.encode("ascii")))
        if authorization := self._authorization(caller):
            headers.append((b"authorization", authorization))
        headers.extend((raw, caller[name].encode("ascii")) for name, raw in self._forwarded if name in caller)
        return headers

    def user(self, caller: Mapping[str, str]) -> str:
        """Return the user whose name the cluster knows and the caller does not: the gateway's own; empty if the caller's counts."""
        return "" if self.sees_caller(caller) else self._username

    def sees_caller(self, caller: Mapping[str, str]) -> bool:
        """Tell whether the cluster sees the caller's own credentials, and so knows callers apart."""
        return self._forwards_credentials and bool(caller.get(AUTHORIZATION))

    def identity(self, caller: Mapping[str, str]) -> bytes:
        """Return a digest of what the cluster can tell this caller by: credentials and forwarded headers, those of tracing aside.

        Callers with different ones must never share a request.
        """
        told = [(name, caller[name]) for name in self._telling if name in caller]
        authorization = self._authorization(caller)
        if told:
            return blake2b(repr((authorization, told)).encode(), digest_size=16, person=b"headers").digest()
        return blake2b(authorization or b"", digest_size=16).digest()

    def _authorization(self, caller: Mapping[str, str]) -> bytes | None:
        if self._forwards_credentials and (theirs := caller.get(AUTHORIZATION)):
            return theirs.encode("ascii")
        return self._own


def _authorization(settings: ClusterSettings) -> bytes | None:
    for key, scheme in _SCHEMES.items():
        if secret := settings.secret(key):
            return f"{scheme} {_of_one_line(settings, key, secret.get_secret_value())}".encode()
    if settings.username and (password := settings.secret("password")):
        return b"Basic " + b64encode(f"{settings.username}:{password.get_secret_value()}".encode())
    return None


def _of_one_line(settings: ClusterSettings, key: str, secret: str) -> str:
    if not (secret.isascii() and secret.isprintable()):
        raise SettingsError(f"clusters.{settings.name}.{key}: expected printable ASCII characters in one line")
    return secret
