"""Puts the answers on a connection together, in whatever pieces they arrive.

llhttp finds their bounds (https://www.rfc-editor.org/rfc/rfc9112); what is here keeps them within their limits and unpacks
them. Knows nothing of sockets.
"""

import zlib
from typing import Protocol

import httptools
import httpx

from searchway.wire import HttpResponse

# The largest head of an answer in bytes; engines put a warning into it for everything that is deprecated.
HEAD_LIMIT = 256 * 1024

_FINAL = 200
_GZIP = zlib.MAX_WBITS | 16


class AnswerTooLargeError(Exception):
    """An answer's body is above the limit."""


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class Answers:
    """The answers of one connection, one after the other."""

    def __init__(self) -> None:
        """Expect nothing yet."""
        self.is_reusable = True
        """Whether another answer may follow the one that is whole."""
        self._parser = httptools.HttpResponseParser(self)
        self.expect(0)

    def expect(self, limit: int) -> None:
        """Expect an answer.

        Args:
            limit: the largest body, unpacked, in bytes.
        """
        self._room = limit
        self._head = 0
        self._in_body = False
        self._headers: dict[str, str] = {}
        self._chunks: list[bytes] = []
        self._unpacker: _Unpacker | None = None
        self._answer: HttpResponse | None = None

    def feed(self, data: bytes) -> HttpResponse | None:
        """Take what has arrived; return the answer if it is whole now.

        Raises:
            AnswerTooLargeError: its body is above the limit.
            httpx.DecodingError: its body cannot be unpacked.
            httpx.RemoteProtocolError: it is not HTTP.
        """
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if self._answer is None:
                raise _problem(error) from None
            self.is_reusable = False
        if not self._in_body:
            self._head += len(data)
            if self._head > HEAD_LIMIT:
                raise httpx.RemoteProtocolError("the head of the answer does not end")
        return self._answer

    def finish(self) -> HttpResponse | None:
        """Take the end of the connection; return the answer if it was its end as well."""
        self.is_reusable = False
        if (
            self._in_body
            and self._answer is None
            and not {"content-length", "transfer-encoding"} & self._headers.keys()
        ):
            self._end()
        return self._answer

    # What the parser calls.

    def on_message_begin(self) -> None:
        """Notice what nobody asked for."""
        if self._answer is not None:
            self.is_reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; those of the same name are one, as lists are."""
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        self._headers[key] = f"{self._headers[key]}, {text}" if key in self._headers else text

    def on_headers_complete(self) -> None:
        """See how the body is packed."""
        self._in_body = True
        match self._headers.get("content-encoding", "identity").lower():
            case "gzip" | "x-gzip":
                self._unpacker = zlib.decompressobj(_GZIP)
            case "identity":
                pass
            case _:
                raise httpx.DecodingError("expected gzip")

    def on_body(self, data: bytes) -> None:
        """Keep a piece of the body."""
        if self._unpacker is not None:
            data = self._unpack(data, self._unpacker)
        self._room -= len(data)
        if self._room < 0:
            raise AnswerTooLargeError
        self._chunks.append(data)

    def on_message_complete(self) -> None:
        """Make the answer; one that only announces another is dropped."""
        if self._answer is not None:
            return
        if self._parser.get_status_code() < _FINAL:
            self._in_body = False
            self._headers = {}
            return
        self.is_reusable = self._parser.should_keep_alive()
        self._end()

    def _unpack(self, data: bytes, unpacker: _Unpacker) -> bytes:
        try:
            return unpacker.decompress(data, self._room + 1)  # not more of it than shows that it is too much
        except zlib.error:
            raise httpx.DecodingError("expected gzip") from None

    def _end(self) -> None:
        if self._unpacker is not None and self._chunks and (not self._unpacker.eof or self._unpacker.unused_data):
            raise httpx.DecodingError("expected one whole gzip member")
        body = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self._answer = HttpResponse(status=self._parser.get_status_code(), headers=self._headers, body=body)


def _problem(error: Exception) -> Exception:
    """Return what one of the calls above raised, which the parser wraps; else that of the parser."""
    if isinstance(error.__context__, AnswerTooLargeError | httpx.DecodingError):
        return error.__context__
    return httpx.RemoteProtocolError(type(error).__name__)
