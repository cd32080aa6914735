"""Many searches in one request to real Elasticsearch, documents without loss and waiting for checkpoints among them.

The distribution of Elasticsearch that can be had from a public repository of artifacts lacks the fleet module. The route of the
servers under test is thin wiring of our own (elasticsearch/GluePlugin.java) over the server's own multi search: its parser, its
search, which does the waiting for checkpoints, and its answer.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from searchway.transcode import jsontext
from servers.direct import Direct
from servers.faces import Face, GraphCaller
from servers.record import Server

SEARCH = "fleet.MultiSearch"
DOCUMENT = (
    '{"big": 12345678901234567890123, "exact": 0.10000000000000000555, "price": 12.50, "word": "\\u00fc/\\u2028"}'
)
ALL: Mapping[str, Any] = {"query": {"match_all": {}}}
QUERY = """
query Search($index: String, $searches: [SearchInput!]!) {
  fleet { multiSearch(index: $index, searches: $searches) {
    items { status hits { total { value relation } hits { documentId source } } error { type } }
    failures { code item }
  } }
}
"""


@pytest.fixture(scope="module")
def client(elasticsearch: Server, direct: Callable[[Server], Direct]) -> Direct:
    return direct(elasticsearch)


@pytest.fixture(scope="module")
def index(client: Direct, fresh: Callable[[str], str]) -> str:
    """An index of one shard with one document, whose sequence number is 0."""
    mappings = {"dynamic": False, "properties": {"price": {"type": "double"}}}
    name = client.create_index(fresh("fleet"), {}, mappings=mappings)
    client.add_document(name, "1", DOCUMENT)
    return name


@pytest.fixture
def unrefreshed(client: Direct, fresh: Callable[[str], str]) -> str:
    """An index with one document that searches see; those that come later they do not."""
    name = client.create_index(fresh("unrefreshed"), {"index.refresh_interval": "-1"})
    client.add_document(name, "1", "{}")
    return name


def test_named_queries_tell_their_scores(face: Face, elasticsearch: Server, index: str) -> None:
    named = {"body": {"query": {"match_all": {"_name": "every"}}}}
    for asked, told in ((True, {"every": 1.0}), (False, ["every"])):
        values = {"index": index, "searches": [named], "include_named_queries_score": asked}
        (item,) = face.succeed(elasticsearch, SEARCH, values)["items"]
        assert [jsontext.parse(hit["matched_queries"]) for hit in item["hits"]["hits"]] == [told]


def test_a_search_that_fails_leaves_the_others_alone(face: Face, elasticsearch: Server, index: str) -> None:
    searches = [
        {"body": ALL},
        {"header": {"index": ["no-such-index"]}, "body": ALL},
        {"body": {"query": {"no_such_query": {}}}},
        {"header": {"index": [index]}, "body": {"size": 0}},
    ]
    whole = face.succeed(elasticsearch, SEARCH, {"index": index, "searches": [searches[0], searches[1], searches[3]]})
    assert [item["status"] for item in whole["items"]] == [200, 404, 200]
    first, missing, last = whole["items"]
    assert first["hits"]["total"] == last["hits"]["total"] == {"value": 1, "relation": "eq"}
    assert (missing["error"]["type"], missing["error"]["index"]) == ("index_not_found_exception", "no-such-index")
    (failure,) = whole["failures"]
    assert (failure["code"], failure["item"], failure["http_status"]) == ("NOT_FOUND", "1", 404)
    refused = face.fail(elasticsearch, SEARCH, {"index": index, "searches": searches})
    assert refused["code"] == "INVALID_ARGUMENT"
    assert "no_such_query" in refused["message"]


def test_a_strict_call_fails_with_its_first_search(face: Face, elasticsearch: Server, index: str) -> None:
    searches = [{"body": ALL}, {"header": {"index": ["no-such-index"]}, "body": ALL}]
    failure = face.fail(elasticsearch, SEARCH, {"index": index, "searches": searches, "strict": True})
    assert (failure["code"], failure["item"]) == ("NOT_FOUND", "1")


def test_documents_come_without_loss(face: Face, elasticsearch: Server, index: str) -> None:
    body = {**ALL, "seq_no_primary_term": True, "version": True, "sort": ["price"]}
    answer = face.succeed(elasticsearch, SEARCH, {"index": index, "searches": [{"body": body}]})
    (hit,) = answer["items"][0]["hits"]["hits"]
    assert (hit["index"], hit["document_id"], hit["seq_no"], hit["primary_term"], hit["version"]) == (
        index,
        "1",
        0,
        1,
        1,
    )
    assert hit["sort"] == "[12.5]"
    assert hit["source"] == DOCUMENT


@pytest.mark.parametrize(("as_number", "total"), [(True, {"value": 1}), (False, {"value": 1, "relation": "eq"})])
def test_totals_are_numbers_either_way(
    face: Face, elasticsearch: Server, index: str, as_number: bool, total: dict[str, object]
) -> None:
    values = {"index": index, "searches": [{"body": ALL}], "rest_total_hits_as_int": as_number}
    assert face.succeed(elasticsearch, SEARCH, values)["items"][0]["hits"]["total"] == total


def test_options_of_the_request_are_understood(face: Face, elasticsearch: Server, index: str) -> None:
    body = {"size": 0, "aggs": {"dearest": {"max": {"field": "price"}}}}
    header = {"preference": "_local", "request_cache": False, "allow_partial_search_results": False}
    options: dict[str, Any] = {
        "typed_keys": True,
        "max_concurrent_searches": 2,
        "pre_filter_shard_size": 128,
        "ignore_unavailable": True,
    }
    options["search_type"] = "dfs_query_then_fetch"
    answer = face.succeed(
        elasticsearch, SEARCH, {"index": index, "searches": [{"header": header, "body": body}], **options}
    )
    assert jsontext.parse(answer["items"][0]["aggregations"]) == {"max#dearest": {"value": 12.5}}


def test_a_checkpoint_is_waited_for(face: Face, elasticsearch: Server, client: Direct, unrefreshed: str) -> None:
    written = client.add_hidden_document(unrefreshed, "2", "{}")
    values = {"index": unrefreshed, "searches": [{"body": ALL}]}
    assert face.succeed(elasticsearch, SEARCH, values)["items"][0]["hits"]["total"]["value"] == 1
    client.change_settings(unrefreshed, {"index.refresh_interval": "200ms"})
    found = face.succeed(elasticsearch, SEARCH, {**values, "wait_for_checkpoints": [written]})["items"][0]
    assert found["status"] == 200, found
    assert found["hits"]["total"]["value"] == 2


def test_a_checkpoint_of_one_search(face: Face, elasticsearch: Server, index: str) -> None:
    header = {"wait_for_checkpoints": [100], "wait_for_checkpoints_timeout": "200ms"}
    searches = [{"header": header, "body": ALL}, {"body": ALL}]
    answer = face.succeed(elasticsearch, SEARCH, {"index": index, "searches": searches, "wait_for_checkpoints": [0]})
    assert [item["status"] for item in answer["items"]] == [400, 200]
    (failure,) = answer["failures"]
    assert (failure["code"], failure["item"]) == ("INVALID_ARGUMENT", "0")
    assert "wait_for_checkpoint=100" in str(failure)


def test_a_reader_may_search(face: Face, elasticsearch: Server, index: str) -> None:
    values = {"index": index, "searches": [{"body": ALL}]}
    assert face.succeed(elasticsearch, SEARCH, values, user=elasticsearch.reader)["items"][0]["status"] == 200


def test_a_document_written_by_hand(graphql: GraphCaller, elasticsearch: Server, index: str) -> None:
    searches = [{"body": ALL}, {"header": {"index": ["no-such-index"]}, "body": ALL}]
    answer = graphql.ask(elasticsearch, QUERY, {"index": index, "searches": searches})
    found = answer["data"]["fleet"]["multiSearch"]
    assert found["items"][0]["hits"]["total"] == {"value": 1, "relation": "eq"}
    assert found["items"][0]["hits"]["hits"][0]["documentId"] == "1"
    assert found["items"][1] == {"status": 404, "hits": None, "error": {"type": "index_not_found_exception"}}
    assert found["failures"] == [{"code": "NOT_FOUND", "item": "1"}]
