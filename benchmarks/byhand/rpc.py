"""A gRPC server by hand: grpc.aio, aiohttp to the cluster, a message for the row.

The cells stay the text that the cluster sends; nothing is typed, checked, logged, counted or retried.
"""

import asyncio
import os
from typing import Any

import aiohttp
import grpc
import orjson

es, es_grpc = grpc.protos_and_services("benchmarks/byhand/es.proto")
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


class Cat(es_grpc.CatServicer):  # type: ignore[misc,name-defined]  # made at run time
    def __init__(self, session: aiohttp.ClientSession, upstream: str) -> None:
        self._session = session
        self._url = f"{upstream}/_cat/allocation?format=json"

    async def ListAllocation(self, _request: Any, context: Any) -> Any:  # noqa: N802  # the name in the proto
        async with self._session.get(self._url) as response:
            body = await response.read()
            if response.status >= 400:  # noqa: PLR2004  # an error
                await context.abort(grpc.StatusCode.UNKNOWN, f"upstream answered {response.status}")
        return es.Table(rows=[es.Row(**{name: row[key] for name, key in KEYS.items()}) for row in orjson.loads(body)])


async def main() -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as session:
        server = grpc.aio.server()
        es_grpc.add_CatServicer_to_server(Cat(session, os.environ["UPSTREAM"]), server)
        server.add_insecure_port(f"127.0.0.1:{os.environ['PORT']}")
        await server.start()
        await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(main())
