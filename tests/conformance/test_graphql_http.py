"""The GraphQL-over-HTTP specification, checked by the audits of npm's `graphql-http`.

https://graphql.github.io/graphql-over-http/draft/
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from searchway.graph.graphiql.build import Node, install_packages

AUDIT = Path(__file__).parent / "graphql_http"


@pytest.fixture(scope="module")
def audits(gateway: str, node: Node) -> list[dict[str, Any]]:
    home = install_packages(AUDIT, node, name="graphql-http")
    shutil.copy(AUDIT / "audit.mjs", home)
    results: list[dict[str, Any]] = json.loads(node.run("node", "audit.mjs", f"{gateway}/graphql", cwd=home))
    return results


def test_every_audit_passes(audits: list[dict[str, Any]]) -> None:
    failed = [f"{a['id']} {a['name']}: {a['status']}: {a['reason']}" for a in audits if a["status"] != "ok"]
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("level", ["MUST", "SHOULD", "MAY"])
def test_audits_cover_level(audits: list[dict[str, Any]], level: str) -> None:
    assert any(audit["name"].startswith(level) for audit in audits)
