"""Streams with the clients from npm, on a gateway with its default settings: Apollo Client's own link, graphql-sse and graphql-ws."""

import json
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.faces import events
from searchway.graph.graphiql.build import Node, install_packages

STREAMS = Path(__file__).parent / "streams"
QUERY = 'subscription { rulesStreamRules(featureType: "workload_group") { rule { description } } }'


@pytest.fixture(scope="module")
def results(gateway: str, node: Node) -> dict[str, Any]:
    home = install_packages(STREAMS, node, name="streams")
    shutil.copy(STREAMS / "streams.mjs", home)
    found: dict[str, Any] = json.loads(node.run("node", "streams.mjs", gateway, cwd=home))
    return found


@pytest.fixture(scope="module")
def expected(gateway: str) -> list[str]:
    """The descriptions of all rules, without any client."""
    headers = {"accept": "text/event-stream", "x-searchway-cluster": "opensearch"}
    answer = httpx.post(f"{gateway}/graphql", json={"query": QUERY}, headers=headers, trust_env=False)
    *found, _ = events(answer.text)
    assert len(found) > 1
    return [response["data"]["rulesStreamRules"]["rule"]["description"] for _, response in found]


@pytest.mark.parametrize("client", ["apollo", "graphql-sse", "graphql-ws"])
def test_every_response_comes(results: dict[str, Any], expected: list[str], client: str) -> None:
    assert results[client] == expected


def test_apollo_shows_what_is_wrong(results: dict[str, Any]) -> None:
    [error] = results["apollo, what is wrong"]
    assert error["name"] == "CombinedGraphQLErrors"
    assert error["message"].startswith("Cannot query field 'nothing' on type 'Subscription'")


def test_apollo_shows_that_responses_come_as_a_whole(results: dict[str, Any]) -> None:
    error = results["apollo, @defer"]
    assert error["name"] == "CombinedGraphQLErrors"
    assert error["message"] == "The directive '@defer' is not supported; a response comes as a whole."


def test_the_single_connection_mode_is_refused_in_words(results: dict[str, Any]) -> None:
    error = results["graphql-sse, single connection"]
    assert (error["name"], error["status"]) == ("NetworkError", 405)
    assert "use its distinct connections mode" in error["body"]["errors"][0]["message"]


def test_null_stands_for_no_headers(results: dict[str, Any]) -> None:
    assert results["graphql-ws, null"] == ["Query"]


def test_a_bad_operation_leaves_its_neighbour(results: dict[str, Any], expected: list[str]) -> None:
    bad, good = results["graphql-ws, a bad operation"]
    [refused] = bad
    assert refused["errors"] == [
        "the body is not a GraphQL request: Invalid enum value 2 - at `$.extensions.persistedQuery.version`"
    ]
    assert good == expected


def test_a_bad_header_is_told_by_name(results: dict[str, Any]) -> None:
    [error] = results["graphql-ws, a bad header"]
    assert error["code"] == 4400
    assert error["reason"] == "connection_init: x-searchway-timeout: expected a string, got a number"
