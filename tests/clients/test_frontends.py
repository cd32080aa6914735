"""Programs of the README with the clients from npm that frontends use, and types of GraphQL Codegen, on the sandbox."""

import json
import shutil
from pathlib import Path

import pytest

from clients.conftest import HERE, Frontend
from clients.readme import DOCUMENTED, blocks, commands, program, shell
from searchway.graph.graphiql.build import Node, install_packages

MOST_LINES = 10
EXAMPLES = HERE.parents[1] / "graphql" / "examples"


@pytest.mark.parametrize(
    ("package", "name"),
    [("@apollo/client", "nodes-apollo.mjs"), ("@urql/core", "nodes-urql.mjs"), ("relay-runtime", "built/nodes.js")],
)
def test_a_short_program(frontend: Frontend, package: str, name: str) -> None:
    assert len([line for line in program(package).splitlines() if line]) <= MOST_LINES
    assert frontend.run(name) in blocks("text")


@pytest.fixture(scope="module")
def typed(node: Node, gateway: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the README's settings of GraphQL Codegen and all examples."""
    home = tmp_path_factory.mktemp("typed") / "project"
    shutil.copytree(EXAMPLES, home / "src")
    for name in ("package.json", "tsconfig.json", "typed.ts"):
        shutil.copy(HERE / "manifests" / name, home)
    (home / "node_modules").symlink_to(install_packages(HERE / "manifests", node, name="manifests") / "node_modules")
    (settings,) = [text for text in blocks("json") if '"strictScalars"' in text]
    (home / "codegen.json").write_text(settings.replace(f"http://{DOCUMENTED}", gateway), encoding="utf-8")
    return home


def test_codegen_types_every_example(typed: Path, node: Node) -> None:
    shell(commands("npx graphql-codegen"), typed, node.folder)
    node.run("node", "node_modules/.bin/tsc", cwd=typed)


def test_codegen_refuses_a_scalar_without_a_type(typed: Path, node: Node) -> None:
    settings = json.loads((typed / "codegen.json").read_text(encoding="utf-8"))
    del settings["config"]["scalars"]["Long"]
    settings["generates"] = {"other/": {"preset": "client"}}
    (typed / "other.json").write_text(json.dumps(settings), encoding="utf-8")
    with pytest.raises(AssertionError, match="Unknown scalar type Long"):
        shell("npx graphql-codegen --config other.json", typed, node.folder)
