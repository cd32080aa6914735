"""Probes of clusters that answer, that fail and that do not answer, at the transport."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette

from searchway.readiness import Readiness
from searchway.server.http.health import health_routes
from searchway.server.probes import Probes, probing
from searchway.settings import Settings
from searchway.upstream import Clusters
from searchway.upstream.cluster import Health

HOUR = 3600.0
ROOT = {"name": "n", "version": {"number": "8.19.0", "build_flavor": "default"}, "tagline": "You Know, for Search"}


class Wire(httpx.AsyncBaseTransport):
    """A cluster that answers, answers 503, or never answers; counts how often it was asked."""

    def __init__(self, status: int | None) -> None:
        self.status = status
        self.asked = 0
        self.reached = asyncio.Event()

    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        self.asked += 1
        self.reached.set()
        if self.status is None:
            await asyncio.Event().wait()
        return httpx.Response(self.status or 0, json=ROOT)


@asynccontextmanager
async def probed(wires: dict[str, Wire], interval: float = HOUR) -> AsyncIterator[Probes]:
    clusters = {name: {"nodes": [f"http://{name}:9200"], "breaker_failures": 10**9} for name in wires}
    opened = Clusters(Settings.model_validate({"clusters": clusters}), transports=wires)
    async with probing(opened, interval) as probes:
        yield probes
    await opened.aclose()


async def until(probes: Probes, name: str, *, reachable: tuple[bool, ...] = (True, False)) -> None:
    """Wait until a cluster was found to be so."""
    noted, note = asyncio.Event(), probes.note

    def tell(name: str, health: Health) -> None:
        note(name, health)
        noted.set()

    probes.note = tell  # type: ignore[method-assign]
    async with asyncio.timeout(30):
        while probes.report()[name]["reachable"] not in reachable:
            noted.clear()
            await noted.wait()


async def test_before_the_first_probe_has_ended_it_says_so() -> None:
    async with probed({"hole": Wire(None)}) as probes:
        assert probes.report()["hole"] == {
            "reachable": None,
            "problem": "not probed yet",
            "product": None,
            "age_seconds": None,
        }


async def test_a_cluster_that_does_not_answer_delays_no_other() -> None:
    wires = {"hole": Wire(None), "good": Wire(200), "down": Wire(503)}
    async with probed(wires) as probes:
        await until(probes, "good")
        await until(probes, "down")
        report = probes.report()
    assert report["hole"]["reachable"] is None
    assert report["good"]["reachable"] is True
    assert report["good"]["product"]["version"] == "8.19.0"
    assert report["good"]["age_seconds"] >= 0
    assert (report["down"]["reachable"], report["down"]["problem"]) == (False, "the cluster answered 503")


async def test_callers_ask_no_cluster() -> None:
    wires = {"hole": Wire(None), "good": Wire(200)}
    async with probed(wires) as probes:
        await until(probes, "good")
        app = Starlette(routes=health_routes(Readiness(), probes, None))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
            answers = await asyncio.gather(*(client.get("/readyz") for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["clusters"]["good"]["reachable"] for answer in answers} == {True}
    assert (wires["good"].asked, wires["hole"].asked) == (1, 1)


async def test_clusters_are_probed_again() -> None:
    wire = Wire(200)
    async with probed({"one": wire}, interval=0.001) as probes:
        await until(probes, "one")
        wire.status = 503
        await until(probes, "one", reachable=(False,))


async def test_a_defect_does_not_end_a_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(200)
    monkeypatch.setattr("searchway.upstream.cluster.from_root", broken := _Once())
    async with probed({"one": wire}, interval=0.001) as probes:
        await until(probes, "one")
    assert broken.failed


class _Once:
    """Fails at the first call."""

    def __init__(self) -> None:
        self.failed = False

    def __call__(self, _answer: object) -> None:
        if not self.failed:
            self.failed = True
            raise ZeroDivisionError


@pytest.mark.parametrize("ready", [True, False])
async def test_readiness_is_that_of_the_gateway(ready: bool) -> None:
    readiness = Readiness()
    if not ready:
        readiness.withdraw()
    app = Starlette(routes=health_routes(readiness, Probes(["down"]), None))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        answer = await client.get("/readyz")
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/metrics")).status_code == 404
    assert (answer.status_code, answer.json()["status"]) == ((200, "ok") if ready else (503, "draining"))
