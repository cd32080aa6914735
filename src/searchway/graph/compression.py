"""Compressed bodies, in and out: gzip, without holding up the event loop for long.

https://www.rfc-editor.org/rfc/rfc9110#section-8.4
"""

import asyncio
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from searchway.errors import Code
from searchway.graph.refusals import BadRequestError

GZIP = "gzip"
_WRAPPED = 16 + zlib.MAX_WBITS  # with gzip's head and checksum
_PIECE = 64 * 1024
_INLINE_BYTES = 64 * 1024
"""A body of up to so many bytes is compressed in about a millisecond; a thread would cost more."""
_LEVEL = 1
"""A third of the processor time of zlib's default, for answers that are a fifth larger."""


def check_encoding(value: str) -> None:
    """Accept a body as it is, or in gzip.

    Raises:
        BadRequestError: its encoding is another one.
    """
    if value and value.strip().lower() not in {"identity", GZIP, f"x-{GZIP}"}:
        problem = f"expected the content encoding {GZIP} or none, got {value[:100]}"
        raise BadRequestError(415, problem, accept_encoding=GZIP)


async def decode_body(body: bytes, encoding: str, largest: int, hold: Callable[[int], bool]) -> bytes:
    """Return a body without its encoding.

    Args:
        body: what came.
        encoding: the value of Content-Encoding, which `check_encoding` has accepted.
        largest: the most bytes that it may have then.
        hold: asks for the memory of so many bytes; False if there is none.

    Raises:
        BadRequestError: it is larger, there is no memory for it, or it is not in gzip.
    """
    if not encoding.strip().lower().endswith(GZIP):
        return body
    try:
        return await _unpack(body, largest, hold)
    except zlib.error:
        raise BadRequestError(400, f"the body is not in {GZIP}, which content-encoding says it is") from None


async def _unpack(body: bytes, largest: int, hold: Callable[[int], bool]) -> bytes:
    unpacked = bytearray()
    stream = zlib.decompressobj(_WRAPPED)
    for piece in _pieces(stream, body):
        unpacked += piece
        if len(unpacked) > largest:
            problem = f"the body has more than {largest} bytes (limits.request_bytes) when it is unpacked"
            raise BadRequestError(413, problem, code=Code.RESOURCE_EXHAUSTED)
        if not hold(len(piece)):
            problem = "the bodies of requests are too large together (connections.body_memory); try again later"
            raise BadRequestError(503, problem, code=Code.RESOURCE_EXHAUSTED)
        await asyncio.sleep(0)  # others have their turn
    if not stream.eof or stream.unused_data:
        raise zlib.error("cut off, or followed by something else")
    return bytes(unpacked)


def _pieces(stream: Any, body: bytes) -> Iterator[bytes]:
    """Unpack a body in pieces, each of which takes well below a millisecond."""
    for start in range(0, len(body), _PIECE):
        rest, full = body[start : start + _PIECE], False
        while (rest or full) and not stream.eof:
            piece = stream.decompress(rest, _PIECE)
            rest, full = stream.unconsumed_tail, len(piece) == _PIECE  # then there may be more without further input
            yield piece
        if stream.eof:
            return


async def encode_body(body: bytes, accepted: str) -> tuple[bytes, str]:
    """Return a body as its reader takes it, and its content encoding; empty if that is none.

    Args:
        body: what to send.
        accepted: the value of Accept-Encoding.
    """
    if not takes_gzip(accepted):
        return body, ""
    if len(body) <= _INLINE_BYTES:
        return _pack(body), GZIP
    return await asyncio.to_thread(_pack, body), GZIP


def _pack(body: bytes) -> bytes:
    stream = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WRAPPED)
    return stream.compress(body) + stream.flush()


@lru_cache(maxsize=256)
def takes_gzip(accepted: str) -> bool:
    """Tell whether the value of Accept-Encoding takes gzip; without a value nothing is taken but what is not encoded."""
    qualities = dict(_quality(part) for part in accepted.lower().split(","))
    return qualities.get(GZIP, qualities.get("*", 0.0)) > 0


def _quality(part: str) -> tuple[str, float]:
    name, _, parameter = (piece.strip() for piece in part.partition(";"))
    try:
        return name, float(parameter.removeprefix("q=").strip()) if parameter else 1.0
    except ValueError:
        return name, 0.0
