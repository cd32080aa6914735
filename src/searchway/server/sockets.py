"""Sockets to listen with."""

import errno
import socket

from searchway.errors import SettingsError
from searchway.settings import Address

BACKLOG = 2048


def listen(face: str, address: Address, *, shared: bool) -> socket.socket:
    """Return a socket that listens at the address of a face; with `shared` other processes of this user may listen there too.

    Raises:
        SettingsError: that is not possible.
    """
    try:
        listener = _bind(address, shared=shared)
    except OSError as error:
        raise _unusable(face, address, error) from error
    try:
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _unusable(face, address, error) from error
    return listener


def reserve(face: str, address: Address) -> tuple[socket.socket | None, Address]:
    """Hold an address that workers will share, without listening there; return what holds it, and the address with its port.

    A host name that this machine cannot bind to as it stands is left to the workers.

    Raises:
        SettingsError: somebody else listens there.
    """
    try:
        held = _bind(address, shared=True)
    except OSError as error:
        if error.errno == errno.EADDRINUSE or not address.port:
            raise _unusable(face, address, error) from error
        return None, address
    return held, Address(host=address.host, port=held.getsockname()[1])


def _bind(address: Address, *, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        bound.bind((address.host, address.port))
    except OSError:
        bound.close()
        raise
    return bound


def _unusable(face: str, address: Address, error: OSError) -> SettingsError:
    return SettingsError(f"{face}: cannot listen at {address}: {error.strerror or error}")
