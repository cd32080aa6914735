import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from starlette.types import ASGIApp
from websockets import Origin
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from searchway.errors import Code, Failure, UpstreamError
from unit.graph.engine_double import EngineDouble
from unit.graph.serving import PROTOCOL, hear, say, served, socket
from unit.graph.test_http import ALLOCATION, DELETE

OTHERS = ("https://evil.example", "http://[x", "http://", "null", "évil")
COUNTED = {"data": {"cat": {"allocation": {"totalCount": 3}}}}


@pytest_asyncio.fixture
async def address(open_app: Callable[..., ASGIApp]) -> AsyncIterator[str]:
    app = open_app(introspection=False, limits={"socket_operations": 3, "graphql_streams": 2})
    async with served(app) as found:
        yield found


async def ask(opened: ClientConnection, query: str, name: str = "1", **more: Any) -> None:
    await say(opened, id=name, type="subscribe", payload={"query": query, **more})


async def closing(opened: ClientConnection) -> tuple[int, str]:
    with pytest.raises(ConnectionClosed) as caught:
        await opened.recv()
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code, caught.value.rcvd.reason


async def test_a_query_has_one_response(address: str) -> None:
    async with socket(address) as opened:
        query = "query A($n: Int) { cat { allocation(first: $n) { totalCount } } } query B { __typename }"
        await ask(opened, query, operationName="A", variables={"n": 1})
        assert [await hear(opened), await hear(opened)] == [
            {"id": "1", "type": "next", "payload": COUNTED},
            {"id": "1", "type": "complete"},
        ]
        await ask(opened, DELETE)  # the identifier is free again
        assert (await hear(opened))["payload"] == {"data": {"ismDeletePolicy": {"policyId": "p1"}}}


async def test_a_slash_at_the_end_changes_nothing(address: str) -> None:
    async with connect(f"ws://{address}/graphql/", subprotocols=[PROTOCOL]) as opened:
        await say(opened, type="connection_init")
        assert await hear(opened) == {"type": "connection_ack"}


async def test_errors_of_fields_are_responses(address: str, engine: EngineDouble) -> None:
    engine.errors["ism.DeletePolicy"] = UpstreamError(Failure(code=Code.NOT_FOUND, message="no such policy"))
    async with socket(address) as opened:
        await ask(opened, DELETE)
        response = (await hear(opened))["payload"]
        assert (await hear(opened))["type"] == "complete"
    assert response["data"] == {"ismDeletePolicy": None}
    assert response["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    "query", ["{", "{ nothing }", "query($n: Int!) { cat { allocation(first: $n) { totalCount } } }"]
)
async def test_what_cannot_be_executed_is_an_error(address: str, engine: EngineDouble, query: str) -> None:
    async with socket(address) as opened:
        await ask(opened, query)
        refused = await hear(opened)
        assert (refused["id"], refused["type"]) == ("1", "error")
        told = refused["payload"][0]["extensions"]
        assert told["code"] == "INVALID_ARGUMENT"
        assert engine.refusals == [(Code.INVALID_ARGUMENT, told["requestId"], "")]
        await ask(opened, ALLOCATION)
        assert (await hear(opened))["type"] == "next"


async def test_what_nobody_foresaw_ends_the_operation_alone(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any) -> None:
        raise RuntimeError("secret")

    async with socket(address) as opened:
        with monkeypatch.context() as patch:
            patch.setattr("searchway.graph.answering.Answerer.understand", fail)
            await ask(opened, ALLOCATION)
            refused = await hear(opened)
        assert refused["payload"][0]["extensions"]["code"] == "INTERNAL"
        assert "secret" not in str(refused)
        await ask(opened, ALLOCATION)
        assert (await hear(opened))["payload"] == COUNTED


async def test_operations_run_at_the_same_time_and_end_when_the_client_says_so(
    address: str, engine: EngineDouble
) -> None:
    engine.hold = asyncio.Event()
    async with socket(address) as opened:
        await ask(opened, ALLOCATION, "a")
        await ask(opened, DELETE, "b")
        await say(opened, type="ping")
        assert await hear(opened) == {"type": "pong"}
        assert engine.running == 2
        await say(opened, id="a", type="complete")
        await say(opened, id="unknown", type="complete")
        await say(opened, type="ping")
        assert await hear(opened) == {"type": "pong"}
        assert engine.cancelled == ["cat.ListAllocation"]
        engine.hold.set()
        assert [(await hear(opened))["id"], (await hear(opened))["type"]] == ["b", "complete"]


async def test_a_client_that_leaves_stops_the_work(address: str, engine: EngineDouble) -> None:
    engine.hold = asyncio.Event()
    async with socket(address) as opened:
        await ask(opened, ALLOCATION)
        await engine.started.wait()
    await asyncio.wait_for(engine.stopped.wait(), 10)
    assert engine.cancelled == ["cat.ListAllocation"]


async def test_too_many_operations_on_a_socket(address: str, engine: EngineDouble) -> None:
    engine.hold = asyncio.Event()
    async with socket(address) as opened:
        for name in "abcd":
            await ask(opened, ALLOCATION, name)
        refused = await hear(opened)
        assert (refused["id"], refused["type"]) == ("d", "error")
        told = refused["payload"][0]["extensions"]
        assert told["code"] == "RESOURCE_EXHAUSTED"
        assert engine.refusals == [(Code.RESOURCE_EXHAUSTED, told["requestId"], "")]


async def test_too_many_sockets(address: str, engine: EngineDouble) -> None:
    async with socket(address), socket(address), connect(f"ws://{address}/graphql", subprotocols=[PROTOCOL]) as third:
        assert (await closing(third))[0] == 1013
    assert [code for code, _, _ in engine.refusals] == [Code.RESOURCE_EXHAUSTED]
    async with socket(address):  # there is room again
        pass


@pytest.mark.parametrize("payload", [{"X-Searchway-Cluster": "a"}, {"headers": {"x-searchway-cluster": "a"}}])
async def test_headers_come_with_the_handshake_or_the_first_message(
    address: str, engine: EngineDouble, payload: dict[str, Any]
) -> None:
    async with socket(address, payload, additional_headers={"authorization": "Basic x"}) as opened:
        for name in "ab":
            await ask(opened, ALLOCATION, name)
            await hear(opened)
            await hear(opened)
    calls = [asked.call for asked in engine.asked]
    assert [(call.cluster, call.headers["authorization"]) for call in calls] == [("a", "Basic x")] * 2
    assert len({call.request_id for call in calls}) == 2


INIT = '{"type":"connection_init"}'


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (['{"type":"subscribe","id":"1","payload":{"query":"{__typename}"}}'], 4401),
        ([INIT, INIT], 4429),
        (["{"], 4400),
        ([b"{}"], 4400),
        (["[]"], 4400),
        ([INIT, '{"type":"nothing"}'], 4400),
        ([INIT, '{"type":"subscribe","payload":{"query":"{__typename}"}}'], 4400),
        ([INIT, '{"type":"complete"}'], 4400),
    ],
)
async def test_what_is_not_the_protocol_closes_the_socket(
    address: str, engine: EngineDouble, messages: list[str], code: int
) -> None:
    async with connect(f"ws://{address}/graphql", subprotocols=[PROTOCOL]) as opened:
        for message in messages:
            await opened.send(message)
        if messages[0] == INIT:
            assert await hear(opened) == {"type": "connection_ack"}
        found, reason = await closing(opened)
    assert found == code
    assert reason
    assert [refused for refused, _, _ in engine.refusals] == [Code.INVALID_ARGUMENT]


@pytest.mark.parametrize(
    "payload", ["null", "{}", '{"headers":null}', '{"authorization":null}', '{"headers":{"authorization":null}}']
)
async def test_null_is_as_good_as_absent(address: str, engine: EngineDouble, payload: str) -> None:
    more = {"authorization": "Basic x"}
    async with connect(f"ws://{address}/graphql", subprotocols=[PROTOCOL], additional_headers=more) as opened:
        await opened.send(f'{{"type":"connection_init","payload":{payload}}}')
        assert await hear(opened) == {"type": "connection_ack"}
        await ask(opened, ALLOCATION)
        await hear(opened)
    assert [asked.call.headers["authorization"] for asked in engine.asked] == ["Basic x"]


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ("[]", "payload: expected an object of headers, got an array"),
        ('"x"', "payload: expected an object of headers, got a string"),
        ("0", "payload: expected an object of headers, got a number"),
        ("false", "payload: expected an object of headers, got a boolean"),
        ('{"a":"b","X-A":1}', "X-A: expected a string, got a number"),
        ('{"headers":{"x-a":1.5}}', "x-a: expected a string, got a number"),
        ('{"x-a":true}', "x-a: expected a string, got a boolean"),
        ('{"headers":[]}', "headers: expected a string, got an array"),
        ('{"x-a":{}}', "x-a: expected a string, got an object"),
        ('{"x-a":"b\\r\\nc: d"}', "x-a: expected printable ASCII characters"),
        ('{"x-é":"a"}', "'x-\\xe9': expected a name in printable ASCII characters"),
        (f'{{"{"n" * 500}":1}}', f"{'n' * 40}…: expected a string, got a number"),
        ('{"x-a":"\\ud83d"}', "payload: expected an object of headers"),
    ],
)
async def test_what_cannot_be_headers_is_told_by_name(
    address: str, engine: EngineDouble, payload: str, problem: str
) -> None:
    async with connect(f"ws://{address}/graphql", subprotocols=[PROTOCOL]) as opened:
        await opened.send(f'{{"type":"connection_init","payload":{payload}}}')
        assert await closing(opened) == (4400, f"connection_init: {problem}")
    assert [refused for refused, _, _ in engine.refusals] == [Code.INVALID_ARGUMENT]


@pytest.mark.parametrize(
    "payload", ["null", "[]", "{}", '{"query":1}', '{"query":"{__typename}","variables":[]}', '{"extensions":3}', None]
)
async def test_a_payload_that_is_no_request_is_an_error_of_its_operation(
    address: str, engine: EngineDouble, payload: str | None
) -> None:
    engine.hold = asyncio.Event()
    async with socket(address) as opened:
        await ask(opened, ALLOCATION, "other")
        await opened.send(f'{{"type":"subscribe","id":"1"{f""","payload":{payload}""" if payload else ""}}}')
        refused = await hear(opened)
        assert (refused["id"], refused["type"]) == ("1", "error")
        assert refused["payload"][0]["extensions"]["code"] == "INVALID_ARGUMENT"
        engine.hold.set()
        assert (await hear(opened))["payload"] == COUNTED
    assert [code for code, _, _ in engine.refusals] == [Code.INVALID_ARGUMENT]


async def test_an_identifier_is_taken_once(address: str, engine: EngineDouble) -> None:
    engine.hold = asyncio.Event()
    async with socket(address) as opened:
        await ask(opened, ALLOCATION)
        await ask(opened, ALLOCATION)
        assert await closing(opened) == (4409, "Subscriber for 1 already exists")
    assert engine.running == 0


async def test_other_protocols_are_not_spoken(address: str) -> None:
    async with connect(f"ws://{address}/graphql") as opened:
        assert (await closing(opened))[0] == 4406


async def test_who_never_begins_is_shown_out(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchway.graph.websocket.INIT_SECONDS", 0.01)
    async with connect(f"ws://{address}/graphql", subprotocols=[PROTOCOL]) as opened:
        assert (await closing(opened))[0] == 4408


async def test_pages_of_others_cannot_connect(open_app: Callable[..., ASGIApp], engine: EngineDouble) -> None:
    app = open_app(introspection=False, cors_origins=["https://friend.example"])
    async with served(app) as address:
        for origin in ("https://friend.example", f"http://{address}"):
            async with socket(address, origin=origin):
                pass
        for origin in OTHERS:
            with pytest.raises(InvalidStatus) as caught:
                await connect(f"ws://{address}/graphql", subprotocols=[PROTOCOL], origin=Origin(origin))
            assert caught.value.response.status_code == 403
    assert [refused for refused, _, _ in engine.refusals] == [Code.PERMISSION_DENIED] * len(OTHERS)
