"""Programs of the README with the clients from npm that frontends use, on the sandbox."""

import pytest

from clients.conftest import Frontend
from clients.readme import blocks, program

MOST_LINES = 10


@pytest.mark.parametrize(
    ("package", "name"),
    [("@apollo/client", "nodes-apollo.mjs"), ("@urql/core", "nodes-urql.mjs"), ("relay-runtime", "built/nodes.js")],
)
def test_a_short_program(frontend: Frontend, package: str, name: str) -> None:
    assert len([line for line in program(package).splitlines() if line]) <= MOST_LINES
    assert frontend.run(name) in blocks("text")
