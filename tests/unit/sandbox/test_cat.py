import pytest

from searchway.sandbox import Sandbox, create_sandbox
from unit.sandbox.asgi import ask


@pytest.fixture
async def three_nodes() -> Sandbox:
    sandbox = create_sandbox("elasticsearch", nodes=3)
    await ask(sandbox, "PUT /a", {"settings": {"number_of_shards": 4, "number_of_replicas": 1}})
    await ask(sandbox, "PUT /b", {"settings": {"number_of_shards": 1, "number_of_replicas": 4}})
    return sandbox


async def test_shards_are_dealt_to_all_nodes(three_nodes: Sandbox) -> None:
    rows = (await ask(three_nodes, "GET /_cat/allocation?format=json&h=node,shards&s=node")).document
    assert {row["node"]: int(row["shards"]) for row in rows} == {
        "UNASSIGNED": 2,
        "node-1": 4,
        "node-2": 4,
        "node-3": 3,
    }


@pytest.mark.parametrize(
    ("sort", "nodes"),
    [
        ("shards:desc,node", ["node-1", "node-2", "node-3", "UNASSIGNED"]),
        ("shards,node:desc", ["UNASSIGNED", "node-3", "node-2", "node-1"]),
        ("n:desc", ["node-3", "node-2", "node-1", "UNASSIGNED"]),
        ("ip,s:desc,n", ["UNASSIGNED", "node-1", "node-2", "node-3"]),
        ("ip:desc,n:asc", ["node-1", "node-2", "node-3", "UNASSIGNED"]),
    ],
)
async def test_sorts_by_columns_and_aliases(three_nodes: Sandbox, sort: str, nodes: list[str]) -> None:
    rows = (await ask(three_nodes, f"GET /_cat/allocation?format=json&s={sort}")).document
    assert [row["node"] for row in rows] == nodes


@pytest.mark.parametrize(
    ("names", "nodes"),
    [
        ("node-2", {"node-2"}),
        ("node-1,node-3", {"node-1", "node-3"}),
        ("node-*", {"node-1", "node-2", "node-3"}),
        ("_all", {"node-1", "node-2", "node-3"}),
        ("_master", {"node-1"}),
        ("nosuch", set()),
    ],
)
async def test_filters_nodes_but_never_the_unassigned(three_nodes: Sandbox, names: str, nodes: set[str]) -> None:
    rows = (await ask(three_nodes, f"GET /_cat/allocation/{names}?format=json")).document
    assert {row["node"] for row in rows} == nodes | {"UNASSIGNED"}


async def test_asked_columns_come_once_each_in_order(three_nodes: Sandbox) -> None:
    rows = (await ask(three_nodes, "GET /_cat/allocation/x?format=json&h=n,node,d*t*,n,nope,disk.percent")).document
    assert list(rows[0]) == ["n", "node", "disk.indices.forecast", "disk.total", "disk.percent"]


async def test_no_columns_at_all() -> None:
    answer = await ask(create_sandbox(), "GET /_cat/allocation?format=json&h=")
    assert answer.document == [{}]


async def test_sizes_in_each_unit() -> None:
    sandbox = create_sandbox("opensearch")
    for unit, total in (("b", "270553174016"), ("kb", "264212084"), ("gb", "251"), ("tb", "0"), ("zz", "251.9gb")):
        rows = (await ask(sandbox, f"GET /_cat/allocation?format=json&bytes={unit}")).document
        assert rows[0]["disk.total"] == total


async def test_documents_take_room() -> None:
    sandbox = create_sandbox("opensearch")
    await ask(sandbox, "PUT /i/_doc/1", {"text": "x" * 1000})
    rows = (await ask(sandbox, "GET /_cat/allocation?format=json&bytes=b&h=di")).document
    assert int(rows[0]["di"]) > 1000
