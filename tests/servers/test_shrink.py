"""Shrinking on every product: what becomes of the new index is read past the gateway."""

from collections.abc import Callable
from typing import Any

import pytest

from searchway.api.indices.v1.indices_pb2 import ShrinkIndexRequest
from searchway.api.indices.v1.indices_pb2_grpc import IndicesServiceStub
from servers.direct import Direct
from servers.faces import Face, GraphCaller
from servers.gateway import cluster_name
from servers.record import Server

SHRINK = "indices.ShrinkIndex"
DONE = {"acknowledged": True, "shards_acknowledged": True}
UNBLOCK = {"index.blocks.write": None, "index.routing.allocation.require._name": None}
READY = {
    "index.blocks.write": True,
    "index.routing.allocation.require._name": "node-1",
    "index.refresh_interval": "17s",
}
MUTATION = """
mutation Shrink($input: IndicesShrinkIndexInput!) {
  indicesShrinkIndex(input: $input) { index { name } acknowledged shardsAcknowledged }
}
"""


@pytest.fixture(scope="module")
def client(server: Server, direct: Callable[[Server], Direct]) -> Direct:
    return direct(server)


@pytest.fixture(scope="module")
def source(client: Direct, fresh: Callable[[str], str]) -> str:
    """An index with two documents that can be shrunk, which leaves it as it is."""
    index = client.create_index(fresh("source"), {"index.number_of_shards": 2})
    client.add_document(index, "1", '{"kind": "a"}')
    client.add_document(index, "2", '{"kind": "b"}')
    client.change_settings(index, READY)
    return index


@pytest.fixture
def target(fresh: Callable[[str], str]) -> str:
    """The name of an index that there is not yet."""
    return fresh("target")


def test_the_new_index_has_the_documents_in_one_shard(
    face: Face, server: Server, client: Direct, source: str, target: str
) -> None:
    assert face.succeed(server, SHRINK, {"index": source, "target": target}) == {**DONE, "index": {"name": target}}
    settings = client.settings(target)
    assert settings["index.number_of_shards"] == "1"
    assert settings["index.blocks.write"] == "true"
    client.refresh(target)
    assert client.count(target) == 2


def test_a_size_says_how_many_shards_there_will_be(face: Face, server: Server, source: str, target: str) -> None:
    own, other = "max_primary_shard_size", "max_shard_size"
    if server.engine == "opensearch":
        own, other = other, own
    done = face.succeed(server, SHRINK, {"index": source, "target": target, own: "50gb"})
    assert done == {**DONE, "index": {"name": target}}
    failure = face.fail(server, SHRINK, {"index": source, "target": target, other: "50gb"})
    assert (failure["code"], "http_status" in failure) == ("UNIMPLEMENTED", False)


def test_nobody_has_to_wait_for_it(
    face: Face, opensearch: Server, direct: Callable[[Server], Direct], fresh: Callable[[str], str]
) -> None:
    client, target = direct(opensearch), fresh("target")
    source = client.create_index(fresh("source"), {"index.number_of_shards": 2, "index.blocks.write": True})
    values = {"wait_for_completion": False, "task_execution_timeout": "1h", "copy_settings": True}
    begun = face.succeed(opensearch, SHRINK, {"index": source, "target": target, **values})
    assert begun.keys() == {"task"}
    asked = {"task_id": begun["task"], "wait_for_completion": True, "timeout": "30s"}
    assert face.succeed(opensearch, "tasks.GetTask", asked)["completed"] is True
    assert client.has_index(target)


def test_a_null_takes_back_what_the_source_hands_down(
    face: Face, server: Server, client: Direct, source: str, target: str
) -> None:
    settings = {**UNBLOCK, "index.number_of_shards": 1, "index": {"refresh_interval": "5s"}}
    face.succeed(server, SHRINK, {"index": source, "target": target, "settings": settings, "timeout": "30s"})
    stored = client.settings(target)
    assert (stored["index.number_of_shards"], stored["index.refresh_interval"]) == ("1", "5s")
    assert not stored.keys() & UNBLOCK.keys()
    client.add_document(target, "3", '{"kind": "c"}')


def test_aliases_have_all_that_was_said_of_them(
    face: Face, server: Server, client: Direct, source: str, target: str
) -> None:
    aliases = [
        {
            "name": f"{target}-a",
            "filter": {"term": {"kind.keyword": "a"}},
            "index_routing": "1",
            "search_routing": "1,2",
            "is_write_index": True,
            "is_hidden": True,
        },
        {"name": f"{target}-b", "routing": "r/1"},
        {"name": f"{target}-c"},
    ]
    face.succeed(server, SHRINK, {"index": source, "target": target, "aliases": aliases})
    assert client.index(target)["aliases"] == {
        f"{target}-a": {
            "filter": {"term": {"kind.keyword": "a"}},
            "index_routing": "1",
            "search_routing": "1,2",
            "is_write_index": True,
            "is_hidden": True,
        },
        f"{target}-b": {"index_routing": "r/1", "search_routing": "r/1"},
        f"{target}-c": {},
    }


def test_copies_that_have_no_place_are_not_acknowledged(
    face: Face, server: Server, client: Direct, source: str, target: str
) -> None:
    values: dict[str, Any] = {"index": source, "target": target, "settings": {"index.number_of_replicas": 1}}
    answer = face.succeed(server, SHRINK, {**values, "wait_for_active_shards": "all", "timeout": "1s"})
    assert (answer["shards_acknowledged"], answer["index"]) == (False, {"name": target})
    assert client.settings(target)["index.number_of_replicas"] == "1"


def test_a_number_of_copies_that_have_a_place_is_acknowledged(
    face: Face, server: Server, source: str, target: str
) -> None:
    values = {"index": source, "target": target, "settings": {"index.number_of_replicas": 1}}
    assert face.succeed(server, SHRINK, {**values, "wait_for_active_shards": "1"})["shards_acknowledged"] is True


def test_a_source_that_takes_writes_is_in_the_wrong_state(
    face: Face, server: Server, client: Direct, fresh: Callable[[str], str], target: str
) -> None:
    source = client.create_index(fresh("writable"), {"index.number_of_shards": 2})
    failure = face.fail(server, SHRINK, {"index": source, "target": target})
    assert (failure["code"], failure["type"]) == ("FAILED_PRECONDITION", "illegal_state_exception")
    assert "index.blocks.write=true" in failure["message"]
    assert not client.has_index(target)


def test_a_missing_source_is_not_found(face: Face, server: Server, client: Direct, target: str) -> None:
    failure = face.fail(server, SHRINK, {"index": "no-such-index", "target": target})
    assert (failure["code"], failure["operation"]) == ("NOT_FOUND", SHRINK)
    assert "IndexMetadata" not in str(failure["message"])
    assert not client.has_index(target)


def test_a_target_that_is_there_stays_as_it_is(
    face: Face, server: Server, client: Direct, source: str, target: str
) -> None:
    before = client.index(client.create_index(target, {"index.number_of_shards": 3}))
    failure = face.fail(server, SHRINK, {"index": source, "target": target})
    assert (failure["code"], failure["type"]) == ("ALREADY_EXISTS", "resource_already_exists_exception")
    assert client.index(target) == before


def test_a_number_of_shards_that_is_no_factor_is_the_callers_mistake(
    face: Face, server: Server, client: Direct, source: str, target: str
) -> None:
    failure = face.fail(server, SHRINK, {"index": source, "target": target, "settings": {"index.number_of_shards": 3}})
    assert (failure["code"], failure["http_status"]) == ("INVALID_ARGUMENT", 400)
    assert not client.has_index(target)


def test_a_reader_may_not(face: Face, elasticsearch: Server, target: str) -> None:
    failure = face.fail(elasticsearch, SHRINK, {"index": "any", "target": target}, user=elasticsearch.reader)
    assert failure["code"] == "PERMISSION_DENIED"


def test_a_document_written_by_hand(
    graphql: GraphCaller, server: Server, client: Direct, source: str, target: str
) -> None:
    settings = {"index.number_of_shards": 1, "index.blocks.write": None}
    answer = graphql.ask(server, MUTATION, {"input": {"index": source, "target": target, "settings": settings}})
    assert answer == {
        "data": {"indicesShrinkIndex": {"index": {"name": target}, "acknowledged": True, "shardsAcknowledged": True}}
    }
    assert client.settings(target)["index.number_of_shards"] == "1"


def test_a_stub_used_by_hand(channel: Any, server: Server, client: Direct, source: str, target: str) -> None:
    request = ShrinkIndexRequest(index=source, target=target)
    request.settings.text = '{"index.number_of_shards": 1, "index.blocks.write": null}'
    metadata = (("x-searchway-cluster", cluster_name(server)),)
    stub = IndicesServiceStub(channel)
    answer = stub.ShrinkIndex(request, metadata=metadata, timeout=60)
    assert (answer.index.name, answer.acknowledged, answer.shards_acknowledged) == (target, True, True)
    assert client.settings(target)["index.number_of_shards"] == "1"
