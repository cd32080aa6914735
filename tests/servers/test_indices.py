"""Creation of indices on every product, with and without a policy to attach; what becomes of them is read past the gateway.

None of the servers under test has the plugin for state management, so attaching must fail, and say so without hiding that the
index was created.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from searchway.api.errors.v1.errors_pb2 import APPLIED_PART
from servers.direct import Direct
from servers.faces import Face, GraphCaller
from servers.record import Server

CREATE = "indices.CreateIndex"
MAPPINGS = {"properties": {"kind": {"type": "keyword"}, "at": {"type": "date"}}}
NASTY = ["ünïcödé-日本語", "%2e%2e", "a+b&c=d;e", "a%2fb", "{x}'$()[]!~@"]
REFUSED = ["../../_cluster/settings", "a/b", "x?pretty", "a,b", "UPPER", "a#b", 'a"b', "a b"]
MUTATION = """
mutation Create($input: IndicesCreateIndexInput!) {
  indicesCreateIndex(input: $input) { index { name } acknowledged attached failures { code operation item } }
}
"""


@pytest.fixture
def client(server: Server, direct: Callable[[Server], Direct]) -> Direct:
    return direct(server)


@pytest.fixture
def name(fresh: Callable[[str], str]) -> str:
    """The name of an index that there is not yet."""
    return fresh("created")


def test_an_index_has_settings_mappings_and_aliases(face: Face, server: Server, client: Direct, name: str) -> None:
    values: Mapping[str, Any] = {
        "index": name,
        "settings": {"index": {"number_of_shards": 2}, "index.number_of_replicas": 0, "refresh_interval": "7s"},
        "mappings": MAPPINGS,
        "aliases": [{"name": f"{name}-alias", "filter": {"term": {"kind": "a"}}, "routing": "1"}],
        "wait_for_active_shards": "all",
        "timeout": "20s",
        "master_timeout": "20s",
    }
    assert face.succeed(server, CREATE, values) == {
        "acknowledged": True,
        "shards_acknowledged": True,
        "index": {"name": name},
    }
    created, settings = client.index(name), client.settings(name)
    assert created["mappings"] == MAPPINGS
    alias = {"filter": {"term": {"kind": "a"}}, "index_routing": "1", "search_routing": "1"}
    assert created["aliases"] == {f"{name}-alias": alias}
    assert (settings["index.number_of_shards"], settings["index.number_of_replicas"]) == ("2", "0")
    assert settings["index.refresh_interval"] == "7s"


def test_a_name_alone_is_enough(face: Face, server: Server, client: Direct, name: str) -> None:
    assert face.succeed(server, CREATE, {"index": name})["acknowledged"] is True
    assert client.has_index(name)


def test_copies_that_have_no_place_are_not_acknowledged(face: Face, server: Server, client: Direct, name: str) -> None:
    values = {"index": name, "settings": {"number_of_replicas": 1}, "wait_for_active_shards": "2", "timeout": "1s"}
    assert face.succeed(server, CREATE, values)["shards_acknowledged"] is False
    assert client.has_index(name)


def test_an_index_that_is_there_stays_as_it_is(face: Face, server: Server, client: Direct, name: str) -> None:
    client.create_index(name, {}, mappings=MAPPINGS)
    before = client.index(name)
    failure = face.fail(server, CREATE, {"index": name, "mappings": {"properties": {}}})
    assert (failure["code"], failure["type"]) == ("ALREADY_EXISTS", "resource_already_exists_exception")
    assert client.index(name) == before


def test_an_unknown_setting_is_the_callers_mistake(face: Face, server: Server, client: Direct, name: str) -> None:
    failure = face.fail(server, CREATE, {"index": name, "settings": {"index.no_such_setting": 1}})
    assert failure["code"] == "INVALID_ARGUMENT"
    assert "index.no_such_setting" in failure["message"]
    assert not client.has_index(name)


@pytest.mark.parametrize("part", NASTY)
def test_a_name_stays_a_name(
    face: Face, server: Server, client: Direct, fresh: Callable[[str], str], part: str
) -> None:
    name = part + fresh("-")
    assert face.succeed(server, CREATE, {"index": name})["index"] == {"name": name}
    assert name in client.indices()


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_that_the_server_refuses_reaches_nothing_else(
    face: Face, server: Server, client: Direct, name: str
) -> None:
    indices, settings = client.indices(), client.cluster_settings()
    failure = face.fail(server, CREATE, {"index": name})
    assert (failure["code"], failure["type"]) == ("INVALID_ARGUMENT", "invalid_index_name_exception")
    assert (client.indices(), client.cluster_settings()) == (indices, settings)


@pytest.mark.parametrize("name", ["_settings", "_all", "_bulk", "_cluster"])
def test_a_name_never_reaches_another_api(
    face: Face, server: Server, client: Direct, fresh: Callable[[str], str], name: str
) -> None:
    """Sent as it is, the first of them would block writes to every index there is."""
    other = fresh("other")
    client.create_index(other, {})
    indices, settings = client.indices(), client.settings(other)
    failure = face.fail(server, CREATE, {"index": name, "settings": {"index.blocks.write": True}})
    assert (failure["code"], failure["field"]) == ("INVALID_ARGUMENT", "index")
    assert (client.indices(), client.settings(other)) == (indices, settings)


def test_a_policy_that_cannot_be_attached_leaves_the_index(
    face: Face, opensearch: Server, direct: Callable[[Server], Direct], name: str
) -> None:
    answer = face.succeed(opensearch, CREATE, {"index": name, "attach": "rotate", "mappings": MAPPINGS})
    assert (answer["acknowledged"], answer["attached"]) == (True, False)
    (failure,) = answer["failures"]
    assert (failure["code"], failure["operation"], failure["item"]) == ("UNIMPLEMENTED", "ism.AddPolicy", name)
    assert direct(opensearch).index(name)["mappings"] == MAPPINGS


def test_a_policy_that_cannot_be_attached_fails_a_strict_call(
    face: Face, opensearch: Server, direct: Callable[[Server], Direct], name: str
) -> None:
    failure = face.fail(opensearch, CREATE, {"index": name, "attach": "rotate", "strict": True})
    assert (failure["code"], failure["item"]) == ("UNIMPLEMENTED", name)
    assert failure["applied"] in {"part", APPLIED_PART}
    assert direct(opensearch).has_index(name)


def test_elasticsearch_has_no_policies_to_attach(
    face: Face, elasticsearch: Server, direct: Callable[[Server], Direct], name: str
) -> None:
    failure = face.fail(elasticsearch, CREATE, {"index": name, "attach": "rotate"})
    assert (failure["code"], failure["field"]) == ("UNIMPLEMENTED", "attach")
    assert not direct(elasticsearch).has_index(name)


def test_a_reader_may_not(face: Face, elasticsearch: Server, direct: Callable[[Server], Direct], name: str) -> None:
    assert face.fail(elasticsearch, CREATE, {"index": name}, user=elasticsearch.reader)["code"] == "PERMISSION_DENIED"
    assert not direct(elasticsearch).has_index(name)


def test_a_document_written_by_hand(
    graphql: GraphCaller, opensearch: Server, direct: Callable[[Server], Direct], name: str
) -> None:
    answer = graphql.ask(opensearch, MUTATION, {"input": {"index": name, "attach": "rotate", "mappings": MAPPINGS}})
    failure = {"code": "UNIMPLEMENTED", "operation": "ism.AddPolicy", "item": name}
    created = {"index": {"name": name}, "acknowledged": True, "attached": False, "failures": [failure]}
    assert answer == {"data": {"indicesCreateIndex": created}}
    assert direct(opensearch).has_index(name)


@pytest.fixture
def shards_per_node(client: Direct) -> Iterator[Callable[[int], None]]:
    """Set the limit of shards; it is lifted again."""
    yield lambda most: client.change_cluster_settings({"cluster.max_shards_per_node": most})
    client.change_cluster_settings({"cluster.max_shards_per_node": None})


def test_a_cluster_that_has_all_its_shards_is_exhausted(
    face: Face, server: Server, client: Direct, name: str, shards_per_node: Callable[[int], None]
) -> None:
    client.create_index(f"{name}-first", {"number_of_shards": 2})
    shards_per_node(2)
    failure = face.fail(server, CREATE, {"index": name, "settings": {"number_of_shards": 5}})
    assert (failure["code"], failure["type"]) == ("RESOURCE_EXHAUSTED", "validation_exception")
    assert "shards open" in failure["message"]
    assert not client.has_index(name)
