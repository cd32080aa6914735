"""Hits of real Elasticsearch, page by page and streamed: each once, in the server's own order, although many sort alike and some have no value."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import grpc
import orjson
import pytest

from searchway.api.fleet.v1.fleet_pb2 import SearchHeader, StreamHitsRequest
from searchway.api.fleet.v1.fleet_pb2_grpc import FleetServiceStub
from searchway.api.types.v1.types_pb2 import Json
from searchway.transcode import jsontext
from servers.direct import Direct
from servers.faces import SECONDS, Face, GraphCaller
from servers.gateway import cluster_name
from servers.record import Server

SEARCH = "fleet.Search"
COUNT = 20
SORT: Sequence[Mapping[str, Any]] = [{"price": "desc"}, {"code": "asc"}]
SUBSCRIPTION = """
    subscription ($index: [String!], $body: JSON!, $size: Int) {
      fleetStreamHits(header: {index: $index}, body: $body, pageSize: $size, uniqueField: "code") { hit { documentId } }
    }
"""


@pytest.fixture(scope="module")
def client(elasticsearch: Server, direct: Callable[[Server], Direct]) -> Direct:
    return direct(elasticsearch)


@pytest.fixture(scope="module", autouse=True)
def _sorting_by_id(client: Direct) -> Iterator[None]:
    """Allow what is off by default: to sort by _id."""
    allow_sorting_by_id(client, allowed=True)
    yield
    allow_sorting_by_id(client, allowed=None)


def allow_sorting_by_id(client: Direct, *, allowed: bool | None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # later servers call the setting deprecated and have no other
        client.elasticsearch.cluster.put_settings(persistent={"indices.id_field_data.enabled": allowed})


@pytest.fixture(scope="module")
def index(client: Direct, fresh: Callable[[str], str]) -> str:
    """An index of one shard; three documents of four share a price, the fourth has none."""
    properties = {"price": {"type": "double"}, "big": {"type": "long"}, "code": {"type": "keyword"}}
    name = client.create_index(fresh("hits"), {}, mappings={"dynamic": False, "properties": properties})
    for number in range(COUNT):
        price = "" if number % 4 == 3 else f', "price": {number % 4}.10, "big": {2**63 - 1 - number // 2}'
        client.add_document(name, f"d{number:02}", f'{{"code": "c{number * 7 % COUNT:02}"{price}}}')
    return name


@pytest.mark.parametrize(
    ("sort", "size"),
    [
        ([{"price": "desc"}, "_id"], 7),
        ([{"price": {"order": "asc", "missing": "_first"}}, {"_id": "desc"}], 3),
        ([{"big": "asc"}, "_id"], 1),
        (["_index", "_id"], COUNT),
        ([{"price": "asc"}, "_seq_no"], 6),
        (SORT, 3),
    ],
    ids=str,
)
def test_pages_are_the_whole_in_pieces(face: Face, elasticsearch: Server, index: str, sort: Any, size: int) -> None:
    header = {"index": [index], "wait_for_checkpoints": [COUNT - 1]}
    body = {"query": {"match_all": {}}, "sort": sort}
    whole = face.succeed(elasticsearch, SEARCH, {"header": header, "body": {**body, "size": COUNT}})
    found: list[Mapping[str, Any]] = []
    values: dict[str, Any] = {"header": header, "body": body, "page_size": size, "unique_field": "code"}
    while True:
        page = face.succeed(elasticsearch, SEARCH, values)
        assert len(page["hits"]) <= size
        found += page["hits"]
        if "next_page_token" not in page:
            break
        values["page_token"] = page["next_page_token"]
    assert [hit["document_id"] for hit in found] == [hit["document_id"] for hit in whole["hits"]]
    assert len({hit["document_id"] for hit in found}) == COUNT
    assert jsontext.dumps([hit["sort"] for hit in found]) == jsontext.dumps([hit["sort"] for hit in whole["hits"]])


@pytest.mark.parametrize("size", [1, 2, 5, COUNT])
def test_pages_are_refused_where_hits_sort_alike(face: Face, elasticsearch: Server, index: str, size: int) -> None:
    body = {"sort": [{"big": "desc"}]}
    values = {"header": {"index": [index]}, "body": body, "page_size": size, "unique_field": "big"}
    failure = face.fail(elasticsearch, SEARCH, values)
    assert (failure["code"], failure["message"].partition(",")[0]) == ("FAILED_PRECONDITION", "two items sort alike")


def stream_over_grpc(channel: grpc.Channel, server: Server, message: StreamHitsRequest) -> Any:
    metadata = (("x-searchway-cluster", cluster_name(server)),)
    stub = FleetServiceStub(channel)
    return stub.StreamHits(message, metadata=metadata, timeout=SECONDS)


def ids_in_order(client: Direct, index: str) -> list[str]:
    hits = client.elasticsearch.search(index=index, sort=SORT, size=COUNT)["hits"]["hits"]
    return [hit["_id"] for hit in hits]


@pytest.mark.parametrize("size", [1, 7, COUNT])
def test_hits_streamed_over_graphql_are_the_whole(
    graphql: GraphCaller, elasticsearch: Server, client: Direct, index: str, size: int
) -> None:
    variables = {"index": [index], "body": {"sort": SORT}, "size": size}
    answers = graphql.subscribe(elasticsearch, SUBSCRIPTION, variables)
    assert [answer["data"]["fleetStreamHits"]["hit"]["documentId"] for answer in answers] == ids_in_order(client, index)


@pytest.mark.parametrize("taken", [1, 3, COUNT])
def test_a_stream_over_grpc_goes_on_where_it_broke_off(
    channel: grpc.Channel, elasticsearch: Server, client: Direct, index: str, taken: int
) -> None:
    body = Json(text=orjson.dumps({"sort": SORT}).decode())
    message = StreamHitsRequest(header=SearchHeader(index=[index]), body=body, page_size=4, unique_field="code")
    found: list[str] = []
    while len(found) < COUNT:
        stream = stream_over_grpc(channel, elasticsearch, message)
        for answer in islice(stream, taken):
            found.append(answer.hit.document_id)
            message.page_token = answer.next_page_token
        stream.cancel()
    assert found == ids_in_order(client, index)


def test_a_search_that_fails_is_an_error_of_the_call(face: Face, elasticsearch: Server) -> None:
    failure = face.fail(elasticsearch, SEARCH, {"header": {"index": ["no-such-index"]}, "body": {}})
    assert (failure["code"], failure["http_status"], failure["type"]) == ("NOT_FOUND", 404, "index_not_found_exception")
