"""One HTTP/1.1 connection to a node: a request at a time, and its answer.

https://www.rfc-editor.org/rfc/rfc9112
"""

import asyncio
import select
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import cast

import httpx

from searchway.upstream.answers import Answers, Packed
from searchway.upstream.carrier import Outgoing
from searchway.wire import HttpResponse

# Methods whose requests say that their body is empty.
_WITH_BODY = ("POST", "PUT")

# A body up to this size, in bytes, is at the other end before an answer is, whatever that says.
_IN_ONE_GO = 64 * 1024

# Unpacks large answers: a thread of its own, since it lets go of the interpreter while it does.
_unpacking = ThreadPoolExecutor(1, "unpacking")

_REFUSED = 400

# Refusals of a request that was not read to its end: too large a body, line or headers.
_UNREAD = frozenset({413, 414, 431})

# Engines say 400 to a head that is too large and then ignore all that comes over the connection. A head up to this size, in
# bytes, is too large for none; and this is how they name such errors: too_long_http_header_exception, ..._line_..., ..._frame_...
_SMALL_HEAD = 2048
_TOO_LONG = b"too_long_"


class Connection(asyncio.Protocol):
    """A connection, kept for as long as both ends want."""

    def __init__(self) -> None:
        """Wait for a transport."""
        self.idle_since = 0.0
        """Since when it is not used, by the clock of the loop."""
        self._is_open = True
        self._is_secure = False
        self._answers = Answers()
        self._waiter: asyncio.Future[HttpResponse | Packed] | None = None

    @property
    def is_open(self) -> bool:
        """Whether a request may be sent, as far as the loop has seen."""
        return self._is_open

    def is_quiet(self) -> bool:
        """Tell whether nothing has arrived that the loop has not seen: an end, or what nobody asked for."""
        return self._is_open and not self._poll.poll(0)

    async def secure(self, context: ssl.SSLContext, host: str, seconds: float) -> None:
        """Go on with TLS.

        Args:
            context: how certificates are checked and shown.
            host: the name that the other end's must have.
            seconds: how long the handshake may take.

        Raises:
            OSError: the handshake failed.
        """
        loop = asyncio.get_running_loop()
        secured = await loop.start_tls(self._socket, self, context, server_hostname=host, ssl_handshake_timeout=seconds)
        assert secured is not None  # noqa: S101  # only of a transport that is closing
        self._transport = secured
        self._is_secure = True

    async def exchange(self, head: bytes, body: bytes, limit: int) -> HttpResponse:
        """Send a request and return the answer; whatever goes wrong, or a caller who leaves, ends the connection.

        Args:
            head: the request up to its body; see `write_head`.
            body: the body; empty if there is none.
            limit: the largest body of an answer, in bytes.

        Raises:
            AnswerTooLargeError: the answer is above the limit.
            httpx.DecodingError: it cannot be unpacked.
            httpx.RemoteProtocolError: it is not HTTP.
            httpx.ConnectError: the connection has ended already; nothing was sent.
            httpx.ReadError: the connection broke before the answer's end.
        """
        if not self._is_open:
            raise httpx.ConnectError("closed at once")
        self._answers.expect(limit)
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            self._write(head, body)
            whole = await self._waiter
            answer = await _unpacked(whole) if isinstance(whole, Packed) else whole
            if not (self.is_open and self._answers.is_reusable and self._has_read(head, body, answer)):
                self.close()
        except BaseException:
            self.close()
            raise
        finally:
            self._waiter = None
            self._answers.expect(0)
        return answer

    def close(self) -> None:
        """End the connection now, whatever is under way on it."""
        self._is_open = False
        self._transport.abort()

    def _write(self, head: bytes, body: bytes) -> None:
        if body:
            self._transport.writelines((head, body))
        else:
            self._transport.write(head)

    def _has_read(self, head: bytes, body: bytes, answer: HttpResponse) -> bool:
        """Tell whether the other end has read the whole request: else it takes the rest for the next one, or reads no more."""
        if self._socket.get_write_buffer_size():
            return False
        if answer.status < _REFUSED:
            return True
        return len(body) <= _IN_ONE_GO and answer.status not in _UNREAD and not _is_of_the_head(head, answer)

    # What the loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = self._socket = cast(asyncio.Transport, transport)
        self._poll = select.poll()
        self._poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)

    def data_received(self, data: bytes) -> None:
        """Take what has arrived."""
        waiter = self._waiter
        if waiter is None or waiter.done():
            self.close()  # nobody asked
            return
        try:
            answer = self._answers.feed(data)
        except Exception as error:  # noqa: BLE001  # all of it is for who waits
            # With its traceback, the error would keep the connection and what has arrived, and they the error.
            waiter.set_exception(error.with_traceback(None))
        else:
            if answer is not None:
                waiter.set_result(answer)

    def eof_received(self) -> None:
        """Take the end, at which an answer without a length is whole: not under TLS, where anybody could have cut it off."""
        self._is_open = False
        waiter = self._waiter
        if waiter is None or waiter.done():
            self.close()
            return
        answer = None
        if not self._is_secure:
            with suppress(httpx.DecodingError):
                answer = self._answers.finish()
        if answer is None:
            waiter.set_exception(httpx.ReadError("ended before its answer"))
        else:
            waiter.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits."""
        self._is_open = False
        if self._waiter is not None and not self._waiter.done():
            what = f"{type(exc).__name__}: {exc}" if exc else "ended before its answer"
            self._waiter.set_exception(httpx.ReadError(what))


async def _unpacked(packed: Packed) -> HttpResponse:
    """Unpack an answer beside the event loop: a hundred kilobytes may become a hundred megabytes."""
    return await asyncio.get_running_loop().run_in_executor(_unpacking, packed.unpack)


def _is_of_the_head(head: bytes, answer: HttpResponse) -> bool:
    """Tell whether a refusal may be about the size of the request's head."""
    return answer.status == _REFUSED and (len(head) > _SMALL_HEAD or _TOO_LONG in answer.body)


def write_head(host: bytes, outgoing: Outgoing) -> bytes:
    """Return the head of a request.

    Args:
        host: host and, unless it is the scheme's own, port.
        outgoing: the request.

    Raises:
        ValueError: something in it would begin another line.
    """
    lines = [b"%b %b HTTP/1.1" % (outgoing.method.encode("ascii"), outgoing.target), b"host: " + host]
    lines += [b"%b: %b" % header for header in outgoing.headers]
    if outgoing.body or outgoing.method in _WITH_BODY:
        lines.append(b"content-length: %d" % len(outgoing.body))
    head = b"\r\n".join((*lines, b"", b""))
    ends = len(lines) + 1
    if head.count(b"\n") != ends or head.count(b"\r") != ends or b" " in outgoing.target:
        raise ValueError("a line of the request would be two")
    return head
