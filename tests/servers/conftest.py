"""Real servers for the tests below this folder: one node each for the whole session, started when first asked for.

All that the collected tests need are started at the same time, because a boot waits more than it computes.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache, partial
from uuid import uuid4

import grpc
import httpx
import pytest

from servers.direct import Direct
from servers.elasticsearch.server import boot as boot_elasticsearch
from servers.faces import Caller, Face, GraphCaller, GrpcCaller
from servers.gateway import Gateway, serve_all
from servers.opensearch.server import boot as boot_opensearch
from servers.process import ServerProcess
from servers.record import Server
from servers.toolchain import MissingToolError, Toolchain, find_toolchain

Boot = Callable[[Toolchain], tuple[Server, ServerProcess]]

BOOTS: dict[str, Boot] = {
    "elasticsearch8": partial(boot_elasticsearch, version="8.19.21"),
    "elasticsearch9": partial(boot_elasticsearch, version="9.5.3"),
    "opensearch": partial(boot_opensearch, version="3.9.0"),
}


@dataclass(slots=True)
class Fleet:
    """The servers of a session, by the names of their fixtures; one that failed to boot fails only its own tests."""

    boots: dict[str, Future[Server]] = field(default_factory=dict)
    processes: list[ServerProcess] = field(default_factory=list)

    def start(self, names: set[str], tools: Toolchain) -> None:
        """Boot all of them side by side and wait until each is up or has failed."""
        with ThreadPoolExecutor(max_workers=len(BOOTS)) as pool:
            for name in sorted(names):
                self.boots[name] = pool.submit(self._boot, name, tools)

    def _boot(self, name: str, tools: Toolchain) -> Server:
        began = time.monotonic()
        server, process = BOOTS[name](tools)
        self.processes.append(process)
        print(f"==> {name} answers at {server.url} after {time.monotonic() - began:.1f} s", flush=True)
        return server

    def server(self, name: str) -> Server:
        """Return a server; raises what its boot raised."""
        return self.boots[name].result()

    def all(self) -> list[Server]:
        """Return the servers that run."""
        return [boot.result() for boot in self.boots.values() if boot.exception() is None]

    def stop(self) -> None:
        """End exactly the processes that were started, side by side; those that are still booting when they have."""
        wait(self.boots.values())
        with ThreadPoolExecutor(max_workers=len(BOOTS)) as pool:
            list(pool.map(ServerProcess.stop, self.processes))


@pytest.fixture(scope="session")
def fleet(request: pytest.FixtureRequest) -> Iterator[Fleet]:
    tools = _tools_or_skip()
    needed = {name for item in request.session.items for name in _named_by(item)} & BOOTS.keys()
    running = Fleet()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a run that is terminated ends its servers, too
    capture = request.config.pluginmanager.getplugin("capturemanager")
    assert capture is not None
    try:
        with capture.global_and_fixture_disabled():  # so that a first run shows its downloads
            print("\n==> Starting", ", ".join(sorted(needed)), flush=True)
            running.start(needed, tools)
        yield running
    finally:
        running.stop()


def _named_by(item: pytest.Item) -> Iterator[str]:
    """Give the fixtures of a test, those included that it reaches by a parameter."""
    yield from getattr(item, "fixturenames", ())
    if callspec := getattr(item, "callspec", None):
        yield from (value for value in callspec.params.values() if isinstance(value, str))


def _tools_or_skip() -> Toolchain:
    try:
        return find_toolchain()
    except MissingToolError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def elasticsearch8(fleet: Fleet) -> Server:
    return fleet.server("elasticsearch8")


@pytest.fixture(scope="session")
def elasticsearch9(fleet: Fleet) -> Server:
    return fleet.server("elasticsearch9")


@pytest.fixture(scope="session")
def opensearch(fleet: Fleet) -> Server:
    return fleet.server("opensearch")


@pytest.fixture(scope="session", params=["elasticsearch8", "elasticsearch9"])
def elasticsearch(request: pytest.FixtureRequest, fleet: Fleet) -> Server:
    """Each Elasticsearch in turn."""
    return fleet.server(request.param)


@pytest.fixture(scope="session", params=list(BOOTS))
def server(request: pytest.FixtureRequest, fleet: Fleet) -> Server:
    """Each server in turn."""
    return fleet.server(request.param)


@pytest.fixture(scope="session")
def gateway(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One gateway, with every server as a cluster."""
    with serve_all(fleet.all(), tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.fixture(scope="session")
def channel(gateway: Gateway) -> Iterator[grpc.Channel]:
    """A connection to the gRPC face."""
    with grpc.insecure_channel(gateway.grpc) as connected:
        yield connected


@pytest.fixture(scope="session")
def graphql(gateway: Gateway) -> Iterator[GraphCaller]:
    """A caller of the GraphQL face, for documents of one's own."""
    with httpx.Client(base_url=gateway.http, timeout=60, trust_env=False) as client:
        yield GraphCaller(client)


@pytest.fixture(scope="session")
def faces(channel: grpc.Channel, graphql: GraphCaller) -> dict[str, Face]:
    callers: dict[str, Caller] = {"grpc": GrpcCaller(channel), "graphql": graphql}
    return {name: Face(name=name, caller=caller) for name, caller in callers.items()}


@pytest.fixture(params=["grpc", "graphql"])
def face(request: pytest.FixtureRequest, faces: dict[str, Face]) -> Face:
    """Each face in turn."""
    return faces[request.param]


@pytest.fixture(scope="session")
def direct() -> Iterator[Callable[[Server], Direct]]:
    """Give a client of a server that does not go through the gateway."""
    with ExitStack() as opened:
        yield cache(lambda server: opened.enter_context(Direct(server)))


@pytest.fixture(scope="session")
def fresh() -> Callable[[str], str]:
    """Make names that nothing on the servers has, out of a word that says what for."""
    return lambda word: f"{word}-{uuid4().hex[:8]}"
