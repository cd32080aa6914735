"""The certificates of the gRPC server, which can be replaced while it runs."""

from collections import deque
from collections.abc import Callable
from typing import Any

import grpc

from searchway.errors import SettingsError
from searchway.settings import ServerTls


class Certificates:
    """What the server shows, and whom it trusts."""

    def __init__(self, tls: ServerTls) -> None:
        """Read the files.

        Raises:
            SettingsError: they cannot be read.
        """
        self._next: deque[Any] = deque(maxlen=1)
        self._first = _read(tls)
        self._asks_callers = tls.client_ca is not None

    def credentials(self) -> Any:
        """Return the credentials for the server's port."""
        return grpc.dynamic_ssl_server_credentials(self._first, self._fetch, self._asks_callers)

    def prepare(self, tls: ServerTls) -> Callable[[], None]:
        """Read files anew; return what puts them to use, for connections that are made from then on.

        Raises:
            SettingsError: they cannot be read.
        """
        read = _read(tls)
        return lambda: self._next.append(read)

    def _fetch(self) -> Any:
        """Give what grpc asks for before each handshake, from a thread of its own: what is new, once, else None."""
        try:
            return self._next.popleft()
        except IndexError:
            return None


def _read(tls: ServerTls) -> Any:
    try:
        ca = tls.client_ca.read_bytes() if tls.client_ca else None
        pair = (tls.key.read_bytes(), tls.cert.read_bytes())
    except OSError as error:
        raise SettingsError(f"grpc_tls: expected readable files, got {error.filename} ({error.strerror})") from error
    return grpc.ssl_server_certificate_configuration([pair], root_certificates=ca)
