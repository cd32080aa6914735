"""Things with an identity in the caches of the clients from npm, each as it comes: Apollo Client, urql with graphcache, Relay."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from clients.conftest import Frontend
from tools.gateway import serving

PROGRAMS = {"apollo": "apollo-objects.mjs", "urql": "urql-objects.mjs", "relay": "built/relayObjects.js"}
POLICIES = '{ ism(cluster: "opendistro") { policies { edges { node { policyId definition { description } } } } } }'
RULES = '{ rules(cluster: "opensearch") { rules(featureType: "workload_group", first: 1000) { edges { node { description } } } } }'
HITS = """query ($body: JSON!) { fleet(cluster: "elasticsearch") {
  search(header: {index: ["logs-*"]}, body: $body, first: 6) { edges { node { index documentId source } } }
} }"""
SEARCH = {"query": {"term": {"service": "search"}}, "sort": ["@timestamp", "_index", "_id"]}
CHANGED = "log-retention"
PAGE = 50


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gateway of its own: the programs change policies."""
    with serving(tmp_path_factory.mktemp("gateway"), "--grpc", "off") as found:
        yield found


@pytest.fixture(scope="module", params=PROGRAMS)
def client(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def results(client: str, frontend: Frontend, address: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(frontend.run(PROGRAMS[client], address))
    return found


def nodes(address: str, query: str, **variables: Any) -> list[dict[str, Any]]:
    """Return the items of the one list that a query asks for, without any client."""
    answer = httpx.post(f"{address}/graphql", json={"query": query, "variables": variables}, trust_env=False)
    (family,) = answer.json()["data"].values()
    (found,) = family.values()
    return [edge["node"] for edge in found["edges"]]


def test_documents_of_several_indices_stay_apart(results: dict[str, Any], address: str) -> None:
    hits = nodes(address, HITS, body=SEARCH)
    assert len({hit["documentId"] for hit in hits}) < len(hits)  # so that identifiers alone would mix them up
    assert results["hits"] == [[hit["index"], hit["documentId"], hit["source"]["@timestamp"]] for hit in hits]


def test_a_list_is_new_after_a_mutation(results: dict[str, Any], client: str) -> None:
    found = results["a mutation"]
    assert found["after"] == {**found["before"], CHANGED: f"Changed by a mutation of {client}"}
    assert len(found["after"]) > 1
    assert found["requests"] == 1  # the mutation


def test_clusters_stand_side_by_side(results: dict[str, Any], address: str) -> None:
    first, second = results["two clusters"]
    assert first == results["a mutation"]["after"]
    assert second == {it["policyId"]: it["definition"]["description"] for it in nodes(address, POLICIES)}
    assert first.keys() == second.keys()
    assert first != second


def test_what_is_read_later_of_a_family_adds_to_it(results: dict[str, Any]) -> None:
    assert results["one family"] == results["a mutation"]["after"]


def test_an_object_that_is_fetched_again_is_new_in_its_list(results: dict[str, Any], client: str) -> None:
    found = results["fetched again"]
    assert found["after"] == {**found["before"], CHANGED: f"Changed behind the back of {client}"}


@pytest.mark.parametrize("client", ["relay"], indirect=True)
def test_pages_of_a_family_are_fetched_by_its_identifier(results: dict[str, Any], address: str) -> None:
    rules = [rule["description"] for rule in nodes(address, RULES)]
    assert results["pages"] == [rules[:PAGE], rules[: 2 * PAGE], rules]
