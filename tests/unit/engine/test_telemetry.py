"""What operators see of a call: how it ended as its caller knows it, in the log and in the metrics."""

import asyncio
from typing import Any

import httpx
import pytest
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from searchway.contract.catalog import load
from searchway.contract.records import Operation
from searchway.engine import Call, Engine
from searchway.engine.telemetry import Telemetry
from searchway.errors import CallError, Code
from searchway.settings import Settings
from searchway.transcode import inputs
from searchway.transcode.response import Dialect, reader
from searchway.upstream import Clusters

FLUSH, TABLE = load().operation("ml.FlushJob"), load().operation("cat.ListAllocation")


async def call(
    handler: Any,
    telemetry: Telemetry,
    operation: Operation = FLUSH,
    *,
    cluster: str | None = None,
    failures: int = 5,
    **values: Any,
) -> None:
    node = {"nodes": ["http://c:9200"], "engine": "elasticsearch", "breaker_failures": failures, "username": "gateway"}
    settings = Settings.model_validate({"clusters": {"c": {**node, "password": "secret"}}})
    clusters = Clusters(settings, transports={"c": httpx.MockTransport(handler)})
    engine = Engine(load(), clusters, settings, telemetry)
    read = reader(operation, None, Dialect.GRAPH).read
    circumstances = Call(face="cli", request_id="r1", cluster=cluster)
    await engine.run(operation, inputs.build(operation.request, values), circumstances, read)


def answering(status: int, body: bytes) -> Any:
    return lambda _request: httpx.Response(status, content=body)


@pytest.mark.parametrize(
    ("status", "body", "values", "code", "requests"),
    [
        (200, b'{"flushed":true}', {"job_id": "j"}, "OK", 1),
        (
            404,
            b'{"error":{"type":"resource_not_found_exception","reason":"no"},"status":404}',
            {"job_id": "j"},
            "NOT_FOUND",
            1,
        ),
        (200, b"<html>", {"job_id": "j"}, "INTERNAL", 1),
        (200, b'{"flushed":"perhaps"}', {"job_id": "j"}, "INTERNAL", 1),
        (200, b"{}", {}, "INVALID_ARGUMENT", 0),
    ],
)
async def test_code_is_the_one_that_the_caller_gets(
    status: int, body: bytes, values: dict[str, Any], code: str, requests: int
) -> None:
    telemetry = Telemetry()
    told = "OK"
    with capture_logs() as lines:
        try:
            await call(answering(status, body), telemetry, **values)
        except CallError as error:
            told = error.code.value
    assert told == code
    (line,) = (line for line in lines if line["event"] == "call")
    expected = {"operation": "ml.FlushJob", "face": "cli", "cluster": "c", "code": code, "request_id": "r1"}
    assert {key: line[key] for key in expected} == expected
    assert line["upstream_calls"] == requests
    labels = {"operation": "ml.FlushJob", "face": "cli", "cluster": "c"}
    assert telemetry.registry.get_sample_value("searchway_calls_total", {**labels, "code": code}) == 1
    assert telemetry.registry.get_sample_value("searchway_call_seconds_count", labels) == 1
    sent = telemetry.registry.get_sample_value(
        "searchway_upstream_requests_total", {"operation": "ml.FlushJob", "cluster": "c"}
    )
    assert (sent or 0) == requests
    answered = telemetry.registry.get_sample_value(
        "searchway_upstream_answers_total", {"cluster": "c", "status": str(status)}
    )
    assert (answered or 0) == requests


async def test_each_request_that_was_sent_again_counts() -> None:
    telemetry, answers = Telemetry(), iter([503, 200])
    with capture_logs() as lines:
        await call(lambda _request: httpx.Response(next(answers), json=[]), telemetry, TABLE)
    assert [line["upstream_calls"] for line in lines if line["event"] == "call"] == [2]
    value = telemetry.registry.get_sample_value
    assert value("searchway_upstream_requests_total", {"operation": TABLE.name, "cluster": "c"}) == 2
    assert [value("searchway_upstream_answers_total", {"cluster": "c", "status": s}) for s in ("503", "200")] == [1, 1]
    assert value("searchway_upstream_seconds_count", {"cluster": "c"}) == 2


async def test_a_node_that_fails_is_told_of_with_its_cause() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("ConnectionRefusedError: connect call failed", request=request)

    telemetry = Telemetry()
    with capture_logs() as lines, pytest.raises(CallError) as caught:
        await call(refuse, telemetry, TABLE, failures=1)
    assert "refused" not in caught.value.failure.message.lower()
    second, first = (line for line in lines if line["event"] != "call")
    assert (first["event"], first["cluster"], first["node"]) == ("request failed", "c", "http://c:9200")
    assert first["cause"] == "ConnectError: ConnectionRefusedError: connect call failed"
    assert (second["event"], second["node"]) == ("node ejected", "http://c:9200")
    value = telemetry.registry.get_sample_value
    assert value("searchway_upstream_answers_total", {"cluster": "c", "status": "0"}) == 1
    assert value("searchway_ejected_nodes", {"cluster": "c"}) == 1


async def test_caller_who_leaves_is_counted_as_such_and_no_longer_as_in_flight() -> None:
    telemetry, arrived = Telemetry(), asyncio.Event()

    async def hang(_request: httpx.Request) -> httpx.Response:
        arrived.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody answers")

    task = asyncio.create_task(call(hang, telemetry, job_id="j"))
    await arrived.wait()
    assert telemetry.registry.get_sample_value("searchway_calls_in_flight") == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert telemetry.registry.get_sample_value("searchway_calls_in_flight") == 0
    labels = {"operation": "ml.FlushJob", "face": "cli", "cluster": "c", "code": "CANCELLED"}
    assert telemetry.registry.get_sample_value("searchway_calls_total", labels) == 1


async def test_a_cluster_that_there_is_not_is_named_nowhere() -> None:
    telemetry = Telemetry()
    with capture_logs() as lines, pytest.raises(CallError) as caught:
        await call(answering(200, b"{}"), telemetry, cluster="Basic c2VjcmV0", job_id="j")
    assert (caught.value.code, caught.value.failure.cluster) == ("INVALID_ARGUMENT", "")
    assert [line["cluster"] for line in lines] == [""]
    assert "c2VjcmV0" not in generate_latest(telemetry.registry).decode() + repr(lines) + str(caught.value)


async def test_access_log_can_be_off() -> None:
    with capture_logs() as lines:
        await call(answering(200, b'{"flushed":true}'), Telemetry(access_log=False), job_id="j")
    assert lines == []


@pytest.mark.parametrize(("operation", "known"), [("ism.GetPolicy", {"operation": "ism.GetPolicy"}), ("", {})])
def test_refused_request_is_logged_and_counted(operation: str, known: dict[str, str]) -> None:
    telemetry = Telemetry()
    with capture_logs() as lines:
        telemetry.refused("graphql", Code.INVALID_ARGUMENT, "r1", operation)
    told = {"face": "graphql", "code": "INVALID_ARGUMENT", "request_id": "r1"}
    assert lines == [{**known, **told, "event": "refused", "log_level": "info"}]
    labels = {"face": "graphql", "code": "INVALID_ARGUMENT"}
    assert telemetry.registry.get_sample_value("searchway_refused_total", labels) == 1


def test_refused_request_is_counted_without_an_access_log() -> None:
    telemetry = Telemetry(access_log=False)
    with capture_logs() as lines:
        telemetry.refused("grpc", Code.UNIMPLEMENTED, "r1")
    assert lines == []
    labels = {"face": "grpc", "code": "UNIMPLEMENTED"}
    assert telemetry.registry.get_sample_value("searchway_refused_total", labels) == 1
