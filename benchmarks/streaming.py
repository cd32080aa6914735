"""Measures what a long list of hits costs the gateway: memory and time must grow with the page, not with the whole.

    python -m benchmarks.streaming [--hits N] [--pause S]

A tenth of the hits and all of them are streamed, and paged, in one run over one gateway; a reader that stops reading shows how much
is fetched ahead of it. The greatest memory of the gateway is sampled from outside.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import uvloop

from benchmarks.processes import LOAD_CORE, SERVER_CORE, cpu_seconds, free_port, pin, running
from searchway.api.fleet.v1 import fleet_pb2, fleet_pb2_grpc
from searchway.api.types.v1 import types_pb2

HEADER = fleet_pb2.SearchHeader(index=["a"])
BODY = types_pb2.Json(text='{"sort":"_id"}')
MEGABYTE = 1024 * 1024


def memory(pid: int) -> int:
    """Return the bytes of memory that a process has."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


async def watched(pid: int, work: Awaitable[int]) -> tuple[int, int]:
    """Return what the work gave, and the most memory that the process had meanwhile."""
    task = asyncio.ensure_future(work)
    most = memory(pid)
    while not task.done():
        await asyncio.wait([task], timeout=0.02)
        most = max(most, memory(pid))
    return await task, most


async def stream(stub: Any, most: int, page: int) -> int:
    count = 0
    call = stub.StreamHits(fleet_pb2.StreamHitsRequest(header=HEADER, body=BODY, page_size=page))
    async for _ in call:
        count += 1
        if count == most:
            call.cancel()
            break
    return count


async def walk(stub: Any, most: int, page: int) -> int:
    count, token = 0, ""
    while count < most:
        request = fleet_pb2.SearchRequest(header=HEADER, body=BODY, page_size=page, page_token=token)
        answer = await stub.Search(request)
        count += len(answer.hits)
        token = answer.next_page_token
        if not token:
            break
    return count


async def stall(stub: Any, page: int, pause: float) -> int:
    """Read one page, then nothing for a while."""
    call = stub.StreamHits(fleet_pb2.StreamHitsRequest(header=HEADER, body=BODY, page_size=page))
    for _ in range(page):
        await call.read()
    await asyncio.sleep(pause)
    call.cancel()
    with suppress(asyncio.CancelledError):
        await call.code()
    return page


async def measure(pid: int, name: str, work: Callable[[], Awaitable[int]]) -> int:
    before, cpu = time.perf_counter(), cpu_seconds(pid)
    count, most = await watched(pid, work())
    seconds, spent = time.perf_counter() - before, cpu_seconds(pid) - cpu
    per_second = count / seconds
    print(f"{name:34}{count:9}{seconds:9.2f}{per_second:10.0f}{spent:9.2f}{most / MEGABYTE:9.1f}", flush=True)
    return most


async def run(hits: int, pause: float) -> None:
    upstream, port = free_port(), free_port()
    serve = ["searchway", "serve", "--upstream", f"http://127.0.0.1:{upstream}", "--engine", "elasticsearch"]
    with (
        running(["benchmarks.hits", str(upstream), str(hits)], LOAD_CORE, {}, [upstream]),
        running([*serve, "--http", "off", "--grpc", f"127.0.0.1:{port}"], SERVER_CORE, {}, [port]) as pid,
    ):
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = fleet_pb2_grpc.FleetServiceStub(channel)
            print(f"{'':34}{'hits':>9}{'seconds':>9}{'hits/s':>10}{'CPU s':>9}{'MB':>9}")
            await measure(pid, "warm-up", partial(stream, stub, 2000, 50))
            for page in (50, 1000):
                few = await measure(pid, f"streamed, pages of {page}", partial(stream, stub, hits // 10, page))
                all_ = await measure(pid, f"streamed, pages of {page}", partial(stream, stub, hits, page))
                print(f"    memory, all hits to a tenth of them: {all_ / few:.2f}")
                await measure(pid, f"paged by {page}", partial(walk, stub, hits, page))
            await measure(pid, f"reader that stops for {pause:g} s", partial(stall, stub, 50, pause))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streaming", description="Measure long lists of hits.")
    parser.add_argument("--hits", type=int, default=100_000, help="how many hits there are")
    parser.add_argument("--pause", type=float, default=3.0, help="seconds for which a reader stops")
    chosen = parser.parse_args()
    pin(LOAD_CORE)
    uvloop.run(run(chosen.hits, chosen.pause))


if __name__ == "__main__":
    main()
