"""One identifier for a call: the caller's or a new one, told to the caller, written to the log, seen by the server."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from servers.direct import Direct
from servers.faces import Face, Outcome
from servers.gateway import Gateway, cluster_name
from servers.record import Server

CREATE = "indices.CreateIndex"
SLOW: Mapping[str, Any] = {"settings": {"number_of_replicas": 1}, "wait_for_active_shards": "2", "timeout": "1s"}


def seen_while(calling: Future[Outcome], client: Direct) -> set[str]:
    """Return the identifiers that the server says it works for until the call has ended."""
    seen: set[str] = set()
    while not calling.done():
        seen |= client.working_for()
    return seen


def test_the_server_works_for_the_callers_identifier(
    face: Face, server: Server, direct: Callable[[Server], Direct], fresh: Callable[[str], str]
) -> None:
    """The call takes so long because it waits for a copy that has no place."""
    headers = {"x-opaque-id": fresh("caller")}
    with ThreadPoolExecutor(max_workers=1) as pool:
        calling = pool.submit(face.call, server, CREATE, {"index": fresh("slow"), **SLOW}, headers=headers)
        seen = seen_while(calling, direct(server))
    assert headers["x-opaque-id"] in seen
    assert calling.result().request_id == headers["x-opaque-id"]


def test_a_call_without_one_gets_a_new_one(face: Face, gateway: Gateway, server: Server) -> None:
    first, second = (face.call(server, "cat.ListAllocation", {}).request_id for _ in range(2))
    assert first != second
    (line,) = gateway.calls(first)
    assert (line["operation"], line["face"], line["code"]) == ("cat.ListAllocation", face.name, "OK")
    assert (line["cluster"], line["upstream_calls"]) == (cluster_name(server), 1)


def test_an_error_names_it(face: Face, server: Server, fresh: Callable[[str], str]) -> None:
    given = fresh("caller")
    failure = face.fail(server, CREATE, {"index": "UPPER"}, headers={"x-opaque-id": given})
    assert failure["request_id"] == given
