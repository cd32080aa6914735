"""An upstream double: answers `GET /_cat/allocation` as a cluster would, as fast as Python can.

    python -m benchmarks.double PORT=ROWS...

Each port is a cluster of its own, with a table of so many rows. `h=` chooses the columns, `bytes=b` turns sizes into plain
numbers, without JSON asked for there is a text table. An answer is made once for each request line. `PUT /_security/role/{name}`
and `GET /_rules/{feature}/{id}` are there too.
"""

import asyncio
import sys
from functools import lru_cache, partial
from urllib.parse import parse_qs, unquote, urlsplit

import httptools
import orjson
import uvloop

_UNITS = {"b": 1, "kb": 1024, "mb": 1024**2, "gb": 1024**3}
_SIZES = ("disk.indices.forecast", "disk.indices", "disk.used", "disk.avail", "disk.total")


def _row(number: int) -> dict[str, str]:
    return {
        "shards": str(number),
        "shards.undesired": "0",
        "write_load.forecast": "0.0",
        "disk.indices.forecast": "260b",
        "disk.indices": "260b",
        "disk.used": "47.3gb",
        "disk.avail": "43.4gb",
        "disk.total": "100.7gb",
        "disk.percent": "46",
        "host": "127.0.0.1",
        "ip": "127.0.0.1",
        "node": f"CSUXak2-{number}",
        "node.role": "himrst",
    }


def _in_bytes(size: str) -> str:
    digits = size.rstrip("bkmg")
    return str(int(float(digits) * _UNITS[size[len(digits) :]]))


def _table(rows: int, query: dict[str, list[str]]) -> tuple[bytes, str]:
    columns = query["h"][0].split(",") if "h" in query else list(_row(0))
    plain = query.get("bytes") == ["b"]
    cells = [
        {c: _in_bytes(row[c]) if plain and c in _SIZES else row[c] for c in columns} for row in map(_row, range(rows))
    ]
    if query.get("format") == ["json"]:
        return orjson.dumps(cells), "application/json"
    return "".join(" ".join(row.values()) + "\n" for row in cells).encode(), "text/plain; charset=UTF-8"


@lru_cache(maxsize=1024)
def answer(rows: int, method: bytes, target: bytes) -> bytes:
    """Return the whole HTTP answer to a request line."""
    url = urlsplit(target.decode("ascii"))
    status, media_type = "200 OK", "application/json"
    match method, url.path.strip("/").split("/"):
        case b"GET", ["_cat", "allocation"]:
            body, media_type = _table(rows, parse_qs(url.query))
        case b"PUT", ["_security", "role", _]:
            body = b'{"role":{"created":true}}'
        case b"GET", ["_rules", _, rule]:
            body = orjson.dumps(
                {"_id": unquote(rule), "id": unquote(rule), "description": "d", "index_pattern": ["a*"]}
            )
        case b"GET", [""]:
            body = orjson.dumps(
                {"version": {"number": "8.19.0", "build_flavor": "default"}, "tagline": "You Know, for Search"}
            )
        case _:
            status, body = "404 Not Found", b'{"error":"no handler found","status":404}'
    head = f"HTTP/1.1 {status}\r\nX-elastic-product: Elasticsearch\r\ncontent-type: {media_type}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Double(asyncio.Protocol):
    """One connection."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._parser = httptools.HttpRequestParser(self)
        self._target = b""

    def connection_made(self, transport: asyncio.WriteTransport) -> None:  # type: ignore[override]  # it is one
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_message_complete(self) -> None:
        self._transport.write(answer(self._rows, self._parser.get_method(), self._target))
        self._target = b""


async def serve(tables: dict[int, int]) -> None:
    """Serve tables of so many rows, by port, until the process is ended."""
    loop = asyncio.get_running_loop()
    for port, rows in tables.items():
        await loop.create_server(partial(Double, rows), "127.0.0.1", port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve({int(port): int(rows) for port, rows in (a.split("=") for a in sys.argv[1:])}))
