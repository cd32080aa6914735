"""One HTTP/1.1 connection to a node: a request at a time, and its answer.

https://www.rfc-editor.org/rfc/rfc9112
"""

import asyncio
from contextlib import suppress
from typing import cast

import httpx

from searchway.upstream.answers import Answers
from searchway.upstream.carrier import Outgoing
from searchway.wire import HttpResponse

# Methods whose requests say that their body is empty.
_WITH_BODY = ("POST", "PUT")


class Connection(asyncio.Protocol):
    """A connection, kept for as long as both ends want."""

    def __init__(self) -> None:
        """Wait for a transport."""
        self.is_open = True
        """Whether a request may be sent."""
        self.idle_since = 0.0
        """Since when it is not used, by the clock of the loop."""
        self._answers = Answers()
        self._waiter: asyncio.Future[HttpResponse] | None = None

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
        if not self.is_open:
            raise httpx.ConnectError("closed at once")
        self._answers.expect(limit)
        self._waiter = asyncio.get_running_loop().create_future()
        if body:
            self._transport.writelines((head, body))
        else:
            self._transport.write(head)
        try:
            answer = await self._waiter
        except BaseException:
            self.close()
            raise
        finally:
            self._waiter = None
        if not self._answers.is_reusable:
            self.close()
        return answer

    def close(self) -> None:
        """End the connection now, whatever is under way on it."""
        self.is_open = False
        self._transport.abort()

    # What the loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Take what has arrived."""
        waiter = self._waiter
        if waiter is None or waiter.done():
            self.close()  # nobody asked
            return
        try:
            answer = self._answers.feed(data)
        except Exception as error:  # noqa: BLE001  # all of it is for who waits
            waiter.set_exception(error)
        else:
            if answer is not None:
                waiter.set_result(answer)

    def eof_received(self) -> None:
        """Send nothing more."""
        self.is_open = False

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits; an answer without a length is whole now."""
        self.is_open = False
        waiter = self._waiter
        if waiter is None or waiter.done():
            return
        answer = None
        if exc is None:
            with suppress(httpx.DecodingError):
                answer = self._answers.finish()
        if answer is None:
            waiter.set_exception(httpx.ReadError(type(exc).__name__))
        else:
            waiter.set_result(answer)


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
