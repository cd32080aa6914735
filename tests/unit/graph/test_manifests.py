"""Manifests of trusted documents: what tools write is read, and what is wrong is told by file and entry."""

import json
from pathlib import Path
from typing import Any

import pytest

from searchway.graph.manifests import Entry, ManifestError, find_manifests, read_manifest

TEXT = "query Shards { cat { allocation { totalCount } } }"
APOLLO = {"format": "apollo-persisted-query-manifest", "version": 1}


def written(folder: Path, manifest: Any, name: str = "m.json") -> Path:
    file = folder / name
    file.write_text(manifest if isinstance(manifest, str) else json.dumps(manifest), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("manifest", "names"),
    [
        ({"a1": TEXT, "b2": TEXT + " "}, ["a1", "b2"]),
        ({**APOLLO, "operations": [{"id": "a1", "name": "Shards", "type": "query", "body": TEXT}]}, ["a1"]),
        ({**APOLLO, "operations": []}, []),
        ({}, []),
    ],
)
def test_what_tools_write_is_read(tmp_path: Path, manifest: Any, names: list[str]) -> None:
    entries = list(read_manifest(written(tmp_path, manifest)))
    assert all(isinstance(entry, Entry) and entry.text.startswith(TEXT) for entry in entries)
    assert [entry.id for entry in entries if isinstance(entry, Entry)] == names


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        ("", ": expected JSON"),
        ("{", ": expected JSON"),
        (r'{"a": "\ud800"}', ": expected JSON"),
        ([TEXT], ": expected an object of documents by their names"),
        ({"a1": 5}, ', entry "a1": expected a text'),
        ({"a1": {"body": TEXT}}, ', entry "a1": expected a text'),
        ({"a\n1": 5}, r', entry "a\n1": expected a text'),
        ({"": TEXT}, ', entry "": expected a name'),
        ({"x" * 1000: 5}, f', entry "{"x" * 80}": expected a text'),
        ({"format": "other", "version": 1, "operations": []}, ": format: expected"),
        ({**APOLLO, "version": 2, "operations": []}, ": version: expected 1"),
        (APOLLO, ": operations: expected a list"),
        ({**APOLLO, "operations": [5]}, ", operations[0]: expected an object"),
        ({**APOLLO, "operations": [{"id": "a"}]}, ", operations[0].body: expected a text"),
        ({**APOLLO, "operations": [{"body": TEXT}]}, ", operations[0].id: expected a text"),
    ],
)
def test_what_is_wrong_is_told_by_file_and_entry(tmp_path: Path, manifest: Any, problem: str) -> None:
    file = written(tmp_path, manifest)
    (found,) = read_manifest(file)
    assert isinstance(found, ManifestError)
    assert str(found).startswith(f"{file}{problem}")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (found,) = read_manifest(tmp_path / "nothing.json")
    assert str(found) == f"{tmp_path / 'nothing.json'}: expected a readable file (No such file or directory)"


def test_a_folder_holds_manifests(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"expected files that end with \.json"):
        find_manifests(tmp_path)
    files = [written(tmp_path, {}, name) for name in ("b.json", "a.json", "readme.txt")]
    assert find_manifests(tmp_path) == [files[1], files[0]]
    assert find_manifests(files[0]) == [files[0]]
