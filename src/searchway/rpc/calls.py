"""The circumstances of a gRPC call, in both directions: metadata in, trailers out.

https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
"""

import os
import time
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from searchway.engine.call import Call
from searchway.engine.headers import check_credentials, is_usable_id, join_headers
from searchway.engine.peers import network_of
from searchway.errors import InvalidArgumentError
from searchway.vocabulary import CLUSTER, REQUEST_ID, STRICT, TRUTH, UPSTREAM_CALLS, WARNING

_WARNINGS_LIMIT = 1024  # with the details of an error, all trailers stay under the 8 KiB that clients take

Trailers = tuple[tuple[str, str | bytes], ...]


def read_call(context: Any) -> Call:
    """Read the call's circumstances; a call without a usable identifier gets one. `check_call` tells what is wrong with the rest."""
    texts = [pair for pair in context.invocation_metadata() if pair[1].__class__ is str]  # binary values are not for us
    headers = join_headers(texts)
    remaining = context.time_remaining()
    given = headers.get(REQUEST_ID, "")
    return Call(
        face="grpc",
        request_id=given if is_usable_id(given) else os.urandom(16).hex(),
        cluster=headers.get(CLUSTER) or None,
        headers=headers,
        deadline=None if remaining is None else time.monotonic() + remaining,
        strict=TRUTH.get(headers.get(STRICT, "false").lower(), False),
        peer=_address(context.peer()),
    )


@lru_cache(maxsize=4096)
def _address(peer: str) -> str:
    """Return whose address it is out of what grpc calls a peer, as in `ipv4:192.0.2.1:5000`; without one, over a Unix socket, it is empty.

    https://github.com/grpc/grpc/blob/master/doc/naming.md
    """
    family, _, address = peer.partition(":")
    return network_of(unquote(address.rpartition(":")[0]).strip("[]")) if family in {"ipv4", "ipv6"} else ""


def check_call(call: Call) -> None:
    """Refuse metadata that cannot be meant.

    Raises:
        InvalidArgumentError: names the key.
    """
    if STRICT in call.headers and call.headers[STRICT].lower() not in TRUTH:
        raise InvalidArgumentError(STRICT, "expected true or false")
    check_credentials(call.headers)


def trailers(call: Call) -> Trailers:
    """Return what the caller is told beside the answer: how the call is found again, what it took, what the cluster warned of."""
    told = ((REQUEST_ID, call.request_id), (UPSTREAM_CALLS, str(call.upstream_calls)))
    return (*told, *_warnings(call)) if call.warnings else told


def _warnings(call: Call) -> Trailers:
    """Return as many warnings as fit; metadata takes printable ASCII only."""
    left, told = _WARNINGS_LIMIT, []
    for warning in call.warnings:
        text = "".join(c if " " <= c <= "~" else "?" for c in warning[:left]).strip()
        left -= len(text)
        if text:
            told.append((WARNING, text))
    return tuple(told)
