"""Real servers for the tests below this folder: one node each for the whole session, started when first asked for.

All that the collected tests need are started at the same time, because a boot waits more than it computes.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import pytest

from servers.elasticsearch.server import boot as boot_elasticsearch
from servers.opensearch.server import boot as boot_opensearch
from servers.process import ServerProcess
from servers.record import Server
from servers.toolchain import MissingToolError, Toolchain, find_toolchain

Boot = Callable[[Toolchain], tuple[Server, ServerProcess]]

BOOTS: dict[str, Boot] = {
    "elasticsearch8": partial(boot_elasticsearch, version="8.19.21"),
    "elasticsearch9": partial(boot_elasticsearch, version="9.5.3"),
    "opensearch": partial(boot_opensearch, version="3.6.0"),
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

    def stop(self) -> None:
        """End exactly the processes that were started, side by side."""
        with ThreadPoolExecutor(max_workers=len(BOOTS)) as pool:
            list(pool.map(ServerProcess.stop, self.processes))


@pytest.fixture(scope="session")
def fleet(request: pytest.FixtureRequest) -> Iterator[Fleet]:
    tools = _tools_or_skip()
    needed = {name for item in request.session.items for name in _named_by(item)} & BOOTS.keys()
    running = Fleet()
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
