from typing import Any

import httpx
import pytest

from searchway.upstream.asgi import AsgiTransport


def application(*messages: dict[str, Any], seen: list[Any] | None = None) -> Any:
    async def run(scope: Any, receive: Any, send: Any) -> None:
        if seen is not None:
            seen.extend([scope, await receive()])
        for message in messages:
            await send(message)
        if seen is not None:
            seen.append(await receive())

    return run


START = {"type": "http.response.start", "status": 201, "headers": [(b"X-A", b"1")]}


async def test_request_and_answer() -> None:
    seen: list[Any] = []
    more = {"type": "http.response.body", "body": b"a", "more_body": True}
    transport = AsgiTransport(application(START, more, {"type": "http.response.body", "body": b"b"}, seen=seen))
    request = httpx.Request(
        "PUT", "http://s", headers={"X-B": "2"}, stream=httpx.ByteStream(b"{}"), extensions={"target": b"/a%2F..%2Fb?c=%2F"}
    )  # fmt: skip
    response = await transport.handle_async_request(request)
    assert (response.status_code, response.headers["x-a"], await response.aread()) == (201, "1", b"ab")
    scope, first, second = seen
    assert (scope["method"], scope["raw_path"], scope["path"], scope["query_string"]) == (
        "PUT", b"/a%2F..%2Fb", "/a/../b", b"c=%2F",
    )  # fmt: skip
    assert set(scope["headers"]) == {(b"host", b"s"), (b"x-b", b"2"), (b"content-length", b"2")}
    assert first == {"type": "http.request", "body": b"{}", "more_body": False}
    assert second == {"type": "http.disconnect"}


@pytest.mark.parametrize("messages", [(), (START,), (START, {"type": "http.response.body", "more_body": True})])
async def test_half_an_answer_is_a_broken_connection(messages: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await AsgiTransport(application(*messages)).handle_async_request(httpx.Request("GET", "http://s"))


async def test_failing_application_is_a_broken_connection() -> None:
    async def fail(*_: Any) -> None:
        raise KeyError("x")

    with pytest.raises(httpx.ReadError):
        await AsgiTransport(fail).handle_async_request(httpx.Request("GET", "http://s"))
