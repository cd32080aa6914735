"""What `searchway protos` does: writes the proto files for the generators of other languages.

The files come with this package: ours, what they import, those of error details, a `buf.yaml` that makes them a buf module, and
`descriptors.binpb`, the same compiled. A folder that holds something else under one of these names is not touched.
"""

import os
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_OWN = "searchway/api"
"""Below this a folder holds proto files of this project only, of this version or of another."""


class ExportError(Exception):
    """The files cannot be written; the message names the path and the reason."""


def export(folder: Path, *, force: bool = False) -> int:
    """Write the files below a folder, which is made if need be; files that are there already and equal stay as they are.

    Args:
        folder: where to write.
        force: whether files that differ are replaced, and proto files that only other versions have removed.

    Returns:
        How many files were written.

    Raises:
        ExportError: without `force`, a file differs or belongs to another version: nothing is written then. Or the system refused.
    """
    wanted = contents()
    try:
        stale = [name for name, content in wanted.items() if not _is_there(folder / name, content)]
        others = [name for name in _protos_of_ours(folder) if name not in wanted]
        foreign = [*others, *(name for name in stale if os.path.lexists(folder / name))]
        if foreign and not force:
            more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
            raise ExportError(f"{folder / foreign[0]}{more}: not of this version; --force replaces what differs")
        for name in others:
            (folder / name).unlink()
        for name in stale:
            _write(folder / name, wanted[name])
    except OSError as error:
        raise ExportError(f"{error.filename or folder}: {error.strerror}") from error
    return len(stale)


def contents() -> Mapping[str, bytes]:
    """Return what is written, by path below the folder."""
    api = files("searchway.api")
    return {**dict(_below(api / "protos")), "descriptors.binpb": (api / "descriptors.binpb").read_bytes()}


def _below(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for child in sorted(folder.iterdir(), key=lambda one: one.name):
        if child.is_dir():
            yield from _below(child, f"{prefix}{child.name}/")
        else:
            yield f"{prefix}{child.name}", child.read_bytes()


def _is_there(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():  # what it points to is somebody else's
        path.unlink()
    path.write_bytes(content)


def _protos_of_ours(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in (folder / _OWN).rglob("*.proto"))
