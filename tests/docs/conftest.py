"""The gateway that the documentation talks to: the one that `make demo` starts."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from docs.running import free_ports, run, started, wait_for_text
from tools.grpcurl import grpcurl  # noqa: F401  # a fixture

_NOT_THE_READERS = re.compile(r"SEARCHWAY_|MAKE|MFLAGS|PYTHONPATH$|PYTEST_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A running `make demo`."""

    http: str
    grpc: str
    output: Path

    def here(self, text: str) -> str:
        """Put the addresses of this demo in place of the documented ones."""
        return text.replace("127.0.0.1:8080", self.http).replace("127.0.0.1:50051", self.grpc)

    def documented(self, text: str) -> str:
        """Put the documented addresses in place of this demo's."""
        return text.replace(self.http, "127.0.0.1:8080").replace(self.grpc, "127.0.0.1:50051")

    @property
    def printed(self) -> str:
        """What it has printed so far."""
        return self.output.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """The environment of a reader who has activated .venv."""
    kept = {name: value for name, value in os.environ.items() if not _NOT_THE_READERS.match(name)}
    return {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}", "no_proxy": "127.0.0.1"}


@pytest.fixture
def shell(request: pytest.FixtureRequest, environment: dict[str, str]) -> Callable[[str, int], str]:
    """Run lines of a shell. Those that call curl or grpcurl are skipped where it cannot be had, and fail under CI=true."""

    def run_lines(text: str, status: int = 0) -> str:
        if re.search(r"\bcurl\b", text) and shutil.which("curl") is None:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("this example needs curl on the PATH")
        folder = [str(request.getfixturevalue("grpcurl").parent)] if "grpcurl" in text else []
        path = os.pathsep.join([*folder, environment["PATH"]])
        return run(["bash", "-euo", "pipefail", "-c", text], {**environment, "PATH": path}, status)

    return run_lines


@pytest.fixture(scope="session")
def demo(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run `make demo` on free ports."""
    http, grpc = (f"127.0.0.1:{port}" for port in free_ports(2))
    output = tmp_path_factory.mktemp("demo") / "output.txt"
    told = {**environment, "SEARCHWAY_HTTP": http, "SEARCHWAY_GRPC": grpc}
    with started(["make", "demo"], told, output) as process:
        wait_for_text('"listening"', process, output)
        yield Demo(http=http, grpc=grpc, output=output)
