"""Subscriptions over both ways on the network: what comes, how it ends, and that nothing is left of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio
from starlette.types import ASGIApp

from harness.faces import events, parts
from searchway.errors import Code, Failure, UpstreamError
from searchway.sandbox import Sandbox, create_sandbox, load_example_data
from unit.graph.engine_double import EngineDouble
from unit.graph.sandboxed import app_over
from unit.graph.serving import hear, say, served, socket
from unit.graph.test_parts import PARTS

STREAM = 'subscription { rulesStreamRules(featureType: "workload_group") { __typename rule { ruleId } } }'
WATCH = 'subscription { enrichWatchPolicyExecution(name: "p") { finished } }'
CREATE = """rulesCreateRule(input: {featureType: "workload_group", description: "d", featureValue: "g",
  attributes: [{key: "index_pattern", values: ["i%d"]}]}) { rule { ruleId } }"""


def rule(identifier: str) -> Any:
    return {"data": {"rulesStreamRules": {"__typename": "StreamRulesResponse", "rule": {"ruleId": identifier}}}}


@pytest_asyncio.fixture
async def address(open_app: Callable[..., ASGIApp]) -> AsyncIterator[str]:
    async with served(open_app(introspection=False)) as found:
        yield found


async def over_socket(address: str, query: str, **payload: str) -> list[Any]:
    async with socket(address, payload or None) as opened:
        await say(opened, id="1", type="subscribe", payload={"query": query})
        found = [await hear(opened)]
        while found[-1]["type"] == "next":
            found.append(await hear(opened))
    assert found.pop() == {"id": "1", "type": "complete"}
    return [message["payload"] for message in found]


async def over_events(address: str, query: str, **headers: str) -> list[Any]:
    async with httpx.AsyncClient(base_url=f"http://{address}", headers={"accept": "text/event-stream"}) as client:
        *found, end = events((await client.post("/graphql", json={"query": query}, headers=headers)).text)
    assert end == ("complete", None)
    return [response for _, response in found]


async def over_parts(address: str, query: str, **headers: str) -> list[Any]:
    async with httpx.AsyncClient(base_url=f"http://{address}", headers={"accept": PARTS}) as client:
        answer = await client.post("/graphql", json={"query": query}, headers=headers)
    return [document["payload"] for document in parts(answer.text, answer.headers["content-type"])]


ways = pytest.mark.parametrize("receive", [over_socket, over_events, over_parts])


@ways
async def test_each_answer_is_a_response(address: str, receive: Any) -> None:
    assert await receive(address, STREAM) == [rule("r0"), rule("r1")]


@ways
async def test_an_error_is_the_last_response(address: str, engine: EngineDouble, receive: Any) -> None:
    engine.errors["rules.StreamRules"] = UpstreamError(Failure(code=Code.UNAVAILABLE, message="gone"))
    *found, last = await receive(address, STREAM)
    assert found == [rule("r0"), rule("r1")]
    assert last["data"] == {"rulesStreamRules": None}
    (error,) = last["errors"]
    assert (error["message"], error["path"]) == ("gone", ["rulesStreamRules"])
    assert (error["extensions"]["code"], error["extensions"]["operation"]) == ("UNAVAILABLE", "rules.StreamRules")


@ways
async def test_what_it_took_is_told_on_request(address: str, receive: Any) -> None:
    found = await receive(address, STREAM, **{"x-searchway-explain": "true"})
    assert [one["extensions"]["searchway"]["upstreamCalls"] for one in found] == [1, 2]


async def test_a_single_response_is_not_enough_for_one(connect: Any, engine: EngineDouble) -> None:
    client = connect(introspection=False, limits={"graphql_batch": 2})
    alone = (await client.post("/graphql", json={"query": STREAM})).json()
    in_batch = (await client.post("/graphql", json=[{"query": STREAM}])).json()[0]
    for answer in (alone, in_batch):
        assert "text/event-stream" in answer["errors"][0]["message"]
        assert "data" not in answer
    assert engine.asked == []


@pytest.mark.parametrize("accept", ["text/event-stream", PARTS])
async def test_get_streams_what_only_reads(address: str, engine: EngineDouble, accept: str) -> None:
    async with httpx.AsyncClient(base_url=f"http://{address}", headers={"accept": accept}) as client:
        read = await client.get("/graphql", params={"query": STREAM})
        watched = await client.get("/graphql", params={"query": WATCH})
    assert orjson.dumps(rule("r0")) in read.content
    assert (watched.status_code, watched.headers["allow"]) == (405, "POST")
    assert [asked.operation.name for asked in engine.asked] == ["rules.StreamRules"]


async def until(truth: Callable[[], bool]) -> None:
    """Let the loop turn until something is so."""
    async with asyncio.timeout(30):
        while not truth():  # noqa: ASYNC110  # what is waited for is that nothing is left: it sets no event
            await asyncio.sleep(0)


@pytest.mark.parametrize(("kind", "accept"), [("http", "text/event-stream"), ("http", PARTS), ("websocket", "")])
async def test_a_slow_reader_slows_the_source_down(
    open_app: Callable[..., ASGIApp], engine: EngineDouble, kind: str, accept: str
) -> None:
    engine.rules = 10_000
    body = orjson.dumps({"query": STREAM})
    subscribe = b'{"id": "1", "type": "subscribe", "payload": %s}' % body
    beginnings: dict[str, list[Any]] = {
        "http": [{"type": "http.request", "body": body, "more_body": False}],
        "websocket": [
            {"type": "websocket.connect"},
            {"type": "websocket.receive", "text": '{"type": "connection_init"}'},
            {"type": "websocket.receive", "text": subscribe.decode()},
        ],
    }
    told = beginnings[kind]
    left, room = asyncio.Event(), asyncio.Semaphore(5)

    async def receive() -> Any:
        if not told:
            await left.wait()
        return told.pop(0) if told else {"type": f"{kind}.disconnect", "code": 1000}

    async def send(_event: Any) -> None:
        await room.acquire()  # nobody gives it back: the reader takes five and no more

    headers = [(b"accept", accept.encode()), (b"content-type", b"application/json")]
    scope = {"type": kind, "method": "POST", "path": "/graphql", "headers": headers, "query_string": b""}
    scope["subprotocols"] = ["graphql-transport-ws"]
    serving = asyncio.ensure_future(open_app(introspection=False)(scope, receive, send))
    await until(room.locked)
    for _ in range(1000):
        await asyncio.sleep(0)
    assert 0 < engine.taken <= 5
    left.set()
    await serving
    assert engine.running == 0


def with_rules(count: int) -> tuple[Sandbox, str]:
    query = f"mutation {{ {' '.join(f'r{n}: {CREATE % n}' for n in range(count))} }}"
    return create_sandbox("opensearch"), query


@ways
async def test_rules_of_several_pages(receive: Any) -> None:
    sandbox, create = with_rules(120)
    async with app_over(sandbox) as app, served(app) as address, httpx.AsyncClient() as client:
        answer = (await client.post(f"http://{address}/graphql", json={"query": create})).json()
        created = {one["rule"]["ruleId"] for one in answer["data"].values()}
        found = await receive(address, STREAM)
    assert len(created) == 120
    assert found == [rule(identifier) for identifier in sorted(created)]


async def drop_sockets(address: str, query: str) -> None:
    """Open a hundred subscriptions, ten on a socket, and drop the sockets once each has said something."""

    async def one() -> None:
        async with socket(address) as opened:
            for name in range(10):
                await say(opened, id=str(name), type="subscribe", payload={"query": query})
            heard: set[str] = set()
            while len(heard) < 10:
                message = await hear(opened)
                assert "errors" not in message["payload"], message
                heard.add(message["id"])
            opened.transport.abort()

    await asyncio.gather(*(one() for _ in range(10)))


async def drop_events(address: str, query: str) -> None:
    """Open a hundred event streams and drop their connections once each has said something."""
    host, port = address.split(":")
    body = orjson.dumps({"query": query})
    head = "POST /graphql HTTP/1.1\r\nhost: g\r\naccept: text/event-stream\r\ncontent-type: application/json\r\n"

    async def one() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        await reader.readuntil(b"event: next\n")
        writer.transport.abort()

    await asyncio.gather(*(one() for _ in range(100)))


async def test_nothing_is_left_of_a_thousand_that_were_dropped() -> None:
    sandbox = create_sandbox("elasticsearch", enrich_seconds=10_000)
    load_example_data(sandbox)
    query = WATCH.replace('"p"', f'"{next(iter(sandbox.state.enrich))}"')
    async with app_over(sandbox) as app, served(app) as address:
        before = asyncio.all_tasks()
        for _ in range(5):
            await drop_sockets(address, query)
            await drop_events(address, query)
        await until(lambda: asyncio.all_tasks() == before)
        asked = len(sandbox.requests)
        async with httpx.AsyncClient() as client:
            found = await client.post(f"http://{address}/graphql", json={"query": "{ __typename }"})
        assert found.status_code == 200
        assert len(sandbox.requests) == asked
