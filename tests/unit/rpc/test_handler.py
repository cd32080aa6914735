import asyncio
import time
from typing import Any

import grpc
import orjson
import pytest
from structlog.testing import capture_logs

from harness.deadlines import meet_deadline
from searchway.contract.selection import Selection
from searchway.errors import CallError, Code, Failure
from searchway.transcode.answer import Answer

ROWS = orjson.dumps(
    [
        {"node": "n-1", "shards": "4", "disk.percent": "17", "disk.used": "1024"},
        {"node": "UNASSIGNED", "shards": "2", "disk.percent": None, "disk.used": None},
    ]
)


def field_names(selection: Selection | None) -> Any:
    return {one.out: field_names(one.selection) for one in selection.fields} if selection else None


async def failing(call: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value


def trailers_of(metadata: Any) -> dict[str, Any]:
    return dict(metadata)


async def test_answer_is_typed(face: Any) -> None:
    face.engine.reply = ROWS
    answer = await face.call("cat.ListAllocation", node_ids=["n-*"])
    assert [row.node for row in answer.allocation] == ["n-1", "UNASSIGNED"]
    assert (answer.allocation[0].shards, answer.allocation[0].disk_percent) == (4, 17.0)
    assert not answer.allocation[1].HasField("disk_percent")
    assert list(face.engine.runs[0].message.node_ids) == ["n-*"]


async def test_empty_messages_and_free_json_survive(face: Any) -> None:
    delete = {"name": "gone", "actions": [{"delete": {}}], "transitions": []}
    face.engine.reply = b'{"_id": "p", "policy": {"states": [%s], "x": 1.10}}' % orjson.dumps(delete)
    policy = (await face.call("ism.GetPolicy", policy_id="p")).policy.definition
    assert policy.states[0].actions[0].HasField("delete")
    assert policy.extra.text == '{"x":1.10}'


async def test_numbers_of_64_bits_survive(face: Any) -> None:
    face.engine.reply = b'{"_id": "p", "_seq_no": 9223372036854775807, "policy": {}}'
    assert (await face.call("ism.GetPolicy", policy_id="p")).policy.seq_no == 2**63 - 1


async def test_local_fields_are_filled(face: Any) -> None:
    failure = Failure(
        code=Code.NOT_FOUND,
        message="no such index",
        item="logs-1",
        cause={
            "type": "index_not_found_exception",
            "index": "logs-1",
            "resource.id": "logs-1",
            "caused_by": {"type": "x"},
        },
    )

    async def partly(_: Any) -> Answer:
        return Answer(bodies=(b'{"updated_indices": 0, "failures": true}',), local={"failures": [failure.document()]})

    face.engine.reply = partly
    answer = await face.call("ism.AddPolicy", indices=["logs-1"], policy_id="p")
    assert answer.failed is True
    (told,) = answer.failures
    assert (told.code, told.item, told.cause.type, told.cause.caused_by.type) == (
        "NOT_FOUND",
        "logs-1",
        "index_not_found_exception",
        "x",
    )
    assert orjson.loads(told.cause.extra.text) == {"resource.id": "logs-1"}


async def test_metadata_reaches_the_engine(face: Any) -> None:
    metadata = {
        "x-searchway-cluster": "logs",
        "authorization": "Basic x",
        "x-opaque-id": "me-7",
        "x-searchway-strict": "true",
    }
    face.engine.reply = ROWS
    await face.call("cat.ListAllocation", metadata, timeout=20)
    call = face.engine.runs[0].call
    assert (call.cluster, call.request_id, call.strict) == ("logs", "me-7", True)
    assert call.headers["authorization"] == "Basic x"
    assert call.deadline is not None
    assert 15 < call.deadline - time.monotonic() <= 21  # gRPC rounds up to a tenth of a second


async def test_trailers_tell_what_it_took(face: Any) -> None:
    async def warned(run: Any) -> Answer:
        run.call.upstream_calls = 2
        run.call.warnings.append("deprecated")
        return Answer(bodies=(ROWS,))

    face.engine.reply = warned
    call = face.call("cat.ListAllocation", {"x-opaque-id": "me-7"})
    await call
    assert trailers_of(await call.trailing_metadata()) == {
        "x-opaque-id": "me-7",
        "x-searchway-upstream-calls": "2",
        "x-searchway-warning": "deprecated",
    }


async def test_field_mask_limits_the_answer(face: Any) -> None:
    face.engine.reply = ROWS
    answer = await face.call("cat.ListAllocation", {"x-goog-fieldmask": "allocation.node,allocation.diskUsed"})
    assert str(answer.allocation[0]) == 'disk_used: 1024\nnode: "n-1"\n'
    assert field_names(face.engine.runs[0].selection) == {"allocation": {"disk_used": None, "node": None}}


async def test_no_field_mask_means_everything(face: Any) -> None:
    face.engine.reply = ROWS
    await face.call("cat.ListAllocation", {"x-goog-fieldmask": "*"})
    assert face.engine.runs[0].selection is None


async def test_wrong_field_mask_is_refused_before_the_engine(face: Any) -> None:
    error = await failing(face.call("cat.ListAllocation", {"x-goog-fieldmask": "allocation.nod"}))
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert error.details() == "x-goog-fieldmask: allocation.nod: unknown field 'nod'; did you mean node?"
    assert face.engine.runs == []


async def test_wrong_metadata_is_refused_before_the_engine(face: Any) -> None:
    error = await failing(face.call("cat.ListAllocation", {"x-searchway-strict": "perhaps"}))
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert face.engine.runs == []


@pytest.mark.parametrize("request_bytes", [b"\xff", b"\x0a\x05ab", b"\x0a\x01\xff"])
async def test_bytes_that_are_no_message_are_the_callers_fault(face: Any, request_bytes: bytes) -> None:
    call = face.channel.unary_unary("/searchway.api.cat.v1.CatService/ListAllocation")(request_bytes)
    error = await failing(call)
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert error.details() == "request: the bytes are not a searchway.api.cat.v1.ListAllocationRequest"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b'{"_id": "p", "_seq_no": 9223372036854775808}',
        b'{"_id": "p", "policy": {"states": 5}}',
        b'{"_id": ["p"]}',
        b'{"_id": "p"',
    ],
)
async def test_answer_that_cannot_be_read_is_internal(face: Any, body: bytes) -> None:
    face.engine.reply = body
    error = await failing(face.call("ism.GetPolicy", policy_id="p"))
    assert error.code() is grpc.StatusCode.INTERNAL
    assert (error.details() or "").startswith("the cluster's answer is not of the documented shape")


async def test_error_of_the_engine_keeps_its_code(face: Any) -> None:
    face.engine.reply = CallError(Failure(code=Code.ABORTED, message="somebody was quicker"))
    error = await failing(face.call("cat.ListAllocation", {"x-opaque-id": "me-7"}))
    assert (error.code(), error.details()) == (grpc.StatusCode.ABORTED, "somebody was quicker")
    assert trailers_of(error.trailing_metadata())["x-opaque-id"] == "me-7"


async def test_unexpected_error_is_masked_and_logged(face: Any) -> None:
    face.engine.reply = RuntimeError("password is hush")
    with capture_logs() as logs:
        error = await failing(face.call("cat.ListAllocation", {"x-opaque-id": "me-7"}))
    assert error.code() is grpc.StatusCode.INTERNAL
    assert error.details() == "internal error; the gateway logged it under the request id me-7"
    assert "hush" not in str(error.trailing_metadata())
    (line,) = logs
    assert (line["operation"], line["request_id"], line["exc_info"]) == ("cat.ListAllocation", "me-7", True)


async def test_caller_that_leaves_cancels_the_engine(face: Any) -> None:
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def hanging(_: Any) -> Answer:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        raise AssertionError("waits for ever")

    face.engine.reply = hanging
    call = face.call("cat.ListAllocation")
    pending = asyncio.ensure_future(call.code())
    await asyncio.wait_for(started.wait(), 5)
    call.cancel()
    await asyncio.wait_for(cancelled.wait(), 5)
    assert await pending is grpc.StatusCode.CANCELLED


async def test_deadline_of_the_caller_cancels_the_engine(face: Any) -> None:
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def hanging(_: Any) -> Answer:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        raise AssertionError("waits for ever")

    async def attempt(seconds: float) -> grpc.aio.AioRpcError:
        return await failing(face.call("cat.ListAllocation", timeout=seconds))

    face.engine.reply = hanging
    error = await meet_deadline(attempt, started.is_set)
    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    await asyncio.wait_for(cancelled.wait(), 60)


@pytest.mark.parametrize(
    ("request_bytes", "metadata"),
    [
        (b"\xff", {}),
        (b"", {"x-searchway-strict": "?"}),
        (b"", {"x-goog-fieldmask": "nodes"}),
    ],
)
async def test_call_that_is_refused_before_the_engine_leaves_a_trace(
    face: Any, request_bytes: bytes, metadata: dict[str, str]
) -> None:
    path = face.catalog.operation("cat.ListAllocation").grpc_path
    given = tuple({**metadata, "x-opaque-id": "me-7"}.items())
    error = await failing(face.channel.unary_unary(path)(request_bytes, metadata=given))
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert face.engine.refusals == [("grpc", Code.INVALID_ARGUMENT, "me-7", "cat.ListAllocation")]
    assert face.engine.runs == []
