import asyncio
import gzip
import zlib
from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest

from searchway.graph.compression import check_encoding, decode_body, encode_body, takes_gzip
from searchway.graph.refusals import BadRequestError

Connect = Callable[..., httpx.AsyncClient]

QUERY = orjson.dumps({"query": "{ cat { allocation { totalCount } } }"})
LONG = orjson.dumps(
    {"query": "{" + " ".join(f"alias{number}{chr(95) * 30}: __typename" for number in range(100)) + "}"}
)
JSON = {"content-type": "application/json"}
ZEROS = gzip.compress(bytes(50_000_000))


def unlimited(_count: int) -> bool:
    return True


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip"])
async def test_body_in_gzip_is_taken(connect: Connect, encoding: str) -> None:
    answer = await connect().post(
        "/graphql", content=gzip.compress(QUERY), headers={**JSON, "content-encoding": encoding}
    )
    assert answer.json() == {"data": {"cat": {"allocation": {"totalCount": 3}}}}


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "x"])
@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_body_in_another_encoding_is_refused(connect: Connect, encoding: str, accept: str) -> None:
    headers = {**JSON, "content-encoding": encoding, "accept": accept}
    answer = await connect().post("/graphql", content=QUERY, headers=headers)
    assert answer.status_code == 415
    assert answer.headers["accept-encoding"] == "gzip"
    assert answer.json()["errors"][0]["message"] == f"expected the content encoding gzip or none, got {encoding}"


@pytest.mark.parametrize(
    "body",
    [
        QUERY,
        gzip.compress(QUERY)[:-1],
        gzip.compress(QUERY) + b"x",
        gzip.compress(QUERY) * 2,
        b"",
        zlib.compress(QUERY),
    ],
)
async def test_body_that_is_not_in_gzip_is_refused(connect: Connect, body: bytes) -> None:
    answer = await connect().post("/graphql", content=body, headers={**JSON, "content-encoding": "gzip"})
    assert answer.status_code == 400
    assert "not in gzip" in answer.json()["errors"][0]["message"]


async def test_body_is_bounded_when_it_is_unpacked() -> None:
    with pytest.raises(
        BadRequestError, match=r"more than 1000000 bytes \(limits\.request_bytes\) when it is unpacked"
    ) as refused:
        await decode_body(ZEROS, "gzip", 1_000_000, unlimited)
    assert refused.value.status == 413


async def test_unpacked_body_needs_memory_as_others_do() -> None:
    left = 3_000_000

    def hold(count: int) -> bool:
        nonlocal left
        left -= count
        return left >= 0

    with pytest.raises(BadRequestError, match=r"connections\.body_memory") as refused:
        await decode_body(ZEROS, "gzip", 2**24, hold)
    assert refused.value.status == 503
    assert left > -100_000


async def test_unpacking_gives_others_their_turn() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.ensure_future(count())
    assert len(await decode_body(ZEROS, "gzip", 2**26, unlimited)) == 50_000_000
    assert turns >= 50_000_000 // 65_536
    counting.cancel()


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 200_000])
async def test_every_body_is_unpacked_whole(size: int) -> None:
    body = bytes(number % 251 for number in range(size))
    for packed in (gzip.compress(body), gzip.compress(body, 0)):
        assert await decode_body(packed, "gzip", 2**24, unlimited) == body


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
async def test_plain_body_stays_as_it_is(encoding: str) -> None:
    check_encoding(encoding)
    assert await decode_body(QUERY, encoding, 10, unlimited) is QUERY


async def test_large_answer_is_compressed_for_those_who_take_that(connect: Connect) -> None:
    client = connect()
    plain = await client.post("/graphql", content=LONG, headers={**JSON, "accept-encoding": "identity"})
    packed = await client.post("/graphql", content=LONG, headers={**JSON, "accept-encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) // 4
    assert packed.json() == plain.json()
    assert "content-encoding" not in plain.headers
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept, Accept-Encoding"


async def test_small_answers_and_events_are_not_compressed(connect: Connect) -> None:
    client = connect()
    small = await client.post("/graphql", content=QUERY, headers={**JSON, "accept-encoding": "gzip"})
    events = await client.post(
        "/graphql", content=LONG, headers={**JSON, "accept-encoding": "gzip", "accept": "text/event-stream"}
    )
    assert "content-encoding" not in small.headers
    assert "content-encoding" not in events.headers
    assert b"event: next" in events.content


async def test_compression_can_be_switched_off(connect: Connect) -> None:
    client = connect(limits={"compress_from": 0})
    answer = await client.post("/graphql", content=LONG, headers={**JSON, "accept-encoding": "gzip"})
    assert "content-encoding" not in answer.headers


async def test_schema_is_compressed(connect: Connect) -> None:
    answer = await connect().get("/schema.graphql", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(("size", "threads"), [(65_536, 0), (65_537, 1)])
async def test_large_answer_is_compressed_beside_the_loop(
    monkeypatch: pytest.MonkeyPatch, size: int, threads: int
) -> None:
    used: list[Any] = []

    async def to_thread(work: Callable[..., Any], *arguments: Any) -> Any:
        used.append(work)
        return work(*arguments)

    monkeypatch.setattr(asyncio, "to_thread", to_thread)
    packed, encoding = await encode_body(b"x" * size, "gzip")
    assert (encoding, gzip.decompress(packed)) == ("gzip", b"x" * size)
    assert len(used) == threads


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [("gzip", True), ("deflate, GZIP;q=0.5", True), ("*", True), ("", False), ("gzip;q=0", False), ("gzip; q=0.0, *", False),
     ("*;q=0", False), ("br", False), ("gzip;q=x", False), ("identity", False)],
)  # fmt: skip
def test_what_a_caller_takes_is_read(accepted: str, taken: bool) -> None:
    assert takes_gzip(accepted) is taken
