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
    shutil.copytree(ROOT / "graphql", tmp_path / "graphql", ignore=shutil.ignore_patterns("compatibility"))
    left_out = shutil.ignore_patterns("static", "graphiql", "__pycache__")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=left_out)
    return tmp_path


def generate(copy: Path) -> None:
    run([sys.executable, str(copy / "proto" / "generate.py")], sources(copy))


def searchway(copy: Path, *arguments: str) -> str:
    return run([sys.executable, "-m", "searchway", *arguments], sources(copy))


def sources(copy: Path) -> dict[str, str]:
    """Return an environment in which the copy is imported."""
    return {**os.environ, "PYTHONPATH": str(copy / "src")}


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

    generate(copy)
    without, schema_without = listed(copy), searchway(copy, "schema")
    proto.write_text(whole, encoding="utf-8")
    generate(copy)
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


NEW_RPC: Final = """
  // Tells whether the cluster is well, as far as its shards tell.
  // https://docs.opensearch.org/latest/api-reference/cluster-api/cluster-health/
  rpc GetHealth(GetHealthRequest) returns (GetHealthResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = {get: "/_cluster/health"};
  }
}

// What to wait for.
message GetHealthRequest {
  // How long to wait.
  optional string timeout = 1 [(searchway.api.contract.v1.wire).text = TEXT_DURATION];
}

// How the cluster is.
message GetHealthResponse {
  // The state of its worst shard.
  optional string status = 1 [(google.api.field_behavior) = REQUIRED];
  // The number of its nodes.
  optional int32 number_of_nodes = 2;
}
"""
NEW_CASES: Final = """
- name: tells how a cluster is
  engine: opendistro
  input: {timeout: 5s}
  sends: GET /_cluster/health?timeout=5s
  answer: {status: green, number_of_nodes: 3, timed_out: false}
  gives: {status: green, number_of_nodes: 3}

- name: refuses a time without a unit
  input: {timeout: "5"}
  fails: {code: INVALID_ARGUMENT, field: timeout}
"""
# What looks at all operations, whichever there are. `tests/docs` itself and the servers are not among it.
OF_ALL: Final = ("tests/test_cases.py", "tests/contract/test_operations.py", "tests/contract/test_schema.py")
FAILURES: Final = "tests/unit/transcode/test_failures.py"


def test_a_new_operation_in_two_files_passes_what_every_operation_must(copy: Path) -> None:
    for name in ("tests", "pyproject.toml"):
        whole, target = ROOT / name, copy / name
        shutil.copytree(whole, target) if whole.is_dir() else shutil.copy(whole, target)

    proto = copy / "proto/searchway/api/tasks/v1/tasks.proto"
    proto.write_text(
        re.sub(r"^}\n", lambda _end: NEW_RPC, proto.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    )
    (copy / "tests/cases/tasks/get_health.yaml").write_text(NEW_CASES, encoding="utf-8")
    generate(copy)
    (copy / "graphql/schema.graphql").write_text(searchway(copy, "schema"), encoding="utf-8")

    chosen = ["-k", "GetHealth or get_health or every_family or committed", "-p", "no:cacheprovider"]
    said = run([sys.executable, "-m", "pytest", "-q", *chosen, *OF_ALL, FAILURES], sources(copy), folder=copy)
    assert "GetHealth" in searchway(copy, "operations")
    passed = re.search(r"(\d+) passed", said)
    assert passed is not None
    assert int(passed[1]) > 2 * NEW_CASES.count("- name")


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
