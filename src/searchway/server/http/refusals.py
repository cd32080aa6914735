"""What the HTTP listener refuses by itself, before the face sees a request: each with its status, code and reason."""

from dataclasses import dataclass
from http import HTTPStatus

import orjson
from starlette.types import Receive, Scope, Send

from searchway.errors import Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer in the form of a GraphQL response, after which the connection is closed."""

    status: int
    """The HTTP status."""
    code: Code
    """The code of the error."""
    problem: str
    """What is wrong, for the caller."""
    reason: str
    """The same as a word for metrics."""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    """Further headers."""

    @property
    def body(self) -> bytes:
        """The document."""
        return orjson.dumps({"errors": [{"message": self.problem, "extensions": {"code": self.code.value}}]})

    def message(self) -> bytes:
        """Return the whole HTTP message."""
        line = f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\n".encode()
        lines = b"".join(b"%s: %s\r\n" % header for header in self._headers(self.body))
        return line + lines + b"\r\n" + self.body

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer a request in its turn, as an ASGI application."""
        body = self.body
        await send({"type": "http.response.start", "status": self.status, "headers": self._headers(body)})
        await send({"type": "http.response.body", "body": body})

    def _headers(self, body: bytes) -> list[tuple[bytes, bytes]]:
        return [
            (b"content-type", b"application/json; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
            *self.headers,
        ]


def malformed(problem: str) -> Refusal:
    """Return the refusal of what is not HTTP, or not such that every server reads it alike."""
    return Refusal(
        status=400, code=Code.INVALID_ARGUMENT, problem=f"not an HTTP request: {problem}", reason="malformed"
    )


def too_many_headers(most: int, largest: int) -> Refusal:
    """Return the refusal of a request with too long a head."""
    problem = (
        f"the request has more than {most} headers (connections.header_count), "
        f"or its line and headers have more than {largest} bytes (connections.header_bytes)"
    )
    return Refusal(status=431, code=Code.RESOURCE_EXHAUSTED, problem=problem, reason="headers_too_large")


def too_slow(what: str, setting: str, seconds: int) -> Refusal:
    """Return the refusal of a request of which a part did not arrive in time."""
    problem = f"the {what} did not arrive within {seconds} seconds (connections.{setting})"
    return Refusal(status=408, code=Code.DEADLINE_EXCEEDED, problem=problem, reason=setting)


def no_memory(most: int) -> Refusal:
    """Return the refusal of a body while too many others are being held."""
    problem = f"the bodies of requests have more than {most} bytes together (connections.body_memory); try again later"
    retry = ((b"retry-after", b"1"),)
    return Refusal(status=503, code=Code.RESOURCE_EXHAUSTED, problem=problem, reason="body_memory", headers=retry)


def unknown_host(host: bytes) -> Refusal:
    """Return the refusal of a request that is for another host."""
    name = host[:100].decode("latin-1")
    problem = f"the host {name!r} is not served here; allowed_hosts names those that are"
    return Refusal(status=421, code=Code.PERMISSION_DENIED, problem=problem, reason="host")


def unsupported(status: int, problem: str) -> Refusal:
    """Return the refusal of a part of HTTP that is not spoken here."""
    return Refusal(status=status, code=Code.UNIMPLEMENTED, problem=problem, reason="unsupported")
