"""SIGHUP, over real sockets and files: what is taken, what is kept, what is said."""

import asyncio
import logging
import signal
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
import structlog
import trustme

from harness.serving import FACES, serving, stop, wait_for
from searchway import logs
from searchway.settings import Settings

ALLOCATION = "/searchway.api.cat.v1.CatService/ListAllocation"
QUERY = {"query": "{ cat { allocation { edges { node { node } } } } }"}


class Authority:
    """A certificate authority, and the files of certificates that it issued."""

    def __init__(self) -> None:
        self._ca = trustme.CA()
        self.pem = self._ca.cert_pem.bytes()

    def issue(self, folder: Path, name: str) -> tuple[Path, Path]:
        """Write a certificate chain and its key, over those of this name."""
        issued = self._ca.issue_cert("localhost", "127.0.0.1")
        cert, key = folder / f"{name}.crt", folder / f"{name}.key"
        cert.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        key.write_bytes(issued.private_key_pem.bytes())
        return cert, key


class Callers:
    """Callers who trust one authority, and may have a certificate."""

    def __init__(self, said: dict[str, Any], trust: Authority, own: tuple[Path, Path] | None = None) -> None:
        self._said = said
        self._trust = trust
        self._own = own

    async def over_http(self) -> None:
        """Call over HTTP on a new connection."""
        context = ssl.create_default_context(cadata=self._trust.pem.decode())
        if self._own:
            context.load_cert_chain(*self._own)
        async with httpx.AsyncClient(trust_env=False, verify=context) as client:
            answer = await client.post(f"https://{self._said['http']}/graphql", json=QUERY)
            assert "errors" not in answer.json()

    async def over_grpc(self) -> None:
        """Call over gRPC on a new connection."""
        pair = [path.read_bytes() for path in reversed(self._own)] if self._own else []
        credentials = grpc.ssl_channel_credentials(self._trust.pem, *pair)
        options = [("grpc.use_local_subchannel_pool", 1)]
        async with grpc.aio.secure_channel(self._said["grpc"], credentials, options=options) as channel:
            await channel.unary_unary(ALLOCATION)(b"", timeout=30)

    async def are_served(self) -> None:
        """Call over both faces."""
        await self.over_http()
        await self.over_grpc()

    async def are_refused(self) -> None:
        """Call over both faces in vain."""
        with pytest.raises(httpx.TransportError):
            await self.over_http()
        with pytest.raises(grpc.aio.AioRpcError):
            await self.over_grpc()


@asynccontextmanager
async def reloading(config: Path, *arguments: str) -> AsyncIterator[tuple[Any, dict[str, Any]]]:
    async with serving("--config", str(config), *FACES, *arguments) as process:
        yield process, await wait_for(process, "listening")


async def hang_up(process: Any, event: str) -> dict[str, Any]:
    process.send_signal(signal.SIGHUP)
    return await wait_for(process, event)


def faces(folder: Path, *, client_ca: bool = False) -> str:
    asked = f'client_ca = "{folder}/clients.pem"\n' if client_ca else ""
    return "".join(
        f'[{face}]\ncert = "{folder}/own.crt"\nkey = "{folder}/own.key"\n{asked}' for face in ("http_tls", "grpc_tls")
    )


class Resuming:
    """A caller over HTTP that takes its TLS session up again."""

    def __init__(self, said: dict[str, Any], trust: Authority, own: tuple[Path, Path], version: ssl.TLSVersion) -> None:
        host, _, port = said["http"].rpartition(":")
        self._address = host, int(port)
        self._context = ssl.create_default_context(cadata=trust.pem.decode())
        self._context.load_cert_chain(*own)
        self._context.minimum_version = self._context.maximum_version = version
        self._session: ssl.SSLSession | None = None

    def get(self) -> bytes:
        """Return the answer to a request; empty if the gateway does not take the certificate."""
        try:
            with (
                socket.create_connection(self._address, 30) as plain,
                self._context.wrap_socket(plain, server_hostname="127.0.0.1", session=self._session) as secured,
            ):
                secured.sendall(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
                answer = secured.recv(1000)
                self._session = secured.session
                return answer
        except OSError:
            return b""


SANDBOX = '[clusters.one]\nsandbox = "opensearch"\n'


async def test_certificates_of_both_faces_are_replaced_and_bad_ones_are_not_taken(tmp_path: Path) -> None:
    old, new = Authority(), Authority()
    config = tmp_path / "searchway.toml"
    old.issue(tmp_path, "own")
    config.write_text(faces(tmp_path) + SANDBOX)
    async with reloading(config) as (process, said):
        await Callers(said, old).are_served()
        await Callers(said, new).are_refused()
        new.issue(tmp_path, "own")
        assert (await hang_up(process, "settings reloaded"))["changed"] == []
        await Callers(said, new).are_served()
        await Callers(said, old).are_refused()
        (tmp_path / "own.key").write_text("no key")
        problems = (await hang_up(process, "settings not reloaded"))["problems"]
        assert [problem.partition(":")[0] for problem in problems] == ["http_tls.cert", "grpc_tls.cert"]
        await Callers(said, new).are_served()
        await stop(process)


async def test_whom_callers_certificates_are_of_is_replaced(tmp_path: Path) -> None:
    own, old, new = Authority(), Authority(), Authority()
    config = tmp_path / "searchway.toml"
    own.issue(tmp_path, "own")
    (tmp_path / "clients.pem").write_bytes(old.pem)
    config.write_text(faces(tmp_path, client_ca=True) + SANDBOX)
    olds, news = old.issue(tmp_path, "old"), new.issue(tmp_path, "new")
    async with reloading(config) as (process, said):
        await Callers(said, own, olds).are_served()
        await Callers(said, own, news).are_refused()
        (tmp_path / "clients.pem").write_bytes(new.pem)
        sessions = [Resuming(said, own, olds, version) for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)]
        assert all([(await asyncio.to_thread(session.get)).startswith(b"HTTP/1.1 200") for session in sessions])
        await hang_up(process, "settings reloaded")
        await Callers(said, own, news).are_served()
        await Callers(said, own, olds).are_refused()
        await Callers(said, own).are_refused()
        assert [await asyncio.to_thread(session.get) for session in sessions] == [b"", b""]
        await stop(process)


class Cluster:
    """A gateway whose cluster notes the credentials that it gets."""

    def __init__(self, folder: Path) -> None:
        self.config, self.secret = folder / "searchway.toml", folder / "token"
        self._seen: list[bytes] = []
        self._port = 0
        self._said: dict[str, Any] = {}

    def write(self, top: str = "", more: str = "") -> None:
        """Write the settings, with more at the top and of the cluster."""
        cluster = f'[clusters.one]\nnodes = ["http://127.0.0.1:{self._port}"]\nengine = "opensearch"\nversion = "3.0"\n'
        self.config.write_text(f"{top}{cluster}{more}", encoding="utf-8")

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"GET / "):
            self._seen.append(head.partition(b"authorization: ")[2].partition(b"\r\n")[0])
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 2\r\n\r\n[]"
        )
        await writer.drain()
        writer.close()

    @asynccontextmanager
    async def served(self) -> AsyncIterator[Any]:
        """Serve with the token `one` in a file."""
        self.secret.write_text("one")
        async with await asyncio.start_server(self._answer, "127.0.0.1", 0) as upstream:
            self._port = upstream.sockets[0].getsockname()[1]
            self.write(more=f'bearer_file = "{self.secret}"\n')
            async with reloading(self.config) as (process, self._said):
                yield process

    async def token(self) -> bytes:
        """Return the credentials that a call goes out with."""
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.post(f"http://{self._said['http']}/graphql", json=QUERY)
        return self._seen[-1]


async def test_secrets_of_clusters_are_read_again_from_their_files(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path)
    async with cluster.served() as process:
        assert await cluster.token() == b"Bearer one"
        cluster.secret.write_text("two")
        assert (await hang_up(process, "settings reloaded"))["changed"] == []
        assert await cluster.token() == b"Bearer two"
        cluster.secret.write_text("thr\u00e9e", encoding="utf-8")
        (problem,) = (await hang_up(process, "settings not reloaded"))["problems"]
        assert problem.startswith("clusters.one.bearer: ")
        cluster.secret.unlink()
        (problem,) = (await hang_up(process, "settings not reloaded"))["problems"]
        assert problem.startswith("clusters.one.bearer_file: ")
        assert await cluster.token() == b"Bearer two"


async def test_what_cannot_be_had_without_a_restart_is_named_and_the_rest_is_taken(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path)
    async with cluster.served() as process:
        cluster.write('timeout = 7\nlog_level = "warning"\n', 'api_key = "three"\nretries = 1\n')
        assert (await hang_up(process, "settings need a restart"))["keys"] == ["clusters.one.retries", "timeout"]
        assert await cluster.token() == b"ApiKey three"
        cluster.write("no toml\n")
        (problem,) = (await hang_up(process, "settings not reloaded"))["problems"]
        assert problem.startswith("config: expected TOML")
        assert await cluster.token() == b"ApiKey three"
        assert await stop(process) == []  # of the level that was asked for


async def test_the_supervisor_and_each_worker_read_again(tmp_path: Path) -> None:
    old, new = Authority(), Authority()
    config = tmp_path / "searchway.toml"
    old.issue(tmp_path, "own")
    config.write_text(faces(tmp_path) + SANDBOX)
    async with reloading(config, "--workers", "2") as (process, said):
        other = await wait_for(process, "listening")
        new.issue(tmp_path, "own")
        process.send_signal(signal.SIGHUP)
        reloaded = [await wait_for(process, "settings reloaded") for _ in range(3)]
        assert {one.get("worker") for one in reloaded} == {None, said["worker"], other["worker"]}
        for _ in range(6):
            await Callers(said, new).are_served()
        await stop(process)


def test_the_level_changes_for_loggers_that_are_in_use(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    before = structlog.get_config()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    settings = {
        one: Settings.model_validate({"clusters": {"a": {"sandbox": "opensearch"}}, "log_level": one})
        for one in ("info", "warning")
    }
    try:
        logs.configure(settings["info"])
        log = structlog.get_logger("test")
        log.info("one")
        logs.prepare(settings["warning"])()
        log.info("two")
        log.warning("three")
        logs.prepare(settings["info"])()
        log.info("four")
    finally:
        structlog.configure(**before)
        root.handlers[:] = handlers
        root.setLevel(level)
    said = capsysbinary.readouterr().err
    assert [word for word in (b"one", b"two", b"three", b"four") if b'"%s"' % word in said] == [
        b"one",
        b"three",
        b"four",
    ]
