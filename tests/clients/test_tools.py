"""Command lines that call with the written proto files, without reflection, and by reflection."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from clients.conftest import Protos
from tools.golang import ghz  # noqa: F401  # a fixture
from tools.grpcurl import grpcurl  # noqa: F401  # same

METHOD = "searchway.api.ism.v1.IsmService/GetPolicy"
REQUEST = json.dumps({"policy_id": "log-retention"})
HEADER = ("-H", "x-searchway-cluster: opensearch")


def states(command: list[str | Path], folder: Path) -> list[str]:
    """Run a command that prints a policy, and return the names of its states."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return [state["name"] for state in json.loads(done.stdout)["policy"]["definition"]["states"]]


@pytest.mark.parametrize(
    "options",
    [("-import-path", ".", "-proto", "searchway/api/ism/v1/ism.proto"), ("-protoset", "descriptors.binpb"), ()],
    ids=["proto", "protoset", "reflection"],
)
def test_grpcurl(grpcurl: Path, protos: Protos, grpc_address: str, options: tuple[str, ...]) -> None:  # noqa: F811  # same
    command: list[str | Path] = [grpcurl, "-plaintext", *options, *HEADER, "-d", REQUEST, grpc_address, METHOD]
    assert states(command, protos.folder) == ["hot", "old"]


@pytest.mark.parametrize(
    "options", [("--schema", "."), ("--schema", "descriptors.binpb"), ()], ids=["module", "set", "reflection"]
)
def test_buf_curl(protos: Protos, grpc_address: str, options: tuple[str, ...]) -> None:
    buf = Path(sys.executable).parent / "buf"
    how = ("--protocol", "grpc", "--http2-prior-knowledge", *options, *HEADER, "-d", REQUEST)
    assert states([buf, "curl", *how, f"http://{grpc_address}/{METHOD}"], protos.folder) == ["hot", "old"]


@pytest.mark.parametrize(
    "options", [("--import-paths", ".", "--proto", "searchway/api/ism/v1/ism.proto"), ()], ids=["proto", "reflection"]
)
def test_ghz(ghz: Path, protos: Protos, grpc_address: str, options: tuple[str, ...]) -> None:  # noqa: F811  # same
    metadata = json.dumps({"x-searchway-cluster": "opensearch"})
    calls = ("-n", "50", "-c", "5", "--call", METHOD, "-m", metadata, "-d", REQUEST)
    command: list[str | Path] = [ghz, "--insecure", *options, *calls, "-O", "json", grpc_address]
    done = subprocess.run(command, cwd=protos.folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["statusCodeDistribution"] == {"OK": 50}
