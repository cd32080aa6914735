"""What real engines do with a request whose head is too large, and what the next request on that path gets."""

import time

import pytest

from searchway.contract.records import Retry
from searchway.errors import InvalidArgumentError
from searchway.settings import ClusterSettings, Settings
from searchway.upstream import Clusters
from searchway.wire import HttpRequest
from servers.record import Server

# An index that is not there, in lines of a length: without its end, a line is up to 4,096 bytes long.
LONGEST = 4096


def clusters_of(server: Server) -> Clusters:
    login = {"username": server.admin.username, "password": server.admin.password} if server.admin else {}
    cluster = ClusterSettings.model_validate({"name": "c", "nodes": (server.url,), **login})
    return Clusters(Settings(clusters=(cluster,)))


async def ask(clusters: Clusters, path: str = "/_cluster/health", **headers: str) -> tuple[int, bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = HttpRequest(method="GET", path=path)
    answer = await clusters.get(None).send(request, retry=Retry.SAFE, headers=named, deadline=time.monotonic() + 20)
    return answer.status, answer.body


async def test_connection_of_a_head_that_was_too_large_is_not_used_again(server: Server) -> None:
    clusters = clusters_of(server)
    with pytest.raises(InvalidArgumentError):
        clusters.get(None).check({"traceparent": "x" * 20_000})
    status, body = await ask(clusters, traceparent="x" * 20_000)  # as if nobody had checked it
    assert (status, b"too_long_http_header_exception" in body) == (400, True)
    assert (await ask(clusters))[0] == 200  # on the other one it would wait until its deadline
    await clusters.aclose()


async def test_longest_line_that_is_sent_is_the_longest_that_is_taken(server: Server) -> None:
    clusters = clusters_of(server)
    path = "/" + "a" * (LONGEST - len("GET / HTTP/1.1"))
    status, body = await ask(clusters, path)
    assert b"too_long_http_line_exception" not in body
    assert status in {400, 404}
    with pytest.raises(InvalidArgumentError, match="4097 bytes"):
        await ask(clusters, path + "a")
    await clusters.aclose()
