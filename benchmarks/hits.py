"""An upstream that has as many hits as are asked for: answers fleet multi searches over documents that are called by their numbers.

python -m benchmarks.hits PORT HITS
"""

import sys
from typing import Any

import orjson
import uvicorn

SOURCE = {"message": "x" * 900, "bytes": 12345}


def search(body: dict[str, Any], hits: int) -> dict[str, Any]:
    start = int(body["search_after"][-1]) + 1 if "search_after" in body else 0
    stop = min(start + body.get("size", 10), hits)
    found = [{"_index": "a", "_id": f"{i:08}", "_source": SOURCE, "sort": [f"{i:08}"]} for i in range(start, stop)]
    return {"status": 200, "took": 1, "hits": {"total": {"value": hits, "relation": "eq"}, "hits": found}}


def application(hits: int) -> Any:
    async def serve(_scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        lines = body.split(b"\n")[1:-1:2]
        answer = orjson.dumps({"took": 1, "responses": [search(orjson.loads(line), hits) for line in lines]})
        headers = [(b"content-type", b"application/json"), (b"x-elastic-product", b"Elasticsearch")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    return serve


if __name__ == "__main__":
    port, count = int(sys.argv[1]), int(sys.argv[2])
    uvicorn.run(application(count), port=port, lifespan="off", log_level="error", access_log=False)
