"""What the GraphiQL page is told of a gateway, and what it is not."""

import json
from typing import Any

import pytest

from searchway import vocabulary
from searchway.contract.catalog import load
from searchway.graph.explorer import describe_gateway
from searchway.settings import Settings

SECRET = "pa55-" * 10
CLUSTERS = {
    "logs": {"nodes": ["http://10.1.2.3:9200"], "username": "u", "password": SECRET},
    "shop": {"nodes": ["http://10.1.2.4:9200"], "engine": "opensearch"},
}


def told(**more: Any) -> dict[str, Any]:
    settings = Settings.model_validate({"clusters": CLUSTERS, "default": "shop", **more})
    found = json.loads(json.dumps(describe_gateway(load(), settings)))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("listed", "clusters"),
    [(False, None), (True, [{"name": "shop", "engine": "opensearch"}, {"name": "logs", "engine": None}])],
)
def test_clusters_are_named_where_the_settings_allow_it(listed: bool, clusters: Any) -> None:
    found = told(list_clusters=listed)
    assert found["clusters"] == clusters
    assert ("shop" in json.dumps({**found, "examples": []})) is listed


def test_no_secret_and_no_address_is_told() -> None:
    text = json.dumps(told(list_clusters=True, document_keys=[SECRET], explain_keys=[SECRET], token_keys=[SECRET]))
    assert SECRET not in text
    assert "10.1.2" not in text


@pytest.mark.parametrize(
    ("settings", "grpc"),
    [
        ({}, {"port": 50051, "tls": False, "reflection": True}),
        ({"grpc": "0.0.0.0:0", "introspection": False}, {"port": None, "tls": False, "reflection": False}),
        ({"grpc": "off"}, None),
    ],
)
def test_it_says_how_grpc_is_reached(settings: dict[str, Any], grpc: Any) -> None:
    assert told(**settings)["grpc"] == grpc


def test_headers_that_may_be_secrets_are_not_open() -> None:
    """Links and storage keep open headers only: a new header of the vocabulary must be looked at before it is one."""
    headers = {value for name, value in vars(vocabulary).items() if name.isupper() and isinstance(value, str)}
    answers = {vocabulary.UPSTREAM_CALLS, vocabulary.WARNING}
    closed = {vocabulary.AUTHORIZATION, vocabulary.DOCUMENT_KEY, vocabulary.EXPLAIN_KEY, vocabulary.FIELD_MASK}
    assert set(told()["headers"]["open"]) == headers - answers - closed
