"""Gateways as processes: where they listen, how they stop, what they write."""

import asyncio
import signal
import socket
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import grpc
import httpx
import orjson
import pytest
from google.rpc.status_pb2 import Status
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from harness.serving import FACES, insist, serving, stop, wait_for
from searchway.api.errors.v1.errors_pb2 import APPLIED_UNKNOWN, ApiError
from searchway.api.ism.v1.ism_pb2 import DeletePolicyRequest

PROTOCOL = Subprotocol("graphql-transport-ws")
DELETE_POLICY = "/searchway.api.ism.v1.IsmService/DeletePolicy"
ALLOCATION = "/searchway.api.cat.v1.CatService/ListAllocation"
QUERY = {"query": "{ cat { allocation { edges { node { node } } } } }"}


@pytest.fixture
def taken() -> Any:
    """An address that another program listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    ("http", "grpc", "face"),
    [("{}", "off", "http"), ("off", "{}", "grpc"), ("{}", "127.0.0.1:0", "http"), ("127.0.0.1:0", "{}", "grpc")],
)
@pytest.mark.parametrize("workers", [1, 2])
async def test_address_that_is_taken_is_told_in_one_line(
    taken: str, http: str, grpc: str, face: str, workers: int
) -> None:
    faces = ("--http", http.format(taken), "--grpc", grpc.format(taken), "--workers", str(workers))
    async with serving("--sandbox", "opensearch", *faces) as process:
        out, error = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, out) == (2, b"")
    lines = [line for line in error.decode().splitlines() if not line.startswith("{")]
    assert lines == [f"searchway: {face}: cannot listen at {taken}: Address already in use"]


async def test_face_that_is_off_is_null_in_the_log() -> None:
    async with serving("--sandbox", "opensearch", "--http", "127.0.0.1:0", "--grpc", "off") as process:
        said = await wait_for(process, "listening")
        assert said["grpc"] is None
        assert said["http"].startswith("127.0.0.1:")
        assert await stop(process) == ["draining", "stopping", "stopped"]


class Upstream:
    """A cluster that answers calls when it is let, and probes at once."""

    def __init__(self) -> None:
        self.asked, self.asked_twice, self.go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            body = b"{}"
            if not (await reader.readuntil(b"\r\n\r\n")).startswith(b"GET / "):
                (self.asked_twice if self.asked.is_set() else self.asked).set()
                await self.go_on.wait()
                body = b'[{"node": "n1"}]'
            head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n"
            writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        writer.close()


@asynccontextmanager
async def calling(
    **told: str,
) -> AsyncIterator[tuple[Process, Upstream, dict[str, Any], "asyncio.Future[httpx.Response]"]]:
    """Serve with a call in flight over HTTP; give the process, its cluster, its addresses and the call."""
    upstream = Upstream()
    async with (
        await asyncio.start_server(upstream.answer, "127.0.0.1", 0) as server,
        httpx.AsyncClient(trust_env=False, timeout=60) as client,
    ):
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        told = {"SEARCHWAY_BATCHING__ENABLED": "false", **told}  # else equal calls are one request
        async with serving("--upstream", url, "--engine", "opensearch", *FACES, told=told) as process:
            said = await wait_for(process, "listening")
            call = asyncio.ensure_future(client.post(f"http://{said['http']}/graphql", json=QUERY))
            await asyncio.wait_for(upstream.asked.wait(), 30)
            yield process, upstream, said, call
            upstream.go_on.set()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_calls_in_flight_may_end(number: signal.Signals) -> None:
    async with calling() as (process, upstream, _, call):
        process.send_signal(number)
        await wait_for(process, "stopping")
        upstream.go_on.set()
        answer = await call
        assert answer.json() == {"data": {"cat": {"allocation": {"edges": [{"node": {"node": "n1"}}]}}}}
        assert answer.headers["connection"] == "close"
        assert await asyncio.wait_for(process.wait(), 30) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_ends_at_once(number: signal.Signals) -> None:
    async with calling(SEARCHWAY_GRACE="3600") as (process, _, _, call):
        process.send_signal(number)
        await wait_for(process, "stopping")
        assert await insist(process, number) == 128 + number
        with pytest.raises(httpx.TransportError):
            await call


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_a_signal_that_comes_twice_at_once_is_one(workers: str) -> None:
    async with serving("--sandbox", "opensearch", "--workers", workers, *FACES) as process:
        for _ in range(int(workers)):
            await wait_for(process, "listening")
        process.terminate()
        process.terminate()
        _, error = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0
        assert orjson.loads(error.splitlines()[-1])["event"] == "stopped"


async def test_a_second_signal_ends_the_drain_too() -> None:
    async with calling(SEARCHWAY_DRAIN="3600") as (process, _, said, call):
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(f"http://{said['http']}/readyz")
        process.terminate()
        await wait_for(process, "draining")
        assert await insist(process, signal.SIGTERM) == 128 + signal.SIGTERM
        with pytest.raises(httpx.TransportError):
            await call


async def test_a_gateway_that_drains_is_not_ready_and_serves_on_both_faces() -> None:
    async with (
        serving("--sandbox", "opensearch", *FACES, told={"SEARCHWAY_DRAIN": "3600"}) as process,
        httpx.AsyncClient(trust_env=False, timeout=60) as client,
    ):
        said = await wait_for(process, "listening")
        assert (await client.get(f"http://{said['http']}/readyz")).status_code == 200
        async with grpc.aio.insecure_channel(said["grpc"]) as channel:
            watch = HealthStub(channel).Watch(HealthCheckRequest())
            assert (await watch.read()).status == HealthCheckResponse.SERVING
            process.terminate()
            await wait_for(process, "draining")
            assert (await watch.read()).status == HealthCheckResponse.NOT_SERVING
            served = await client.post(f"http://{said['http']}/graphql", json=QUERY)
            assert (served.status_code, served.headers["connection"]) == (200, "close")
            assert await channel.unary_unary(ALLOCATION)(b"")
            answer = await client.get(f"http://{said['http']}/readyz")
            assert (answer.status_code, answer.json()["status"]) == (503, "draining")
            await wait_for(process, "stopping")  # long before the hour is over: the probe knows, and no more calls come
            assert await watch.read() is grpc.aio.EOF
            assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_calls_that_outlast_the_grace_are_told_on_both_faces() -> None:
    async with calling(SEARCHWAY_GRACE="2") as (process, upstream, said, call):
        async with grpc.aio.insecure_channel(said["grpc"]) as channel:
            other = channel.unary_unary(DELETE_POLICY)(DeletePolicyRequest(policy_id="a").SerializeToString())
            await asyncio.wait_for(upstream.asked_twice.wait(), 30)
            process.terminate()
            await wait_for(process, "stopped")
            assert not upstream.go_on.is_set()
            (error,) = (await call).json()["errors"]
            assert (error["message"], error["extensions"]["code"]) == ("the gateway stops", "UNAVAILABLE")
            assert await other.code() is grpc.StatusCode.UNAVAILABLE
            failure = ApiError()
            details = Status.FromString(dict(await other.trailing_metadata())["grpc-status-details-bin"]).details
            assert any(detail.Unpack(failure) for detail in details)
            assert failure.applied == APPLIED_UNKNOWN
        assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_event_streams_that_outlast_the_grace_are_told() -> None:
    async with calling(SEARCHWAY_GRACE="1") as (process, upstream, said, call):
        call.cancel()
        accept = {"accept": "text/event-stream"}
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            events = asyncio.ensure_future(client.post(f"http://{said['http']}/graphql", json=QUERY, headers=accept))
            await asyncio.wait_for(upstream.asked_twice.wait(), 30)
            process.terminate()
            told = [event for event in (await events).text.split("\n\n") if event.startswith("event:")]
        assert [event.split()[1] for event in told] == ["next", "complete"]
        assert '"code":"UNAVAILABLE"' in told[0]
        assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_connections_without_a_request_hold_up_nothing() -> None:
    async with serving("--sandbox", "opensearch", *FACES, told={"SEARCHWAY_GRACE": "3600"}) as process:
        said = await wait_for(process, "listening")
        host, _, port = said["http"].rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        async with grpc.aio.insecure_channel(said["grpc"]) as channel:
            await channel.unary_unary(ALLOCATION)(b"")
            assert await stop(process) == ["call", "draining", "stopping", "stopped"]
        assert await reader.read() == b""
        writer.close()


@asynccontextmanager
async def subscribing(**told: str) -> AsyncIterator[tuple[Process, Upstream, ClientConnection]]:
    """Serve with a query in flight over a WebSocket."""
    async with calling(**told) as (process, upstream, said, call):
        call.cancel()
        async with connect(f"ws://{said['http']}/graphql", subprotocols=[PROTOCOL], proxy=None) as socket:
            await socket.send('{"type": "connection_init"}')
            await socket.recv()
            await socket.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": QUERY}).decode())
            await asyncio.wait_for(upstream.asked_twice.wait(), 30)
            yield process, upstream, socket


async def heard(socket: ClientConnection) -> tuple[list[dict[str, Any]], int]:
    """Return the messages up to the end of a WebSocket, and its code."""
    messages = []
    try:
        while True:
            messages.append(orjson.loads(await asyncio.wait_for(socket.recv(), 30)))
    except ConnectionClosed as closed:
        return messages, closed.rcvd.code if closed.rcvd else 0


async def test_websockets_end_when_their_operations_have() -> None:
    async with subscribing(SEARCHWAY_GRACE="3600") as (process, upstream, socket):
        process.terminate()
        await wait_for(process, "stopping")
        await socket.send(orjson.dumps({"id": "2", "type": "subscribe", "payload": QUERY}).decode())
        refused = orjson.loads(await asyncio.wait_for(socket.recv(), 30))
        assert (refused["id"], refused["type"]) == ("2", "error")
        assert refused["payload"][0]["extensions"]["code"] == "UNAVAILABLE"
        upstream.go_on.set()
        messages, code = await heard(socket)
        assert [(message["id"], message["type"]) for message in messages] == [("1", "next"), ("1", "complete")]
        assert "errors" not in messages[0]["payload"]
        assert code == CloseCode.SERVICE_RESTART
        assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_operations_on_websockets_that_outlast_the_grace_are_told() -> None:
    async with subscribing(SEARCHWAY_GRACE="1") as (process, _, socket):
        process.terminate()
        messages, code = await heard(socket)
        assert messages[0]["payload"]["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
        assert messages[1]["type"] == "complete"
        assert code == CloseCode.SERVICE_RESTART
        assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_connections_are_left_when_they_are_too_old() -> None:
    told = {"SEARCHWAY_MAX_CONNECTION_AGE": "0.001"}
    async with (
        serving("--sandbox", "opensearch", *FACES, told=told) as process,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        said = await wait_for(process, "listening")
        answers = [await client.post(f"http://{said['http']}/graphql", json=QUERY) for _ in range(3)]
        assert {answer.status_code for answer in answers} == {200}
        assert "close" in {answer.headers.get("connection") for answer in answers}


async def test_grpcs_own_lines_stay_out_of_the_log(taken: str) -> None:
    async with serving("--sandbox", "opensearch", "--http", "off", "--grpc", taken) as process:
        _, error = await asyncio.wait_for(process.communicate(), 30)
    assert error.decode() == f"searchway: grpc: cannot listen at {taken}: Address already in use\n"
