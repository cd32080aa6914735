"""The only fake: a cluster at the transport seam that answers as told and remembers what arrived."""

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import httpx

from harness.cases import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A request as it arrived."""

    line: str
    body: bytes
    content_type: str | None


class Upstream(httpx.AsyncBaseTransport):
    """Answers in the order given; the last answer again and again if `forever`."""

    def __init__(self) -> None:
        self.arrived: list[Arrived] = []
        self._answers: deque[Exchange] = deque()
        self._forever = False
        self._error: Exception | None = None
        self._inner: httpx.AsyncBaseTransport | None = None
        self._past = 0.0

    def clock(self) -> float:
        """Return the seconds by which the gateway judges its clusters: time passes whenever something new is expected."""
        return time.monotonic() + self._past

    def let_time_pass(self) -> None:
        """Let an hour pass by that clock."""
        self._past += 3600.0

    def expect(self, exchanges: Iterable[Exchange], *, forever: bool = False) -> None:
        """Forget everything and prepare the answers."""
        self.arrived.clear()
        self.let_time_pass()
        self._answers = deque(exchanges)
        self._forever = forever
        self._error = None
        self._inner = None

    def play(self, transport: httpx.AsyncBaseTransport) -> None:
        """Forget everything and let somebody else answer."""
        self.expect(())
        self._inner = transport

    def break_with(self, error: Exception) -> None:
        """Forget everything and answer with an error of the transport."""
        self.expect(())
        self._error = error

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        line = f"{request.method} {request.extensions['target'].decode('ascii')}"
        self.arrived.append(Arrived(line=line, body=request.read(), content_type=request.headers.get("content-type")))
        if self._inner is not None:
            return await self._inner.handle_async_request(request)
        if self._error is not None:
            raise self._error
        if not self._answers:
            raise httpx.ReadError(f"nobody expects {line}")
        answer = self._answers[0] if self._forever else self._answers.popleft()
        headers = {"content-type": "application/json", **answer.headers}
        return httpx.Response(answer.status, headers=headers, stream=httpx.ByteStream(answer.answer))
