import asyncio
import sys
from contextlib import aclosing
from pathlib import Path
from typing import Any

import orjson
import pytest
import trustme

from searchway.contract.catalog import load
from searchway.errors import Applied, CallError, Code, Failure, SettingsError, UpstreamError
from searchway.rpc.client import Target, call_gateway

ROWS = orjson.dumps([{"node": "n-1"}])
FAILURE = Failure(
    code=Code.NOT_FOUND,
    message="no such index [a]",
    cause={"type": "index_not_found_exception", "reason": "no such index [a]", "index": "a"},
    http_status=404,
    cluster="test",
    operation="cat.ListAllocation",
    request_id="r",
    retryable=True,
    retry_delay_ms=5,
    applied=Applied.NO,
    item="a",
    field="node_ids",
)


async def first_answer(target: Target, seconds: float = 10, **metadata: str) -> dict[str, Any]:
    operation = load().operation("cat.ListAllocation")
    given = {name.replace("_", "-"): value for name, value in metadata.items()}
    async with aclosing(call_gateway(target, operation, operation.request.cls(), given, seconds)) as answers:
        return await anext(answers)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Certificates of an authority, a gateway and a caller."""
    authority = trustme.CA()
    found = {name: tmp_path / f"{name}.pem" for name in ("ca", "gateway", "caller")}
    authority.cert_pem.write_to_path(str(found["ca"]))
    for name in ("gateway", "caller"):
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(found[name]))
    return found


def tls_of(files: dict[str, Path]) -> dict[str, Path]:
    return {"cert": files["gateway"], "key": files["gateway"], "client_ca": files["ca"]}


async def test_gateway_over_tls_is_called_with_a_certificate(serve: Any, files: dict[str, Path]) -> None:
    async with serve(ROWS, grpc_tls=tls_of(files)) as face:
        address = f"localhost:{face.server.address.port}"
        caller = {"client_cert": files["caller"], "client_key": files["caller"]}
        answer = await first_answer(Target(address=address, tls=True, ca=files["ca"], **caller), authorization="me")
        assert answer["allocation"][0]["node"] == "n-1"
        assert face.engine.runs[0].call.headers["authorization"] == "me"
        for wrong in ({}, {"tls": True}, {"tls": True, "ca": files["ca"]}):
            with pytest.raises(CallError) as caught:
                await first_answer(Target(address=address, **wrong))
            assert caught.value.code is Code.UNAVAILABLE


async def test_failure_is_told_as_the_gateway_tells_it(serve: Any) -> None:
    async with serve(UpstreamError(FAILURE)) as face:
        with pytest.raises(CallError) as caught:
            await first_answer(Target(address=str(face.server.address)))
    assert caught.value.failure == FAILURE


async def test_failure_without_details_is_told(serve: Any) -> None:
    async with serve(ROWS) as face:
        address = str(face.server.address)
    with pytest.raises(CallError) as caught:
        await first_answer(Target(address=address))
    assert (caught.value.code, caught.value.failure.operation) == (Code.UNAVAILABLE, "cat.ListAllocation")


async def test_deadline_may_be_far_away_and_answers_large(serve: Any) -> None:
    async with serve(orjson.dumps([{"node": "n" * 6_000_000}])) as face:
        answer = await first_answer(Target(address=str(face.server.address)), 31_536_000)
    assert len(answer["allocation"][0]["node"]) == 6_000_000


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"ca": "wrong"}, "ca: expected a file of PEM certificates"),
        ({"ca": "none"}, "ca: expected a file of PEM certificates"),
        ({"client_cert": "caller"}, "client_cert: expected together with client_key"),
        ({"client_key": "caller"}, "client_cert: expected together with client_key"),
        ({"client_cert": "caller", "client_key": "wrong"}, "client_cert: expected a PEM certificate, and in client_key its PEM key"),
    ],
)  # fmt: skip
async def test_file_that_cannot_be_used_is_named(files: dict[str, Path], given: dict[str, str], problem: str) -> None:
    (files["ca"].parent / "wrong.pem").write_text("not PEM")
    paths = {key: files["ca"].parent / f"{name}.pem" for key, name in given.items()}
    with pytest.raises(SettingsError) as caught:
        await first_answer(Target(address="localhost:1", tls=True, **paths))
    assert str(caught.value) == problem


async def test_command_calls_a_gateway_with_secrets_from_files(
    serve: Any, files: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("Bearer s3cret\n")
    async with serve(ROWS, grpc_tls=tls_of(files)) as face:
        arguments: list[str | Path] = [
            *("--at", f"localhost:{face.server.address.port}", "--ca", files["ca"], "--timeout", "1e12"),
            *("--client-cert", files["caller"], "--client-key", files["caller"], "--cluster", "test", "--strict"),
            *("--header", f"authorization: @{tmp_path}/token", "--header", "x-opaque-id: mine"),
        ]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "searchway", "call", *arguments, "cat.ListAllocation", "@-"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={
                "SEARCHWAY_CONFIG": "/nowhere",
                "SEARCHWAY_CA": "/nowhere",
            },  # they are for a gateway, not for its callers
        )
        said, _ = await process.communicate(b'{"node_ids": ["n-1"]}')
    (run,) = face.engine.runs
    assert orjson.loads(said)["allocation"][0]["node"] == "n-1"
    assert run.message.node_ids == ["n-1"]
    assert (run.call.cluster, run.call.strict, run.call.request_id) == ("test", True, "mine")
    assert run.call.headers["authorization"] == "Bearer s3cret"


async def test_another_protocol_is_named(serve: Any) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        with pytest.raises(CallError, match=r"^HTTP/1 is spoken at this address"):
            await first_answer(Target(address=f"{host}:{port}"))
    async with serve(ROWS) as face:
        with pytest.raises(CallError, match=r"^TLS is not spoken at this address"):
            await first_answer(Target(address=str(face.server.address), tls=True))
