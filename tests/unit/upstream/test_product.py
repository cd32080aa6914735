import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.contract.records import Engine
from searchway.upstream.product import Product, from_headers, from_root
from searchway.wire import HttpResponse

ELASTIC = {"x-elastic-product": "Elasticsearch"}
OPENSEARCH = {"x-opensearch-version": "OpenSearch/3.6.0 (opensearch)"}
TAGLINE = "You Know, for Search"


def product(engine: Engine, version: str = "") -> Product:
    return Product(engine=engine, version=version)


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({}, None),
        (ELASTIC, product(Engine.ELASTICSEARCH)),
        (OPENSEARCH, product(Engine.OPENSEARCH, "3.6.0")),
        ({"x-opensearch-version": "OpenSearch/3.7.0-SNAPSHOT (x)"}, product(Engine.OPENSEARCH, "3.7.0-SNAPSHOT")),
        ({"x-opensearch-version": "?"}, None),
    ],
)
def test_headers_name_the_product(headers: dict[str, str], found: Product | None) -> None:
    assert from_headers(headers) == found


@pytest.mark.parametrize(
    ("status", "headers", "document", "found"),
    [
        (200, ELASTIC, {"version": {"number": "8.19.0", "build_flavor": "default"}, "tagline": TAGLINE}, "elasticsearch 8.19.0"),
        (200, {}, {"version": {"number": "7.9.3", "build_flavor": "default"}, "tagline": TAGLINE}, "elasticsearch 7.9.3"),
        (200, {}, {"version": {"number": "7.10.2", "build_flavor": "oss"}, "tagline": TAGLINE}, "opendistro 7.10.2"),
        (200, {}, {"version": {"number": "1.3.0", "distribution": "opensearch"}}, "opensearch 1.3.0"),
        (200, {}, {"version": {"number": "7.10.2"}, "tagline": "The OpenSearch Project: https://opensearch.org/"}, "opensearch 7.10.2"),
        (405, ELASTIC, {"error": "Incorrect HTTP method", "status": 405}, "elasticsearch "),
        (401, ELASTIC, {}, "elasticsearch "),
        (401, {}, {}, None),
        (200, {}, {"version": {"number": "1.0"}, "tagline": "something else"}, None),
        (200, {}, {"version": {"number": 8}}, None),
        (200, {}, [1], None),
    ],
)  # fmt: skip
def test_root_shows_the_product(status: int, headers: dict[str, str], document: object, found: str | None) -> None:
    shown = from_root(HttpResponse(status=status, headers=headers, body=orjson.dumps(document)))
    assert (shown and f"{shown.engine.value} {shown.version}") == found


@given(st.binary())
def test_root_may_be_anything(body: bytes) -> None:
    assert from_root(HttpResponse(status=200, headers={}, body=body)) is None


@pytest.mark.parametrize(
    ("version", "numbers"), [("8.19.0", (8, 19, 0)), ("3.7.0-SNAPSHOT", (3, 7, 0)), ("", ()), ("x", ())]
)
def test_numbers_of_a_version(version: str, numbers: tuple[int, ...]) -> None:
    assert product(Engine.OPENSEARCH, version).numbers == numbers
