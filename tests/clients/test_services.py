"""Programs of services in Go and TypeScript: generated and built by the commands of the README, then run on the sandbox."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clients.conftest import HERE, Programs
from docs.blocks import README, read_blocks

COMMAND_SECONDS = 280
CONSOLES = [block for block in read_blocks(README) if block.language == "console"]
SOURCES = {"go": HERE / "go/service/main.go", "ts": HERE / "nodejs/service.ts", "yaml": HERE / "go/buf.gen.yaml"}


def commands(tool: str) -> str:
    """Return the commands of the README that use a tool."""
    (found,) = [block.text for block in CONSOLES if f"\n{tool} " in block.text]
    return found


def shell(text: str, folder: Path, *tools: Path) -> str:
    """Run lines in a folder, with .venv and other tools on the PATH; return what they print."""
    folders = [Path(sys.executable).parent, *tools]
    path = os.pathsep.join([*map(str, folders), os.environ["PATH"]])
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", text],
        cwd=folder,
        env={**os.environ, "PATH": path, "GOFLAGS": "-mod=readonly"},
        capture_output=True,
        text=True,
        check=False,
        timeout=COMMAND_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("language", SOURCES)
def test_the_readme_shows_parts_of_the_programs(language: str) -> None:
    source = SOURCES[language].read_text(encoding="utf-8")
    shown = [block.text.strip() for block in read_blocks(README) if block.language == language]
    assert shown
    for text in shown:
        assert all(part in source for part in text.split("\n\n"))


def test_go(go: Path, grpc_address: str, tmp_path: Path) -> None:
    shutil.copytree(HERE / "go", tmp_path / "go")
    shell(commands("go"), tmp_path / "go", go.parent)
    assert shell(f"./client {grpc_address}", tmp_path / "go").splitlines() == [
        "states: [hot old]",
        "error: ism.GetPolicy status_exception",
        "deadline: true",
        "stream: 3 Canceled",
    ]


def test_typescript(programs: Programs, grpc_address: str, tmp_path: Path) -> None:
    for name in ("package.json", "service.ts", "tsconfig.json"):
        shutil.copy(HERE / "nodejs" / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(programs.home / "node_modules")
    shell(commands("npx"), tmp_path, programs.node.folder)
    assert shell(f"node built/service.js {grpc_address}", tmp_path, programs.node.folder).splitlines() == [
        "states: hot old",
        "error: ism.GetPolicy status_exception",
        "deadline: true",
        "stream: 3 CANCELLED",
    ]
