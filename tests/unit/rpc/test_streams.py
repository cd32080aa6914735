import asyncio
from typing import Any

import grpc
import orjson
import pytest

from searchway.errors import CallError, Code, Failure
from searchway.transcode.answer import Answer

STREAM = "rules.StreamRules"


def rule(number: int, text: str = "") -> Answer:
    return Answer(bodies=(orjson.dumps({"rule": {"id": str(number), "description": text}}),))


async def until(holds: Any) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  # the server runs in this loop
            await asyncio.sleep(0.001)


async def test_messages_arrive_in_order_and_then_the_error(face: Any) -> None:
    async def reply(run: Any) -> Answer:
        run.call.upstream_calls = 1
        if len(face.engine.runs) > 3:
            raise CallError(Failure(code=Code.PERMISSION_DENIED, message="no more", operation=run.operation.name))
        return rule(len(face.engine.runs))

    face.engine.reply = reply
    call = face.stream(STREAM, {"x-opaque-id": "me-7"})
    assert [(await call.read()).rule.rule_id for _ in range(3)] == ["1", "2", "3"]
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call.read()
    assert (failed.value.code(), failed.value.details()) == (grpc.StatusCode.PERMISSION_DENIED, "no more")
    trailers = dict(failed.value.trailing_metadata() or ())
    assert (trailers["x-opaque-id"], trailers["x-searchway-upstream-calls"]) == ("me-7", "1")
    assert "grpc-status-details-bin" in trailers
    assert face.engine.open == 0


async def test_field_mask_cuts_each_message(face: Any) -> None:
    face.engine.reply = orjson.dumps({"rule": {"id": "1", "description": "d"}})
    call = face.stream(STREAM, {"x-goog-fieldmask": "rule.rule_id"})
    answer = await call.read()
    call.cancel()
    assert (answer.rule.rule_id, answer.rule.HasField("description")) == ("1", False)
    await until(lambda: face.engine.open == 0)


async def test_reader_that_stops_reading_holds_up_the_engine(face: Any) -> None:
    face.engine.reply = orjson.dumps({"rule": {"id": "1", "description": "x" * 100_000}})
    call = face.stream(STREAM)
    await call.read()
    made = 0
    while made != len(face.engine.runs):
        made = len(face.engine.runs)
        await asyncio.sleep(0.2)  # long enough for hundreds, were nobody held up
    assert made < 200
    call.cancel()
    await until(lambda: face.engine.open == 0)


async def test_a_thousand_dropped_calls_leave_no_stream_open(face: Any) -> None:
    async def reply(run: Any) -> Answer:
        if len([r for r in face.engine.runs if r.call is run.call]) > 1:
            await asyncio.Event().wait()
        return rule(1)

    face.engine.reply = reply
    before = len(asyncio.all_tasks())
    for _ in range(10):
        calls = [face.stream(STREAM) for _ in range(100)]
        await asyncio.gather(*(call.read() for call in calls))
        for call in calls:
            call.cancel()
        face.engine.runs.clear()
        del calls
    await until(lambda: face.engine.open == 0)
    await until(lambda: len(asyncio.all_tasks()) <= before + 2)


async def test_deadline_ends_the_stream(face: Any) -> None:
    async def reply(_run: Any) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    face.engine.reply = reply
    with pytest.raises(grpc.aio.AioRpcError) as late:
        await face.stream(STREAM, timeout=0.3).read()
    assert late.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    await until(lambda: face.engine.open == 0)


async def test_defect_midway_tells_nothing(face: Any) -> None:
    face.engine.reply = RuntimeError("secret")
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await face.stream(STREAM).read()
    assert failed.value.code() is grpc.StatusCode.INTERNAL
    assert "secret" not in str(failed.value)
