"""Calls an ASGI application directly, so that paths reach it byte for byte."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Scope

JSON = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def reason(self) -> Any:
        return self.document["error"]["reason"]


def scope_of(request: str, headers: Mapping[str, str]) -> Scope:
    method, _, target = request.partition(" ")
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "http_version": "1.1",
        "scheme": "http",
        "server": ("sandbox", 80),
        "client": ("test", 1),
        "root_path": "",
    }


async def ask(app: ASGIApp, request: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
    """Send `METHOD target`; objects go out as JSON, text and bytes as they are."""
    payload = _payload(body)
    fields = headers if headers is not None else (JSON if payload else {})
    incoming: list[Message] = [{"type": "http.request", "body": payload, "more_body": False}]
    sent: list[Message] = []

    async def receive() -> Message:
        return incoming.pop(0) if incoming else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope_of(request, fields), receive, send)
    start, *rest = sent
    return Answer(
        status=start["status"],
        headers={name.decode(): value.decode("latin-1") for name, value in start["headers"]},
        body=b"".join(message.get("body", b"") for message in rest),
    )


def _payload(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    return b"" if body is None else json.dumps(body).encode()
