"""Puts thousands of roles at once through the gateway into a real Elasticsearch, and holds every result against what is stored.

    python -m benchmarks.roles [--calls N] [--alone N] [--channels N] [--upstream URL --user NAME]

Without an upstream it starts the Elasticsearch of tests/servers; for one that runs already, on this machine, SEARCHWAY_PASSWORD holds
the password. Most roles are new, others are there before and are changed or stay as they are, and some name a privilege that does not
exist. No two calls are alike, so that a result which went to another caller shows. In every row a gateway of its own takes all calls at
the same time, over many connections. Then the roles are read past the gateway, and deleted.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import grpc
import httpx
import uvloop
from elasticsearch import Elasticsearch
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.processes import LOAD_CORE, SERVER_CORE, cpu_seconds, free_port, pin, running
from searchway.api.security.v1.security_pb2 import PutRoleRequest
from searchway.api.security.v1.security_pb2_grpc import SecurityServiceStub

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # where the real servers are started from

from servers.conftest import BOOTS
from servers.direct import Direct
from servers.record import Credentials, Server
from servers.toolchain import find_toolchain

SECONDS = 300
CHUNK = 500
BOUNDS = ("IN_FLIGHT", "IN_FLIGHT_PER_CLUSTER", "IN_FLIGHT_PER_PRINCIPAL")
SETTINGS = {**{f"SEARCHWAY_LIMITS__{bound}": "20000" for bound in BOUNDS}, "SEARCHWAY_GRACE": "1"}
ANSWERS = (grpc.StatusCode.OK, grpc.StatusCode.INVALID_ARGUMENT)
SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One call, and what is known of it beforehand."""

    name: str
    before: str | None
    """The indices of the role that is there already; None if none is."""
    asked: str
    privilege: str
    refused: bool

    @property
    def after(self) -> str | None:
        """The indices of the role that must be there afterwards."""
        return self.before if self.refused else self.asked

    def request(self) -> PutRoleRequest:
        return PutRoleRequest(name=self.name, role=role(self.asked, self.privilege))


def role(indices: str, privilege: str = "monitor") -> Any:
    return {"cluster": [privilege], "indices": [{"names": [indices], "privileges": ["read"]}]}


def write(prefix: str, number: int) -> Write:
    """Return the call of this number: of twenty, fourteen are for new roles, four for others, and one of each kind is refused."""
    place = number % 20
    refused = place in {0, 1}
    asked = f"asked-{number}-*"
    before = {0: f"before-{number}-*", 2: asked, 3: asked}.get(place, f"before-{number}-*" if place in {4, 5} else None)
    privilege = f"unheard-of-{number}" if refused else "monitor"
    return Write(name=f"{prefix}{number}", before=before, asked=asked, privilege=privilege, refused=refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a caller got."""

    code: grpc.StatusCode
    created: bool = False
    message: str = ""

    def belongs_to(self, call: Write) -> bool:
        """Tell whether it is what this very call must get."""
        if call.refused:
            return self.code is grpc.StatusCode.INVALID_ARGUMENT and f"[{call.privilege}]" in self.message
        return self.code is grpc.StatusCode.OK and self.created == (call.before is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A gateway that serves."""

    pid: int
    grpc: int
    http: int

    async def metric(self, name: str) -> float:
        """Return the sum of a metric over all its labels."""
        async with httpx.AsyncClient(trust_env=False, timeout=SECONDS) as client:
            text = (await client.get(f"http://127.0.0.1:{self.http}/metrics")).raise_for_status().text
        families = text_string_to_metric_families(text)
        return sum(sample.value for family in families for sample in family.samples if sample.name == name)

    async def requests(self) -> int:
        """Return how many requests the cluster has been sent."""
        return int(await self.metric("searchway_upstream_requests_total"))


@contextmanager
def gateway(server: Server, settings: Mapping[str, str]) -> Iterator[Gateway]:
    """Serve in front of the server until the block ends."""
    assert server.admin is not None  # noqa: S101  # roles need security
    http, rpc = free_port(), free_port()
    listen = ["--http", f"127.0.0.1:{http}", "--grpc", f"127.0.0.1:{rpc}"]
    login = {"SEARCHWAY_USERNAME": server.admin.username, "SEARCHWAY_PASSWORD": server.admin.password}
    serve = ["searchway", "serve", "--upstream", server.url, *listen]
    with running(serve, SERVER_CORE, {**SETTINGS, **login, **settings}, [http, rpc]) as pid:
        yield Gateway(pid=pid, grpc=rpc, http=http)


async def put(stub: Any, call: Write) -> Result:
    try:
        answer = await stub.PutRole(call.request(), timeout=SECONDS)
    except grpc.aio.AioRpcError as error:
        return Result(code=error.code(), message=error.details() or "")
    return Result(code=grpc.StatusCode.OK, created=answer.created)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What happened to all calls."""

    results: Sequence[Result]
    seconds: float
    cpu: float
    requests: int
    most: int
    """The most calls that the gateway was seen to work on at the same time."""


async def put_all(served: Gateway, calls: Sequence[Write], channels: int) -> Run:
    """Make all calls at the same time, spread over so many connections that are open already."""
    # Channels to the same place share a connection unless they are told not to.
    options = [("grpc.use_local_subchannel_pool", 1)]
    opened = [grpc.aio.insecure_channel(f"127.0.0.1:{served.grpc}", options) for _ in range(channels)]
    try:
        await asyncio.gather(*(channel.channel_ready() for channel in opened))
        stubs = [SecurityServiceStub(channel) for channel in opened]
        return await _measure(served, lambda: [put(stubs[n % channels], call) for n, call in enumerate(calls)])
    finally:
        await asyncio.gather(*(channel.close() for channel in opened))


async def _measure(served: Gateway, begin: Callable[[], list[Any]]) -> Run:
    requests, cpu, start = await served.requests(), cpu_seconds(served.pid), time.perf_counter()
    work = asyncio.gather(*begin())
    most = 0
    while not work.done():
        await asyncio.wait([work], timeout=0.5)
        most = max(most, int(await served.metric("searchway_calls_in_flight")))
    seconds = time.perf_counter() - start
    spent = cpu_seconds(served.pid) - cpu
    sent = await served.requests() - requests
    return Run(results=await work, seconds=seconds, cpu=spent, requests=sent, most=most)


def prepare(client: Elasticsearch, calls: Sequence[Write]) -> None:
    """Write the roles that are there before."""
    known = [call for call in calls if call.before is not None]
    for chunk in _chunks(known):
        answer = client.security.bulk_put_role(roles={call.name: role(str(call.before)) for call in chunk})
        if "errors" in answer:
            raise SystemExit(f"the roles cannot be prepared: {answer['errors']}")


def stored(client: Elasticsearch, prefix: str) -> dict[str, str]:
    """Return the indices of every role whose name begins so, as the server has them."""
    roles = client.security.get_role()
    return {name: found["indices"][0]["names"][0] for name, found in roles.items() if name.startswith(prefix)}


def remove(client: Elasticsearch, prefix: str) -> None:
    for chunk in _chunks(list(stored(client, prefix))):
        client.security.bulk_delete_role(names=list(chunk))


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


def faults(calls: Sequence[Write], results: Sequence[Result], found: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what is not as it must be: calls without a cluster's answer, results of others, roles that are not as asked."""
    pairs = list(zip(calls, results, strict=True))
    lost = [f"{call.name}: {result}" for call, result in pairs if result.code not in ANSWERS]
    wrong = [f"{c.name}: {r}" for c, r in pairs if r.code in ANSWERS and not r.belongs_to(c)]
    expected = {call.name: call.after for call in calls if call.after is not None}
    names = sorted(expected.keys() | found.keys())
    roles = [f"{n}: {expected.get(n)} expected, {found.get(n)} found" for n in names if expected.get(n) != found.get(n)]
    return {"lost": lost, "wrong results": wrong, "wrong roles": roles}


def measure(server: Server, title: str, count: int, channels: int, settings: Mapping[str, str]) -> bool:
    """Print a row, and what is wrong with it; return whether nothing is."""
    prefix = f"benchmark-{uuid4().hex[:8]}-"
    calls = [write(prefix, number) for number in range(count)]
    with Direct(server) as direct:
        client = direct.elasticsearch.options(request_timeout=SECONDS)
        try:
            prepare(client, calls)
            with gateway(server, settings) as served:
                run = uvloop.run(put_all(served, calls, channels))
            wrong = faults(calls, run.results, stored(client, prefix))
        finally:
            remove(client, prefix)
    _report(title, run, [len(some) for some in wrong.values()])
    for kind, some in wrong.items():
        for one in some[:SHOWN]:
            print(f"    {kind}: {one[:300]}")
    return not any(wrong.values())


COLUMNS = (
    "calls",
    "at once",
    "requests",
    "calls/request",
    "CPU s/1,000",
    "seconds",
    "lost",
    "wrong results",
    "wrong roles",
)


def _report(title: str, run: Run, wrong: Sequence[int]) -> None:
    count = len(run.results)
    ratio, cpu, seconds = f"{count / run.requests:.1f}", f"{run.cpu / count * 1000:.3f}", f"{run.seconds:.2f}"
    _row(title, (count, run.most, run.requests, ratio, cpu, seconds, *wrong))


def _row(title: str, cells: Sequence[object]) -> None:
    values = (f"{cell:>{len(column) + 2}}" for cell, column in zip(map(str, cells), COLUMNS, strict=True))
    print(f"{title:24}{''.join(values)}", flush=True)


def compare(server: Server, calls: int, alone: int, channels: int) -> bool:
    """Measure the gateway as it comes, with a longer window, and with and without joining for fewer calls."""
    window, off = {"SEARCHWAY_BATCHING__WINDOW_MS": "20"}, {"SEARCHWAY_BATCHING__ENABLED": "false"}
    print(f"Elasticsearch {server.version}, {channels} connections")
    _row("", COLUMNS)
    rows = [
        measure(server, "warm-up", alone, channels, {}),
        measure(server, "as it comes", calls, channels, {}),
        measure(server, "window of 20 ms", calls, channels, window),
        measure(server, "as it comes, fewer", alone, channels, {}),
        measure(server, "without joining, fewer", alone, channels, off),
    ]
    return all(rows)


def started(stack: ExitStack) -> Server:
    """Start an Elasticsearch that ends with the stack."""
    print("Starting Elasticsearch", flush=True)
    server, process = BOOTS["elasticsearch8"](find_toolchain())
    stack.callback(process.stop)
    return server


def attached(url: str, user: str) -> Server:
    """Return the Elasticsearch that runs at a URL."""
    credentials = Credentials(username=user, password=os.environ.get("SEARCHWAY_PASSWORD", ""))
    with httpx.Client(auth=credentials.pair, trust_env=False) as client:
        version = client.get(url).raise_for_status().json()["version"]["number"]
    return Server(url=url, engine="elasticsearch", version=version, admin=credentials, reader=None)


def loopback(url: str) -> str:
    if urlsplit(url).hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise argparse.ArgumentTypeError("expected a server of this machine: this is a load of writes")
    return url


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.roles", description="Put many roles at the same time.")
    parser.add_argument("--calls", type=int, default=10_000, help="calls at the same time")
    parser.add_argument("--alone", type=int, default=500, help="calls where joining is compared with going without")
    parser.add_argument("--channels", type=int, default=50, help="connections")
    parser.add_argument("--upstream", type=loopback, help="an Elasticsearch that runs already")
    parser.add_argument("--user", default="elastic", help="its superuser")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        server = attached(chosen.upstream, chosen.user) if chosen.upstream else started(stack)
        pin(LOAD_CORE)  # after the server has started, which may have all cores
        good = compare(server, chosen.calls, chosen.alone, chosen.channels)
    sys.exit(not good)


if __name__ == "__main__":
    main()
