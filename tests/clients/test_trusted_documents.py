"""Trusted documents out of the manifests that the tools from npm write, each made here, named by clients as these do it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from searchway.graph.graphiql.build import Node, install_packages
from tools.gateway import serving

SOURCES = Path(__file__).parent / "manifests"
SCHEMA = Path(__file__).parents[2] / "graphql" / "schema.graphql"


@pytest.fixture(scope="module")
def project(node: Node, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A frontend's folder, in which each tool has written its manifest."""
    home = tmp_path_factory.mktemp("frontend") / "project"
    shutil.copytree(SOURCES, home, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(SCHEMA, home)
    (home / "node_modules").symlink_to(install_packages(SOURCES, node, name="manifests") / "node_modules")
    (home / "relay" / "__generated__").mkdir()
    (home / "manifests").mkdir()
    (home / "manifests" / "relay.json").write_text("{}", encoding="utf-8")  # Relay's compiler adds to it
    for tool, *arguments in (
        ("graphql-codegen", "--config", "codegen.json"),
        ("generate-persisted-query-manifest", "--config", "apollo.json"),
        ("relay-compiler", "relay.config.json"),
    ):
        node.run("node", f"node_modules/.bin/{tool}", *arguments, cwd=home)
    shutil.copy(home / "codegen" / "persisted-documents.json", home / "manifests" / "codegen.json")
    return home


@pytest.fixture(scope="module")
def endpoint(project: Path) -> Iterator[str]:
    """A gateway that takes no other documents."""
    settings = {"SEARCHWAY_DOCUMENTS": str(project / "manifests"), "SEARCHWAY_DOCUMENTS_ONLY": "true"}
    with serving(project, "--grpc", "off", **settings) as address:
        yield f"{address}/graphql"


def count(data: Any) -> int:
    return int(data["cat"]["allocation"]["totalCount"])


@pytest.mark.parametrize("tool", ["codegen", "relay"])
def test_a_document_is_named_by_its_id(project: Path, endpoint: str, tool: str) -> None:
    manifest = json.loads((project / "manifests" / f"{tool}.json").read_text(encoding="utf-8"))
    (name,) = manifest
    answer = httpx.post(endpoint, json={"documentId": name, "variables": {"first": 1}}, trust_env=False)
    assert count(answer.json()["data"]) > 0
    answer = httpx.get(endpoint, params={"documentId": name, "variables": '{"first": 1}'}, trust_env=False)
    assert count(answer.json()["data"]) > 0


def test_clients_name_documents(project: Path, endpoint: str, node: Node) -> None:
    found = json.loads(node.run("node", "trusted.mjs", endpoint, cwd=project))
    assert count(found["apollo"]) == count(found["urql"]) > 0
    assert found["sent"] == [["extensions", "operationName"]] * 2  # no text


def test_other_documents_are_refused(endpoint: str) -> None:
    answer = httpx.post(endpoint, json={"query": "{ __typename }"}, trust_env=False)
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["PERMISSION_DENIED"]
