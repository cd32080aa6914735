"""The official clients against a sandbox behind a real server: what they accept and what they raise."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError
from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConflictError

from searchway.sandbox import Sandbox, User, create_sandbox

# The client calls fleet searches and data stream changes a technical preview.
pytestmark = pytest.mark.filterwarnings("ignore::elasticsearch.exceptions.GeneralAvailabilityWarning")


class ReadyServer(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(uvicorn.Config(sandbox, log_level="error"))
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def serving(sandbox: Sandbox) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = ReadyServer(sandbox)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        assert server.ready.wait(10)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture
def elasticsearch() -> Iterator[Elasticsearch]:
    users = {"ada": User(password="secret")}
    with (
        serving(create_sandbox("elasticsearch", version="9.5.3", users=users)) as url,
        Elasticsearch(url, basic_auth=("ada", "secret"), max_retries=0) as client,
    ):
        yield client


@pytest.fixture
def opensearch() -> Iterator[OpenSearch]:
    with serving(create_sandbox("opensearch")) as url, OpenSearch(url, max_retries=0) as client:
        yield client


def test_elasticsearch_py_knows_its_product(elasticsearch: Elasticsearch) -> None:
    client = elasticsearch
    assert (client.info())["version"]["number"] == "9.5.3"
    client.indices.create(index="src", settings={"number_of_shards": 2, "number_of_replicas": 0})
    client.index(index="src", id="a/b", document={"n": 1})
    assert (client.get(index="src", id="a/b"))["_source"] == {"n": 1}
    rows = client.cat.allocation(format="json", h=["node", "shards"])
    assert rows.body == [{"node": "node-1", "shards": "2"}]
    client.indices.put_settings(index="src", settings={"index.blocks.write": True})
    shrunk = client.indices.shrink(index="src", target="dst")
    assert dict(shrunk) == {"acknowledged": True, "shards_acknowledged": True, "index": "dst"}
    assert dict(client.security.put_role(name="r", cluster=["all"])) == {"role": {"created": True}}
    bulk = client.security.bulk_put_role(roles={"r": {"cluster": ["all"]}, "bad": {"cluster": ["zzz"]}})
    assert (bulk["noop"], bulk["errors"]["count"]) == (["r"], 1)
    searched = client.fleet.msearch(index="dst", searches=[{}, {"query": {"term": {"n": 1}}}])
    assert searched["responses"][0]["hits"]["total"]["value"] == 1


def test_elasticsearch_py_raises_the_engines_errors(elasticsearch: Elasticsearch) -> None:
    client = elasticsearch
    with pytest.raises(NotFoundError) as missing:
        client.indices.shrink(index="nosuch", target="x")
    assert missing.value.error == "index_not_found_exception"
    with pytest.raises(BadRequestError) as refused:
        client.indices.modify_data_stream(actions=[{"add_backing_index": {"data_stream": "x", "index": "y"}}])
    assert refused.value.error == "illegal_argument_exception"
    with pytest.raises(ApiError) as unknown:
        client.fleet.msearch(index="x", searches=[{}, {}], wait_for_checkpoints=[0])
    assert "unrecognized parameter: [wait_for_checkpoints]" in str(unknown.value)


def test_opensearch_py_manages_policies(opensearch: OpenSearch) -> None:
    client = opensearch
    body = {"policy": {"description": "d", "default_state": "a", "states": [{"name": "a"}]}}
    path = "/_plugins/_ism/policies/p"
    created = client.transport.perform_request("PUT", path, body=body)
    assert created["policy"]["policy"]["states"] == [{"name": "a", "actions": [], "transitions": []}]
    with pytest.raises(ConflictError) as conflict:
        client.transport.perform_request("PUT", path, body=body)
    assert conflict.value.error == "version_conflict_engine_exception"
    client.indices.create(index="i")
    added = client.transport.perform_request("POST", "/_plugins/_ism/add/i", body={"policy_id": "p"})
    assert added["updated_indices"] == 1
    assert (client.cat.allocation(format="json"))[1]["node"] == "UNASSIGNED"
