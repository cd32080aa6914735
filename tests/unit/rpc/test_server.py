import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import grpc
import orjson
import pytest
import trustme
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest, ServerReflectionResponse

from searchway.errors import SettingsError
from searchway.transcode.answer import Answer

ROWS = orjson.dumps([{"node": "n-1"}])


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA, tmp_path: Path) -> dict[str, Path]:
    """Files of a server's certificate."""
    issued = authority.issue_cert("localhost")
    files = {"cert": tmp_path / "cert.pem", "key": tmp_path / "key.pem", "client_ca": tmp_path / "ca.pem"}
    files["cert"].write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    files["key"].write_bytes(issued.private_key_pem.bytes())
    authority.cert_pem.write_to_path(str(files["client_ca"]))
    return files


def client_credentials(authority: trustme.CA, *, certified: bool) -> grpc.ChannelCredentials:
    if not certified:
        return grpc.ssl_channel_credentials(authority.cert_pem.bytes())
    own = authority.issue_cert("me@example.org")
    return grpc.ssl_channel_credentials(
        authority.cert_pem.bytes(), own.private_key_pem.bytes(), own.cert_chain_pems[0].bytes()
    )


@asynccontextmanager
async def secured(face: Any, credentials: grpc.ChannelCredentials) -> AsyncIterator[Any]:
    async with grpc.aio.secure_channel(f"localhost:{face.server.address.port}", credentials) as channel:
        face.channel = channel
        yield face


async def list_services(face: Any, version: str) -> ServerReflectionResponse:
    call = face.channel.stream_stream(
        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
        request_serializer=ServerReflectionRequest.SerializeToString,
        response_deserializer=ServerReflectionResponse.FromString,
    )(iter([ServerReflectionRequest(list_services="*")]))
    answer: ServerReflectionResponse = await call.read()
    return answer


async def test_calls_and_reflection_over_tls(serve: Any, tls: Mapping[str, Path], authority: trustme.CA) -> None:
    async with (
        serve(ROWS, grpc_tls={"cert": tls["cert"], "key": tls["key"]}) as face,
        secured(face, client_credentials(authority, certified=False)),
    ):
        assert (await face.call("cat.ListAllocation")).allocation[0].node == "n-1"
        for version in ("v1", "v1alpha"):
            assert (await list_services(face, version)).list_services_response.service


@pytest.mark.parametrize("certified", [True, False])
async def test_client_certificates_are_asked_for(
    serve: Any, tls: Mapping[str, Path], authority: trustme.CA, certified: bool
) -> None:
    async with serve(ROWS, grpc_tls=tls) as face, secured(face, client_credentials(authority, certified=certified)):
        call = face.call("cat.ListAllocation", timeout=10)
        expected = grpc.StatusCode.OK if certified else grpc.StatusCode.UNAVAILABLE
        assert await call.code() is expected


async def test_port_that_is_taken_is_a_wrong_setting(serve: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"^grpc: cannot listen at 127.0.0.1:{port}: Address already in use$"):
            async with serve(ROWS, grpc=f"127.0.0.1:{port}"):
                pass


async def test_port_of_another_gateway_is_taken(serve: Any) -> None:
    async with serve(ROWS) as face:
        with pytest.raises(SettingsError, match="cannot listen"):
            async with serve(ROWS, grpc=str(face.server.address)):
                pass


async def test_workers_share_their_port(serve: Any) -> None:
    shared = {"workers": 2, "token_keys": ["k" * 32]}
    async with serve(ROWS, **shared) as face, serve(ROWS, grpc=str(face.server.address), **shared) as other:
        assert other.server.address == face.server.address


async def test_request_beyond_the_limit_is_refused(serve: Any) -> None:
    async with serve(ROWS, limits={"grpc_receive_bytes": 1000}) as face:
        call = face.call("cat.ListAllocation", node_ids=["n" * 2000])
        assert await call.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert face.engine.runs == []
        assert await face.call("cat.ListAllocation").code() is grpc.StatusCode.OK


async def test_answer_beyond_the_limit_is_refused_with_advice(serve: Any) -> None:
    async with serve(ROWS, limits={"grpc_send_bytes": 1000}) as face:
        face.engine.reply = orjson.dumps([{"node": "n" * 2000}])
        call = face.call("cat.ListAllocation")
        assert await call.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert await call.details() == (
            "the answer has 2006 bytes and at most 1000 may be sent; ask for less with page_size or x-goog-fieldmask"
        )
        assert dict(await call.trailing_metadata())["x-opaque-id"]


async def test_answer_beyond_grpcs_own_default_is_served(serve: Any) -> None:
    async with serve(orjson.dumps([{"node": "n" * 6_000_000}])) as face:
        options = [("grpc.max_receive_message_length", -1)]
        async with grpc.aio.insecure_channel(str(face.server.address), options=options) as face.channel:
            assert len((await face.call("cat.ListAllocation")).allocation[0].node) == 6_000_000


async def test_no_call_of_a_burst_is_cancelled_unseen(serve: Any) -> None:
    async with serve(ROWS) as face:
        calls = [face.call("cat.ListAllocation") for _ in range(5000)]
        codes = await asyncio.gather(*(call.code() for call in calls))
    assert set(codes) == {grpc.StatusCode.OK}
    assert len(face.engine.runs) == len(calls)


async def test_reflection_can_be_switched_off(serve: Any) -> None:
    async with serve(ROWS, introspection=False) as face:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await list_services(face, "v1")
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_calls_in_flight_end_before_the_server(serve: Any) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: Any) -> Answer:
        started.set()
        await go_on.wait()
        return Answer(bodies=(ROWS,))

    async with serve(slow) as face:
        call = face.call("cat.ListAllocation")
        code = asyncio.ensure_future(call.code())
        await started.wait()
        stopping = asyncio.ensure_future(face.server.stop(grace=30))
        go_on.set()
        assert await code is grpc.StatusCode.OK
        await asyncio.wait_for(stopping, 10)
        await asyncio.wait_for(face.server.wait(), 10)


async def test_calls_that_outlast_the_grace_are_cancelled(serve: Any) -> None:
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def hanging(_: Any) -> Answer:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        raise AssertionError("waits for ever")

    async with serve(hanging) as face:
        code = asyncio.ensure_future(face.call("cat.ListAllocation").code())
        await started.wait()
        await face.server.stop(grace=0.05)
        await asyncio.wait_for(cancelled.wait(), 5)
        assert await code is not grpc.StatusCode.OK


async def test_no_call_is_cancelled_that_came_before_its_caller_knew_of_the_end(serve: Any) -> None:
    enough = asyncio.Event()

    async def call_until_refused(face: Any) -> grpc.StatusCode:
        for number in count():
            if (code := await face.call("cat.ListAllocation").code()) is not grpc.StatusCode.OK:
                return code
            if number == 10:
                enough.set()
        raise AssertionError

    async with serve(ROWS) as face:
        callers = [asyncio.ensure_future(call_until_refused(face)) for _ in range(20)]
        await enough.wait()
        await face.server.stop(grace=30)
        codes = await asyncio.wait_for(asyncio.gather(*callers), 30)
    assert set(codes) == {grpc.StatusCode.UNAVAILABLE}  # they connect anew, and nobody listens


async def test_callers_leave_a_connection_that_is_too_old_and_lose_nothing(serve: Any) -> None:
    async with serve(ROWS, max_connection_age=0.05) as face:
        assert await face.call("cat.ListAllocation").code() is grpc.StatusCode.OK
        await asyncio.wait_for(face.channel.wait_for_state_change(grpc.ChannelConnectivity.READY), 30)
        assert await face.call("cat.ListAllocation").code() is grpc.StatusCode.OK
