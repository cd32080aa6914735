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
_decode_payload = msgspec.json.Decoder(Any).decode
_KINDS = {str: "a string", int: "a number", float: "a number", bool: "a boolean", list: "an array", dict: "an object"}
_LONGEST_NAME = 40


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

    A payload or a header that is null is as good as absent: clients write so what they do not have.

    Raises:
        ClosingError: the payload is no object, or a header is no text that HTTP could carry; names the header.
    """
    try:
        given = _decode_payload(payload or b"null")
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise _wrong_init("payload", "expected an object of headers") from None
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise _wrong_init("payload", f"expected an object of headers, got {_KINDS[type(given)]}")
    headers = given["headers"] if isinstance(given.get("headers"), dict) else given
    return {name.lower(): _header(name, value) for name, value in headers.items() if value is not None}


def _header(name: str, value: Any) -> str:
    if not (name.isascii() and name.isprintable()):
        raise _wrong_init(ascii(name), "expected a name in printable ASCII characters")
    if not isinstance(value, str):
        raise _wrong_init(name, f"expected a string, got {_KINDS[type(value)]}")
    if not (value.isascii() and value.isprintable()):
        raise _wrong_init(name, "expected printable ASCII characters")
    return value


def _wrong_init(name: str, problem: str) -> ClosingError:
    shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    return ClosingError(Close.INVALID, f"connection_init: {shown}: {problem}")


def write_next(operation: str, response: Mapping[str, Any]) -> str:
    """Write a response of an operation."""
    return orjson.dumps({"id": operation, "type": "next", "payload": response}).decode()


def write_error(operation: str, errors: list[dict[str, Any]]) -> str:
    """Write why an operation was not executed; it ends it."""
    return orjson.dumps({"id": operation, "type": "error", "payload": errors}).decode()


def write_complete(operation: str) -> str:
    """Write that an operation has ended."""
    return orjson.dumps({"id": operation, "type": "complete"}).decode()
