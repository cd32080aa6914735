"""Runs one server process: a free port, a folder of its own, the wait until it answers, the end of exactly that process.

It must not know which server it is.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SECONDS_TO_BOOT = 240
SECONDS_TO_STOP = 20


class BootError(Exception):
    """The server did not come up; the message holds the end of its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerProcess:
    """A started server."""

    process: subprocess.Popen[bytes]
    """Leader of a process group of its own, in which all of its children are."""
    folder: Path
    """Everything that it writes; removed by `stop`."""

    def stop(self) -> None:
        """End the group, politely first, and remove its folder."""
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(SECONDS_TO_STOP)
        self._signal(signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def start(
    command: Sequence[str], folder: Path, *, environment: Mapping[str, str], ready: Callable[[], bool]
) -> ServerProcess:
    """Start a server that writes below `folder` and return when `ready` says so.

    Raises:
        BootError: it ended, or was not ready in time; it is stopped then.
    """
    log = folder / "out.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    server = ServerProcess(process=process, folder=folder)
    try:
        _wait_until_ready(process, log, ready)
    except BaseException:
        server.stop()
        raise
    return server


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path, ready: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS_TO_BOOT
    while not ready():
        if process.poll() is not None:
            raise BootError(f"the server ended while booting:\n{_tail(log)}")
        if time.monotonic() > end:
            raise BootError(f"the server was not ready after {SECONDS_TO_BOOT} s:\n{_tail(log)}")
        time.sleep(0.1)


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-3000:]


def free_port() -> int:
    """Return a port that nothing listens on, below the range in which the system picks ports for outgoing connections.

    In that range a connection attempt to a port where nobody listens yet may be given that very port as its own.
    """
    while True:
        port = random.randint(20_000, 32_000)  # noqa: S311
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
