"""Programs of services in Go and TypeScript: generated and built by the commands of the README, then run on the sandbox."""

import shutil
from pathlib import Path

import pytest

from clients.conftest import HERE, Programs
from clients.readme import blocks, commands, shell
from searchway.graph.graphiql.build import Node, install_packages

SOURCES = {
    "go": ["go/service/main.go"],
    "ts": ["nodejs/service.ts", "connect/service.ts"],
    "yaml": ["go/buf.gen.yaml", "connect/buf.gen.yaml"],
}


@pytest.mark.parametrize("language", SOURCES)
def test_the_readme_shows_parts_of_the_programs(language: str) -> None:
    for text, name in zip(blocks(language), SOURCES[language], strict=True):
        source = (HERE / name).read_text(encoding="utf-8")
        assert all(part in source for part in text.strip().split("\n\n"))


def test_go(go: Path, grpc_address: str, tmp_path: Path) -> None:
    shutil.copytree(HERE / "go", tmp_path / "go", ignore=shutil.ignore_patterns("protos", "gen"))
    shell(commands("buf", "go"), tmp_path / "go", go.parent)
    assert shell(f"./client {grpc_address}", tmp_path / "go").splitlines() == [
        "states: [hot old]",
        "error: ism.GetPolicy status_exception",
        "deadline: true",
        "stream: 3 Canceled",
    ]


def prepare(folder: Path, sources: Path, packages: Path) -> None:
    """Lay out a package as a user has it, with its dependencies installed."""
    built = shutil.ignore_patterns("node_modules", "protos", "gen", "built")
    shutil.copytree(sources, folder, dirs_exist_ok=True, ignore=built)
    (folder / "node_modules").symlink_to(packages / "node_modules")


def test_grpc_js(programs: Programs, grpc_address: str, tmp_path: Path) -> None:
    prepare(tmp_path, HERE / "nodejs", programs.home)
    shell(commands("npx proto-loader-gen-types"), tmp_path, programs.node.folder)
    assert shell(f"node built/service.js {grpc_address}", tmp_path, programs.node.folder).splitlines() == [
        "states: hot old",
        "error: ism.GetPolicy status_exception",
        "deadline: true",
        "stream: 3 CANCELLED",
    ]


def test_connect(node: Node, grpc_address: str, tmp_path: Path) -> None:
    prepare(tmp_path, HERE / "connect", install_packages(HERE / "connect", node, name="connect-client"))
    shell(commands("buf generate\nnpx"), tmp_path, node.folder)
    assert shell(f"node built/service.js {grpc_address}", tmp_path, node.folder).splitlines() == [
        "states: hot old",
        "error: ism.GetPolicy status_exception",
        "deadline: true",
        "stream: 3 Canceled",
    ]
