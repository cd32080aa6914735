"""Proves the recipe of CONTRIBUTING: its parts are taken away and put back, and both faces lose and gain the operation by that alone."""

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from docs.blocks import CONTRIBUTING, ROOT, read_blocks
from docs.running import run
from searchway.contract.catalog import load
from searchway.families import HOOKS

OPERATION: Final = load().operation("ism.ListPolicies")
PROTO: Final = Path("proto/searchway/api/ism/v1/ism.proto")
CASE: Final = Path("tests/cases/ism/list_policies.yaml")
PARTS: Final = {
    language: [b.text for b in read_blocks(CONTRIBUTING) if b.language == language]
    for language in ("proto", "yaml", "py")
}

_APART: Final = {"api", "sandbox"}  # generated; no part of the gateway
_PROSE: Final = re.compile(r'""".*?"""|#[^\n]*', re.DOTALL)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the sources that can be changed."""
    shutil.copytree(ROOT / "proto", tmp_path / "proto")
    left_out = shutil.ignore_patterns("static", "graphiql", "__pycache__")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=left_out)
    return tmp_path


def searchway(copy: Path, *arguments: str) -> str:
    """Generate, then run a command of the copy."""
    environment = {**os.environ, "PYTHONPATH": str(copy / "src")}
    run([sys.executable, str(copy / "proto" / "generate.py")], environment)
    return run([sys.executable, "-m", "searchway", *arguments], environment)


def listed(copy: Path) -> dict[str, Any]:
    return {row["name"]: row for row in json.loads(searchway(copy, "operations", "--json"))}


def test_the_parts_are_those_of_the_files() -> None:
    assert len(PARTS["proto"]) == 2
    assert all(part in (ROOT / PROTO).read_text(encoding="utf-8") for part in PARTS["proto"])
    assert all(part.strip() in (ROOT / CASE).read_text(encoding="utf-8") for part in PARTS["yaml"])
    families = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/searchway/families").glob("*.py"))
    assert all(part.strip() in families for part in PARTS["py"])


def test_the_proto_parts_alone_make_the_operation(copy: Path) -> None:
    proto = copy / PROTO
    whole = proto.read_text(encoding="utf-8")
    proto.write_text(whole.replace(PARTS["proto"][0], "").replace(PARTS["proto"][1], ""), encoding="utf-8")

    without, schema_without = listed(copy), searchway(copy, "schema")
    proto.write_text(whole, encoding="utf-8")
    again, schema = listed(copy), searchway(copy, "schema")

    assert again.keys() - without.keys() == {OPERATION.name}
    assert without == {name: row for name, row in again.items() if name != OPERATION.name}
    assert schema == (ROOT / "graphql/schema.graphql").read_text(encoding="utf-8")
    assert "policies(" in schema
    assert "policies(" not in schema_without
    request = ["call", "--dry-run", "--sandbox", "opensearch", OPERATION.name, '{"page_size": 2}']
    assert searchway(copy, *request) == "GET /_plugins/_ism/policies?from=0&size=2\n"


def test_the_case_file_is_there() -> None:
    assert (ROOT / CASE).is_file()


def test_no_other_code_knows_the_operation() -> None:
    assert knowing(OPERATION.rpc) == []
    assert OPERATION.name not in HOOKS
    assert OPERATION.batch is None


def test_code_that_knows_an_operation_is_found() -> None:
    assert Path("families/__init__.py") in knowing("BulkPutRole")


def knowing(rpc: str) -> list[Path]:
    """Return the modules whose code, not only their prose, has the name of an rpc."""
    package = ROOT / "src" / "searchway"
    modules = [path for path in package.rglob("*.py") if path.relative_to(package).parts[0] not in _APART]
    return [
        path.relative_to(package)
        for path in modules
        if re.search(rf"\b{rpc}\b", _PROSE.sub("", path.read_text(encoding="utf-8")))
    ]
