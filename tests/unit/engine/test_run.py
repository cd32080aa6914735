"""What a run keeps from its caller."""

from typing import Any

import httpx
import pytest

from searchway.contract.catalog import load
from searchway.engine import Call, Engine
from searchway.engine.telemetry import Telemetry
from searchway.errors import Applied, CallError, Code, Failure
from searchway.settings import Settings
from searchway.transcode import inputs
from searchway.upstream import Clusters

CREATE = load().operation("ism.CreatePolicy")
FLUSH = load().operation("ml.FlushJob")


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("unable to authenticate user [gate.way] for REST request [/_ml]", "user [<user>] for REST request"),
        ("action [x] is unauthorized for user [gate.way] with roles [a]", "for user [<user>] with roles [a]"),
        ("no permissions for [x] and User [name=gate.way, backend_roles=[]]", "User [name=<user>, backend_roles=[]]"),
        ("no such job [gate.way]", "no such job [gate.way]"),
    ],
)
@pytest.mark.parametrize("own", [True, False])
async def test_name_of_the_gateways_own_user_is_not_told(reason: str, told: str, *, own: bool) -> None:
    def refuse(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(403, json={"error": {"type": "security_exception", "reason": reason}, "status": 403})

    cluster: dict[str, Any] = {"nodes": ["http://c:9200"], "engine": "elasticsearch", "forward_credentials": True}
    settings = Settings.model_validate({"clusters": {"c": {**cluster, "username": "gate.way", "password": "p"}}})
    clusters = Clusters(settings, transports={"c": httpx.MockTransport(refuse)})
    engine = Engine(load(), clusters, settings, Telemetry(access_log=False))
    headers = {} if own else {"authorization": "Basic dTpw"}
    call = Call(face="cli", request_id="r", headers=headers)
    with pytest.raises(CallError) as caught:
        await engine.run(FLUSH, inputs.build(FLUSH.request, {"job_id": "j"}), call, lambda answer: answer)
    text = str(caught.value.failure.document())
    assert (told if own else reason) in text
    assert ("gate.way" in text) is (not own or told == reason)


OPENDISTRO = {"version": {"number": "7.10.2", "build_flavor": "oss"}, "tagline": "You Know, for Search"}
POLICY = {"policy_id": "p", "policy": {"description": "d", "default_state": "a", "states": [{"name": "a"}]}}
GOOD = "Basic good"


class OpenDistro:
    """An Open Distro that says what it is, and does things, for who has credentials; the gateway is not told what it is."""

    def __init__(self, root: int | None = None) -> None:
        self.root = root
        self.sent: list[str] = []
        cluster = {"nodes": ["http://c:9200"], "forward_credentials": True, "retries": 0}
        settings = Settings.model_validate({"clusters": {"c": cluster}})
        clusters = Clusters(settings, transports={"c": httpx.MockTransport(self._answer)})
        self._engine = Engine(load(), clusters, settings, Telemetry(access_log=False))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        target = request.extensions["target"].decode()
        self.sent.append(f"{request.method} {target}")
        if target == "/" and self.root:
            return httpx.Response(self.root)
        if target == "/":
            knows = request.headers.get("authorization") == GOOD
            return httpx.Response(200, json=OPENDISTRO) if knows else httpx.Response(403)
        if not target.startswith("/_opendistro/"):
            return httpx.Response(400, json={"error": f"no handler found for uri [{target}] and method [PUT]"})
        return httpx.Response(201, json={"_id": "p", "_version": 1, "_seq_no": 1, "_primary_term": 1})

    async def create(self, authorization: str) -> None:
        call = Call(face="cli", request_id="r", headers={"authorization": authorization} if authorization else {})
        await self._engine.run(CREATE, inputs.build(CREATE.request, POLICY), call, lambda answer: answer)


@pytest.mark.parametrize("first", ["", "Basic other"])
async def test_caller_who_is_not_told_the_engine_spoils_nobodys_path(first: str) -> None:
    cluster = OpenDistro()
    with pytest.raises(CallError):
        await cluster.create(first)
    await cluster.create(GOOD)
    await cluster.create(first)  # told by the other's answer
    assert cluster.sent[-2:] == ["PUT /_opendistro/_ism/policies/p"] * 2


async def test_engine_that_the_caller_is_not_told_is_taken_for_the_first_one() -> None:
    cluster = OpenDistro()
    with pytest.raises(CallError) as caught:
        await cluster.create("")
    assert cluster.sent == ["GET /", "PUT /_plugins/_ism/policies/p"]
    failure = caught.value.failure
    assert (failure.code, failure.applied) == (Code.UNIMPLEMENTED, Applied.NO)
    assert "the cluster did not tell this caller what it runs" in failure.message
    assert "`engine`" in failure.message


async def test_nothing_is_sent_to_a_path_while_the_engine_cannot_be_asked() -> None:
    cluster = OpenDistro(root=503)
    with pytest.raises(CallError) as caught:
        await cluster.create(GOOD)
    failure = caught.value.failure
    assert (failure.code, failure.applied, failure.retryable) == (Code.UNAVAILABLE, Applied.NO, True)
    assert "503 when it was asked what it runs" in failure.message
    assert cluster.sent == ["GET /"]
    cluster.root = None
    await cluster.create(GOOD)
    assert cluster.sent[-1] == "PUT /_opendistro/_ism/policies/p"


class Busy:
    """A cluster that asks one caller to wait."""

    def __init__(self, *, forward_credentials: bool) -> None:
        self.sent: list[str] = []
        cluster = {"nodes": ["http://c:9200"], "engine": "elasticsearch", "version": "8.19.0", "retries": 0}
        cluster |= {"forward_credentials": forward_credentials, "breaker_failures": 1}
        settings = Settings.model_validate({"clusters": {"c": cluster}})
        clusters = Clusters(settings, transports={"c": httpx.MockTransport(self._answer)})
        self._engine = Engine(load(), clusters, settings, Telemetry(access_log=False))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        who = request.headers["x-opaque-id"]
        self.sent.append(who)
        if who == "busy":
            return httpx.Response(429, headers={"retry-after": "20"}, json={"error": {"type": "x", "reason": "busy"}})
        return httpx.Response(200, json={"flushed": True})

    async def flush(self, who: str, caller: str) -> Failure | None:
        call = Call(face="cli", request_id=who, headers={"authorization": caller}, peer=caller)
        try:
            await self._engine.run(FLUSH, inputs.build(FLUSH.request, {"job_id": "j"}), call, lambda answer: answer)
        except CallError as error:
            return error.failure
        return None


@pytest.mark.parametrize("forward", [True, False])
async def test_cluster_that_asks_for_patience_slows_the_principal_that_got_it_and_nobody_else(*, forward: bool) -> None:
    cluster = Busy(forward_credentials=forward)
    first = await cluster.flush("busy", "a")
    assert first is not None
    assert (first.code, first.retry_delay_ms) == (Code.RESOURCE_EXHAUSTED, 20_000)
    held = await cluster.flush("good", "a")
    assert held is not None
    assert (held.code, held.applied, held.retryable) == (Code.RESOURCE_EXHAUSTED, Applied.NO, True)
    assert 19_000 < held.retry_delay_ms <= 20_000
    assert (held.cluster, held.operation) == ("c", "ml.FlushJob")
    assert await cluster.flush("good", "b") is None
    assert cluster.sent == ["busy", "good"]
