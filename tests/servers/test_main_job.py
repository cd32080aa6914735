"""The main job as a user does it: one gateway per cluster, told by the environment alone, called with what the documentation shows."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest

from searchway.api.security.v1.security_pb2 import REFRESH_WAIT_FOR, PutRoleRequest
from searchway.api.security.v1.security_pb2_grpc import SecurityServiceStub
from servers.direct import Direct
from servers.gateway import Gateway, serve
from servers.record import Server

SHRINK = """
mutation {
  indicesShrinkIndex(input: {
    index: "%s", target: "%s", settings: {index: {number_of_shards: 1, blocks: {write: null}}}
    aliases: [{name: "%s", isWriteIndex: true}]
  }) { acknowledged shardsAcknowledged index { name } }
}
"""


def environment(server: Server) -> dict[str, str]:
    told = {"SEARCHWAY_UPSTREAM": server.url}
    if server.admin:
        told |= {"SEARCHWAY_USERNAME": server.admin.username, "SEARCHWAY_PASSWORD": server.admin.password}
    return told


@pytest.fixture
def before_elasticsearch(elasticsearch: Server, tmp_path: Path) -> Iterator[Gateway]:
    with serve(tmp_path, environment(elasticsearch)) as running:
        yield running


@pytest.fixture
def before_opensearch(opensearch: Server, tmp_path: Path) -> Iterator[Gateway]:
    with serve(tmp_path, environment(opensearch)) as running:
        yield running


def test_a_role_is_created_over_grpc_in_elasticsearch(
    before_elasticsearch: Gateway,
    elasticsearch: Server,
    direct: Callable[[Server], Direct],
    fresh: Callable[[str], str],
) -> None:
    name = fresh("main")
    request = PutRoleRequest(name=name, refresh=REFRESH_WAIT_FOR)
    request.role.cluster.append("monitor")
    request.role.indices.add(names=["logs-*"], privileges=["read"])
    request.role.metadata.text = '{"team": "search", "ticket": 12345678901234567890}'
    with grpc.insecure_channel(before_elasticsearch.grpc) as channel:
        stub: Any = SecurityServiceStub(channel)
        assert stub.PutRole(request, timeout=60).created is True
    stored = direct(elasticsearch).role(name)
    assert (stored["cluster"], stored["indices"][0]["names"]) == (["monitor"], ["logs-*"])
    assert stored["metadata"] == {"team": "search", "ticket": 12345678901234567890}
    assert elasticsearch.admin is not None
    assert elasticsearch.admin.password not in before_elasticsearch.output.read_text(encoding="utf-8")


def test_an_index_is_shrunk_over_graphql_in_opensearch(
    before_opensearch: Gateway, opensearch: Server, direct: Callable[[Server], Direct], fresh: Callable[[str], str]
) -> None:
    client, target, alias = direct(opensearch), fresh("target"), fresh("alias")
    source = client.create_index(fresh("source"), {"index.number_of_shards": 2, "index.blocks.write": True})
    answer = httpx.post(
        f"{before_opensearch.http}/graphql",
        json={"query": SHRINK % (source, target, alias)},
        timeout=60,
        trust_env=False,
    )
    done = {"acknowledged": True, "shardsAcknowledged": True, "index": {"name": target}}
    assert answer.json() == {"data": {"indicesShrinkIndex": done}}
    assert client.settings(target)["index.number_of_shards"] == "1"
    assert "index.blocks.write" not in client.settings(target)
    assert client.index(target)["aliases"] == {alias: {"is_write_index": True}}
