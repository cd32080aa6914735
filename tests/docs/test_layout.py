"""Holds what the documentation names against what is there: targets, files, folders, packages, links."""

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest

from docs.blocks import CHANGELOG, CONTRIBUTING, DECISIONS, README, ROOT, read_blocks
from searchway import __version__, vocabulary

PAGES: Final = [README, CONTRIBUTING, CHANGELOG, *sorted(DECISIONS.glob("*.md")), ROOT / "graphql" / "scalars.md"]
TOP: Final = {"README.md", "Makefile", "pyproject.toml", "proto", "src", "graphql", "tests", "docker", "benchmarks"}
_HEADINGS: Final = ("Context", "Decision", "Consequences")


def tree(page: Path, first: str) -> set[str]:
    """Return the paths that a drawing of folders names, each as a whole; two spaces lead one level down."""
    (drawing,) = [block.text for block in read_blocks(page) if block.text.startswith(first)]
    paths: set[str] = set()
    above: list[str] = []
    for line in drawing.splitlines():
        name = line.split()[0]
        level = (len(line) - len(line.lstrip())) // 2
        above = [*above[:level], name.rstrip("/")]
        paths.add("/".join(above))
    return paths


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    local = [link.partition("#")[0] for link in links if not link.startswith(("https://", "#"))]
    assert [link for link in local if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_target_exists(page: Path) -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= targets()


def test_the_map_names_what_is_there() -> None:
    drawn = tree(README, "proto/")
    assert [path for path in drawn if not (ROOT / path).exists()] == []
    source = ROOT / "src" / "searchway"
    here = {f"src/searchway/{path.name}" for path in source.iterdir() if not path.name.startswith("__")}
    assert {path for path in here if not path.endswith("py.typed")} <= drawn


def test_the_headers_are_those_of_the_vocabulary() -> None:
    named = set(re.findall(r"`(x-[a-z-]+|traceparent|tracestate|authorization)`", README.read_text(encoding="utf-8")))
    assert named == {value for key, value in vars(vocabulary).items() if key.isupper() and isinstance(value, str)}


def test_the_top_level_is_small() -> None:
    ignored = set((ROOT / ".gitignore").read_text(encoding="utf-8").replace("/", "").split())
    assert {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - ignored == TOP


def test_the_import_direction_is_the_checked_one() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (layers,) = [contract["layers"] for contract in contracts if contract["name"] == "Imports go one way"]
    order = [set(re.findall(r"searchway\.(\w+)", layer)) for layer in layers]
    text = re.sub(r"\s+", " ", README.read_text(encoding="utf-8"))
    said = re.search(r"`(cli, server > [^`]+)`", text)
    assert said is not None
    places = [
        [place for place, modules in enumerate(order) if module in modules]
        for group in said[1].split(" > ")
        for module in re.findall(r"\w+", group)
    ]
    assert all(places)
    assert places == sorted(places)


def test_decisions_have_one_form() -> None:
    records = sorted(DECISIONS.glob("*.md"))
    assert [record.name[:4] for record in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert re.match(r"# \S", text)
        assert tuple(re.findall(r"^## (.+)$", text, re.MULTILINE)) == _HEADINGS


def test_the_changelog_has_this_version_or_what_is_coming() -> None:
    (latest, *_) = re.findall(r"^## \[(.+?)\]", CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE)
    assert latest in {"Unreleased", __version__}
