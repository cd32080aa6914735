"""How the certificates of clusters are checked, and the gateway's own shown: one TLS context for all clusters with equal settings.

A context reads the system's certificates, which takes about 20 ms and 0.8 MB: a thousand clusters need not pay it a thousand times.
"""

import ssl
from collections.abc import Callable
from functools import cache
from pathlib import Path

from searchway.errors import SettingsError
from searchway.settings import ClusterSettings

ContextOf = Callable[[ClusterSettings], ssl.SSLContext | None]
"""Gives the TLS context of a cluster, None where no node has an https URL. Raises SettingsError: a certificate or key cannot be used."""


def context_factory() -> ContextOf:
    """Return a function that gives clusters with equal settings the same TLS context; each file is read as it is now, once."""
    shared = cache(_context)

    def context_of(settings: ClusterSettings) -> ssl.SSLContext | None:
        files = (settings.ca, settings.client_cert, settings.client_key)
        if not settings.has_tls and not any(files):
            return None
        try:
            return shared(*files, settings.verify)
        except OSError as error:
            keys = "ca, client_cert and client_key"
            raise SettingsError(f"clusters.{settings.name}: expected PEM files in {keys}: {error}") from None

    return context_of


def _context(ca: Path | None, client_cert: Path | None, client_key: Path | None, verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    if ca:
        context.load_verify_locations(ca)
    if client_cert and client_key:
        # Without a password OpenSSL would ask for one on the terminal.
        context.load_cert_chain(client_cert, client_key, password="")  # there is none
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
