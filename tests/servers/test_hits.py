"""Hits of real Elasticsearch page by page: each once, in the server's own order, although many sort alike and some have no value."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from searchway.transcode import jsontext
from servers.direct import Direct
from servers.faces import Face
from servers.record import Server

SEARCH = "fleet.Search"
COUNT = 20


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
    mappings = {"dynamic": False, "properties": {"price": {"type": "double"}, "big": {"type": "long"}}}
    name = client.create_index(fresh("hits"), {}, mappings=mappings)
    for number in range(COUNT):
        price = "{}" if number % 4 == 3 else f'{{"price": {number % 4}.10, "big": {2**63 - 1 - number // 2}}}'
        client.add_document(name, f"d{number:02}", price)
    return name


@pytest.mark.parametrize(
    ("sort", "size"),
    [
        ([{"price": "desc"}, "_id"], 7),
        ([{"price": {"order": "asc", "missing": "_first"}}, {"_id": "desc"}], 3),
        ([{"big": "asc"}, "_id"], 1),
        (["_index", "_id"], COUNT),
        ([{"price": "asc"}, "_seq_no"], 6),
    ],
    ids=str,
)
def test_pages_are_the_whole_in_pieces(face: Face, elasticsearch: Server, index: str, sort: Any, size: int) -> None:
    header = {"index": [index], "wait_for_checkpoints": [COUNT - 1]}
    body = {"query": {"match_all": {}}, "sort": sort}
    whole = face.succeed(elasticsearch, SEARCH, {"header": header, "body": {**body, "size": COUNT}})
    found: list[Mapping[str, Any]] = []
    values: dict[str, Any] = {"header": header, "body": body, "page_size": size}
    while True:
        page = face.succeed(elasticsearch, SEARCH, values)
        assert len(page["hits"]) <= size
        found += page["hits"]
        if "next_page_token" not in page:
            break
        values["page_token"] = page["next_page_token"]
    assert [hit["id"] for hit in found] == [hit["id"] for hit in whole["hits"]]
    assert len({hit["id"] for hit in found}) == COUNT
    assert jsontext.dumps([hit["sort"] for hit in found]) == jsontext.dumps([hit["sort"] for hit in whole["hits"]])


def test_a_search_that_fails_is_an_error_of_the_call(face: Face, elasticsearch: Server) -> None:
    failure = face.fail(elasticsearch, SEARCH, {"header": {"index": ["no-such-index"]}, "body": {}})
    assert (failure["code"], failure["http_status"], failure["type"]) == ("NOT_FOUND", 404, "index_not_found_exception")
