"""The certificates of the HTTP listener, which can be replaced while it runs."""

import ssl
from collections.abc import Callable

from searchway.errors import SettingsError
from searchway.settings import ServerTls


class Certificates:
    """What the listener shows, and whom it trusts."""

    def __init__(self, tls: ServerTls) -> None:
        """Read the files.

        Raises:
            SettingsError: they cannot be used.
        """
        self.context = _read(tls)
        """For the next connection. Sessions are kept in it, so none outlasts the certificates that it began with."""

    def prepare(self, tls: ServerTls) -> Callable[[], None]:
        """Read files anew; return what puts them to use, for connections that are made from then on.

        Raises:
            SettingsError: they cannot be used.
        """
        read = _read(tls)

        def use() -> None:
            self.context = read

        return use


def _read(tls: ServerTls) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(tls.cert, tls.key, password="")  # there is none; else a terminal is asked
        if tls.client_ca:
            context.load_verify_locations(tls.client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except OSError as error:
        raise SettingsError("http_tls: expected PEM files in cert, key and client_ca") from error
    return context
