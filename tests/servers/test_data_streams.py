"""Actions on data streams in every product that has them: either all of them take effect or none does.

The distribution of Elasticsearch that can be had from a public repository of artifacts lacks the module with this route. The
route of the servers under test is thin wiring of our own (elasticsearch/GluePlugin.java) over the server's own parser of the
request and its own service, which does the work and words the errors.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from servers.direct import Direct
from servers.faces import Face, GraphCaller
from servers.record import Server

MODIFY = "indices.ModifyDataStream"
TIMED = {"properties": {"@timestamp": {"type": "date"}}}
MUTATION = """
mutation Modify($stream: String!, $index: String!) {
  indicesModifyDataStream(input: {actions: [{addBackingIndex: {dataStream: $stream, index: $index}}]}) { acknowledged }
}
"""


@pytest.fixture(scope="module")
def client(server: Server, direct: Callable[[Server], Direct]) -> Direct:
    """A server that makes a data stream where one is named stream-something."""
    client = direct(server)
    client.create_stream_template("stream-*", TIMED)
    return client


@pytest.fixture
def stream(client: Direct, fresh: Callable[[str], str]) -> str:
    """A data stream with the one index that it writes to."""
    return client.create_data_stream(fresh("stream"))


@pytest.fixture
def index(client: Direct, fresh: Callable[[str], str]) -> str:
    """An index that can become a backing index."""
    return client.create_index(fresh("index"), {}, mappings=TIMED)


def add(stream: str, index: str) -> Mapping[str, Any]:
    return {"add_backing_index": {"data_stream": stream, "index": index}}


def remove(stream: str, index: str) -> Mapping[str, Any]:
    return {"remove_backing_index": {"data_stream": stream, "index": index}}


def test_an_index_joins_and_leaves(face: Face, server: Server, client: Direct, stream: str, index: str) -> None:
    (first,) = client.backing_indices(stream)
    assert face.succeed(server, MODIFY, {"actions": [add(stream, index)]}) == {"acknowledged": True}
    assert set(client.backing_indices(stream)) == {first, index}
    assert client.settings(index)["index.hidden"] == "true"
    face.succeed(server, MODIFY, {"actions": [remove(stream, index)]})
    assert client.backing_indices(stream) == [first]
    assert client.has_index(index)


def test_actions_are_done_in_their_order(face: Face, server: Server, client: Direct, stream: str, index: str) -> None:
    actions = [add(stream, index), remove(stream, index), add(stream, index)]
    face.succeed(server, MODIFY, {"actions": actions})
    assert index in client.backing_indices(stream)
    face.succeed(server, MODIFY, {"actions": [remove(stream, index), *actions[:2]]})
    assert index not in client.backing_indices(stream)


def test_one_impossible_action_undoes_the_others(
    face: Face, server: Server, client: Direct, stream: str, index: str
) -> None:
    before = client.backing_indices(stream)
    failure = face.fail(server, MODIFY, {"actions": [add(stream, index), add(stream, "no-such-index")]})
    assert (failure["code"], failure["http_status"]) == ("NOT_FOUND", 400)
    assert "no-such-index" in failure["message"]
    assert client.backing_indices(stream) == before
    assert "index.hidden" not in client.settings(index)


def test_the_index_that_is_written_to_stays(face: Face, server: Server, client: Direct, stream: str) -> None:
    (written,) = client.backing_indices(stream)
    failure = face.fail(server, MODIFY, {"actions": [remove(stream, written)]})
    assert failure["code"] == "FAILED_PRECONDITION"
    assert ("last backing index" if server.engine == "opensearch" else "write index") in failure["message"]
    assert client.backing_indices(stream) == [written]


def test_an_index_without_times_cannot_join(
    face: Face, server: Server, client: Direct, stream: str, fresh: Callable[[str], str]
) -> None:
    timeless = client.create_index(fresh("timeless"), {})
    failure = face.fail(server, MODIFY, {"actions": [add(stream, timeless)]})
    assert failure["code"] == "FAILED_PRECONDITION"
    assert timeless not in client.backing_indices(stream)


def test_a_missing_stream_is_not_found(face: Face, server: Server, client: Direct, index: str) -> None:
    failure = face.fail(server, MODIFY, {"actions": [add("no-such-stream", index)]})
    assert (failure["code"], "no-such-stream" in failure["message"]) == ("NOT_FOUND", True)
    assert "index.hidden" not in client.settings(index)


def test_an_action_without_an_index_is_not_sent(face: Face, server: Server, stream: str) -> None:
    failure = face.fail(server, MODIFY, {"actions": [add(stream, "")]})
    assert failure["code"] == "INVALID_ARGUMENT"
    assert "http_status" not in failure


def test_a_reader_may_not(face: Face, elasticsearch: Server, client: Direct, stream: str, index: str) -> None:
    failure = face.fail(elasticsearch, MODIFY, {"actions": [add(stream, index)]}, user=elasticsearch.reader)
    assert failure["code"] == "PERMISSION_DENIED"
    assert index not in client.backing_indices(stream)


def test_a_document_written_by_hand(
    graphql: GraphCaller, server: Server, client: Direct, stream: str, index: str
) -> None:
    answer = graphql.ask(server, MUTATION, {"stream": stream, "index": index})
    assert answer == {"data": {"indicesModifyDataStream": {"acknowledged": True}}}
    assert index in client.backing_indices(stream)


def test_a_backing_index_is_deleted(
    face: Face, elasticsearch9: Server, direct: Callable[[Server], Direct], fresh: Callable[[str], str]
) -> None:
    client = direct(elasticsearch9)
    client.create_stream_template("stream-*", TIMED)
    stream, index = client.create_data_stream(fresh("stream")), client.create_index(fresh("index"), {}, mappings=TIMED)
    gone = {"delete_backing_index": {"data_stream": stream, "index": index}}
    face.succeed(elasticsearch9, MODIFY, {"actions": [add(stream, index)]})
    assert face.succeed(elasticsearch9, MODIFY, {"actions": [gone]}) == {"acknowledged": True}
    assert index not in client.backing_indices(stream)
    assert not client.has_index(index)
    assert face.fail(elasticsearch9, MODIFY, {"actions": [gone]})["code"] == "NOT_FOUND"


def test_deleting_is_refused_where_there_is_no_such_action(face: Face, opensearch: Server) -> None:
    gone = {"delete_backing_index": {"data_stream": "nobodys", "index": "nobodys"}}
    failure = face.fail(opensearch, MODIFY, {"actions": [gone]})
    assert (failure["code"], "http_status" in failure) == ("UNIMPLEMENTED", False)
    assert "only Elasticsearch" in failure["message"]


def test_an_index_joins_and_leaves_the_failure_store(
    face: Face,
    elasticsearch: Server,
    direct: Callable[[Server], Direct],
    fresh: Callable[[str], str],
) -> None:
    client = direct(elasticsearch)
    client.create_stream_template("stream-*", TIMED)
    stream, index = client.create_data_stream(fresh("stream")), client.create_index(fresh("index"), {}, mappings=TIMED)
    joins, leaves = (
        {kind: {"data_stream": stream, "index": index, "failure_store": True}}
        for kind in ("add_backing_index", "remove_backing_index")
    )
    face.succeed(elasticsearch, MODIFY, {"actions": [joins]})
    assert index not in client.backing_indices(stream)
    assert client.settings(index)["index.hidden"] == "true"
    assert face.fail(elasticsearch, MODIFY, {"actions": [add(stream, index)]})["code"] == "FAILED_PRECONDITION"
    face.succeed(elasticsearch, MODIFY, {"actions": [leaves, add(stream, index)]})
    assert index in client.backing_indices(stream)
