"""A GraphQL server by hand: strawberry on uvicorn, aiohttp to the cluster, a class for the row.

The cells stay the text that the cluster sends; nothing is typed, checked, logged, counted or retried. With CACHE=1 it has
strawberry's caches of parsed and validated documents, which are not on unless somebody knows of them.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import orjson
import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

UPSTREAM = os.environ["UPSTREAM"]
KEYS = {
    "shards": "shards",
    "shards_undesired": "shards.undesired",
    "write_load_forecast": "write_load.forecast",
    "disk_indices_forecast": "disk.indices.forecast",
    "disk_indices": "disk.indices",
    "disk_used": "disk.used",
    "disk_avail": "disk.avail",
    "disk_total": "disk.total",
    "disk_percent": "disk.percent",
    "host": "host",
    "ip": "ip",
    "node": "node",
    "node_role": "node.role",
}


@strawberry.type
class Allocation:
    shards: str | None
    shards_undesired: str | None
    write_load_forecast: str | None
    disk_indices_forecast: str | None
    disk_indices: str | None
    disk_used: str | None
    disk_avail: str | None
    disk_total: str | None
    disk_percent: str | None
    host: str | None
    ip: str | None
    node: str | None
    node_role: str | None


class Cluster:
    session: aiohttp.ClientSession


@strawberry.type
class Query:
    @strawberry.field
    async def allocation(self) -> list[Allocation]:
        async with Cluster.session.get(f"{UPSTREAM}/_cat/allocation?format=json") as response:
            response.raise_for_status()
            rows = orjson.loads(await response.read())
        return [Allocation(**{name: row.get(key) for name, key in KEYS.items()}) for row in rows]


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as Cluster.session:
        yield


parsed, validated = ParserCache(maxsize=100), ValidationCache(maxsize=100)
caches = [lambda: parsed, lambda: validated] if os.environ.get("CACHE") else []
schema = strawberry.Schema(Query, extensions=caches)
app = Starlette(routes=[Route("/graphql", GraphQL(schema), methods=["GET", "POST"])], lifespan=lifespan)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="error", access_log=False)
