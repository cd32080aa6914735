"""The processes of a comparison: started on a core of their own, measured by the processor time they took, always ended."""

import os
import shutil
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE = 30.0

SERVER_CORE, LOAD_CORE = "0", "1"


def free_port() -> int:
    """Return a port of the loopback address that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def pin(core: str) -> None:
    """Keep this process on a core, where there are several."""
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {int(core)})


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has taken, all of its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def sources_at(revision: str, folder: Path) -> Path:
    """Write the gateway's sources as they were at a revision into a folder; return where its package stands."""
    archive = subprocess.run(["git", "archive", revision, "src"], cwd=_ROOT, check=True, capture_output=True)
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder / "src"


@contextmanager
def running(arguments: list[str], core: str, environ: Mapping[str, str], ports: list[int]) -> Iterator[int]:
    """Run a Python module until the block ends; yield its process id once it listens at all its ports."""
    pinned = ["taskset", "-c", core] if shutil.which("taskset") and (os.cpu_count() or 1) > 1 else []
    process = subprocess.Popen(
        [*pinned, sys.executable, "-m", *arguments],
        cwd=_ROOT,
        env={**os.environ, **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for port in ports:
            _await_port(process, port)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_port(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise SystemExit(f"{process.args!r} does not listen at {port}")
