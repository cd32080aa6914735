"""A gateway on its sandbox in a process of its own, as a user starts it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

START_SECONDS = 30


@pytest.fixture(scope="session")
def grpc_port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def grpc_address(gateway: str, grpc_port: int) -> str:
    """Where the same gateway speaks gRPC."""
    del gateway  # it only has to run
    return f"127.0.0.1:{grpc_port}"


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory, grpc_port: int) -> Iterator[str]:
    """The address at which it speaks HTTP."""
    with serving(tmp_path_factory.mktemp("gateway"), "--grpc", f"127.0.0.1:{grpc_port}") as address:
        yield address


@contextmanager
def serving(folder: Path, *flags: str, **variables: str) -> Iterator[str]:
    """Serve on the sandbox and yield the address of HTTP.

    Args:
        folder: where the output goes.
        flags: more flags of the command line.
        variables: settings.
    """
    http, log = free_port(), folder / "output.txt"
    command = [sys.executable, "-m", "searchway", "serve", "--sandbox", "--http", f"127.0.0.1:{http}", *flags]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **variables}) as process,
    ):
        try:
            await_health(f"http://127.0.0.1:{http}/healthz", process, log)
            yield f"http://127.0.0.1:{http}"
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_health(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"the gateway did not start; it printed:\n{log.read_text(encoding='utf-8')}")
