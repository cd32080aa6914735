"""Manifests of trusted documents, as the tools of clients write them.

    {"<name>": "<text>", …}                                         GraphQL Codegen's client preset, Relay's compiler
    {"format": "apollo-persisted-query-manifest", "version": 1,
     "operations": [{"id", "name", "type", "body"}, …]}             @apollo/generate-persisted-query-manifest

Must not know GraphQL.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

_APOLLO = "apollo-persisted-query-manifest"
_LONGEST_NAME = 80


class ManifestError(Exception):
    """A manifest, or an entry of one, that cannot be used; the message names file and entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A document of a manifest."""

    file: Path
    """The manifest."""
    id: str
    """What requests name it by."""
    text: str
    """The document."""
    name: str = ""
    """The name of its operation, where the manifest has it."""

    def __str__(self) -> str:
        """Return where it is."""
        return f"{place(self.file, self.id)}{f' ({self.name})' if self.name.isidentifier() else ''}"


def place(file: Path, entry: str) -> str:
    """Return where an entry is, as messages say it."""
    return f"{file}, entry {orjson.dumps(entry[:_LONGEST_NAME]).decode()}"


def find_manifests(path: Path) -> list[Path]:
    """Return a manifest, or those of a folder in the order of their names.

    Raises:
        ManifestError: there are none.
    """
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.suffix == ".json")
    if not files:
        raise ManifestError(f"{path}: expected files that end with .json in this folder")
    return files


def read_manifest(file: Path) -> Iterator[Entry | ManifestError]:
    """Yield the entries of a manifest, and what is wrong with it."""
    try:
        manifest = orjson.loads(file.read_bytes())
    except OSError as error:
        yield ManifestError(f"{file}: expected a readable file ({error.strerror})")
        return
    except ValueError as error:
        yield ManifestError(f"{file}: expected JSON: {error}")
        return
    if not isinstance(manifest, dict):
        yield ManifestError(f"{file}: expected an object of documents by their names, or a manifest of Apollo's")
    elif "format" in manifest:
        yield from _read_apollo(file, manifest)
    else:
        yield from (_entry(file, name, text) for name, text in manifest.items())


def _read_apollo(file: Path, manifest: Mapping[str, Any]) -> Iterator[Entry | ManifestError]:
    if manifest["format"] != _APOLLO:
        yield ManifestError(f'{file}: format: expected "{_APOLLO}"')
    elif manifest.get("version") != 1:
        yield ManifestError(f"{file}: version: expected 1")
    elif not isinstance(manifest.get("operations"), list):
        yield ManifestError(f"{file}: operations: expected a list")
    else:
        yield from (_operation(file, number, one) for number, one in enumerate(manifest["operations"]))


def _operation(file: Path, number: int, given: Any) -> Entry | ManifestError:
    where = f"{file}, operations[{number}]"
    if not isinstance(given, dict):
        return ManifestError(f"{where}: expected an object")
    for member in ("id", "body"):
        if not isinstance(given.get(member), str):
            return ManifestError(f"{where}.{member}: expected a text")
    name = given.get("name")
    return _entry(file, given["id"], given["body"], name if isinstance(name, str) else "")


def _entry(file: Path, name: str, text: Any, operation: str = "") -> Entry | ManifestError:
    if not name:
        return ManifestError(f"{place(file, name)}: expected a name that is not empty")
    if not isinstance(text, str):
        return ManifestError(f"{place(file, name)}: expected a text")
    return Entry(file=file, id=name, text=text, name=operation)
