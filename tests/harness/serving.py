"""Gateways as processes: `searchway serve` with the arguments of a test, read by its log lines."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import orjson

FACES = ("--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0")
_SECONDS = 60


@asynccontextmanager
async def serving(*arguments: str, told: Mapping[str, str] | None = None) -> AsyncIterator[Process]:
    """Start `searchway serve` with these arguments and variables and none of this process's settings; it drains in no time unless told."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SEARCHWAY_", "GRPC_"))}
    ours = {"SEARCHWAY_TOKEN_KEYS": "k" * 32, "SEARCHWAY_DRAIN": "0"}
    command = [sys.executable, "-m", "searchway", "serve", *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=PIPE, stderr=PIPE, env={**clean, **ours, **(told or {})}
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
    while line := await asyncio.wait_for(process.stderr.readline(), _SECONDS):
        said: dict[str, Any] = orjson.loads(line)
        if said["event"] == event:
            return said
    raise AssertionError(f"there is no line {event!r}")


async def insist(process: Process, number: int) -> int:
    """Send a signal again and again until the process has ended; return its exit code."""
    async with asyncio.timeout(_SECONDS):
        while True:
            with suppress(ProcessLookupError):
                process.send_signal(number)
            with suppress(TimeoutError):
                return await asyncio.wait_for(process.wait(), 0.1)


async def stop(process: Process) -> list[str]:
    """Ask it to stop and wait for its end; return the events that it logged until then."""
    process.terminate()
    _, error = await asyncio.wait_for(process.communicate(), _SECONDS)
    assert process.returncode == 0, error
    return [orjson.loads(line)["event"] for line in error.splitlines()]
