"""The messages of the graphql-transport-ws sub-protocol, read and written.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import msgspec
import orjson

from searchway.graph.requests import decode_odd
from searchway.transcode import surrogates

PROTOCOL = "graphql-transport-ws"
ACK = '{"type":"connection_ack"}'
PONG = '{"type":"pong"}'


class Close(IntEnum):
    """Why a socket is closed, where the sub-protocol has a number for it."""

    NORMAL = 1000
    RESTART = 1012
    TRY_AGAIN = 1013
    INVALID = 4400
    UNAUTHORIZED = 4401
    UNACCEPTABLE = 4406
    TOO_SLOW = 4408
    TAKEN = 4409
    TOO_MANY = 4429


class ClosingError(Exception):
    """The socket has to be closed."""

    def __init__(self, code: Close, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Message(msgspec.Struct):
    """A message of a client."""

    type: str
    """What kind it is."""
    id: str = ""
    """The operation that it is about."""
    payload: msgspec.Raw = msgspec.Raw(b"")
    """The rest, not read yet."""


_decode = msgspec.json.Decoder(Message).decode
_decode_payload = msgspec.json.Decoder(dict[str, Any] | None).decode


def read_message(text: str | None) -> Message:
    """Read a message.

    Raises:
        ClosingError: it is none.
    """
    if text is None:
        raise ClosingError(Close.INVALID, "expected text, got bytes")
    try:
        message, mark = decode_odd(_decode, text.encode())
    except ValueError as error:
        raise ClosingError(Close.INVALID, f"not a message: {error}") from None
    if mark:
        message = _show(message, mark)
    if message.type in {"subscribe", "complete"} and not message.id:
        raise ClosingError(Close.INVALID, f"{message.type}: expected an id")
    return message


def _show(message: Message, mark: str) -> Message:
    """Return a message as it was written, after its lone surrogates were hidden."""
    if mark in message.type + message.id:
        raise ClosingError(Close.INVALID, "not a message: half of a surrogate pair in its type or id")
    payload = msgspec.Raw(surrogates.show(bytes(message.payload), mark))
    return Message(type=message.type, id=message.id, payload=payload)


def read_headers(payload: bytes) -> Mapping[str, str]:
    """Return what stands for headers in the payload of `connection_init`: its members, or those of its `headers`.

    Raises:
        ClosingError: it is no object, or a header is no text that HTTP could carry.
    """
    try:
        given = _decode_payload(payload or b"null") or {}
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise ClosingError(Close.INVALID, "connection_init: expected an object as its payload") from None
    headers = given["headers"] if isinstance(given.get("headers"), dict) else given
    return {name.lower(): _header(name, value) for name, value in headers.items()}


def _header(name: str, value: Any) -> str:
    if not isinstance(value, str) or not (name + value).isascii() or not (name + value).isprintable():
        raise ClosingError(Close.INVALID, "connection_init: expected headers that are printable texts")
    return value


def write_next(operation: str, response: Mapping[str, Any]) -> str:
    """Write a response of an operation."""
    return orjson.dumps({"id": operation, "type": "next", "payload": response}).decode()


def write_error(operation: str, errors: list[dict[str, Any]]) -> str:
    """Write why an operation was not executed; it ends it."""
    return orjson.dumps({"id": operation, "type": "error", "payload": errors}).decode()


def write_complete(operation: str) -> str:
    """Write that an operation has ended."""
    return orjson.dumps({"id": operation, "type": "complete"}).decode()
