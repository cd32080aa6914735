"""Documents that real Elasticsearch stores and no parser of ours returns: they come as the bytes that they are, and harm no neighbour."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest

from searchway.transcode.jsontext import JsonText
from servers.direct import Direct
from servers.faces import Face
from servers.record import Server

SEARCH: Final = "fleet.Search"
DOCUMENTS: Final = {
    "emoji": r'{"text":"cut in two: \ud83d"}',
    "low": r'{"text":"\udc00", "more" : ["\ud83d\ude00","\ud83d"]}',
    "name": r'{"\ud83d":1}',
    "digits": '{"n":%s}' % ("9" * 200),
    "infinite": '{"n":1e400}',
    "deep": '{"a":' * 400 + "1" + "}" * 400,
}


@pytest.fixture(scope="module")
def index(elasticsearch: Server, direct: Callable[[Server], Direct], fresh: Callable[[str], str]) -> str:
    """An index that stores whatever it is given."""
    client = direct(elasticsearch)
    name = client.create_index(fresh("unusual"), {}, mappings={"enabled": False})
    for identifier, text in DOCUMENTS.items():
        client.add_document(name, identifier, text)
    return name


def sources(answer: Mapping[str, Any]) -> dict[str, JsonText]:
    return {hit["document_id"]: hit["source"] for hit in answer["hits"]}


def test_documents_come_as_they_are(face: Face, elasticsearch: Server, index: str) -> None:
    answer = face.succeed(elasticsearch, SEARCH, {"header": {"index": [index]}, "body": {"size": 100}})
    assert sources(answer) == DOCUMENTS


def test_searches_of_one_moment_do_not_harm_each_other(face: Face, elasticsearch: Server, index: str) -> None:
    def one(identifier: str) -> dict[str, JsonText]:
        values = {"header": {"index": [index]}, "body": {"query": {"ids": {"values": [identifier]}}}}
        return sources(face.succeed(elasticsearch, SEARCH, values))

    with ThreadPoolExecutor(len(DOCUMENTS)) as pool:
        found = list(pool.map(one, DOCUMENTS))
    assert found == [{identifier: text} for identifier, text in DOCUMENTS.items()]


def test_an_error_that_quotes_half_of_a_pair_keeps_its_cause(face: Face, elasticsearch: Server, index: str) -> None:
    body = JsonText(r'{"query":{"x\ud83d":{}}}')
    failure = face.fail(elasticsearch, SEARCH, {"header": {"index": [index]}, "body": body})
    assert failure["code"] == "INVALID_ARGUMENT"
    assert failure["type"] in {"parsing_exception", "x_content_parse_exception"}
    assert failure["reason"]
