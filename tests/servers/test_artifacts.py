from pathlib import Path

import pytest

from servers import artifacts
from servers.toolchain import Toolchain

FETCHES = """#!/bin/sh
echo fetched >> "$(dirname "$0")/calls"
for argument; do case $argument in -DoutputDirectory=*) echo content > "${argument#*=}/file";; esac; done
"""
FAILS = """#!/bin/sh
echo '[INFO] looking'
echo '[ERROR] no such artifact'
exit 1
"""


def tools(folder: Path, maven: str) -> Toolchain:
    program = folder / "mvn"
    program.write_text(maven)
    program.chmod(0o755)
    return Toolchain(java_home=folder, maven=program, cache=folder / "cache")


def test_an_archive_is_fetched_once_and_the_wait_is_visible(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine = tools(tmp_path, FETCHES)
    first = artifacts.unpacked(machine, "group:artifact:1:zip", "artifact-1")
    second = artifacts.unpacked(machine, "group:artifact:1:zip", "artifact-1")
    assert first == second
    assert (first / "file").read_text(encoding="utf-8") == "content\n"
    assert (tmp_path / "calls").read_text(encoding="utf-8") == "fetched\n"
    assert "==> Downloading artifact-1: 0 MB so far" in capsys.readouterr().out


def test_a_failed_fetch_tells_why_and_leaves_nothing(tmp_path: Path) -> None:
    machine = tools(tmp_path, FAILS)
    with pytest.raises(artifacts.ArtifactError, match=r"artifact-1.*no such artifact"):
        artifacts.unpacked(machine, "group:artifact:1:zip", "artifact-1")
    assert list(machine.cache.iterdir()) == []


def test_a_program_that_does_not_compile_is_reported(tmp_path: Path) -> None:
    machine = tools(tmp_path, FETCHES)
    compiler = tmp_path / "bin/javac"
    compiler.parent.mkdir()
    compiler.write_text("#!/bin/sh\necho 'Broken.java:1: error' >&2\nexit 1\n")
    compiler.chmod(0o755)
    with pytest.raises(artifacts.ArtifactError, match=r"Broken.java:1: error"):
        artifacts.compiled(machine, "class", "Broken", libs=tmp_path, release=21)
    assert list(machine.cache.iterdir()) == []
