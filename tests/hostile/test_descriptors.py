"""A gateway with few file descriptors, and more connections than it has: both faces and the way to the clusters stay open."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import grpc
import httpx
import pytest

from harness.serving import FACES, serving, wait_for
from harness.wiretap import open_wiretap

FEW, SLOW = 1024, 1010
QUERY = {"query": "{ cat { allocation { edges { node { node } } } } }"}
TOLD = {
    "SEARCHWAY_ENGINE": "opensearch",
    "SEARCHWAY_VERSION": "3.6.0",
    "SEARCHWAY_CONNECTIONS__HEADER_TIMEOUT": "1",
    "SEARCHWAY_ACCESS_LOG": "false",
}


@pytest.fixture(autouse=True)
def many_here() -> Iterator[None]:
    """Let this process open as many as it needs."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@contextmanager
def slow(address: str, count: int) -> Iterator[None]:
    """Connect so often and send nothing."""
    host, _, port = address.rpartition(":")
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(socket.create_connection((host, int(port)), timeout=30))
        yield


def opened(process: int) -> int:
    """Return how many descriptors a process has."""
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


@pytest.mark.parametrize("face", ["http", "grpc"])
async def test_slow_connections_to_one_face_stop_neither(face: str) -> None:
    async with (
        open_wiretap() as upstream,
        serving("--upstream", f"http://127.0.0.1:{upstream.port}", *FACES, told=TOLD) as process,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (200, FEW))  # it has not read a line of ours yet
        at = await wait_for(process, "listening")
        with slow(at[face], SLOW):
            for number in range(5):
                identity = {"x-opaque-id": str(number)}
                answer = await client.post(f"http://{at['http']}/graphql", json=QUERY, headers=identity)
                assert answer.status_code == 200
            async with grpc.aio.insecure_channel(at["grpc"]) as channel:
                call = channel.unary_unary("/searchway.api.tasks.v1.TasksService/ListTasks")
                assert await call(b"", timeout=30, wait_for_ready=True) is not None
            assert [target for target in upstream.targets if target.startswith("/_cat/allocation")]
            assert opened(process.pid) < FEW * 3 // 4 + 64
            assert resource.prlimit(process.pid, resource.RLIMIT_NOFILE) == (FEW, FEW)
