"""What a caller hears of the requests that its GraphQL request took: its own, if it may, and nothing of others, of credentials or of addresses."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from harness.faces import events
from searchway.sandbox import Sandbox, create_sandbox, load_example_data
from unit.graph.sandboxed import over

KEY = "k" * 40
SECRET = "Basic c2VjcmV0OnNlY3JldA=="
POLICY = '{ ism { policy(policyId: "log-retention") { policy { definition { description } } } } }'
PUT_ROLE = 'mutation {{ securityPutRole(input: {{name: "{name}", role: {{cluster: ["monitor"]}}}}) {{ created }} }}'
RULES = 'subscription { rulesStreamRules(featureType: "workload_group", pageSize: 1) { rule { description } } }'


def filled() -> Sandbox:
    sandbox = create_sandbox("opensearch")
    load_example_data(sandbox)
    return sandbox


async def explain(client: httpx.AsyncClient, query: str, word: str = "true", **headers: str) -> Any:
    sent = {"x-searchway-explain": word, **{name.replace("_", "-"): value for name, value in headers.items()}}
    answer = await client.post("/graphql", json={"query": query}, headers=sent)
    return answer.json()["extensions"]["searchway"]


async def test_requests_are_told_with_status_and_time() -> None:
    async with over(filled(), explain_requests=True) as client:
        told = await explain(client, POLICY)
    [call] = told["calls"]
    [request] = call.pop("requests")
    assert told["upstreamCalls"] == 1
    assert call == {"operation": "ism.GetPolicy", "rpc": "searchway.api.ism.v1.IsmService/GetPolicy", "cluster": "a"}
    assert request.pop("milliseconds") > 0
    assert request == {
        "method": "GET",
        "path": "/_plugins/_ism/policies/log-retention?filter_path=_id,policy.description",
        "shared": False,
        "status": 200,
        "bodyBytes": 0,
    }


async def test_what_failed_is_told_as_well() -> None:
    missing = POLICY.replace("log-retention", "nope")
    async with over(create_sandbox("opensearch"), explain_requests=True) as client:
        told = await explain(client, missing)
    assert [one["status"] for one in told["calls"][0]["requests"]] == [404]


@pytest.mark.parametrize(
    ("settings", "headers", "may"),
    [
        ({}, {}, False),
        ({"explain_requests": True}, {}, True),
        ({"explain_keys": ["o" * 40, KEY]}, {}, False),
        ({"explain_keys": ["o" * 40, KEY]}, {"x_searchway_explain_key": KEY}, True),
        ({"explain_keys": ["o" * 40, KEY]}, {"x_searchway_explain_key": KEY[1:]}, False),
        ({"explain_keys": [KEY]}, {"x_searchway_document_key": KEY}, False),
        ({"document_keys": [KEY]}, {"x_searchway_explain_key": KEY}, False),
    ],
)
async def test_requests_are_told_to_those_who_may_see_them(
    settings: dict[str, Any], headers: dict[str, str], may: bool
) -> None:
    async with over(create_sandbox("opensearch"), **settings) as client:
        told = await explain(client, POLICY, "body", **headers)
    [call] = told["calls"]
    assert told["upstreamCalls"] == 1
    assert ("requests" in call) is may
    assert call["cluster"] == ("a" if may else None)  # what was not asked for by name is not told to all
    assert call["input"] == {"policy_id": "log-retention"}


async def test_bodies_come_on_demand() -> None:
    query = PUT_ROLE.format(name="r")
    async with over(create_sandbox("elasticsearch"), explain_requests=True) as client:
        [short] = (await explain(client, query))["calls"]
        [long] = (await explain(client, query, "body"))["calls"]
    assert "input" not in short
    assert "body" not in short["requests"][0]
    assert long["input"] == {"name": "r", "role": {"cluster": ["monitor"]}}
    assert json.loads(long["requests"][0]["body"]) == {"cluster": ["monitor"]}
    assert short["requests"][0]["bodyBytes"] == len(long["requests"][0]["body"])


@pytest.mark.parametrize(
    ("padding", "input_told", "body_told"), [(10, True, True), (20_000, False, True), (300_000, False, False)]
)
async def test_what_is_large_is_left_out(padding: int, input_told: bool, body_told: bool) -> None:
    query = 'mutation($m: JSON) { indicesCreateIndex(input: {index: "large", mappings: $m}) { acknowledged } }'
    body = {"query": query, "variables": {"m": {"_meta": {"text": "x" * padding}}}}
    async with over(create_sandbox("elasticsearch"), explain_requests=True) as client:
        answer = await client.post("/graphql", json=body, headers={"x-searchway-explain": "body"})
    [call] = answer.json()["extensions"]["searchway"]["calls"]
    [request] = call["requests"]
    assert ("input" in call, "body" in request) == (input_told, body_told)
    assert request["bodyBytes"] > padding


async def test_the_page_that_is_asked_for_is_part_of_the_input() -> None:
    query = "{ ism { policies(first: 1) { totalCount } } }"
    async with over(create_sandbox("opensearch")) as client:
        [call] = (await explain(client, query, "body"))["calls"]
    assert call["input"] == {"page_size": 1}


async def test_neither_credentials_nor_addresses_are_told() -> None:
    async with over(create_sandbox("opensearch"), explain_requests=True, forward_headers=["x-tenant"]) as client:
        sent = {"x-searchway-explain": "body", "authorization": SECRET, "x-tenant": "t-5ecret"}
        answer = await client.post("/graphql", json={"query": POLICY}, headers=sent)
    assert answer.json()["extensions"]["searchway"]["calls"]
    for secret in (SECRET, "t-5ecret", "cluster:9200"):
        assert secret not in answer.text


async def test_nothing_of_others_is_told_of_a_request_that_is_shared() -> None:
    batching = {"window_ms": 100}
    async with over(create_sandbox("elasticsearch"), explain_requests=True, batching=batching) as client:
        await explain(client, "{ cat { allocation { totalCount } } }")  # so that it is known what the cluster has
        names = [f"role-of-{who}" for who in ("anna", "berta", "clara")]
        same = {"x_opaque_id": "one"}  # which any caller can claim
        told = await asyncio.gather(*(explain(client, PUT_ROLE.format(name=name), "body", **same) for name in names))
    requests = [request for one in told for call in one["calls"] for request in call["requests"]]
    shared = [request for request in requests if request["shared"]]
    assert shared
    assert all(request["path"] is None and "body" not in request for request in shared)
    assert all(request["status"] == 200 for request in shared)
    for own, one in zip(names, told, strict=True):
        assert not any(name in json.dumps(one) for name in names if name != own)


async def test_a_request_that_one_document_shares_is_told_once() -> None:
    roles = " ".join(f'{name}: securityPutRole(input: {{name: "{name}", role: {{}}}}) {{ created }}' for name in "ab")
    async with over(create_sandbox("elasticsearch"), explain_requests=True) as client:
        told = await explain(client, f"mutation {{ {roles} }}", "body")
    assert told["upstreamCalls"] == 1
    assert [len(call["requests"]) for call in told["calls"]] == [1, 0]
    [request] = told["calls"][0]["requests"]
    assert (request["path"], request["shared"]) == ("/_security/role", False)
    assert json.loads(request["body"])["roles"].keys() == {"a", "b"}


async def test_what_is_refused_took_no_request() -> None:
    async with over(create_sandbox("opensearch"), explain_requests=True) as client:
        told = await explain(client, POLICY.replace("log-retention", ""))
    assert told["upstreamCalls"] == 0
    assert [call["requests"] for call in told["calls"]] == [[]]


async def test_each_response_of_a_stream_tells_what_is_new() -> None:
    headers = {"accept": "text/event-stream", "x-searchway-explain": "body"}
    async with over(filled(), explain_requests=True) as client:
        answer = await client.post("/graphql", json={"query": RULES}, headers=headers)
    *responses, _end = events(answer.text)
    told = [response["extensions"]["searchway"] for _, response in responses if "extensions" in response]
    calls = [call for one in told for call in one.get("calls", [])]
    assert len(told) > 1
    assert [("input" in call) for call in calls] == [True] + [False] * (len(calls) - 1)
    assert sum(len(call["requests"]) for call in calls) == told[-1]["upstreamCalls"]
