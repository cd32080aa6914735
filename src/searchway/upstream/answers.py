"""Puts the answers on a connection together, in whatever pieces they arrive.

llhttp finds their bounds (https://www.rfc-editor.org/rfc/rfc9112); what is here keeps them within their limits and unpacks
them. Knows nothing of sockets.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httptools
import httpx

from searchway.wire import HttpResponse

# The most bytes between two pieces of a body, or before the first: the head above all, into which engines put a warning for
# everything that is deprecated, and trailers.
BARE_LIMIT = 256 * 1024

# The most bytes of a packed body that is unpacked on the event loop: about 16 MB at worst, which take some 30 ms.
_SMALL = 16 * 1024

_FINAL = 200
_GZIP = zlib.MAX_WBITS | 16
_LENGTHS = frozenset({"content-length", "transfer-encoding"})


class AnswerTooLargeError(Exception):
    """An answer's body is above the limit."""


@dataclass(frozen=True, slots=True)
class Packed:
    """An answer whose body is packed."""

    status: int
    """The status."""
    headers: Mapping[str, str]
    """The headers, their names in lower case."""
    body: bytes
    """The body as it came; not empty."""
    limit: int
    """The largest body in bytes once it is unpacked."""

    @property
    def is_small(self) -> bool:
        """Whether it is unpacked at once, whatever it holds: a byte becomes a thousand at most."""
        return len(self.body) <= _SMALL

    def unpack(self) -> HttpResponse:
        """Return the answer with the body unpacked.

        Raises:
            AnswerTooLargeError: it is above the limit then.
            httpx.DecodingError: it cannot be unpacked.
        """
        unpacker = zlib.decompressobj(_GZIP)
        try:
            body = unpacker.decompress(self.body, self.limit + 1)  # enough to see that it is too much
        except zlib.error:
            raise httpx.DecodingError("expected gzip") from None
        if len(body) > self.limit:
            raise AnswerTooLargeError
        if unpacker.unused_data:
            raise httpx.DecodingError("expected one gzip member and nothing else")
        if not unpacker.eof:
            raise httpx.DecodingError("expected a whole gzip member")
        return HttpResponse(status=self.status, headers=self.headers, body=body)


class Answers:
    """The answers of one connection, one after the other."""

    def __init__(self) -> None:
        """Expect nothing yet."""
        self.is_reusable = True
        """Whether another answer may follow the one that is whole."""
        self._parser = httptools.HttpResponseParser(self)
        self.expect(0)

    def expect(self, limit: int) -> None:
        """Expect an answer, and forget the one before.

        Args:
            limit: the largest body in bytes, packed and unpacked.
        """
        self._limit = self._left = limit
        self._bare = 0
        self._headers: Mapping[str, str] | None = None
        self._pairs: list[tuple[bytes, bytes]] = []
        self._body = bytearray()
        self._is_packed = False
        self._answer: HttpResponse | Packed | None = None

    def feed(self, data: bytes) -> HttpResponse | Packed | None:
        """Take what has arrived; return the answer if it is whole now, one that may take long to unpack as it is.

        Raises:
            AnswerTooLargeError: its body is above the limit.
            httpx.DecodingError: its body cannot be unpacked.
            httpx.RemoteProtocolError: it is not HTTP.
        """
        before = self._left
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if self._answer is None:
                raise _problem(error) from None
            self.is_reusable = False
        self._bare = self._bare + len(data) if self._left == before else 0
        if self._bare > BARE_LIMIT and self._answer is None:
            raise httpx.RemoteProtocolError("there is more around the body than can be meant")
        return self._answer

    def finish(self) -> HttpResponse | Packed | None:
        """Take the end of the connection; return the answer if it was its end as well.

        Raises:
            httpx.DecodingError: its body cannot be unpacked.
        """
        self.is_reusable = False
        if self._answer is None and self._headers is not None and _LENGTHS.isdisjoint(self._headers):
            self._end(self._headers)
        return self._answer

    # What the parser calls.

    def on_message_begin(self) -> None:
        """Notice what nobody asked for."""
        if self._answer is not None:
            self.is_reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; a trailer says nothing that is needed, and may not pass for a header."""
        if self._headers is None:
            self._pairs.append((name, value))

    def on_headers_complete(self) -> None:
        """See what the headers say of the body."""
        if self._answer is not None:
            return
        self._headers = _merged(self._pairs)
        if self._parser.get_status_code() >= _FINAL:
            self._is_packed = _is_packed(self._headers.get("content-encoding", ""))

    def on_body(self, data: bytes) -> None:
        """Keep a piece of the body."""
        self._left -= len(data)
        if self._left < 0:
            raise AnswerTooLargeError
        self._body += data

    def on_message_complete(self) -> None:
        """Make the answer; one that only announces another is dropped."""
        if self._answer is not None or self._headers is None:
            return
        if self._parser.get_status_code() < _FINAL:
            self._headers, self._pairs = None, []
            return
        self.is_reusable = self._parser.should_keep_alive()
        self._end(self._headers)

    def _end(self, headers: Mapping[str, str]) -> None:
        status, body = self._parser.get_status_code(), bytes(self._body)
        if not (self._is_packed and body):
            self._answer = HttpResponse(status=status, headers=headers, body=body)
            return
        packed = Packed(status, headers, body, self._limit)
        self._answer = packed.unpack() if packed.is_small else packed


def _is_packed(coding: str) -> bool:
    match coding.lower():
        case "" | "identity":
            return False
        case "gzip" | "x-gzip":
            return True
    raise httpx.DecodingError("expected gzip")


def _merged(pairs: Sequence[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """Return the headers by their names in lower case; those of the same name are one, as lists are."""
    read = [(name.decode("latin-1").lower(), value.decode("latin-1").strip(" \t")) for name, value in pairs]
    headers = dict(read)
    if len(headers) == len(read):
        return headers
    values: dict[str, list[str]] = {}
    for name, value in read:
        values.setdefault(name, []).append(value)
    return {name: ", ".join(several) for name, several in values.items()}


def _problem(error: Exception) -> Exception:
    """Return what one of the calls above raised, which the parser wraps; else that of the parser."""
    if isinstance(error.__context__, AnswerTooLargeError | httpx.DecodingError):
        return error.__context__
    return httpx.RemoteProtocolError(type(error).__name__)
