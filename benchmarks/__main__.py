"""Compares the processor time that the gateway takes for a call with what servers written by hand take for the same.

    python -m benchmarks [--rounds N] [--seconds S] [--only WORD] [--against REVISION]

The servers run on one core, the load and the upstream double on another. Rounds are interleaved: in each, every server gets every
workload in turn, so that a machine that slows down slows all of them. What counts is the ratio within a round. The gateway runs
as it comes, its access log included; the servers by hand hand on strings and do nothing else. With --against, the gateway as it was at
a revision is measured as well: what a change costs.
"""

import argparse
import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import uvloop

from benchmarks.loader import GraphQLCaller, GrpcCaller, load
from benchmarks.processes import LOAD_CORE, SERVER_CORE, cpu_seconds, free_port, pin, running, sources_at

CALLERS = 8
SIZES = {"small": 3, "1,000 rows": 1000}

FIELDS = {
    "small": "shards shardsUndesired diskUsed node nodeRole host",
    "1,000 rows": "shards shardsUndesired diskIndices diskUsed diskAvail diskTotal diskPercent host node nodeRole",
}
CONNECTION = "{ cat { allocation { edges { node { %s } } } } }"
LIST = "{ allocation { %s } }"

# The greatest ratio that is good enough, by workload and rival.
TARGETS = {
    ("GraphQL small", "by hand"): 0.25,
    ("GraphQL 1,000 rows", "by hand"): 0.1,
    ("gRPC small", "by hand"): 1.2,
    ("gRPC 1,000 rows", "by hand"): 1.0,
}


@dataclass(slots=True, kw_only=True)
class Contender:
    """A server under one workload, and what it took in each round."""

    workload: str
    name: str
    pid: int
    callers: list[Any]
    costs: list[float] = field(default_factory=list)
    """CPU-seconds per 1,000 calls."""

    async def measure(self, seconds: float) -> None:
        """Load the server for so many seconds and note the cost of a call."""
        before = cpu_seconds(self.pid)
        count = await load(self.callers, seconds)
        self.costs.append((cpu_seconds(self.pid) - before) / count * 1000)


class Start:
    """Starts the servers on one size of table."""

    def __init__(self, stack: ExitStack, size: str, upstream: int) -> None:
        """Take what ends them, the size's name and the port of its upstream."""
        self._stack = stack
        self._size = size
        self._url = f"http://127.0.0.1:{upstream}"

    def rivals(self) -> list[Contender]:
        """Start those that were written by hand."""
        return [
            *self._graph("by hand"),
            *self._graph("by hand, cached", CACHE="1"),
            *self._rpc("by hand"),
        ]

    def gateway(self, name: str, **environ: str) -> list[Contender]:
        """Start the gateway."""
        http, grpc = free_port(), free_port()
        listen = ["--http", f"127.0.0.1:{http}", "--grpc", f"127.0.0.1:{grpc}"]
        options = ["--upstream", self._url, "--engine", "elasticsearch", *listen]
        forwarding = {"SEARCHWAY_FORWARD_CREDENTIALS": "true"}
        pid = self._run(["searchway", "serve", *options], {**forwarding, **environ}, [http, grpc])
        return [
            self._graphql(name, pid, http, CONNECTION),
            self._grpc(name, pid, grpc, "/searchway.api.cat.v1.CatService/ListAllocation"),
        ]

    def _graph(self, name: str, **environ: str) -> list[Contender]:
        pid, port = self._by_hand("graph", environ)
        return [self._graphql(name, pid, port, LIST)]

    def _rpc(self, name: str) -> list[Contender]:
        pid, port = self._by_hand("rpc", {})
        return [self._grpc(name, pid, port, "/byhand.Cat/ListAllocation")]

    def _by_hand(self, module: str, environ: dict[str, str]) -> tuple[int, int]:
        port = free_port()
        environ = {"UPSTREAM": self._url, "PORT": str(port), **environ}
        return self._run([f"benchmarks.byhand.{module}"], environ, [port]), port

    def _run(self, arguments: list[str], environ: dict[str, str], ports: list[int]) -> int:
        return self._stack.enter_context(running(arguments, SERVER_CORE, environ, ports))

    def _graphql(self, name: str, pid: int, port: int, form: str) -> Contender:
        fields = FIELDS[self._size]
        return _contender(f"GraphQL {self._size}", name, pid, lambda n: GraphQLCaller(port, form % fields, n))

    def _grpc(self, name: str, pid: int, port: int, method: str) -> Contender:
        return _contender(f"gRPC {self._size}", name, pid, lambda n: GrpcCaller(port, method, n))


def _contender(workload: str, name: str, pid: int, caller: Callable[[int], Any]) -> Contender:
    callers = [caller(number) for number in range(CALLERS)]
    return Contender(workload=workload, name=name, pid=pid, callers=callers)


async def compare(rounds: int, seconds: float, only: str, against: str) -> list[Contender]:
    """Start everything, warm it up, measure it in turn, round by round, and stop it; return the contenders."""
    upstreams = {size: free_port() for size in SIZES if only in f"GraphQL {size} gRPC {size}"}
    tables = [f"{port}={SIZES[size]}" for size, port in upstreams.items()]
    with ExitStack() as stack:
        stack.enter_context(running(["benchmarks.double", *tables], LOAD_CORE, {}, list(upstreams.values())))
        before = {"PYTHONPATH": str(_sources(stack, against))} if against else None
        started: list[Contender] = []
        for size, port in upstreams.items():
            start = Start(stack, size, port)
            started += start.gateway("gateway")
            started += start.gateway(against, **before) if before else start.rivals()
        contenders = [contender for contender in started if only in contender.workload]
        await _measure(contenders, rounds, seconds)
    return contenders


def _sources(stack: ExitStack, revision: str) -> Path:
    return sources_at(revision, Path(stack.enter_context(TemporaryDirectory())))


async def _measure(contenders: list[Contender], rounds: int, seconds: float) -> None:
    for contender in contenders:
        await load(contender.callers, seconds / 2)
    for _ in range(rounds):
        for contender in contenders:
            await contender.measure(seconds)
    for contender in contenders:
        await asyncio.gather(*(caller.close() for caller in contender.callers))


def report(contenders: list[Contender]) -> None:
    """Print the costs, then the ratios of the gateway to its rivals with their spread over the rounds."""
    print(f"{'CPU-seconds per 1,000 calls':34}{'min':>9}{'median':>9}{'max':>9}")
    for one in contenders:
        print(f"{one.workload + ', ' + one.name:34}{_spread(one.costs)}")
    print(f"\n{'gateway / rival':34}{'min':>9}{'median':>9}{'max':>9}{'target':>9}")
    gateways = {one.workload: one for one in contenders if one.name == "gateway"}
    for one in contenders:
        if one.name != "gateway" and one.workload in gateways:
            ratios = [ours / theirs for ours, theirs in zip(gateways[one.workload].costs, one.costs, strict=True)]
            target = TARGETS.get((one.workload, one.name))
            print(f"{one.workload + ', ' + one.name:34}{_spread(ratios)}{target or '':>9}")


def _spread(values: list[float]) -> str:
    return "".join(f"{value:9.3f}" for value in (min(values), median(values), max(values)))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Compare the gateway with servers by hand."
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured")
    parser.add_argument("--seconds", type=float, default=0.8, help="how long each measurement lasts")
    parser.add_argument("--only", default="", help="part of the names of the workloads to run")
    parser.add_argument(
        "--against", default="", help="a revision of the gateway to compare it with, instead of the servers by hand"
    )
    chosen = parser.parse_args()
    pin(LOAD_CORE)
    contenders = uvloop.run(compare(chosen.rounds, chosen.seconds, chosen.only, chosen.against))
    report(contenders)


if __name__ == "__main__":
    main()
