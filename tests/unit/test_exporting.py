"""What `searchway protos` writes, and what it leaves as it is."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from searchway.cli import cli
from searchway.contract import catalog
from searchway.exporting import ExportError, contents, export

ISM = "searchway/api/ism/v1/ism.proto"


def held(folder: Path) -> Mapping[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_that_is_imported_is_there() -> None:
    texts = {name: content.decode() for name, content in contents().items() if name.endswith(".proto")}
    imports = {
        name for text in texts.values() for name in re.findall(r'^import (?:public )?"(.+)";', text, re.MULTILINE)
    }
    assert {ISM, "google/rpc/error_details.proto"} < texts.keys()
    assert imports <= texts.keys()


def test_descriptor_set_is_the_one_that_is_served() -> None:
    assert catalog.load().descriptor_set.FromString(contents()["descriptors.binpb"]) == catalog.load().descriptor_set


def test_files_are_written_once(tmp_path: Path) -> None:
    assert export(tmp_path / "new") == len(contents())
    assert held(tmp_path / "new") == contents()
    assert export(tmp_path / "new") == 0


def test_what_is_missing_is_added(tmp_path: Path) -> None:
    export(tmp_path)
    (tmp_path / ISM).unlink()
    assert export(tmp_path) == 1
    assert held(tmp_path) == contents()


@pytest.mark.parametrize("name", ["buf.yaml", ISM, "searchway/api/gone/v1/gone.proto"])
def test_what_differs_stops_it_before_anything_is_written(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(ExportError, match=re.escape(f"{tmp_path / name}: not of this version; --force")):
        export(tmp_path)
    assert held(tmp_path) == {name: b"mine"}
    export(tmp_path, force=True)
    assert held(tmp_path) == contents()


def test_files_under_other_names_stay(tmp_path: Path) -> None:
    mine = {
        "README.md": b"a",
        "searchway/notes.txt": b"b",
        "searchway/api/ism/v1/notes.txt": b"c",
        "my/own.proto": b"d",
    }
    for name, content in mine.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    export(tmp_path, force=True)
    assert held(tmp_path) == {**contents(), **mine}


@pytest.mark.parametrize("force", [False, True])
def test_link_is_not_followed(tmp_path: Path, force: bool) -> None:
    (tmp_path / "buf.yaml").symlink_to(tmp_path / "elsewhere")
    if force:
        export(tmp_path, force=True)
        assert held(tmp_path) == contents()
    else:
        with pytest.raises(ExportError, match=r"buf\.yaml: not of this version"):
            export(tmp_path)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("name", "reason"), [("buf.yaml", "Is a directory"), ("searchway/api/ism/v1", "Not a directory")]
)
def test_what_the_system_refuses_is_told_with_its_path(tmp_path: Path, name: str, reason: str) -> None:
    if reason.startswith("Is"):
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    said = CliRunner().invoke(cli, ["protos", "--force", str(tmp_path)])
    assert said.exit_code == 1
    assert said.output.startswith(f"Error: {tmp_path / name}")
    assert said.output.count("\n") == 1


def test_command_tells_what_it_did(tmp_path: Path) -> None:
    said = CliRunner().invoke(cli, ["protos", str(tmp_path)])
    assert (said.exit_code, said.output) == (0, f"{tmp_path}: {len(contents())} files written\n")
    (tmp_path / ISM).write_text("mine", encoding="utf-8")
    (tmp_path / "buf.yaml").write_text("mine", encoding="utf-8")
    said = CliRunner().invoke(cli, ["protos", str(tmp_path)])
    assert said.exit_code == 1
    assert (
        said.output
        == f"Error: {tmp_path / 'buf.yaml'} and 1 more: not of this version; --force replaces what differs\n"
    )
