"""Node.js for the tests, as GraphiQL's build finds it."""

import pytest

from searchway.graph.graphiql import build
from tools.missing import missing


@pytest.fixture(scope="session")
def node() -> build.Node:
    try:
        return build.find_node()
    except build.BuildError as error:
        missing(str(error))
