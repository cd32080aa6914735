"""A caller who asks for too much, over both faces: others notice nothing, and what is shed says when to come again."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import httpx
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status

from searchway.api.ism.v1.ism_pb2 import GetPolicyRequest, GetPolicyResponse
from searchway.contract.catalog import load
from searchway.engine import Engine
from searchway.engine.telemetry import Telemetry
from searchway.graph.app import create_app
from searchway.rpc.server import create_server
from searchway.sandbox import Fault, Sandbox, create_sandbox, load_example_data
from searchway.settings import Settings
from searchway.upstream import Clusters
from searchway.upstream.asgi import AsgiTransport

POLICY = 'ism {{ policy(policyId: "{}") {{ policy {{ version }} }} }}'
FLOOD = "{" + " ".join(f"i{n}: {POLICY.format(n)}" for n in range(60)) + "}"
LIMITS = {"in_flight": 40, "in_flight_per_cluster": 30, "in_flight_per_principal": 10, "queue_calls": 20}
IN, QUEUED, ALL = 10, 20, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """A gateway before a cluster that hangs and one that is well."""

    hung: Sandbox
    channel: grpc.aio.Channel
    http: httpx.AsyncClient

    async def ask(self, query: str, cluster: str, who: str, **headers: str) -> dict[str, Any]:
        """Send a GraphQL document."""
        named = {"x-searchway-cluster": cluster, "authorization": who, **headers}
        answer: dict[str, Any] = (await self.http.post("/graphql", json={"query": query}, headers=named)).json()
        return answer

    def call(self, cluster: str, who: str, timeout: float | None = None) -> Any:
        """Ask for a policy over gRPC."""
        method = self.channel.unary_unary(
            load().operation("ism.GetPolicy").grpc_path,
            request_serializer=GetPolicyRequest.SerializeToString,
            response_deserializer=GetPolicyResponse.FromString,
        )
        metadata = (("x-searchway-cluster", cluster), ("authorization", who))
        return method(GetPolicyRequest(policy_id="log-retention"), metadata=metadata, timeout=timeout)

    async def reached(self, number: int) -> None:
        """Wait until so many requests have come to the cluster that hangs."""
        while len(self.hung.requests) < number:  # noqa: ASYNC110  # a list, no event
            await asyncio.sleep(0)


@asynccontextmanager
async def open_faces(max_timeout: float, queue_seconds: float) -> AsyncIterator[Faces]:
    sandboxes = {name: create_sandbox("opensearch") for name in ("hung", "well")}
    for sandbox in sandboxes.values():
        load_example_data(sandbox)
    sandboxes["hung"].faults.add(Fault(hang=True, times=None))
    one = {"engine": "opensearch", "version": "3.0.0", "forward_credentials": True, "retries": 0}
    settings = Settings.model_validate(
        {
            "clusters": {name: {**one, "nodes": [f"http://{name}:9200"]} for name in sandboxes},
            "grpc": {"host": "127.0.0.1", "port": 0},
            "limits": {**LIMITS, "queue_seconds": queue_seconds},
            "max_timeout": max_timeout,
            "timeout": max_timeout,
        }
    )
    clusters = Clusters(settings, transports={name: AsgiTransport(one) for name, one in sandboxes.items()})
    engine = Engine(load(), clusters, settings, Telemetry(access_log=False))
    server = create_server(engine, load(), settings)
    await server.start()
    transport = httpx.ASGITransport(create_app(engine, load(), settings))
    async with (
        grpc.aio.insecure_channel(str(server.address)) as channel,
        httpx.AsyncClient(transport=transport, base_url="http://gateway") as http,
    ):
        yield Faces(hung=sandboxes["hung"], channel=channel, http=http)
    await server.stop(0)
    await clusters.aclose()


async def test_a_flood_at_a_cluster_that_hangs_is_noticed_by_nobody_else() -> None:
    async with open_faces(max_timeout=60, queue_seconds=60) as faces:
        flood = asyncio.create_task(faces.ask(FLOOD, "hung", "greedy", **{"x-searchway-timeout": "999999999"}))
        await faces.reached(IN)
        for who in ("modest", "greedy"):
            answer = await faces.ask("{" + POLICY.format("log-retention") + "}", "well", who)
            assert "errors" not in answer
            assert (await faces.call("well", who)).policy.policy_id == "log-retention"
        assert len(faces.hung.requests) == IN
        others = [asyncio.ensure_future(faces.call("hung", "modest")) for _ in range(3)]
        others.append(asyncio.create_task(faces.ask("{" + POLICY.format("p") + "}", "hung", "other")))
        await faces.reached(IN + 2)  # the three are one request
        for task in (flood, *others):
            task.cancel()
        await asyncio.gather(flood, *others, return_exceptions=True)


async def test_what_is_shed_over_graphql_says_when_to_come_again() -> None:
    async with open_faces(max_timeout=2, queue_seconds=0.05) as faces:
        answer = await faces.ask(FLOOD, "hung", "greedy", **{"x-searchway-timeout": "999999999"})
        told = [error["extensions"] for error in answer["errors"]]
    assert Counter(one["code"] for one in told) == {"DEADLINE_EXCEEDED": IN, "RESOURCE_EXHAUSTED": ALL - IN}
    shed = [one for one in told if one["code"] == "RESOURCE_EXHAUSTED"]
    assert all(one["retryable"] and one["retryDelayMs"] == 100 for one in shed)
    messages = Counter(error["message"] for error in answer["errors"])
    bound = "more than 10 calls of one principal to one cluster at the same time (limits.in_flight_per_principal), and "
    assert messages[f"{bound}20 are queued (limits.queue_calls)"] == ALL - IN - QUEUED
    assert messages[f"{bound}no slot was free within 0.05 seconds (limits.queue_seconds)"] == QUEUED


async def test_what_is_shed_over_grpc_says_when_to_come_again() -> None:
    async with open_faces(max_timeout=60, queue_seconds=0.01) as faces:
        flood = asyncio.create_task(faces.ask(FLOOD, "hung", "greedy"))
        await faces.reached(IN)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await faces.call("hung", "greedy")
        flood.cancel()
        await asyncio.gather(flood, return_exceptions=True)
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    trailers = dict(caught.value.trailing_metadata() or ())
    assert trailers["grpc-retry-pushback-ms"] == "100"
    details = Status.FromString(trailers["grpc-status-details-bin"]).details
    (retry,) = (detail for detail in details if detail.Is(RetryInfo.DESCRIPTOR))
    assert RetryInfo.FromString(retry.value).retry_delay.ToMilliseconds() == 100


async def test_deadlines_over_grpc_have_a_ceiling() -> None:
    async with open_faces(max_timeout=0.5, queue_seconds=1) as faces:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await faces.call("hung", "anybody", timeout=3600)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert caught.value.details() == "the cluster did not answer in time"
