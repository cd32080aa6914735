"""The least of an HTTP/2 client: frames made by hand, to send headers that no client library lets through.

https://www.rfc-editor.org/rfc/rfc9113, https://www.rfc-editor.org/rfc/rfc7541
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RESET, _SETTINGS, _AWAY = 0, 1, 3, 4, 7
_END_STREAM, _END_HEADERS = 1, 4
_EMPTY_MESSAGE = b"\0" * 5

Pairs = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a call ended."""

    status: int
    """gRPC's status; -1 if the stream or the connection ended without."""
    headers: bytes
    """The last headers as they came; grpc writes most of them without compression."""


async def call(port: int, path: str, metadata: Pairs) -> Ended:
    """Make a gRPC call with an empty message on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    pseudo = [(b":method", b"POST"), (b":scheme", b"http"), (b":path", path.encode()), (b":authority", b"gateway")]
    block = _block([*pseudo, (b"te", b"trailers"), (b"content-type", b"application/grpc"), *metadata])
    writer.write(_PREFACE + _frame(_SETTINGS, 0, 0, b""))
    writer.write(_frame(_HEADERS, _END_HEADERS, 1, block) + _frame(_DATA, _END_STREAM, 1, _EMPTY_MESSAGE))
    try:
        return await _end(reader)
    finally:
        writer.close()


async def _end(reader: asyncio.StreamReader) -> Ended:
    while True:
        start = await reader.readexactly(9)
        kind, flags = start[3], start[4]
        payload = await reader.readexactly(int.from_bytes(start[:3], "big"))
        if kind in (_RESET, _AWAY):
            return Ended(status=-1, headers=payload)
        if kind == _HEADERS and flags & _END_STREAM:
            found = re.search(rb"grpc-status[\x01\x02](\d+)", payload)
            return Ended(status=int(found[1]) if found else -1, headers=payload)


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def _block(headers: Pairs) -> bytes:
    """Write headers as literals that nobody has to remember."""
    return b"".join(b"\0" + _text(name) + _text(value) for name, value in headers)


def _text(text: bytes) -> bytes:
    """Write a text with its length: in seven bits, or in as many more as it takes."""
    if len(text) < 127:  # what seven bits hold
        return bytes((len(text),)) + text
    rest, length = len(text) - 127, bytearray(b"\x7f")
    while rest >= 128:  # likewise
        length.append(rest % 128 + 128)
        rest //= 128
    return bytes((*length, rest)) + text
