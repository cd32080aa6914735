"""The whole engine over a cluster at the transport seam that fabricates hits, as many as are asked for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson

from searchway.contract.catalog import load
from searchway.engine import Engine
from searchway.engine.telemetry import Telemetry
from searchway.settings import Settings
from searchway.upstream import Clusters


class HitsUpstream(httpx.AsyncBaseTransport):
    """Answers multi searches over documents that are called by their numbers; remembers the bodies that were searched for."""

    def __init__(self, hits: int) -> None:
        self.hits = hits
        self.total: Any = None
        self.searches: list[list[bytes]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        lines = request.read().split(b"\n")[1:-1:2]
        self.searches.append(lines)
        answer = {"took": 1, "responses": [self._search(orjson.loads(line)) for line in lines]}
        return httpx.Response(200, headers={"content-type": "application/json"}, content=orjson.dumps(answer))

    def _search(self, body: dict[str, Any]) -> dict[str, Any]:
        if "fail" in body:
            return {"status": body["fail"], "error": {"type": "index_not_found_exception", "reason": "no such index"}}
        start = int(body["search_after"][-1]) + 1 if "search_after" in body else body.get("query", {}).get("after", 0)
        stop = min(start + body.get("size", 10), self.hits)
        hits = {"total": self.total, "hits": [_hit(number) for number in range(start, stop)]}
        return {"status": 200, "took": 1, "hits": hits}


def _hit(number: int) -> dict[str, Any]:
    return {"_index": "a", "_id": f"{number:06}", "_source": {"text": "x" * 500}, "sort": [f"{number:06}"]}


@asynccontextmanager
async def open_engine(upstream: httpx.AsyncBaseTransport, **settings: Any) -> AsyncIterator[Engine]:
    """Open an engine with one cluster, which is an Elasticsearch."""
    cluster = {"nodes": ["http://a:9200"], "engine": "elasticsearch", "version": "9.5.0"}
    read = Settings.model_validate({"clusters": {"a": cluster}, **settings})
    clusters = Clusters(read, transports={"a": upstream})
    yield Engine(load(), clusters, read, Telemetry(access_log=False))
    await clusters.aclose()
