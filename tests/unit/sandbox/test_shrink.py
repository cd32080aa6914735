from typing import Any

import pytest

from searchway.sandbox import Sandbox, create_sandbox
from searchway.sandbox.engines import EngineName
from unit.sandbox.asgi import ask


async def blocked(engine: EngineName = "opensearch", nodes: int = 1) -> Sandbox:
    sandbox = create_sandbox(engine, nodes=nodes)
    await ask(
        sandbox, "PUT /src", {"settings": {"number_of_shards": 6, "number_of_replicas": 0, "codec": "best_compression"}}
    )
    await ask(sandbox, "PUT /src/_doc/1", {"a": 1})
    await ask(sandbox, "PUT /src/_settings", {"index.blocks.write": True})
    return sandbox


async def test_the_copy_has_documents_settings_and_aliases() -> None:
    sandbox = await blocked()
    body = {"settings": {"index": {"number_of_shards": 2, "blocks.write": None}}, "aliases": {"al": {"routing": "r"}}}
    assert (await ask(sandbox, "PUT /src/_shrink/dst", body)).status == 200
    index = sandbox.state.indices["dst"]
    assert (index.shards, index.replicas, list(index.documents)) == (2, 0, ["1"])
    assert index.settings["index.codec"] == "best_compression"
    assert index.settings["index.resize.source.name"] == "src"
    assert "index.blocks.write" not in index.settings
    assert index.aliases == {"al": {"index_routing": "r", "search_routing": "r"}}


async def test_without_a_body_one_shard_and_the_block_stay() -> None:
    sandbox = await blocked()
    await ask(sandbox, "POST /src/_shrink/dst")
    assert sandbox.state.indices["dst"].shards == 1
    assert sandbox.state.indices["dst"].settings["index.blocks.write"] == "true"


@pytest.mark.parametrize(
    ("nodes", "query", "acknowledged"),
    [
        (1, "wait_for_active_shards=all", False),
        (2, "wait_for_active_shards=all", True),
        (1, "wait_for_active_shards=2", False),
        (1, "wait_for_active_shards=0", True),
        (1, "", True),
    ],
)
async def test_waiting_for_copies(nodes: int, query: str, acknowledged: bool) -> None:
    sandbox = await blocked(nodes=nodes)
    answer = await ask(sandbox, f"PUT /src/_shrink/dst?{query}", {"settings": {"index.number_of_replicas": 1}})
    assert answer.document == {"acknowledged": True, "shards_acknowledged": acknowledged, "index": "dst"}


async def test_as_a_task() -> None:
    sandbox = await blocked()
    started = (await ask(sandbox, "PUT /src/_shrink/dst?wait_for_completion=false")).document
    task = (await ask(sandbox, f"GET /_tasks/{started['task']}")).document
    assert task["completed"] is True
    assert task["response"] == {"acknowledged": True, "shards_acknowledged": True, "index": "dst"}


@pytest.mark.parametrize(
    ("engine", "source", "status", "kind"),
    [
        ("elasticsearch", "nosuch", 404, "index_not_found_exception"),
        ("opensearch", "nosuch", 500, "null_pointer_exception"),
        ("opendistro", "nosuch", 404, "index_not_found_exception"),
    ],
)
async def test_a_missing_source(engine: EngineName, source: str, status: int, kind: str) -> None:
    answer = await ask(create_sandbox(engine), f"PUT /{source}/_shrink/dst")
    assert (answer.status, answer.document["error"]["type"]) == (status, kind)


@pytest.mark.parametrize("settings", [{"index.number_of_shards": 4}, {"index.number_of_shards": 12}, {"index.nope": 1}])
async def test_nothing_is_made_when_it_fails(settings: dict[str, Any]) -> None:
    sandbox = await blocked()
    assert (await ask(sandbox, "PUT /src/_shrink/dst", {"settings": settings})).status == 400
    assert set(sandbox.state.indices) == {"src"}
