"""Compares the processor time that the gateway takes for a call with what servers written by hand take for the same.

    python -m benchmarks [--rounds N] [--seconds S] [--only WORD]

The servers run on one core, the load and the upstream double on another. Rounds are interleaved: in each, every server gets every
workload in turn, so that a machine that slows down slows all of them. What counts is the ratio within a round. The gateway runs
as it comes, its access log included; the servers by hand hand on strings and do nothing else.
"""

import argparse
import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import uvloop

from benchmarks.loader import GraphQLCaller, GrpcCaller, load
from benchmarks.processes import LOAD_CORE, SERVER_CORE, cpu_seconds, free_port, pin, running

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


def start(stack: ExitStack, upstreams: dict[str, int]) -> list[Contender]:
    """Start every server on every size of table."""
    return [contender for size, port in upstreams.items() for contender in _start_for(stack, size, port)]


def _start_for(stack: ExitStack, size: str, upstream: int) -> list[Contender]:
    url = f"http://127.0.0.1:{upstream}"

    def run(arguments: list[str], environ: dict[str, str], ports: list[int]) -> int:
        return stack.enter_context(running(arguments, SERVER_CORE, environ, ports))

    def by_hand(module: str, **more: str) -> tuple[int, int]:
        port = free_port()
        return run([f"benchmarks.byhand.{module}"], {"UPSTREAM": url, "PORT": str(port), **more}, [port]), port

    http, grpc = free_port(), free_port()
    options = [
        "--upstream",
        url,
        "--engine",
        "elasticsearch",
        "--http",
        f"127.0.0.1:{http}",
        "--grpc",
        f"127.0.0.1:{grpc}",
    ]
    gateway = run(["searchway", "serve", *options], {"SEARCHWAY_FORWARD_CREDENTIALS": "true"}, [http, grpc])
    graph, graph_port = by_hand("graph")
    cached, cached_port = by_hand("graph", CACHE="1")
    rpc, rpc_port = by_hand("rpc")

    def graphql(name: str, pid: int, port: int, form: str) -> Contender:
        return _contender(f"GraphQL {size}", name, pid, lambda n: GraphQLCaller(port, form % FIELDS[size], n))

    def grpc_call(name: str, pid: int, port: int, method: str) -> Contender:
        return _contender(f"gRPC {size}", name, pid, lambda n: GrpcCaller(port, method, n))

    return [
        graphql("gateway", gateway, http, CONNECTION),
        graphql("by hand", graph, graph_port, LIST),
        graphql("by hand, cached", cached, cached_port, LIST),
        grpc_call("gateway", gateway, grpc, "/searchway.api.cat.v1.CatService/ListAllocation"),
        grpc_call("by hand", rpc, rpc_port, "/byhand.Cat/ListAllocation"),
    ]


def _contender(workload: str, name: str, pid: int, caller: Callable[[int], Any]) -> Contender:
    callers = [caller(number) for number in range(CALLERS)]
    return Contender(workload=workload, name=name, pid=pid, callers=callers)


async def compare(rounds: int, seconds: float, only: str) -> list[Contender]:
    """Start everything, warm it up, measure it in turn, round by round, and stop it; return the contenders."""
    upstreams = {size: free_port() for size in SIZES if only in f"GraphQL {size} gRPC {size}"}
    tables = [f"{port}={SIZES[size]}" for size, port in upstreams.items()]
    with ExitStack() as stack:
        stack.enter_context(running(["benchmarks.double", *tables], LOAD_CORE, {}, list(upstreams.values())))
        contenders = [contender for contender in start(stack, upstreams) if only in contender.workload]
        await _measure(contenders, rounds, seconds)
    return contenders


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
    chosen = parser.parse_args()
    pin(LOAD_CORE)
    contenders = uvloop.run(compare(chosen.rounds, chosen.seconds, chosen.only))
    report(contenders)


if __name__ == "__main__":
    main()
