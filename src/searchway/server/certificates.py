"""The certificates of a listener, which can be replaced while it runs."""

import ssl
from collections.abc import Callable, Sequence

from searchway.errors import SettingsError
from searchway.settings import ServerTls


class Certificates:
    """What the listener shows, and whom it trusts."""

    def __init__(self, face: str, tls: ServerTls, protocols: Sequence[str] = ()) -> None:
        """Read the files.

        Args:
            face: the listener, as the settings call it.
            tls: where the files are.
            protocols: what the listener speaks, as TLS calls it (ALPN); callers are not asked if it is not said.

        Raises:
            SettingsError: they cannot be used.
        """
        self._face, self._protocols = face, protocols
        self.context = self._read(tls)
        """For the next connection. Sessions are kept in it, so none outlasts the certificates that it began with."""

    def prepare(self, tls: ServerTls) -> Callable[[], None]:
        """Read files anew; return what puts them to use, for connections that are made from then on.

        Raises:
            SettingsError: they cannot be used.
        """
        read = self._read(tls)

        def use() -> None:
            self.context = read

        return use

    def _read(self, tls: ServerTls) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(tls.cert, tls.key, password="")  # there is none; else a terminal is asked
            if tls.client_ca:
                context.load_verify_locations(tls.client_ca)
                context.verify_mode = ssl.CERT_REQUIRED
        except OSError as error:
            raise SettingsError(f"{self._face}_tls: expected PEM files in cert, key and client_ca") from error
        if self._protocols:
            context.set_alpn_protocols(self._protocols)
        return context
