"""Writes answers byte by byte, right or wrong."""

from collections.abc import Callable

import orjson

from faults.upstream import Act, Asked

JSON = "content-type: application/json"


def answer(status: int, body: bytes = b"", *headers: str, version: str = "HTTP/1.1", length: bool = True) -> bytes:
    """Return an answer; its headers are JSON's if none are given."""
    lines = [f"{version} {status} X", *(headers or (JSON,))]
    if length:
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def error(status: int, kind: str, reason: str, *headers: str) -> bytes:
    """Return an engine's error."""
    body = {"error": {"type": kind, "reason": reason, "root_cause": []}, "status": status}
    return answer(status, orjson.dumps(body), JSON, *headers)


def says(*parts: bytes) -> Act:
    """Answer everything with these bytes."""

    async def act(asked: Asked) -> None:
        await asked.write(*parts)

    return act


def gives(make: Callable[[bytes], bytes]) -> Act:
    """Answer with what is made of the good answer's body."""

    async def act(asked: Asked) -> None:
        await asked.write(make(asked.good))

    return act


def then_closes(act: Act) -> Act:
    """Do so and end the connection."""

    async def closing(asked: Asked) -> None:
        await act(asked)
        asked.writer.close()

    return closing


def then_resets(act: Act) -> Act:
    """Do so and reset the connection."""

    async def resetting(asked: Asked) -> None:
        await act(asked)
        asked.writer.transport.abort()

    return resetting


def then_hangs(act: Act) -> Act:
    """Do so and say nothing more."""

    async def hanging(asked: Asked) -> None:
        await act(asked)
        await asked.wait_for_the_end()
        asked.writer.close()

    return hanging


async def nothing(asked: Asked) -> None:
    """Say nothing."""
