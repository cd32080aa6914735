"""Automatic persisted queries with the clients from npm: each learns on its first request and sends the hash alone on the next."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from searchway.graph.graphiql.build import Node, install_packages
from tools.gateway import serving

PERSISTED = Path(__file__).parent / "persisted"


@pytest.fixture(scope="module")
def results(gateway: str, node: Node) -> dict[str, Any]:
    return ask(gateway, node)


def ask(address: str, node: Node) -> dict[str, Any]:
    home = install_packages(PERSISTED, node, name="persisted")
    shutil.copy(PERSISTED / "automatic.mjs", home)
    found: dict[str, Any] = json.loads(node.run("node", "automatic.mjs", f"{address}/graphql", cwd=home))
    return found


@pytest.mark.parametrize(
    ("client", "sent"),
    [
        ("apollo POST", ["POST extensions", "POST extensions query", "POST extensions"]),
        ("apollo GET", ["GET extensions", "POST extensions query", "GET extensions"]),
        ("urql POST", ["POST extensions", "POST extensions query", "POST extensions"]),
        ("urql GET", ["GET extensions", "GET extensions query", "GET extensions"]),
    ],
)
def test_a_client_learns_once(results: dict[str, Any], client: str, sent: list[str]) -> None:
    first, second = (data["cat"]["allocation"]["totalCount"] for data in results[client]["got"])
    assert results[client]["sent"] == sent
    assert first == second > 0


def test_clients_send_texts_where_hashes_are_not_supported(node: Node, tmp_path: Path) -> None:
    with serving(tmp_path, "--grpc", "off", SEARCHWAY_LIMITS__PERSISTED_QUERY_MEMORY="0") as address:
        results = ask(address, node)
    for result in results.values():
        assert [data["cat"]["allocation"]["totalCount"] > 0 for data in result["got"]] == [True, True]
        first, *others = result["sent"]
        assert first.endswith(" extensions")
        assert [sent.endswith(" query") for sent in others] == [True, True]
