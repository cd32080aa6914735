"""A gateway in a process of its own in front of real servers, started as its user starts it.

Settings come from a file and the environment; where it listens is read from its log. It must not know what is asked of it.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from servers.record import Server

SECONDS_TO_START = 60
SECONDS_TO_STOP = 20
FREE_PORTS = {"SEARCHWAY_HTTP": "127.0.0.1:0", "SEARCHWAY_GRPC": "127.0.0.1:0", "SEARCHWAY_GRACE": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A gateway that serves."""

    http: str
    """Address of the GraphQL face, as in `http://127.0.0.1:8080`."""
    grpc: str
    """Host and port of the gRPC face."""
    output: Path
    """Everything that it has printed."""

    def calls(self, request_id: str) -> list[dict[str, Any]]:
        """Return the access log's lines for a call."""
        return [line for line in _lines(self.output) if line.get("request_id") == request_id]


def cluster_name(server: Server) -> str:
    """Return what the gateway's settings call a server."""
    return f"{server.engine}{server.version.partition('.')[0]}"


@contextmanager
def serve_all(servers: Iterable[Server], folder: Path) -> Iterator[Gateway]:
    """Serve with each server as a cluster: a file says where they are, the environment has the passwords."""
    config, environment = folder / "searchway.toml", {}
    tables = []
    for server in servers:
        name = cluster_name(server)
        tables += [f"[clusters.{name}]", f'nodes = ["{server.url}"]', "forward_credentials = true"]
        if server.admin:
            tables.append(f'username = "{server.admin.username}"')
            environment[f"SEARCHWAY_CLUSTERS__{name.upper()}__PASSWORD"] = server.admin.password
    config.write_text("\n".join(tables))
    with serve(folder, environment, "--config", str(config)) as gateway:
        yield gateway


@contextmanager
def serve(folder: Path, environment: Mapping[str, str], *arguments: str) -> Iterator[Gateway]:
    """Run `searchway serve` on free ports until the block ends."""
    output = folder / "gateway.log"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SEARCHWAY_")}
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "searchway", "serve", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**inherited, **FREE_PORTS, **environment},
        )
    try:
        listening = _wait_until_listening(process, output)
        yield Gateway(http=f"http://{listening['http']}", grpc=listening["grpc"], output=output)
    finally:
        process.terminate()
        process.wait(SECONDS_TO_STOP)


def _wait_until_listening(process: subprocess.Popen[bytes], output: Path) -> dict[str, Any]:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end and process.poll() is None:
        for line in _lines(output):
            if line.get("event") == "listening":
                return line
        time.sleep(0.05)
    raise AssertionError(f"the gateway does not serve; it printed:\n{output.read_text(encoding='utf-8')}")


def _lines(output: Path) -> list[dict[str, Any]]:
    """Return the lines of the log, without what is printed for people and a last line that is still being written."""
    whole = output.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
    return [orjson.loads(line) for line in whole if line.startswith("{")]
