"""What the tests of clients share: the proto files as users get them, and the tools that read them.

Where a tool is missing the tests are skipped with the reason; under CI they fail instead.
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

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
