"""The allocation table of every product, typed, held against the texts that the product itself gives."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from servers.direct import Direct
from servers.faces import Face, GraphCaller
from servers.record import Server

LIST = "cat.ListAllocation"
ON_EVERY_PRODUCT = {
    "disk_avail",
    "disk_indices",
    "disk_percent",
    "disk_total",
    "disk_used",
    "host",
    "ip",
    "node",
    "shards",
}
ON_ELASTICSEARCH = {"disk_indices_forecast", "node_role", "shards_undesired", "write_load_forecast"}
DOCUMENT = """
query Disks($nodes: [String!]) {
  cat {
    allocation(nodeIds: $nodes, columns: ["node", "disk.*"], sort: ["shards:desc"]) {
      edges { node { name: node diskTotal diskPercent } }
      totalCount
    }
  }
}
"""


@pytest.fixture(scope="module")
def unassigned(server: Server, direct: Callable[[Server], Direct], fresh: Callable[[str], str]) -> Direct:
    """A server on which copies of shards have no node to be on."""
    client = direct(server)
    client.create_index(fresh("unassigned"), {"index.number_of_shards": 2, "index.number_of_replicas": 1})
    return client


def rows(face: Face, server: Server, **values: Any) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = face.succeed(server, LIST, values)["allocation"]
    return found


def test_every_cell_of_a_node_is_typed(face: Face, server: Server, unassigned: Direct) -> None:
    node = next(row for row in rows(face, server) if row["node"] == "node-1")
    told = next(row for row in unassigned.allocation(bytes="b") if row["node"] == "node-1")
    assert node.keys() == ON_EVERY_PRODUCT | (ON_ELASTICSEARCH if server.engine == "elasticsearch" else set())
    assert node["shards"] == int(told["shards"])
    assert node["disk_total"] == int(told["disk.total"]) > 2**30
    assert 0 < node["disk_used"] < node["disk_total"]
    assert 0 < node["disk_percent"] < 100
    assert (node["ip"], node["host"]) == (told["ip"], told["host"])


def test_the_row_of_shards_without_a_node_has_no_more_than_their_number(
    face: Face, server: Server, unassigned: Direct
) -> None:
    (told,) = [row["shards"] for row in unassigned.allocation() if row["node"] == "UNASSIGNED"]
    assert {"node": "UNASSIGNED", "shards": int(told)} in rows(face, server)


def test_a_filter_of_nodes_leaves_the_row_without_a_node(face: Face, server: Server, unassigned: Direct) -> None:
    del unassigned
    assert {row["node"] for row in rows(face, server, node_ids=["node-1"])} == {"node-1", "UNASSIGNED"}
    assert {row["node"] for row in rows(face, server, node_ids=["no-such-node"])} == {"UNASSIGNED"}


def test_columns_are_taken_by_alias_and_wildcard(face: Face, server: Server, unassigned: Direct) -> None:
    del unassigned
    found = rows(face, server, columns=["n", "disk.t*", "dp"])
    node = next(row for row in found if row["node"] == "node-1")
    assert node.keys() == {"node", "disk_total", "disk_percent"}


@pytest.mark.parametrize(("sort", "first"), [("node", "UNASSIGNED"), ("node:desc", "node-1")])
def test_rows_come_in_the_order_asked_for(
    face: Face, server: Server, unassigned: Direct, sort: str, first: str
) -> None:
    del unassigned
    found = rows(face, server, sort=[sort], local=True, master_timeout="30s")
    assert found[0]["node"] == first


def test_a_page_has_as_many_rows_as_asked_for(face: Face, server: Server, unassigned: Direct) -> None:
    del unassigned
    first = face.succeed(server, LIST, {"sort": ["node"], "page_size": 1})
    second = face.succeed(server, LIST, {"sort": ["node"], "page_size": 1, "page_token": first["next_page_token"]})
    assert [row["node"] for page in (first, second) for row in page["allocation"]] == ["UNASSIGNED", "node-1"]
    assert (first["total_size"], "next_page_token" in second) == (2, False)


def test_an_unknown_sort_column_is_the_callers_mistake(face: Face, server: Server) -> None:
    failure = face.fail(server, LIST, {"sort": ["no_such_column"]})
    assert (failure["code"], failure["operation"]) == ("INVALID_ARGUMENT", LIST)
    assert "no_such_column" in failure["message"]


def test_a_reader_may_see_it(face: Face, elasticsearch: Server) -> None:
    assert face.succeed(elasticsearch, LIST, {}, user=elasticsearch.reader)["allocation"]


def test_a_document_gets_the_columns_it_selects(graphql: GraphCaller, server: Server, unassigned: Direct) -> None:
    answer = graphql.ask(server, DOCUMENT, {"nodes": ["node-1"]})
    total = int(next(row["disk.total"] for row in unassigned.allocation(bytes="b") if row["node"] == "node-1"))
    edges = answer["data"]["cat"]["allocation"]["edges"]
    node = next(edge["node"] for edge in edges if edge["node"]["name"] == "node-1")
    assert node.keys() == {"name", "diskTotal", "diskPercent"}
    assert node["diskTotal"] == total
