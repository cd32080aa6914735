"""Gateways as processes: where they listen, how they stop, what they write."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest

QUERY = {"query": "{ cat { allocation { edges { node { node } } } } }"}


@asynccontextmanager
async def gateway(*arguments: str) -> AsyncIterator[Process]:
    """Start `searchway serve` with these arguments and none of this process's settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SEARCHWAY_", "GRPC_"))}
    command = [sys.executable, "-m", "searchway", "serve", *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=PIPE, stderr=PIPE, env={**clean, "SEARCHWAY_TOKEN_KEYS": "k" * 32}
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def wait_for(process: Process, event: str) -> dict[str, Any]:
    """Read log lines up to one of an event; each line must be a log line."""
    assert process.stderr is not None
    while line := await asyncio.wait_for(process.stderr.readline(), 30):
        said: dict[str, Any] = orjson.loads(line)
        if said["event"] == event:
            return said
    raise AssertionError(f"there is no line {event!r}")


@pytest.fixture
def taken() -> Any:
    """An address that another program listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    ("http", "grpc", "face"),
    [("{}", "off", "http"), ("off", "{}", "grpc"), ("{}", "127.0.0.1:0", "http"), ("127.0.0.1:0", "{}", "grpc")],
)
@pytest.mark.parametrize("workers", [1, 2])
async def test_address_that_is_taken_is_told_in_one_line(
    taken: str, http: str, grpc: str, face: str, workers: int
) -> None:
    faces = ("--http", http.format(taken), "--grpc", grpc.format(taken), "--workers", str(workers))
    async with gateway("--sandbox", "opensearch", *faces) as process:
        out, error = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, out) == (2, b"")
    lines = [line for line in error.decode().splitlines() if not line.startswith("{")]
    assert lines == [f"searchway: {face}: cannot listen at {taken}"]


async def test_face_that_is_off_is_null_in_the_log() -> None:
    async with gateway("--sandbox", "opensearch", "--http", "127.0.0.1:0", "--grpc", "off") as process:
        said = await wait_for(process, "listening")
        assert said["grpc"] is None
        assert said["http"].startswith("127.0.0.1:")
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_workers_write_their_lines_where_the_first_does() -> None:
    async with gateway(
        "--sandbox", "opensearch", "--http", "127.0.0.1:0", "--grpc", "off", "--workers", "2"
    ) as process:
        said = [await wait_for(process, "listening") for _ in range(2)]
        assert said[0]["http"] != said[1]["http"]
        process.terminate()
        out, error = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 0
    assert b"listening" not in out
    assert [orjson.loads(line)["event"] for line in error.splitlines()] == ["stopping"] * 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("again", [True, False])
async def test_calls_in_flight_may_end_unless_a_second_signal_comes(number: signal.Signals, again: bool) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        await go_on.wait()
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n" + b'[{"node": "n1"}]'
        )
        await writer.drain()
        writer.close()

    async with (
        await asyncio.start_server(answer, "127.0.0.1", 0) as upstream,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        url = f"http://127.0.0.1:{upstream.sockets[0].getsockname()[1]}"
        faces = ("--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0")
        async with gateway("--upstream", url, "--engine", "opensearch", *faces) as process:
            address = (await wait_for(process, "listening"))["http"]
            call = asyncio.ensure_future(client.post(f"http://{address}/graphql", json=QUERY))
            await asyncio.wait_for(asked.wait(), 10)
            process.send_signal(number)
            await wait_for(process, "stopping")
            if again:
                process.send_signal(number)
            else:
                go_on.set()
            assert await asyncio.wait_for(process.wait(), 5) == (128 + number if again else 0)
            if again:
                with pytest.raises(httpx.TransportError):
                    await call
            else:
                assert (await call).json() == {"data": {"cat": {"allocation": {"edges": [{"node": {"node": "n1"}}]}}}}
        go_on.set()


async def test_grpcs_own_lines_stay_out_of_the_log(taken: str) -> None:
    async with gateway("--sandbox", "opensearch", "--http", "off", "--grpc", taken) as process:
        _, error = await asyncio.wait_for(process.communicate(), 30)
    assert error.decode() == f"searchway: grpc: cannot listen at {taken}\n"
