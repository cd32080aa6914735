"""Several workers under a supervisor, as processes."""

import asyncio
import os
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from harness.serving import FACES, insist, serving, stop, wait_for

ALLOCATION = "/searchway.api.cat.v1.CatService/ListAllocation"
QUERY = {"query": "{ cat { allocation { edges { node { node } } } } }"}
Said = dict[str, Any]


@asynccontextmanager
async def working(**told: str) -> AsyncIterator[tuple[Process, list[Said]]]:
    """Serve with two workers; give the supervisor and what each worker said when it listened."""
    async with serving("--sandbox", "opensearch", "--workers", "2", *FACES, told=told) as process:
        yield process, [await wait_for(process, "listening") for _ in range(2)]


async def metrics(http: str) -> dict[tuple[str, str, str], float]:
    """Return the samples by name, face and worker, as one of the workers gives them, each worker's of calls added up."""
    async with httpx.AsyncClient(trust_env=False) as client:
        text = (await client.get(f"http://{http}/metrics")).raise_for_status().text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    assert len({(one.name, tuple(sorted(one.labels.items()))) for one in samples}) == len(samples)
    return {(one.name, one.labels.get("face", ""), one.labels.get("worker", "")): one.value for one in samples}


async def call(said: Said, times: int) -> None:
    """Call over both faces, each time on a new connection."""
    for _ in range(times):
        async with httpx.AsyncClient(trust_env=False) as client:
            assert "errors" not in (await client.post(f"http://{said['http']}/graphql", json=QUERY)).json()
        options = [("grpc.use_local_subchannel_pool", 1)]
        async with grpc.aio.insecure_channel(said["grpc"], options=options) as channel:
            await channel.unary_unary(ALLOCATION)(b"")


async def test_they_listen_together_and_stop_together() -> None:
    async with working() as (process, said):
        assert said[0]["http"] == said[1]["http"]
        assert said[0]["grpc"] == said[1]["grpc"]
        assert {one["worker"] for one in said} == {1, 2}
        assert process.pid not in {one["pid"] for one in said}
        await call(said[0], 1)
        events = await stop(process)
    assert sorted(event for event in events if event != "call") == sorted(["draining", "stopping", "stopped"] * 2)


async def test_metrics_are_those_of_all_workers() -> None:
    async with working() as (_, (said, _)):
        await call(said, 10)
        for _ in range(4):
            found = await metrics(said["http"])
            assert found["searchway_calls_total", "graphql", ""] == 10
            assert found["searchway_calls_total", "grpc", ""] == 10
            assert found["searchway_call_seconds_count", "grpc", ""] == 10
            workers = {worker for name, _, worker in found if name == "process_resident_memory_bytes"}
            assert workers == {"1", "2"}
            assert ("searchway_calls_in_flight", "", "1") in found


async def test_a_worker_that_dies_is_told_and_started_again_and_what_it_counted_stays() -> None:
    async with working() as (process, (said, _)):
        await call(said, 10)
        before = await metrics(said["http"])
        os.kill(said["pid"], signal.SIGKILL)
        ended = await wait_for(process, "worker ended")
        assert (ended["worker"], ended["pid"], ended["exit"]) == (said["worker"], said["pid"], -signal.SIGKILL)
        again = await wait_for(process, "listening")
        assert (again["worker"], again["http"], again["grpc"]) == (said["worker"], said["http"], said["grpc"])
        assert again["pid"] != said["pid"]
        await call(said, 3)
        after = await metrics(said["http"])
        counted = ("searchway_calls_total", "grpc", "")
        assert (before[counted], after[counted]) == (10, 13)
        restarts = ("searchway_worker_restarts_total", "", "")
        assert (before[restarts], after[restarts]) == (0, 1)
        await stop(process)


async def test_workers_end_when_the_supervisor_dies() -> None:
    async with working() as (process, said):
        process.kill()
        gone = [await wait_for(process, "the supervisor is gone") for _ in said]
        assert {one["pid"] for one in gone} == {one["pid"] for one in said}
        await asyncio.wait_for(process.communicate(), 60)  # until the last of those that can write has ended


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_kills_all(number: signal.Signals) -> None:
    async with working(SEARCHWAY_DRAIN="3600") as (process, (said, _)):
        async with httpx.AsyncClient(trust_env=False) as client:  # so that it drains long
            for _ in range(20):
                await client.get(f"http://{said['http']}/readyz", headers={"connection": "close"})
        process.send_signal(number)
        for _ in range(2):
            await wait_for(process, "draining")
        assert await insist(process, number) == 128 + number
        await asyncio.wait_for(process.communicate(), 60)


async def test_a_signal_of_the_terminal_reaches_all_and_counts_once() -> None:
    async with working() as (process, said):
        for one in said:
            os.kill(one["pid"], signal.SIGINT)
        process.send_signal(signal.SIGINT)
        _, error = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, error
