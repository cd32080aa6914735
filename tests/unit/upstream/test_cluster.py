import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from harness.deadlines import meet_deadline
from searchway.contract.records import Engine, Retry
from searchway.errors import Applied, Code, InvalidArgumentError, TransportError
from searchway.settings import ClusterSettings, LimitSettings, Settings
from searchway.upstream import Cluster, Clusters, Product
from searchway.upstream.carrier import carrier_of
from searchway.upstream.clusters import build_cluster
from searchway.wire import HttpRequest, HttpResponse
from unit.upstream.clock import Clock
from unit.upstream.raw_server import Exchange, raw_server

Step = httpx.Response | Exception

GET = HttpRequest(method="GET", path="/a%2Fb", query=(("h", "x,y"),))
ROOT = {"version": {"number": "8.19.0", "build_flavor": "default"}, "tagline": "You Know, for Search"}


def status(number: int, **headers: str) -> httpx.Response:
    return httpx.Response(number, headers={k.replace("_", "-"): v for k, v in headers.items()}, content=b"{}")


class Scripted(httpx.AsyncBaseTransport):
    """Answers with one step after the other, the last one again and again."""

    def __init__(self, *steps: Step, wait: Callable[[], Awaitable[Any]] | None = None) -> None:
        self.steps = list(steps)
        self.requests: list[httpx.Request] = []
        self._wait = wait

    @property
    def hosts(self) -> list[str]:
        return [request.url.host for request in self.requests]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self._wait:
            await self._wait()
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return httpx.Response(step.status_code, headers=step.headers, stream=httpx.ByteStream(step.content))


def cluster_on(transport: httpx.AsyncBaseTransport, nodes: int = 3, *, limit: int = 1000, **more: Any) -> Cluster:
    urls = tuple(f"http://n{number}:9200/prefix" for number in range(nodes))
    cluster = ClusterSettings(name="c", nodes=urls, **more)
    settings = Settings(clusters=(cluster,), limits=LimitSettings(response_bytes=limit))
    return build_cluster(cluster, settings, carrier_of(transport), clock=Clock())


async def send(
    cluster: Cluster, request: HttpRequest = GET, retry: Retry = Retry.SAFE, seconds: float = 5.0, **headers: str
) -> HttpResponse:
    return await cluster.send(request, retry=retry, headers=headers, deadline=time.monotonic() + seconds)


async def failure_of(cluster: Cluster, retry: Retry = Retry.SAFE, seconds: float = 5.0) -> Any:
    with pytest.raises(TransportError) as caught:
        await send(cluster, retry=retry, seconds=seconds)
    return caught.value.failure


async def test_answer_is_handed_on_whatever_its_status() -> None:
    transport = Scripted(status(418, X_Warning="w"))
    answer = await send(cluster_on(transport))
    assert (answer.status, answer.headers["x-warning"], answer.body) == (418, "w", b"{}")
    (request,) = transport.requests
    assert (request.method, request.extensions["target"]) == ("GET", b"/prefix/a%2Fb?h=x,y")


async def test_nodes_take_turns() -> None:
    transport = Scripted(status(200))
    cluster = cluster_on(transport)
    for _ in range(5):
        await send(cluster)
    assert transport.hosts == ["n0", "n1", "n2", "n0", "n1"]


LOST = httpx.ReadError("")
REFUSED = httpx.ConnectError("")


@pytest.mark.parametrize("bad", [LOST, REFUSED, httpx.RemoteProtocolError(""), status(502), status(503), status(504)])
async def test_read_goes_to_another_node(bad: Step) -> None:
    transport = Scripted(bad, status(200))
    assert (await send(cluster_on(transport))).status == 200
    assert transport.hosts == ["n0", "n1"]


async def test_read_ends_after_the_retries() -> None:
    transport = Scripted(status(503))
    assert (await send(cluster_on(transport, retries=2))).status == 503
    assert transport.hosts == ["n0", "n1", "n2"]


@pytest.mark.parametrize("refusals", [(REFUSED,), (httpx.ConnectTimeout(""),), (httpx.PoolTimeout(""), REFUSED)])
async def test_write_goes_again_if_it_was_never_sent(refusals: tuple[Step, ...]) -> None:
    transport = Scripted(*refusals, status(200))
    assert (await send(cluster_on(transport), retry=Retry.UNSENT)).status == 200
    assert len(transport.requests) == len(refusals) + 1


@pytest.mark.parametrize("bad", [429, 502, 503, 504])
async def test_write_that_was_answered_stays_answered(bad: int) -> None:
    transport = Scripted(status(bad, Retry_After="0"), status(200))
    assert (await send(cluster_on(transport), retry=Retry.UNSENT)).status == bad
    assert len(transport.requests) == 1


@pytest.mark.parametrize(
    ("bad", "retry", "tries", "retryable", "applied"),
    [
        (REFUSED, Retry.SAFE, 3, True, Applied.UNSPECIFIED),
        (LOST, Retry.SAFE, 3, True, Applied.UNSPECIFIED),
        (REFUSED, Retry.UNSENT, 3, True, Applied.NO),
        (LOST, Retry.UNSENT, 1, False, Applied.UNKNOWN),
        (REFUSED, Retry.NEVER, 1, True, Applied.NO),
        (LOST, Retry.NEVER, 1, False, Applied.UNKNOWN),
    ],
)
async def test_no_answer_is_unavailable(
    bad: Exception, retry: Retry, tries: int, applied: Applied, *, retryable: bool
) -> None:
    transport = Scripted(bad)
    failure = await failure_of(cluster_on(transport), retry)
    assert (failure.code, failure.cluster) == (Code.UNAVAILABLE, "c")
    assert (failure.retryable, failure.applied) == (retryable, applied)
    assert len(transport.requests) == tries
    assert not any(f"n{number}" in failure.message for number in range(3))


async def test_retry_after_beyond_the_deadline_is_left_to_the_caller() -> None:
    transport = Scripted(status(429, Retry_After="60"))
    assert (await send(cluster_on(transport))).status == 429
    assert len(transport.requests) == 1


async def test_retries_are_a_small_part_of_the_traffic() -> None:
    transport = Scripted(status(503))
    cluster = cluster_on(transport, breaker_failures=10_000)
    for _ in range(100):
        await send(cluster)
    assert 100 < len(transport.requests) <= 121


async def test_failing_node_is_passed_by() -> None:
    transport = Scripted(LOST, status(200))
    cluster = cluster_on(transport, nodes=2, breaker_failures=1)
    await failure_of(cluster, Retry.NEVER)
    for _ in range(3):
        await send(cluster)
    assert transport.hosts == ["n0", "n1", "n1", "n1"]


async def test_request_line_that_the_cluster_does_not_take_is_not_sent() -> None:
    transport = Scripted(status(200))
    cluster = cluster_on(transport)
    longest = "/" + "x" * (4096 - len("GET / HTTP/1.1"))
    await send(cluster, HttpRequest(method="GET", path=longest))
    with pytest.raises(InvalidArgumentError, match=r"4097 bytes and the cluster takes 4096 \(max_request_line_bytes"):
        await send(cluster, HttpRequest(method="GET", path=longest + "x"))
    assert len(transport.requests) == 1


async def test_answer_above_the_limit_is_refused_once() -> None:
    transport = Scripted(httpx.Response(200, content=b"x" * 11))
    failure = await failure_of(cluster_on(transport, limit=10))
    assert (failure.code, failure.retryable) == (Code.RESOURCE_EXHAUSTED, False)
    assert len(transport.requests) == 1


async def test_answer_at_the_limit_is_taken() -> None:
    assert (await send(cluster_on(Scripted(httpx.Response(200, content=b"x" * 10)), limit=10))).body == b"x" * 10


@pytest.mark.parametrize(("retry", "applied"), [(Retry.SAFE, Applied.UNSPECIFIED), (Retry.UNSENT, Applied.UNKNOWN)])
async def test_upstream_that_hangs_meets_the_deadline(retry: Retry, applied: Applied) -> None:
    transport = Scripted(status(200), wait=asyncio.Event().wait)
    cluster = cluster_on(transport)
    failure = await meet_deadline(partial(failure_of, cluster, retry), lambda: bool(transport.requests))
    assert (failure.code, failure.applied) == (Code.DEADLINE_EXCEEDED, applied)


async def test_nothing_is_sent_after_the_deadline() -> None:
    transport = Scripted(status(200))
    failure = await failure_of(cluster_on(transport), Retry.UNSENT, seconds=-1)
    assert (failure.code, failure.applied, transport.requests) == (Code.DEADLINE_EXCEEDED, Applied.NO, [])


@pytest.mark.parametrize("leave", ["cancel", "deadline"])
async def test_upstream_sees_a_caller_leave(leave: str) -> None:
    async def hang(exchange: Exchange) -> None:
        await exchange.reader.readexactly(1)

    async with raw_server(hang) as server:
        clusters = Clusters(Settings(clusters=(ClusterSettings(name="c", nodes=(server.url,)),)))

        async def leave_after(seconds: float) -> None:
            task = asyncio.create_task(send(clusters.get(None), seconds=seconds if leave == "deadline" else 60))
            if leave == "cancel":
                await server.arrived.wait()
                task.cancel()
            with pytest.raises((asyncio.CancelledError, TransportError)):
                await task

        await meet_deadline(leave_after, server.arrived.is_set)
        await asyncio.wait_for(server.left.wait(), 5)
        await clusters.aclose()


async def detect(cluster: Cluster) -> str:
    product = await cluster.detect({}, time.monotonic() + 1)
    return f"{product.engine.value} {product.version}" if product else ""


async def test_product_is_asked_for_once() -> None:
    transport = Scripted(httpx.Response(200, json=ROOT))
    cluster = cluster_on(transport)
    assert cluster.product is None
    assert await asyncio.gather(*(detect(cluster) for _ in range(5))) == ["elasticsearch 8.19.0"] * 5
    assert [request.extensions["target"] for request in transport.requests] == [b"/prefix/"]


async def test_product_is_learnt_from_any_answer() -> None:
    cluster = cluster_on(Scripted(status(404, X_OpenSearch_Version="OpenSearch/3.6.0 (opensearch)")))
    await send(cluster)
    assert cluster.product == Product(engine=Engine.OPENSEARCH, version="3.6.0")


async def test_header_without_version_does_not_forget_the_version() -> None:
    cluster = cluster_on(Scripted(httpx.Response(200, json=ROOT), status(200, X_Elastic_Product="Elasticsearch")))
    await detect(cluster)
    await send(cluster)
    assert cluster.product == Product(engine=Engine.ELASTICSEARCH, version="8.19.0")


async def test_upgrade_is_noticed() -> None:
    versions = [status(200, X_OpenSearch_Version=f"OpenSearch/3.{minor}.0 (opensearch)") for minor in (6, 7)]
    cluster = cluster_on(Scripted(*versions))
    await send(cluster)
    await send(cluster)
    assert cluster.product == Product(engine=Engine.OPENSEARCH, version="3.7.0")


async def test_settings_outdo_answers() -> None:
    opensearch = status(200, X_OpenSearch_Version="OpenSearch/3.6.0 (opensearch)")
    cluster = cluster_on(Scripted(opensearch), engine="opendistro", version="1.13")
    await send(cluster)
    assert await detect(cluster) == "opendistro 1.13"


async def test_version_is_asked_for_where_the_settings_say_only_the_engine() -> None:
    cluster = cluster_on(Scripted(httpx.Response(200, json=ROOT)), engine="elasticsearch")
    assert await detect(cluster) == "elasticsearch 8.19.0"


async def test_detection_that_hangs_leaves_the_product_open() -> None:
    cluster = cluster_on(Scripted(status(200), wait=asyncio.Event().wait))
    assert await cluster.detect({}, time.monotonic() + 0.02) is None


async def test_health() -> None:
    health = await cluster_on(Scripted(httpx.Response(200, json=ROOT))).health()
    assert (health.reachable, health.product) == (True, Product(engine=Engine.ELASTICSEARCH, version="8.19.0"))


@pytest.mark.parametrize(("bad", "problem"), [(LOST, "broke"), (REFUSED, "no connection"), (status(503), "503")])
async def test_health_of_a_cluster_that_is_away(bad: Step, problem: str) -> None:
    health = await cluster_on(Scripted(bad)).health()
    assert not health.reachable
    assert problem in health.problem


async def test_cluster_that_wants_credentials_is_reachable() -> None:
    assert (await cluster_on(Scripted(status(401))).health()).reachable


async def state(cluster: Cluster, *, seconds: float = 5.0, fresh: float = 60.0) -> tuple[bool, str]:
    found = await cluster.state(time.monotonic() + seconds, fresh=fresh)
    return found.reachable, found.problem


@pytest.mark.parametrize(("fresh", "asked"), [(60.0, 1), (0.0, 3)])
async def test_state_is_what_was_found_lately(fresh: float, asked: int) -> None:
    transport = Scripted(httpx.Response(200, json=ROOT))
    cluster = cluster_on(transport)
    await cluster.health()
    assert [await state(cluster, fresh=fresh) for _ in range(2)] == [(True, "")] * 2
    assert len(transport.requests) == asked


async def test_state_is_asked_for_once_for_all() -> None:
    go = asyncio.Event()
    transport = Scripted(httpx.Response(200, json=ROOT), wait=go.wait)
    cluster = cluster_on(transport)
    impatient = asyncio.create_task(state(cluster, seconds=0.01))
    patient = [asyncio.create_task(state(cluster)) for _ in range(20)]
    assert await impatient == (False, "the cluster did not answer in time")
    patient[0].cancel()
    go.set()
    assert await asyncio.gather(*patient[1:]) == [(True, "")] * 19
    assert len(transport.requests) == 1
    assert (await cluster.state(time.monotonic(), fresh=60.0)).product == Product(
        engine=Engine.ELASTICSEARCH, version="8.19.0"
    )


async def test_state_of_a_cluster_whose_nodes_are_all_ejected() -> None:
    cluster = cluster_on(Scripted(httpx.Response(200, json=ROOT), REFUSED), nodes=1, breaker_failures=1, retries=0)
    assert await state(cluster) == (True, "")
    await failure_of(cluster)
    assert await state(cluster) == (False, "every node failed lately")


async def test_state_that_nobody_waits_for_ends_with_the_cluster() -> None:
    cluster = cluster_on(Scripted(status(200), wait=asyncio.Event().wait))
    assert await state(cluster, seconds=0.01) == (False, "the cluster did not answer in time")
    await cluster.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("retry", list(Retry))
async def test_too_many_requests_say_nothing_of_the_node(retry: Retry) -> None:
    transport = Scripted(status(429))
    cluster = cluster_on(transport, nodes=1, breaker_failures=2, retries=0)
    for _ in range(20):
        await send(cluster, GET, retry)
    assert (len(transport.requests), cluster.ejected()) == (20, 0)


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("http://u:pw@es-2:9200/x?token=t#f", "http://es-2:9200/x"),
        ("/elsewhere?token=t", "/elsewhere"),
        ("http://[broken", ""),
        ("", ""),
        ("http://a/" + "x" * 1000, "http://a/" + "x" * 191),
        ("/" + "x" * 1000, "/" + "x" * 199),
    ],
)
async def test_where_a_redirect_leads_is_for_operators(location: str, place: str) -> None:
    transport = Scripted(status(307, Location=location))
    with capture_logs() as lines:
        answer = await send(cluster_on(transport))
    assert (answer.status, len(transport.requests)) == (307, 1)  # nothing is followed
    (line,) = lines
    assert (line["event"], line["node"], line["status"], line["location"]) == (
        "redirected",
        "http://n0:9200",
        307,
        place,
    )


async def test_cluster_behind_a_redirect_is_not_reachable() -> None:
    health = await cluster_on(Scripted(status(302))).health()
    assert (health.reachable, health.problem) == (False, "the cluster answered 302")


@pytest.mark.parametrize(("retry", "applied"), [(Retry.SAFE, Applied.UNSPECIFIED), (Retry.UNSENT, Applied.NO)])
async def test_deadline_before_there_is_a_connection_means_that_nothing_was_sent(
    retry: Retry, applied: Applied
) -> None:
    async with raw_server() as server:  # which waits for a request, not for a handshake
        url = server.url.replace("http:", "https:")
        clusters = Clusters(Settings(clusters=(ClusterSettings(name="c", nodes=(url,)),)))
        failure = await failure_of(clusters.get(None), retry, seconds=0.1)
        await clusters.aclose()
    assert (failure.code, failure.applied, failure.retryable) == (Code.DEADLINE_EXCEEDED, applied, True)


async def test_deadline_before_the_answer_means_that_a_write_may_be_applied() -> None:
    async def hang(exchange: Exchange) -> None:
        await exchange.reader.readexactly(1)

    async with raw_server(hang) as server:
        clusters = Clusters(Settings(clusters=(ClusterSettings(name="c", nodes=(server.url,)),)))
        attempt = partial(failure_of, clusters.get(None), Retry.UNSENT)
        failure = await meet_deadline(attempt, server.arrived.is_set)
        await clusters.aclose()
    assert (failure.code, failure.applied, failure.retryable) == (Code.DEADLINE_EXCEEDED, Applied.UNKNOWN, False)


@pytest.mark.parametrize(("retry", "applied"), [(Retry.SAFE, Applied.UNSPECIFIED), (Retry.UNSENT, Applied.UNKNOWN)])
async def test_calls_in_flight_are_told_when_the_gateway_stops(retry: Retry, applied: Applied) -> None:
    reached = asyncio.Event()

    async def hang() -> None:
        reached.set()
        await asyncio.Event().wait()

    cluster = cluster_on(Scripted(status(200), wait=hang))
    call = asyncio.ensure_future(failure_of(cluster, retry, seconds=3600))
    await reached.wait()
    cluster.cut()
    failure = await asyncio.wait_for(call, 30)
    assert (failure.code, failure.applied, failure.message) == (Code.UNAVAILABLE, applied, "the gateway stops")


async def test_nothing_is_sent_when_the_gateway_has_stopped() -> None:
    transport = Scripted(status(200))
    cluster = cluster_on(transport)
    cluster.cut()
    failure = await failure_of(cluster, Retry.UNSENT)
    assert (failure.code, failure.applied, failure.retryable) == (Code.UNAVAILABLE, Applied.NO, True)
    assert transport.requests == []
