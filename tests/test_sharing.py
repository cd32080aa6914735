"""Calls of one moment over both faces: how many requests they become, and that the answer says so."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import httpx
import pytest
from prometheus_client import CollectorRegistry

from searchway.api.cat.v1.cat_pb2 import ListAllocationRequest
from searchway.api.cat.v1.cat_pb2_grpc import CatServiceStub
from searchway.api.security.v1.security_pb2 import PutRoleRequest, RoleDescriptor
from searchway.api.security.v1.security_pb2_grpc import SecurityServiceStub
from searchway.contract.catalog import load
from searchway.contract.records import Operation
from searchway.engine import Engine, run
from searchway.engine.telemetry import Telemetry
from searchway.graph.app import create_app
from searchway.rpc.server import create_server
from searchway.sandbox import Fault, Sandbox, create_sandbox, load_example_data
from searchway.settings import Settings
from searchway.transcode.request import encode
from searchway.upstream import Clusters
from searchway.upstream.asgi import AsgiTransport
from searchway.wire import HttpRequest

ROLE = 'securityPutRole(input: {name: "%s", role: {cluster: ["monitor"]}}) { created }'
TABLE = "cat { allocation { edges { node { %s } } } }"


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """A gateway before a sandbox."""

    sandbox: Sandbox
    channel: grpc.aio.Channel
    http: httpx.AsyncClient
    registry: CollectorRegistry

    async def ask(self, query: str) -> dict[str, Any]:
        """Send a GraphQL document."""
        answer: dict[str, Any] = (await self.http.post("/graphql", json={"query": query})).json()
        return answer

    async def upstream_calls(self, stub: Any, method: str, message: Any) -> int:
        """Call a method over gRPC; return how many requests the answer says that it took."""
        call = getattr(stub(self.channel), method)(message)
        await call
        return int(dict(await call.trailing_metadata())["x-searchway-upstream-calls"])

    async def all_inside(self, number: int) -> None:
        """Wait until so many calls are being worked on."""
        while self.registry.get_sample_value("searchway_calls_in_flight") != number:  # noqa: ASYNC110  # a metric, no event
            await asyncio.sleep(0)

    @property
    def lines(self) -> list[str]:
        """The request lines that arrived."""
        return [f"{request.method} {request.raw_path}" for request in self.sandbox.requests]


KNOWN = {"engine": "elasticsearch", "version": "9.0.0"}


@asynccontextmanager
async def _open(
    sandbox: Sandbox, *, product: Mapping[str, str] = KNOWN, window: float = 50, **limits: int
) -> AsyncIterator[Faces]:
    """Open a gateway; its window is long enough for a slow machine unless a test is about it."""
    listen = {"host": "127.0.0.1", "port": 0}
    settings = Settings.model_validate(
        {
            "clusters": {"c": {"nodes": ["http://c:9200"], **product}},
            "grpc": listen,
            "batching": {"window_ms": window},
            "limits": limits,
        }
    )
    clusters = Clusters(settings, transports={"c": AsgiTransport(sandbox)})
    telemetry = Telemetry(access_log=False)
    engine = Engine(load(), clusters, settings, telemetry)
    server = create_server(engine, load(), settings)
    await server.start()
    transport = httpx.ASGITransport(create_app(engine, load(), settings))
    async with (
        grpc.aio.insecure_channel(str(server.address)) as channel,
        httpx.AsyncClient(transport=transport, base_url="http://gateway") as http,
    ):
        yield Faces(sandbox=sandbox, channel=channel, http=http, registry=telemetry.registry)
    await server.stop()
    await clusters.aclose()


@pytest.fixture
async def faces() -> AsyncIterator[Faces]:
    sandbox = create_sandbox("elasticsearch")
    load_example_data(sandbox)
    async with _open(sandbox) as opened:
        yield opened


async def test_fifty_aliases_are_one_request(faces: Faces) -> None:
    fields = ("node", "shards", "host node")
    answer = await faces.ask("{" + " ".join(f"a{n}: {TABLE % fields[n % 3]}" for n in range(50)) + "}")
    assert "errors" not in answer
    assert faces.lines == ["GET /_cat/allocation"]
    edges = [answer["data"][f"a{n}"]["allocation"]["edges"] for n in range(3)]
    assert [sorted(one[0]["node"]) for one in edges] == [["node"], ["shards"], ["host", "node"]]


async def test_equal_calls_over_grpc_are_one_request(faces: Faces) -> None:
    gate, arrived = asyncio.Event(), asyncio.Event()
    faces.sandbox.faults.add(Fault(gate=gate, arrived=arrived))
    calls = [
        asyncio.create_task(faces.upstream_calls(CatServiceStub, "ListAllocation", ListAllocationRequest()))
        for _ in range(50)
    ]
    await arrived.wait()
    await faces.all_inside(50)
    gate.set()
    assert sorted(await asyncio.gather(*calls)) == [0] * 49 + [1]
    assert faces.lines == ["GET /_cat/allocation"]


async def test_a_hundred_aliased_mutations_are_one_request_and_look_serial(faces: Faces) -> None:
    names = [f"role-{n}" for n in range(100)]
    answer = await faces.ask("mutation {" + " ".join(f"r{n}: {ROLE % name}" for n, name in enumerate(names)) + "}")
    assert faces.lines == ["POST /_security/role"]
    assert list(answer["data"]) == [f"r{n}" for n in range(100)]
    assert all(one == {"created": True} for one in answer["data"].values())


UNKNOWN: Mapping[str, str] = {}


def slow_to_tell() -> Sandbox:
    """Return a cluster that takes its time to say what it is: the first call asks, and the others then go on one by one."""
    sandbox = create_sandbox("elasticsearch")
    load_example_data(sandbox)
    sandbox.faults.add(Fault(delay=0.001, path="/"))
    return sandbox


@pytest.mark.parametrize("bad", [(), (0,), (50, 99)])
async def test_mutations_of_a_document_are_one_request_however_late_each_comes(bad: tuple[int, ...]) -> None:
    sandbox = slow_to_tell()
    roles = [ROLE % ("" if n in bad else f"role-{n}") for n in range(100)]
    async with _open(sandbox, product=UNKNOWN, window=0) as faces:
        answer = await faces.ask("mutation {" + " ".join(f"r{n}: {role}" for n, role in enumerate(roles)) + "}")
        assert faces.lines == ["GET /", "POST /_security/role"]
    assert [n for n in range(100) if answer["data"][f"r{n}"] is None] == list(bad)


async def test_mutations_of_a_document_are_one_request_though_one_of_them_takes_long_to_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slow(operation: Operation, message: Any, **how: Any) -> HttpRequest:
        if getattr(message, "name", "") in {"role-5", "role-50"}:
            end = time.monotonic() + 0.02
            while time.monotonic() < end:  # which stops the loop for ten times the window
                pass
        return encode(operation, message, **how)

    monkeypatch.setattr(run, "encode", slow)
    roles = [ROLE % f"role-{n}" for n in range(100)]
    async with _open(slow_to_tell(), product=UNKNOWN, window=2) as faces:
        answer = await faces.ask("mutation {" + " ".join(f"r{n}: {role}" for n, role in enumerate(roles)) + "}")
        assert faces.lines == ["GET /", "POST /_security/role"]
    assert "errors" not in answer


async def test_mutations_of_an_array_of_requests_are_one_request_however_late_each_comes() -> None:
    sandbox = slow_to_tell()
    queries = [f"mutation {{ {ROLE % f'role-{n}'} }}" for n in range(40)]
    queries[7], queries[9] = "{", "{ nothing }"
    queries[11] = f"mutation {{ a: {ROLE % 'role-11'} b: {ROLE % 'role-11b'} }}"
    async with _open(sandbox, product=UNKNOWN, window=0, graphql_batch=100) as faces:
        answers = (await faces.http.post("/graphql", json=[{"query": query} for query in queries])).json()
        assert faces.lines == ["GET /", "POST /_security/role"]
    assert [n for n, answer in enumerate(answers) if "errors" in answer] == [7, 9]
    assert answers[11] == {"data": {"a": {"created": True}, "b": {"created": True}}}


async def test_reads_of_an_array_of_requests_are_one_request_however_late_each_comes() -> None:
    sandbox = slow_to_tell()
    index = min(name for name in sandbox.state.indices if not name.startswith("."))
    search = (
        '{ fleet { search(header: {index: ["%s"]}, body: {sort: "_id", _source: "f%d"}, first: 1) { totalCount } } }'
    )
    queries = [search % (index, n % 5) for n in range(20)]
    async with _open(sandbox, product=UNKNOWN, window=0, graphql_batch=100) as faces:
        answers = (await faces.http.post("/graphql", json=[{"query": query} for query in queries])).json()
        assert not any("errors" in answer for answer in answers), answers
        assert len(faces.lines) == 2


async def test_those_that_wait_for_a_place_are_not_waited_for() -> None:
    sandbox = create_sandbox("elasticsearch")
    queries = [f"mutation {{ {ROLE % f'role-{n}'} }}" for n in range(40)]
    async with _open(sandbox, graphql_batch=100, in_flight_per_principal=10) as faces:
        answers = (await faces.http.post("/graphql", json=[{"query": query} for query in queries])).json()
        assert faces.lines == ["POST /_security/role"] * 4
    assert not any("errors" in answer for answer in answers)


async def test_mutations_of_one_role_keep_their_order(faces: Faces) -> None:
    answer = await faces.ask(f"mutation {{ a: {ROLE % 'x'} b: {ROLE % 'x'} c: {ROLE % 'y'} }}")
    assert answer["data"] == {"a": {"created": True}, "b": {"created": False}, "c": {"created": True}}


async def test_a_mutation_that_is_refused_fails_alone_and_at_its_place(faces: Faces) -> None:
    answer = await faces.ask(f"mutation {{ a: {ROLE % 'x'} b: {ROLE % 'superuser'} c: {ROLE % 'y'} }}")
    assert answer["data"] == {"a": {"created": True}, "b": None, "c": {"created": True}}
    (error,) = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["b"], "INVALID_ARGUMENT")


async def test_roles_over_grpc_share_requests(faces: Faces) -> None:
    role = RoleDescriptor(cluster=["monitor"])
    faces.sandbox.faults.add(Fault(delay=0.005, times=None))
    calls = await asyncio.gather(
        *(
            faces.upstream_calls(SecurityServiceStub, "PutRole", PutRoleRequest(name=f"role-{n}", role=role))
            for n in range(200)
        )
    )
    assert sum(calls) == len(faces.lines)
    assert len(faces.lines) < 100
    assert {f"role-{n}" for n in range(200)} <= faces.sandbox.state.roles.keys()


async def test_who_cancels_over_grpc_holds_up_nobody_who_writes_the_same_role(faces: Faces) -> None:
    arrived = asyncio.Event()
    faces.sandbox.faults.add(Fault(hang=True, arrived=arrived))
    request = PutRoleRequest(name="x", role=RoleDescriptor(cluster=["monitor"]))
    stuck = asyncio.create_task(faces.upstream_calls(SecurityServiceStub, "PutRole", request))
    await arrived.wait()
    stuck.cancel()
    assert await faces.upstream_calls(SecurityServiceStub, "PutRole", request) == 1
    assert faces.lines == ["PUT /_security/role/x"] * 2
