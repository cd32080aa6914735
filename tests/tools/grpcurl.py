"""Finds grpcurl for the tests, or builds it once with Go into the cache outside the repository.

No package index carries it; the Go module proxy does, with checksums.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from servers.toolchain import cache_folder

VERSION = "1.9.4"
MODULE = "github.com/fullstorydev/grpcurl/cmd/grpcurl"


class MissingGrpcurlError(Exception):
    """There is no grpcurl and it cannot be built; the message says why."""


def find_grpcurl() -> Path:
    """Return the program: from the PATH, else from the cache, else built (about two minutes, once).

    Raises:
        MissingGrpcurlError: there is no Go, or the build failed.
    """
    if found := shutil.which("grpcurl"):
        return Path(found)
    program = cache_folder() / f"grpcurl-{VERSION}" / "grpcurl"
    if not program.exists():
        _build(program)
    return program


def _build(program: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise MissingGrpcurlError("this test needs grpcurl on the PATH, or Go to build it")
    print(f"\n==> Building grpcurl {VERSION}", flush=True)
    program.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=program.parent) as scratch:
        done = subprocess.run(
            [go, "install", f"{MODULE}@v{VERSION}"],
            env={**os.environ, "GOBIN": scratch},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise MissingGrpcurlError(f"grpcurl could not be built: {done.stderr.strip().splitlines()[-1:]}")
        (Path(scratch) / "grpcurl").replace(program)


@pytest.fixture(scope="session")
def grpcurl(pytestconfig: pytest.Config) -> Path:
    """The path of grpcurl; skips where it cannot be had, and fails under CI=true."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    assert capture is not None
    try:
        with capture.global_and_fixture_disabled():
            return find_grpcurl()
    except MissingGrpcurlError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))
