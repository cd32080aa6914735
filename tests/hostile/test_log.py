"""What is refused before the face sees it is in the log, and nothing of what the client sent."""

import pytest
from structlog.testing import capture_logs

from hostile.listening import ask, listening

SECRET = b"secret-1234567890"
REFUSED = {
    "host": b"GET / HTTP/1.1\r\nHost: " + SECRET + b".example\r\nAuthorization: " + SECRET + b"\r\n\r\n",
    "malformed": b"GET /" + SECRET + b" HTTP/1.1\r\n" + SECRET + b"\r\n\r\n",
    "headers_too_large": b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"Authorization: " + SECRET * 100 + b"\r\n\r\n",
    "unsupported": b"CONNECT " + SECRET + b":1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@pytest.mark.parametrize("reason", REFUSED)
async def test_a_refusal_writes_a_line_without_the_request(reason: str) -> None:
    with capture_logs() as lines:
        async with listening(header_bytes=1024) as at:
            assert (await ask(at, REFUSED[reason])).startswith((b"HTTP/1.1 4", b"HTTP/1.1 5"))
    event = "connections refused or closed"
    assert lines == [{"event": event, "log_level": "info", "face": "http", "reason": reason, "times": 1}]
