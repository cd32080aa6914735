"""A client in Python with the stubs of the package: checked strictly, as a user's own, and run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clients.conftest import HERE

CLIENT = HERE / "python" / "client.py"
WRONG = """
import grpc

from searchway.api.ism.v1 import ism_pb2, ism_pb2_grpc

channel = grpc.insecure_channel("127.0.0.1:1")
answer = ism_pb2_grpc.IsmServiceStub(channel).GetPolicy(ism_pb2.ListPoliciesRequest())
"""


def mypy(file: Path, folder: Path) -> str:
    """Check a file without the settings of this project; return what mypy printed."""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={folder}", str(file)]
    environment = {name: value for name, value in os.environ.items() if name != "MYPYPATH"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=240
    ).stdout


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for mypy's cache, so that the second check is quick."""
    return tmp_path_factory.mktemp("mypy")


def test_strict_types(scratch: Path) -> None:
    assert mypy(CLIENT, scratch) == "Success: no issues found in 1 source file\n"


def test_wrong_request_is_seen(scratch: Path) -> None:
    file = scratch / "wrong.py"
    file.write_text(WRONG, encoding="utf-8")
    printed = mypy(file, scratch)
    assert 'has incompatible type "ListPoliciesRequest"; expected "GetPolicyRequest"' in printed
    assert printed.endswith("Found 1 error in 1 file (checked 1 source file)\n")


def test_run(grpc_address: str) -> None:
    done = subprocess.run(
        [sys.executable, CLIENT, grpc_address], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "states: hot old",
        "error: ism.GetPolicy status_exception",
        "deadline: DEADLINE_EXCEEDED",
        "stream: 3",
    ]
