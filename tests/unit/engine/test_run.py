"""What a run keeps from its caller."""

from typing import Any

import httpx
import pytest

from searchway.contract.catalog import load
from searchway.engine import Call, Engine
from searchway.engine.telemetry import Telemetry
from searchway.errors import CallError
from searchway.settings import Settings
from searchway.transcode import inputs
from searchway.upstream import Clusters

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
