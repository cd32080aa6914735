"""Builds the distribution as `make wheel` does, and serves from what is in it."""

import os
import sys
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import httpx
import pytest

from docs.blocks import ROOT
from docs.running import free_ports, run, started, wait_for_text

STATIC: Final = ROOT / "src" / "searchway" / "graph" / "static"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an installation of the wheel would hold."""
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)], os.environ)
    (wheel,) = folder.glob("*.whl")
    ZipFile(wheel).extractall(folder / "installed")
    return folder / "installed"


def test_it_has_what_is_generated_and_built(unpacked: Path) -> None:
    built = {path.relative_to(STATIC) for path in STATIC.rglob("*") if path.is_file()}
    assert built or os.environ.get("CI") != "true"
    assert {path for path in built if not (unpacked / "searchway/graph/static" / path).is_file()} == set()
    assert (unpacked / "searchway/api/descriptors.binpb").is_file()
    assert (unpacked / "searchway/py.typed").is_file()
    schema = (unpacked / "searchway/api/schema.graphql").read_text(encoding="utf-8")
    assert schema == (ROOT / "graphql/schema.graphql").read_text(encoding="utf-8")


def test_it_writes_the_proto_files(unpacked: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    run([sys.executable, "-m", "searchway", "protos", str(tmp_path)], environment)
    for path in (ROOT / "proto").rglob("*.proto"):
        assert (tmp_path / path.relative_to(ROOT / "proto")).read_bytes() == path.read_bytes()
    assert (tmp_path / "descriptors.binpb").read_bytes() == (ROOT / "src/searchway/api/descriptors.binpb").read_bytes()


def test_it_has_nothing_else(unpacked: Path) -> None:
    (information,) = unpacked.glob("*.dist-info")
    assert {path.name for path in unpacked.iterdir()} == {"searchway", information.name}
    assert not (unpacked / "searchway/graph/graphiql").exists()
    assert (information / "licenses/.github/LICENSE").read_text(encoding="utf-8") == (
        ROOT / ".github/LICENSE"
    ).read_text()


def test_it_serves(unpacked: Path, tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_ports(1)[0]}"
    command = [sys.executable, "-m", "searchway", "serve", "--sandbox", "--http", address, "--grpc", "127.0.0.1:0"]
    environment, output = {**os.environ, "PYTHONPATH": str(unpacked)}, tmp_path / "output.txt"
    assert str(unpacked) in run([sys.executable, "-c", "import searchway; print(searchway.__file__)"], environment)
    with started(command, environment, output) as process:
        wait_for_text('"listening"', process, output)
        page = httpx.get(f"http://{address}/graphql", headers={"accept": "text/html"}, trust_env=False)
        asked = {"query": "{ cat { allocation { totalCount } } }"}
        answer = httpx.post(f"http://{address}/graphql", json=asked, trust_env=False)
    assert page.is_success is STATIC.exists()
    assert answer.json() == {"data": {"cat": {"allocation": {"totalCount": 2}}}}
