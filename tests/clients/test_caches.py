"""What the caching clients from npm show, each with its cache as it comes: Apollo Client, urql with graphcache, Relay."""

import json
from typing import Any

import httpx
import pytest

from clients.conftest import Frontend

PROGRAMS = {"apollo": "apollo.mjs", "urql": "urql.mjs", "relay": "built/relay.js"}
HEADERS = {"x-searchway-cluster": "opensearch"}
RULES = '{ rules { rules(featureType: "workload_group", first: 1000) { edges { node { description } } } } }'
SHARDS = "{ cat { allocation { edges { node { shards } } } } }"
PAGE = 50


@pytest.fixture(scope="module", params=PROGRAMS)
def results(request: pytest.FixtureRequest, frontend: Frontend, gateway: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(frontend.run(PROGRAMS[request.param], gateway))
    return found


@pytest.fixture(scope="module")
def rules(gateway: str) -> list[str]:
    """The descriptions of all rules, without any client."""
    answer = httpx.post(f"{gateway}/graphql", json={"query": RULES}, headers=HEADERS, trust_env=False)
    found = [edge["node"]["description"] for edge in answer.json()["data"]["rules"]["rules"]["edges"]]
    assert len(set(found)) == len(found) > 2 * PAGE
    return found


@pytest.mark.parametrize("way", ["graphql-ws", "graphql-sse"])
def test_a_subscription_comes_to_its_end(results: dict[str, Any], rules: list[str], way: str) -> None:
    assert results[way] == rules


def test_each_page_adds_to_the_list(results: dict[str, Any], rules: list[str]) -> None:
    assert results["pages"] == [rules[:PAGE], rules[: 2 * PAGE], rules]


def shards(gateway: str, cluster: str) -> list[int]:
    answer = httpx.post(
        f"{gateway}/graphql", json={"query": SHARDS}, headers={"x-searchway-cluster": cluster}, trust_env=False
    )
    return [edge["node"]["shards"] for edge in answer.json()["data"]["cat"]["allocation"]["edges"]]


def test_clusters_stay_apart(results: dict[str, Any], gateway: str) -> None:
    first, second = shards(gateway, "elasticsearch"), shards(gateway, "opensearch")
    assert first != second
    assert results["clusters"] == [first, second]


def test_an_error_keeps_its_code(results: dict[str, Any]) -> None:
    (error,) = results["errors"]
    expected = {
        "code": "NOT_FOUND",
        "httpStatus": 404,
        "cluster": "opensearch",
        "operation": "ism.GetPolicy",
        "retryable": False,
    }
    assert error.items() >= expected.items()
