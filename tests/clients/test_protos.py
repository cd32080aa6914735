"""The proto files, read by the parsers that users have: each reads all of them and finds in them what protoc finds."""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto, FileDescriptorSet
from google.protobuf.json_format import MessageToDict

from clients.conftest import HERE, Programs, Protos
from searchway.api.contract.v1 import contract_pb2
from searchway.contract import catalog
from tools import golang

CONTRACT = {file.name: file for file in catalog.load().descriptor_set.file if file.name.startswith("searchway/")}


def bare(file: FileDescriptorProto) -> FileDescriptorProto:
    """Return the file without its comments and places, and without what a compiler added that is no part of a proto file."""
    copy = FileDescriptorProto()
    copy.CopyFrom(file)
    copy.ClearField("source_code_info")
    copy.DiscardUnknownFields()  # buf marks files that are imported
    return copy


def assert_is_contract(packed: bytes) -> None:
    """Fail unless a FileDescriptorSet has exactly what the gateway serves."""
    found = {file.name: bare(file) for file in FileDescriptorSet.FromString(packed).file}
    assert {name: found[name] for name in CONTRACT} == {name: bare(file) for name, file in CONTRACT.items()}


def declared(file: FileDescriptorProto) -> Iterator[str]:
    """Yield the full names of everything in a file that has a name of its own."""
    for service in file.service:
        yield from (f"{file.package}.{service.name}.{method.name}" for method in service.method)
    yield from _values(file.package, file.enum_type)
    for message in file.message_type:
        yield from _members(file.package, message)


def _members(scope: str, message: DescriptorProto) -> Iterator[str]:
    name = f"{scope}.{message.name}"
    yield from (f"{name}.{field.name}" for field in message.field)
    yield from _values(name, message.enum_type)
    for nested in message.nested_type:
        if not nested.options.map_entry:
            yield from _members(name, nested)


def _values(scope: str, enums: Any) -> Iterator[str]:
    one: EnumDescriptorProto
    for one in enums:
        yield from (f"{scope}.{one.name}.{value.name}" for value in one.value)


def run(command: list[str | Path], folder: Path) -> bytes:
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_protoc(protos: Protos, tmp_path: Path) -> None:
    packed = tmp_path / "set.binpb"
    run(
        [sys.executable, "-m", "grpc_tools.protoc", "-I.", f"--descriptor_set_out={packed}", *protos.names],
        protos.folder,
    )
    assert_is_contract(packed.read_bytes())


def test_buf(protos: Protos) -> None:
    buf = Path(sys.executable).parent / "buf"
    assert run([buf, "--version"], protos.folder).decode().strip() == version("buf-bin")
    assert_is_contract(run([buf, "build", ".", "--output", "-"], protos.folder))


def test_buf_lint(protos: Protos) -> None:
    assert run([Path(sys.executable).parent / "buf", "lint", "."], protos.folder) == b""


def test_the_descriptor_set(protos: Protos) -> None:
    assert_is_contract((protos.folder / "descriptors.binpb").read_bytes())


def test_protocompile(protos: Protos, go: Path, tmp_path: Path) -> None:
    program = golang.build(go, HERE / "go", "./loading", tmp_path / "loading")
    assert_is_contract(run([program, ".", *protos.names], protos.folder))


def test_protobufjs(protos: Protos, programs: Programs) -> None:
    read = json.loads(programs.run("load-protobufjs.mjs", str(protos.folder), *protos.names))
    assert read.keys() == CONTRACT.keys()
    for name, file in CONTRACT.items():
        assert set(declared(file)) <= set(read[name]["names"])


def test_protobufjs_reads_every_entry_of_repeated_options(protos: Protos, programs: Programs) -> None:
    read = json.loads(programs.run("load-protobufjs.mjs", str(protos.folder), *protos.names))
    option = "(searchway.api.contract.v1.defaults)"
    extension: Any = contract_pb2.defaults  # its stub has another type than the options take
    for file in CONTRACT.values():
        for service in file.service:
            expected = MessageToDict(service.options.Extensions[extension], preserving_proto_field_name=True)
            found = read[file.name]["options"][f"{file.package}.{service.name}"]
            engines = next(given[option]["engines"] for given in found if option in given)
            assert (engines if isinstance(engines, list) else [engines]) == expected["engines"]


def test_proto_loader(protos: Protos, programs: Programs) -> None:
    read = json.loads(programs.run("load-proto-loader.mjs", str(protos.folder), *protos.names))
    assert {name: set(paths) for name, paths in read.items()} == {
        name: {f"/{file.package}.{service.name}/{method.name}" for service in file.service for method in service.method}
        for name, file in CONTRACT.items()
    }


@pytest.mark.parametrize("name", CONTRACT)
def test_options_hold_no_list_of_messages(protos: Protos, name: str) -> None:
    """Parsers other than those above stumble over `[{…}]` too; an entry for each message says the same."""
    text = "".join((protos.folder / name).read_text(encoding="utf-8").split())
    assert "[{" not in text
