"""Generate `src/searchway/api/` from `proto/`: stubs, their types, gRPC stubs, the descriptors with comments, and `protos/`.

`protos/` is what `searchway protos` writes for other languages: the proto files with all that they import and the details of errors,
as a buf module. `scalars.md` is served beside the GraphQL schema, which names it; `examples/` are those of GraphiQL's menu.

`generate.py` brings the folder up to date and removes what no proto file makes any more; `generate.py --check`
compares only and lists what differs. google/api is vendored for the compiler alone: at run time its stubs come
from googleapis-common-protos.
"""

import sys
import tempfile
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from grpc_tools import protoc

PROTO = Path(__file__).parent
SOURCE = PROTO.parent / "src"
API = Path("searchway/api")
OF_PROTOBUF = ("any", "descriptor", "duration")
OF_DETAILS = ("code", "error_details", "status")


def compile_into(folder: Path) -> None:
    """Run protoc over every file of ours, writing below `folder`; exits with protoc's status if it fails."""
    (folder / API).mkdir(parents=True)
    arguments = [
        "protoc",
        f"-I{PROTO}",
        f"-I{files('grpc_tools') / '_proto'}",
        f"--python_out={folder}",
        f"--pyi_out={folder}",
        f"--grpc_python_out={folder}",
        f"--plugin=protoc-gen-mypy_grpc={Path(sys.executable).with_name('protoc-gen-mypy_grpc')}",
        f"--mypy_grpc_out=quiet:{folder}",
        f"--descriptor_set_out={folder / API / 'descriptors.binpb'}",
        "--include_imports",
        "--include_source_info",
        *sorted(str(path.relative_to(PROTO)) for path in PROTO.glob("searchway/**/*.proto")),
    ]
    if status := protoc.main(arguments):
        sys.exit(status)


def copy_into(folder: Path) -> None:
    """Write what is copied below `folder`: our sources, what they import, how errors are told, the page about the scalars, and the examples."""
    sources: dict[str, Traversable] = {str(path.relative_to(PROTO)): path for path in PROTO.rglob("*.proto")}
    sources |= {f"google/rpc/{name}.proto": files("google.rpc") / f"{name}.proto" for name in OF_DETAILS}
    standard = files("grpc_tools") / "_proto" / "google" / "protobuf"
    sources |= {f"google/protobuf/{name}.proto": standard / f"{name}.proto" for name in OF_PROTOBUF}
    graphql = PROTO.parent / "graphql"
    (folder / API / "scalars.md").write_bytes((graphql / "scalars.md").read_bytes())
    (folder / API / "examples").mkdir()
    for example in graphql.glob("examples/*.graphql"):
        (folder / API / "examples" / example.name).write_bytes(example.read_bytes())
    for name, source in (sources | {"buf.yaml": PROTO / "buf.yaml"}).items():
        target = folder / API / "protos" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())


def contents(folder: Path) -> dict[Path, bytes]:
    """Return every generated file below `folder`, by its path inside the package."""
    found = (folder / API).rglob("*")
    return {path.relative_to(folder): path.read_bytes() for path in found if path.is_file() and path.suffix != ".pyc"}


def write(wanted: dict[Path, bytes], path: Path) -> None:
    """Make one file what it should be: written, or removed."""
    target = SOURCE / path
    if path not in wanted:
        target.unlink()
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(wanted[path])


def main() -> int:
    """Generate, or check with `--check`; the exit status says whether all is well."""
    with tempfile.TemporaryDirectory() as scratch:
        compile_into(Path(scratch))
        copy_into(Path(scratch))
        wanted = contents(Path(scratch))
    present = contents(SOURCE)
    stale = [path for path in sorted(wanted.keys() | present.keys()) if wanted.get(path) != present.get(path)]
    if "--check" in sys.argv[1:]:
        sys.stderr.writelines(f"src/{path} differs from proto/: run `make generate`\n" for path in stale)
        return int(bool(stale))
    for path in stale:
        write(wanted, path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
