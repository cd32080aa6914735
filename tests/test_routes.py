"""A path argument never reaches another API: whatever a caller writes into one, an engine takes the operation's own route, or nothing is sent.

The routes are those of the engines, as they document them. Read off the socket, because the sandbox refuses some of these names itself.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import grpc
import pytest
import pytest_asyncio

from harness.cases import good_case
from harness.faces import EngineFace, Outcome, grpc_failure
from harness.gateway import Gateway, gateway_settings, open_gateway
from harness.routes import route_of, routes
from harness.wiretap import Wiretap, open_wiretap
from searchway.contract.catalog import load
from searchway.contract.records import Engine, Operation
from searchway.transcode import inputs

ARGUMENTS: Final = [
    pytest.param(operation, number, name, id=f"{operation.name}-{number}-{name}")
    for operation in load().unary.values()
    for number, binding in enumerate(operation.bindings)
    if binding.path not in {earlier.path for earlier in operation.bindings[:number]}
    for name in binding.path.variables
]
STREAMS: Final = [
    pytest.param(operation, name, id=f"{operation.name}-{name}")
    for operation in load().operations.values()
    if operation.streaming
    for name in operation.bindings[0].path.variables
]
DISGUISED: Final = (
    "_settings/",
    "a/_settings",
    "_settings,a",
    "a,_settings",
    "\\_settings",
    "_",
    "__",
    "_SETTINGS",
    "_1",
)
REACHING: Final = [
    ("indices.CreateIndex", "index", "_settings"),
    ("indices.CreateIndex", "index", "_bulk"),
    ("indices.CreateIndex", "index", "_alias"),
    ("indices.CreateIndex", "index", "_all"),
    ("indices.ShrinkIndex", "index", "_snapshot"),
    ("indices.ShrinkIndex", "target", "_cancel"),
    ("fleet.MultiSearch", "index", "_cat"),
    ("fleet.MultiSearch", "index", "_all"),
    ("tasks.GetTask", "task_id", "_cancel"),
    ("enrich.ExecutePolicy", "name", "_stats"),
    ("ml.FlushJob", "job_id", "_all"),
    ("security.PutRole", "name", "_clear_cache"),
    ("ism.GetPolicy", "policy_id", "_search"),
    ("ism.DeletePolicy", "policy_id", ".."),
    ("ism.AddPolicy", "indices", "_explain"),
    ("cat.ListAllocation", "node_ids", "_stats"),
    ("rules.DeleteRule", "rule_id", "_search"),
]
LEGITIMATE: Final = [
    ("indices.CreateIndex", "index", ".hidden"),
    ("indices.CreateIndex", "index", ".ds-logs-2026.11.25-000001"),
    ("indices.CreateIndex", "index", "<logs-{now/d}>"),
    ("indices.CreateIndex", "index", "a_b"),
    ("indices.CreateIndex", "index", "%5fsettings"),
    ("indices.CreateIndex", "index", "-x"),
    ("ism.AddPolicy", "indices", "_all"),
    ("ism.AddPolicy", "indices", "-logs-*"),
    ("ism.ExplainIndices", "indices", "*"),
    ("ism.GetPolicy", "policy_id", "team/größe/v1.2"),
    ("ism.GetPolicy", "policy_id", "_Retention"),
    ("tasks.GetTask", "task_id", "_Zk0-qwertyuiopasdfghj:12"),
    ("rules.GetRule", "rule_id", "_i6VApYBoX5wstmtU_8l"),
    ("cat.ListAllocation", "node_ids", "_local"),
    ("cat.ListAllocation", "node_ids", "_master"),
    ("cat.ListAllocation", "node_ids", "rack:r1"),
]

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def wiretap() -> AsyncIterator[Wiretap]:
    async with open_wiretap() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tapped(wiretap: Wiretap) -> AsyncIterator[Gateway]:
    """Return a gateway whose clusters are the wiretap, over the real transport."""
    async with open_gateway(gateway_settings(f"http://127.0.0.1:{wiretap.port}")) as opened:
        yield opened


def with_argument(operation: Operation, number: int, name: str, value: str) -> dict[str, Any]:
    """Return the values of a good case for one of the routes, with another path argument."""
    fields = operation.request.by_name
    variables = operation.bindings[number].path.variables
    every = {one for binding in operation.bindings for one in binding.path.variables}
    others = {one: ["other"] if fields[one].repeated else "other" for one in variables}
    given = {key: value for key, value in good_case(operation).steps[0].values.items() if key not in every}
    return {**given, **others, name: [value] if fields[name].repeated else value}


def engines(operation: Operation) -> Iterator[Engine]:
    return (found.engine for found in operation.engines)


def check_refused(outcome: Outcome, name: str, value: str) -> None:
    assert outcome.failure is not None
    field = outcome.failure["field"].partition("[")[0]
    assert (outcome.failure["code"], field.lower()) in {
        ("INVALID_ARGUMENT", name),
        ("INVALID_ARGUMENT", name.replace("_", "")),
    }
    assert repr(value) in outcome.failure["message"]


@pytest.mark.parametrize(("operation", "number", "name"), ARGUMENTS)
async def test_no_word_of_an_api_leads_to_another_route(
    tapped: Gateway, wiretap: Wiretap, operation: Operation, number: int, name: str
) -> None:
    face = EngineFace(tapped.engine)
    for engine in engines(operation):
        known, own = routes(engine), route_of(operation, number, engine)
        for word in (*known.words, *DISGUISED):
            wiretap.requests.clear()
            values = with_argument(operation, number, name, word)
            outcome = await face.call(operation, values, cluster=engine, expected={})
            if wiretap.requests:
                assert {known.reached(target.partition("?")[0]) for target in wiretap.targets} == {own}, word
            else:
                check_refused(outcome, name, word)


@pytest.mark.parametrize(("operation", "number", "name"), ARGUMENTS)
async def test_an_ordinary_name_reaches_the_operations_route(
    tapped: Gateway, wiretap: Wiretap, operation: Operation, number: int, name: str
) -> None:
    """Holds the table of routes and `reached` against what is certainly right."""
    for engine in engines(operation):
        wiretap.requests.clear()
        values = with_argument(operation, number, name, "an-id_0.1")
        await EngineFace(tapped.engine).call(operation, values, cluster=engine, expected={})
        reached = {routes(engine).reached(target.partition("?")[0]) for target in wiretap.targets}
        assert reached == {route_of(operation, number, engine)}


@pytest.mark.parametrize(("name", "field", "value"), REACHING)
async def test_both_faces_refuse_it(tapped: Gateway, wiretap: Wiretap, name: str, field: str, value: str) -> None:
    operation = load().operation(name)
    wiretap.requests.clear()
    for face in (tapped.grpc, tapped.graphql):
        values = with_argument(operation, 0, field, value)
        check_refused(await face.call(operation, values, cluster=next(engines(operation)), expected={}), field, value)
    assert wiretap.requests == []


@pytest.mark.parametrize(("operation", "name"), STREAMS)
async def test_streams_refuse_it(tapped: Gateway, wiretap: Wiretap, operation: Operation, name: str) -> None:
    wiretap.requests.clear()
    message = inputs.build(operation.request, {name: "_settings"})
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await tapped.grpc.stream(operation, message, next(engines(operation))).read()
    check_refused(Outcome(failure=grpc_failure(refused.value)), name, "_settings")
    assert wiretap.requests == []


@pytest.mark.parametrize(("name", "field", "value"), LEGITIMATE)
async def test_both_faces_send_what_may_be_a_name(
    tapped: Gateway, wiretap: Wiretap, name: str, field: str, value: str
) -> None:
    operation = load().operation(name)
    engine = next(engines(operation))
    for face in (tapped.grpc, tapped.graphql):
        wiretap.requests.clear()
        await face.call(operation, with_argument(operation, 0, field, value), cluster=engine, expected={})
        reached = {routes(engine).reached(target.partition("?")[0]) for target in wiretap.targets}
        assert reached == {route_of(operation, 0, engine)}


@pytest.mark.parametrize(
    ("name", "field", "engine"),
    [("security.PutRole", "name", Engine.ELASTICSEARCH), ("ism.ExplainIndices", "indices", Engine.OPENSEARCH)],
)
async def test_joined_calls_go_on_without_the_one_that_is_refused(
    wiretap: Wiretap, name: str, field: str, engine: Engine
) -> None:
    """Good neighbours share their request as if the bad one had not been there."""
    operation = load().operation(name)
    settings = gateway_settings(f"http://127.0.0.1:{wiretap.port}", batching={"enabled": True})
    async with open_gateway(settings) as gateway:
        face = EngineFace(gateway.engine)
        every = [with_argument(operation, 0, field, value) for value in ("one", "_settings", "two")]
        wiretap.requests.clear()
        calls = (face.call(operation, values, cluster=engine, expected={}) for values in every)
        one, refused, two = await asyncio.gather(*calls)
        check_refused(refused, field, "_settings")
        assert all(outcome.failure is None or outcome.failure["code"] != "INVALID_ARGUMENT" for outcome in (one, two))
        assert not any("_settings" in target for target in wiretap.targets)
        assert wiretap.targets
