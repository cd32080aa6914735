"""A running gateway on its sandbox, and the outside programs that judge it.

Where such a program is missing the tests are skipped with the reason; under CI they fail instead.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.visit import Visit, visiting
from searchway.graph.graphiql import build
from tools.gateway import gateway, grpc_address, grpc_port  # noqa: F401  # fixtures
from tools.grpcurl import grpcurl  # noqa: F401  # same
from tools.missing import missing
from tools.nodejs import node  # noqa: F401  # same


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    return found or missing("no Chromium on the PATH: install the system's package `chromium`")


@pytest.fixture(scope="session")
def graphiql() -> None:
    """Build the page if it is not up to date."""
    try:
        if not build.is_built():
            build.build()
    except build.BuildError as error:
        missing(f"GraphiQL is not built: {error}")


@pytest.fixture
def visit(chromium: str, tmp_path: Path) -> Iterator[Visit]:
    """A browser with an empty profile."""
    with visiting(chromium, tmp_path / "profile") as opened:
        yield opened
