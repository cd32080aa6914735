"""Streams through the whole engine: nothing is fetched ahead of the reader, and whoever leaves leaves nothing behind."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import httpx
import orjson
import pytest

from harness.deadlines import meet_deadline
from searchway.contract.catalog import load
from searchway.contract.records import Operation
from searchway.contract.selection import Selected, Selection
from searchway.engine import Call, Engine
from searchway.engine.telemetry import Telemetry
from searchway.errors import CallError
from searchway.sandbox import create_sandbox
from searchway.settings import Settings
from searchway.transcode import inputs
from searchway.transcode.response import Dialect, reader
from searchway.upstream import AsgiTransport, Clusters
from unit.engine.hits import HitsUpstream, open_engine

HITS, WATCH = load().operation("fleet.StreamHits"), load().operation("enrich.WatchPolicyExecution")
ALL: dict[str, Any] = {"header": {"index": ["a"]}, "body": {"sort": "_id"}}


def stream(
    engine: Engine,
    operation: Operation,
    selection: Selection | None = None,
    deadline: float | None = None,
    **values: Any,
) -> AsyncGenerator[dict[str, Any], None]:
    message = inputs.build(operation.request, values)
    call = Call(face="cli", request_id="r", deadline=deadline)
    return engine.stream(operation, message, call, reader(operation, selection, Dialect.PROTO).read, selection)


@pytest.mark.parametrize("size", [1, 9, 10, 11, 1000])
async def test_every_hit_comes_once_and_in_order(size: int) -> None:
    async with open_engine(HitsUpstream(30)) as engine:
        found = [answer["hit"]["document_id"] async for answer in stream(engine, HITS, **ALL, page_size=size)]
    assert found == [f"{i:06}" for i in range(30)]


async def test_nothing_is_fetched_before_the_reader_has_taken_what_there_is() -> None:
    upstream = HitsUpstream(1000)
    async with open_engine(upstream) as engine, aclosing(stream(engine, HITS, **ALL, page_size=10)) as answers:
        assert upstream.searches == []
        for taken in range(1, 36):
            await anext(answers)
            assert len(upstream.searches) == -(-taken // 10)


async def test_stream_goes_on_after_the_hit_whose_token_is_given() -> None:
    async with open_engine(HitsUpstream(30)) as engine:
        tokens = [answer["next_page_token"] async for answer in stream(engine, HITS, **ALL)]
        rest = [a["hit"]["document_id"] async for a in stream(engine, HITS, **ALL, page_token=tokens[26])]
    assert rest == ["000027", "000028", "000029"]


async def test_only_what_is_selected_of_each_hit_is_read() -> None:
    hit = HITS.streamed
    assert hit.shape is not None
    selection = Selection((Selected(hit, "h", Selection((Selected(hit.shape.by_name["document_id"], "i", None),))),))
    async with open_engine(HitsUpstream(2)) as engine:
        found = [answer async for answer in stream(engine, HITS, selection, **ALL)]
    assert found == [{"h": {"i": "000000"}}, {"h": {"i": "000001"}}]


async def test_too_many_open_streams_are_refused_and_closing_one_makes_room() -> None:
    async with open_engine(HitsUpstream(10), limits={"streams": 2}) as engine:
        first, second, third = (stream(engine, HITS, **ALL) for _ in range(3))
        await anext(first)
        await anext(second)
        with pytest.raises(CallError) as refused:
            await anext(third)
        await first.aclose()
        await anext(fourth := stream(engine, HITS, **ALL))
        await asyncio.gather(second.aclose(), fourth.aclose())
    assert refused.value.code == "RESOURCE_EXHAUSTED"


class Running(httpx.AsyncBaseTransport):
    """A policy that never ends."""

    def __init__(self) -> None:
        self.looks = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            return httpx.Response(200, json={"task": "n:1"})
        self.looks += 1
        task = {"node": "n", "id": 1, "status": {"phase": "RUNNING"}}
        return httpx.Response(200, content=orjson.dumps({"completed": False, "task": task}))


async def test_a_thousand_watches_that_are_dropped_leave_no_task() -> None:
    upstream = Running()
    async with open_engine(upstream, limits={"streams_per_principal": 1000}) as engine:
        before = asyncio.all_tasks()

        async def drop() -> None:
            async with aclosing(stream(engine, WATCH, name="p")) as states:
                await anext(states)

        await asyncio.gather(*(drop() for _ in range(1000)))
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == before
        looks = upstream.looks
        assert looks >= 1
        await anext(one := stream(engine, WATCH, name="p"))  # there is room for more
        await one.aclose()


async def test_a_watch_that_is_cancelled_while_it_waits_asks_no_more() -> None:
    upstream = Running()

    async def follow(engine: Engine) -> None:
        async with aclosing(stream(engine, WATCH, name="p", poll_interval="100ms")) as states:
            async for _ in states:
                pass

    async with open_engine(upstream) as engine:
        task = asyncio.create_task(follow(engine))
        while upstream.looks < 2:  # noqa: ASYNC110  # until it is in the middle of its work
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_watch_ends_at_the_callers_deadline() -> None:
    upstream = Running()
    async with open_engine(upstream) as engine:

        async def follow_for(seconds: float) -> CallError:
            with pytest.raises(CallError) as late:
                async for _ in stream(engine, WATCH, name="p", deadline=time.monotonic() + seconds):
                    pass
            return late.value

        late = await meet_deadline(follow_for, lambda: upstream.looks > 0)
    assert late.code == "DEADLINE_EXCEEDED"
    assert (late.failure.operation, late.failure.request_id) == (WATCH.name, "r")
    assert 1 <= upstream.looks <= 4


async def test_a_watch_that_waits_is_told_when_the_gateway_stops() -> None:
    upstream = Running()
    settings = Settings.model_validate(
        {"clusters": {"a": {"nodes": ["http://a:9200"], "engine": "elasticsearch", "version": "9.5.0"}}}
    )
    clusters = Clusters(settings, transports={"a": upstream})
    engine = Engine(load(), clusters, settings, Telemetry(access_log=False))
    async with aclosing(stream(engine, WATCH, name="p", poll_interval="1h")) as states:
        await anext(states)
        waiting = asyncio.ensure_future(anext(states))
        await asyncio.sleep(0)
        clusters.cut()
        with pytest.raises(CallError) as stopped:
            await asyncio.wait_for(waiting, 30)
    assert stopped.value.code == "UNAVAILABLE"
    await clusters.aclose()


async def test_two_watches_of_one_policy_follow_the_same_run_on_the_sandbox() -> None:
    sandbox = create_sandbox("elasticsearch", enrich_seconds=0.3)
    transport = AsgiTransport(sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://a") as client:
        await client.put("/people/_doc/1", json={"email": "a", "name": "b"})
        body = {"match": {"indices": "people", "match_field": "email", "enrich_fields": ["name"]}}
        await client.put("/_enrich/policy/p", json=body)

    async def follow(engine: Engine) -> list[dict[str, Any]]:
        return [a async for a in stream(engine, WATCH, name="p", poll_interval="100ms")]

    async with open_engine(transport) as engine:
        first, second = await asyncio.gather(follow(engine), follow(engine))
    assert {states[0]["joined"] for states in (first, second)} == {False, True}
    assert first[-1]["task"] == second[-1]["task"]
    assert [states[-1]["finished"] for states in (first, second)] == [True, True]
    assert {state["phase"] for state in first} == {"RUNNING", "COMPLETE"}
