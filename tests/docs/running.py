"""Starts commands as a reader does, in a process group of their own that is ended as a whole."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import pytest

from docs.blocks import ROOT

START_SECONDS: Final = 120  # a first `make demo` sets up what is missing
STOP_SECONDS: Final = 20
RUN_SECONDS: Final = 60


@contextmanager
def started(
    command: Sequence[str], environment: Mapping[str, str], output: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a command in the checkout until the block ends."""
    with (
        output.open("wb") as log,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        ) as process,
    ):
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(STOP_SECONDS)


def wait_for_text(text: str, process: "subprocess.Popen[bytes]", output: Path) -> None:
    """Wait until a command has printed something; fail with all that it printed if it does not."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if text in output.read_text(encoding="utf-8"):
            return
        time.sleep(0.05)
    pytest.fail(f"{process.args!r} did not print {text!r}; it printed:\n{output.read_text(encoding='utf-8')}")


def run(command: Sequence[str], environment: Mapping[str, str], status: int = 0, folder: Path = ROOT) -> str:
    """Run a command to its end, in the checkout unless told otherwise; return all that it printed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert done.returncode == status, done.stdout
    return done.stdout


def free_ports(count: int) -> list[int]:
    """Return ports that nothing listens at; different ones."""
    with ExitStack() as probes:
        found = [probes.enter_context(socket.socket()) for _ in range(count)]
        for probe in found:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in found]
