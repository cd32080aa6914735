"""Operations that a product has not, or that these servers lack a plugin for; and how the gateway knows what it talks to."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from servers.direct import Direct
from servers.faces import Face
from servers.gateway import Gateway, cluster_name
from servers.record import Server

POLICY = {"description": "d", "default_state": "a", "states": [{"name": "a"}]}
WITHOUT_PLUGIN: list[tuple[str, Mapping[str, Any]]] = [
    ("ism.CreatePolicy", {"policy_id": "p/1", "policy": POLICY}),
    ("ism.GetPolicy", {"policy_id": "p1"}),
    ("ism.DeletePolicy", {"policy_id": "p1"}),
    ("ism.AddPolicy", {"indices": ["a", "b*"], "policy_id": "p1"}),
    ("ism.ExplainIndices", {"indices": ["a"]}),
    ("ism.RetryIndex", {"indices": ["a"]}),
    ("rules.ListRules", {"feature_type": "workload_group"}),
]
WITHOUT_MODULE: list[tuple[str, Mapping[str, Any]]] = [
    ("enrich.ExecutePolicy", {"name": "p1", "wait_for_completion": False}),
    ("ml.FlushJob", {"job_id": "j1", "calc_interim": True}),
]
NOT_IN_OPENSEARCH: list[tuple[str, Mapping[str, Any]]] = [
    ("security.PutRole", {"name": "r1", "role": {"cluster": ["all"]}}),
    ("fleet.MultiSearch", {"searches": [{"body": {}}]}),
    *WITHOUT_MODULE,
]


@pytest.mark.parametrize(("operation", "values"), WITHOUT_PLUGIN)
def test_opensearch_without_the_plugin(
    face: Face, gateway: Gateway, opensearch: Server, operation: str, values: Mapping[str, Any]
) -> None:
    outcome = face.call(opensearch, operation, values)
    assert outcome.failure is not None
    assert (outcome.failure["code"], outcome.failure["http_status"]) == ("UNIMPLEMENTED", 400)
    assert "no handler found for uri [/_" in outcome.failure["message"]
    assert [line["upstream_calls"] for line in gateway.calls(outcome.request_id)] == [1]


@pytest.mark.parametrize(("operation", "values"), WITHOUT_MODULE)
def test_elasticsearch_without_the_module(
    face: Face, elasticsearch: Server, operation: str, values: Mapping[str, Any]
) -> None:
    failure = face.fail(elasticsearch, operation, values)
    assert (failure["code"], failure["http_status"], failure["operation"]) == ("UNIMPLEMENTED", 400, operation)
    assert "no handler found for uri" in failure["message"]


@pytest.mark.parametrize(("operation", "values"), NOT_IN_OPENSEARCH)
def test_what_opensearch_certainly_lacks_is_not_sent(
    face: Face, gateway: Gateway, opensearch: Server, operation: str, values: Mapping[str, Any]
) -> None:
    outcome = face.call(opensearch, operation, values)
    assert outcome.failure is not None
    assert outcome.failure["code"] == "UNIMPLEMENTED"
    assert f"OpenSearch has no {operation}" in outcome.failure["message"]
    assert [line["upstream_calls"] for line in gateway.calls(outcome.request_id)] == [0]


@pytest.mark.parametrize(("operation", "values"), WITHOUT_PLUGIN)
def test_what_elasticsearch_certainly_lacks_is_not_sent(
    face: Face,
    elasticsearch: Server,
    direct: Callable[[Server], Direct],
    operation: str,
    values: Mapping[str, Any],
) -> None:
    """The server itself counts the requests of each connection of the gateway."""
    at_first = direct(elasticsearch).requests_of("searchway/")
    face.succeed(elasticsearch, "cat.ListAllocation", {})
    before = direct(elasticsearch).requests_of("searchway/")
    assert before > at_first
    failure = face.fail(elasticsearch, operation, values)
    assert failure["code"] == "UNIMPLEMENTED"
    assert f"Elasticsearch has no {operation}" in failure["message"]
    assert direct(elasticsearch).requests_of("searchway/") == before


def test_each_product_is_found_out(
    gateway: Gateway, faces: dict[str, Face], elasticsearch8: Server, elasticsearch9: Server, opensearch: Server
) -> None:
    """These Elasticsearch servers have no `GET /`, so that headers tell the product and nothing tells the version."""
    servers = (elasticsearch8, elasticsearch9, opensearch)
    for server in servers:
        faces["grpc"].succeed(server, "cat.ListAllocation", {})
    clusters = httpx.get(f"{gateway.http}/readyz", trust_env=False).json()["clusters"]
    told = {name: (state["reachable"], state["product"]["engine"]) for name, state in clusters.items()}
    assert told == {cluster_name(server): (True, server.engine) for server in servers}
    assert clusters[cluster_name(opensearch)]["product"]["version"] == opensearch.version


def test_a_cluster_that_is_not_configured(face: Face, elasticsearch: Server) -> None:
    failure = face.fail(elasticsearch, "cat.ListAllocation", {}, headers={"x-searchway-cluster": "elasticsearch"})
    assert failure["code"] == "INVALID_ARGUMENT"
    assert failure["message"] == "x-searchway-cluster: expected the name of a configured cluster"
