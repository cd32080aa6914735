import asyncio
from typing import Any

import pytest
from starlette.types import Message

from searchway.sandbox import Fault, create_sandbox
from searchway.sandbox.engines import EngineName
from unit.sandbox.asgi import JSON, ask, scope_of


@pytest.mark.parametrize(
    ("engine", "header", "value", "number"),
    [
        ("elasticsearch", "x-elastic-product", "Elasticsearch", "8.19.21"),
        ("opensearch", "x-opensearch-version", "OpenSearch/3.9.0 (opensearch)", "3.9.0"),
        ("opendistro", None, None, "7.10.2"),
    ],
)
async def test_the_product_can_be_told(engine: EngineName, header: str | None, value: str, number: str) -> None:
    sandbox = create_sandbox(engine)
    for request in ("GET /", "GET /_nosuch/x/y", "GET /missing"):
        answer = await ask(sandbox, request)
        products = {name for name in answer.headers if name.startswith(("x-elastic", "x-opensearch"))}
        assert products == ({header} if header else set())
        assert header is None or answer.headers[header] == value
    info = (await ask(sandbox, "GET /")).document
    assert info["version"]["number"] == number
    assert ("distribution" in info["version"]) == (engine == "opensearch")


async def test_a_version_can_be_chosen() -> None:
    sandbox = create_sandbox("elasticsearch", version="9.5.3")
    accepts = {"accept": "application/vnd.elasticsearch+json; compatible-with=9"}
    answer = await ask(sandbox, "GET /", headers=accepts)
    assert answer.document["version"]["number"] == "9.5.3"
    assert answer.headers["content-type"] == "application/vnd.elasticsearch+json;compatible-with=9"
    local = await ask(sandbox, "GET /_cat/allocation?local=true")
    assert local.headers["warning"].startswith("299 Elasticsearch-9.5.3-")


async def test_opaque_ids_come_back_on_success_and_failure() -> None:
    sandbox = create_sandbox()
    for request in ("GET /", "GET /missing", "POST /"):
        answer = await ask(sandbox, request, headers={"X-Opaque-Id": "abc"})
        assert answer.headers["x-opaque-id"] == "abc"


async def test_head_has_a_length_and_no_body() -> None:
    answer = await ask(create_sandbox(), "HEAD /")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 100


async def test_options_lists_the_methods() -> None:
    sandbox = create_sandbox("elasticsearch")
    known = await ask(sandbox, "OPTIONS /_security/role")
    unknown = await ask(sandbox, "OPTIONS /a/b/c/d")
    assert (known.status, known.headers["allow"]) == (200, "GET,POST,DELETE")
    assert (unknown.status, "allow" in unknown.headers) == (200, False)


async def test_error_traces_come_when_asked_for() -> None:
    answer = await ask(create_sandbox(), "GET /missing?error_trace=true")
    error = answer.document["error"]
    assert error["stack_trace"].startswith("index_not_found_exception: no such index [missing]")
    assert error["root_cause"][0]["stack_trace"]


async def test_requests_are_logged_as_they_came() -> None:
    sandbox = create_sandbox()
    await ask(sandbox, "PUT /i/_doc/a%2Fb?refresh=true", b'{"a": 1}', {**JSON, "X-Test": "1"})
    received = sandbox.requests[-1]
    assert (received.method, received.raw_path, received.query) == ("PUT", "/i/_doc/a%2Fb", "refresh=true")
    assert received.body == b'{"a": 1}'
    assert received.headers["x-test"] == "1"
    assert "a/b" in sandbox.state.indices["i"].documents


async def test_each_sandbox_has_its_own_state() -> None:
    first, second = create_sandbox(), create_sandbox()
    await ask(first, "PUT /mine")
    assert (await ask(second, "GET /mine")).status == 404


@pytest.mark.parametrize(
    ("engine", "request_line"),
    [
        ("opensearch", "PUT /_enrich/policy/p/_execute"),
        ("opensearch", "PUT /_security/role/r"),
        ("opensearch", "POST /_ml/anomaly_detectors/j/_flush"),
        ("opensearch", "POST /_fleet/_fleet_msearch"),
        ("elasticsearch", "GET /_plugins/_ism/policies"),
        ("elasticsearch", "GET /_rules/workload_group"),
        ("opendistro", "GET /_plugins/_ism/policies"),
        ("opendistro", "GET /_rules/workload_group"),
        ("opendistro", "GET /_data_stream/x"),
    ],
)
async def test_operations_that_an_engine_lacks_have_no_handler(engine: EngineName, request_line: str) -> None:
    method, path = request_line.split()
    answer = await ask(create_sandbox(engine), request_line)
    assert answer.status == 400
    assert answer.document == {"error": f"no handler found for uri [{path}] and method [{method}]"}


async def test_health_is_yellow_while_a_copy_is_unassigned() -> None:
    sandbox = create_sandbox()
    assert (await ask(sandbox, "GET /_cluster/health")).document["status"] == "green"
    await ask(sandbox, "PUT /i")
    health = (await ask(sandbox, "GET /_cluster/health")).document
    assert (health["status"], health["unassigned_shards"]) == ("yellow", 1)


async def test_lifespan_completes() -> None:
    incoming: list[Message] = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[Message] = []

    async def receive() -> Message:
        return incoming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await create_sandbox()({"type": "lifespan"}, receive, send)
    assert [message["type"] for message in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_a_fault_answers_instead_as_often_as_told() -> None:
    sandbox = create_sandbox()
    sandbox.faults.add(Fault(status=503, body=b"<html>", headers={"Retry-After": "1"}, times=2))
    answers = [await ask(sandbox, "GET /") for _ in range(3)]
    assert [answer.status for answer in answers] == [503, 503, 200]
    assert answers[0].headers["retry-after"] == "1"
    assert answers[0].body == b"<html>"


async def test_a_fault_meets_only_the_calls_it_is_for() -> None:
    sandbox = create_sandbox()
    sandbox.faults.add(Fault(status=500, path="/_cat/*", method="GET", times=None))
    assert (await ask(sandbox, "GET /")).status == 200
    assert (await ask(sandbox, "GET /_cat/allocation")).status == 500
    sandbox.faults.clear()
    assert (await ask(sandbox, "GET /_cat/allocation")).status == 200


async def test_a_gate_holds_an_answer_back() -> None:
    sandbox = create_sandbox()
    arrived, gate = asyncio.Event(), asyncio.Event()
    sandbox.faults.add(Fault(arrived=arrived, gate=gate))
    call = asyncio.create_task(ask(sandbox, "GET /"))
    await arrived.wait()
    assert not call.done()
    gate.set()
    assert (await call).status == 200


async def test_a_hanging_call_ends_when_its_caller_leaves() -> None:
    sandbox = create_sandbox()
    sandbox.faults.add(Fault(hang=True))
    incoming: list[Message] = [{"type": "http.request", "body": b""}, {"type": "http.disconnect"}]
    sent: list[Any] = []

    async def receive() -> Message:
        return incoming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await sandbox(scope_of("GET /", {}), receive, send)
    assert not sent
    assert len(sandbox.abandoned) == 1


async def test_a_cancelled_call_is_remembered() -> None:
    sandbox = create_sandbox()
    arrived = asyncio.Event()
    sandbox.faults.add(Fault(arrived=arrived, gate=asyncio.Event()))
    call = asyncio.create_task(ask(sandbox, "GET /"))
    await arrived.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert len(sandbox.abandoned) == 1


async def test_an_aborted_call_has_no_answer() -> None:
    sandbox = create_sandbox()
    sandbox.faults.add(Fault(abort=True))
    with pytest.raises(ConnectionResetError):
        await ask(sandbox, "GET /")
