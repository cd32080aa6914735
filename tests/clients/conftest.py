"""What the tests of clients share: the proto files as users get them, and the tools that read them.

Where a tool is missing the tests are skipped with the reason; under CI they fail instead.
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from clients.readme import DOCUMENTED, commands, program, shell
from searchway.graph.graphiql.build import Node, install_packages
from tools.gateway import gateway, grpc_address, grpc_port  # noqa: F401  # fixtures
from tools.golang import go  # noqa: F401  # same
from tools.nodejs import node  # noqa: F401  # same

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Protos:
    """What `searchway protos` wrote."""

    folder: Path
    names: tuple[str, ...]
    """The project's own, relative to the folder."""


@pytest.fixture(scope="session")
def protos(tmp_path_factory: pytest.TempPathFactory) -> Protos:
    folder = tmp_path_factory.mktemp("clients") / "protos"
    command = [sys.executable, "-m", "searchway", "protos", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Protos(folder, tuple(sorted(str(path.relative_to(folder)) for path in folder.glob("searchway/**/*.proto"))))


@dataclass(frozen=True, slots=True)
class Programs:
    """The programs in nodejs/, beside the packages that they use."""

    node: Node
    home: Path

    def run(self, program: str, *arguments: str) -> str:
        """Run one and return what it printed; raises BuildError with its first error if it fails."""
        shutil.copy(HERE / "nodejs" / program, self.home)
        return self.node.run("node", program, *arguments, cwd=self.home)


@pytest.fixture(scope="session")
def programs(node: Node) -> Programs:  # noqa: F811  # a fixture
    return Programs(node, install_packages(HERE / "nodejs", node, name="clients"))


@dataclass(frozen=True, slots=True)
class Frontend:
    """A frontend's folder: the README's programs beside those in frontends/, what Relay's compiler and Babel make of them built."""

    node: Node
    folder: Path

    def run(self, name: str, *arguments: str) -> str:
        """Run a program and return what it printed; raises BuildError with its first error if it fails."""
        return self.node.run("node", name, *arguments, cwd=self.folder)


README_PROGRAMS = {
    "@apollo/client": "nodes-apollo.mjs",
    "@urql/core": "nodes-urql.mjs",
    "relay-runtime": "src/nodes.js",
}


@pytest.fixture(scope="session")
def frontend(node: Node, gateway: str, tmp_path_factory: pytest.TempPathFactory) -> Frontend:  # noqa: F811  # fixtures
    home = tmp_path_factory.mktemp("frontend") / "project"
    shutil.copytree(HERE / "frontends", home, ignore=shutil.ignore_patterns("node_modules", "built", "__generated__"))
    (home / "node_modules").symlink_to(install_packages(HERE / "frontends", node, name="frontends") / "node_modules")
    for package, name in README_PROGRAMS.items():
        text = program(package).replace(f"http://{DOCUMENTED}", gateway)
        (home / name).write_text(text, encoding="utf-8")
    shell(commands("npx babel"), home, node.folder)
    return Frontend(node, home)
