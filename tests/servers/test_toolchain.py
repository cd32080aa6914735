import stat
from pathlib import Path

import pytest

from servers.toolchain import MissingToolError, find_jdk, find_toolchain


def fake_jdk(home: Path, release: str) -> Path:
    compiler = home / "bin/javac"
    compiler.parent.mkdir(parents=True)
    compiler.write_text(f"#!/bin/sh\necho javac {release}\n")
    compiler.chmod(compiler.stat().st_mode | stat.S_IXUSR)
    return home


@pytest.mark.parametrize("release", ["21.0.2", "25"])
def test_java_home_comes_first(release: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = fake_jdk(tmp_path / "jdk", release)
    monkeypatch.setenv("JAVA_HOME", str(home))
    assert find_jdk() == home


def test_an_old_jdk_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(fake_jdk(tmp_path / "old", "17.0.9")))
    monkeypatch.setattr("servers.toolchain.SYSTEM_FOLDERS", (tmp_path / "system",))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingToolError, match="JDK of 21"):
        find_jdk()
    recent = fake_jdk(tmp_path / "system/recent", "21")
    assert find_jdk() == recent


def test_without_maven_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingToolError, match="Maven"):
        find_toolchain()
