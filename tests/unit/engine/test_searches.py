"""Single searches through the whole engine: joined into one request, and paged, over a cluster that has hits by the thousand."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest

from searchway.contract.catalog import load
from searchway.engine import Call, Engine
from searchway.errors import CallError
from searchway.families.joins import JOINS
from searchway.transcode import inputs
from searchway.transcode.answer import Answer, Page
from searchway.transcode.response import Dialect, reader
from unit.engine.hits import HitsUpstream, open_engine

SEARCH = load().operation("fleet.Search")


@asynccontextmanager
async def searching(hits: int, **batching: Any) -> AsyncIterator[tuple[Engine, HitsUpstream]]:
    upstream = HitsUpstream(hits)
    async with open_engine(upstream, batching=batching) as engine:
        yield engine, upstream


async def search(engine: Engine, **values: Any) -> Mapping[str, Any]:
    message = inputs.build(SEARCH.request, values)
    read = reader(SEARCH, None, Dialect.PROTO).read
    return await engine.run(SEARCH, message, Call(face="cli", request_id="r"), read)


def ids(found: Mapping[str, Any]) -> list[str]:
    return [hit["document_id"] for hit in found["hits"]]


async def test_fifty_searches_are_one_request_and_each_has_its_own_hits() -> None:
    async with searching(100) as (engine, upstream):
        found = await asyncio.gather(*(search(engine, body={"query": {"after": i}, "size": 1}) for i in range(50)))
    assert [ids(one) for one in found] == [[f"{i:06}"] for i in range(50)]
    assert [len(request) for request in upstream.searches] == [50]


async def test_one_that_fails_leaves_its_neighbours_alone() -> None:
    async with searching(10) as (engine, upstream):
        good = asyncio.create_task(search(engine, body={"size": 2}))
        with pytest.raises(CallError) as bad:
            await search(engine, body={"fail": 404})
    failure = bad.value.failure
    assert (failure.code, failure.operation, failure.http_status) == ("NOT_FOUND", "fleet.Search", 404)
    assert ids(await good) == ["000000", "000001"]
    assert len(upstream.searches) == 1


async def test_options_that_differ_do_not_share_a_request() -> None:
    async with searching(10) as (engine, upstream):
        await asyncio.gather(search(engine, body={}, typed_keys=True), search(engine, body={}))
    assert [len(request) for request in upstream.searches] == [1, 1]


async def test_a_request_is_bounded_in_searches() -> None:
    async with searching(10, max_size=20) as (engine, upstream):
        await asyncio.gather(*(search(engine, body={"query": {"after": i}}) for i in range(50)))
    assert sorted(len(request) for request in upstream.searches) == [10, 20, 20]


async def test_a_request_is_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JOINS["fleet.Search"], "bound", 35_000)
    bodies = [{"query": {"ids": f"{i:05}" * 3_000}} for i in range(5)]
    async with searching(10) as (engine, upstream):
        await asyncio.gather(*(search(engine, body=one) for one in bodies))
    assert sorted(len(request) for request in upstream.searches) == [1, 2, 2]


async def test_a_search_that_is_checked_beside_the_loop_keeps_nobody_waiting() -> None:
    large = [{"query": {"ids": f"{i}" * 2_000_000}} for i in range(3)]
    async with searching(10) as (engine, upstream):
        await asyncio.gather(*(search(engine, body=one) for one in [*large, {}, {"size": 1}]))
    assert sum(len(request) for request in upstream.searches) == 5
    assert 2 in [len(request) for request in upstream.searches]


async def test_pages_of_searches_share_a_request_too() -> None:
    async with searching(10) as (engine, upstream):
        pages = [search(engine, header={"index": ["a"]}, body={"sort": "_id"}, page_size=n) for n in (2, 3)]
        first, second = await asyncio.gather(*pages)
    assert (ids(first), ids(second)) == ([f"{i:06}" for i in range(2)], [f"{i:06}" for i in range(3)])
    assert [len(request) for request in upstream.searches] == [2]


@pytest.mark.parametrize("size", [1, 7, 25, 100])
async def test_pages_give_each_hit_once(size: int) -> None:
    found: list[str] = []
    token = ""
    async with searching(100) as (engine, upstream):
        while True:
            page = await search(engine, header={"index": ["a"]}, body={"sort": "_id"}, page_size=size, page_token=token)
            found += ids(page)
            token = page["next_page_token"] or ""
            if not token:
                break
    assert found == [f"{i:06}" for i in range(100)]
    assert len(upstream.searches) == -(-100 // size)
    assert all(orjson.loads(line)["size"] == size + 1 for request in upstream.searches for line in request)


async def page_of(engine: Engine, **values: Any) -> Page:
    def read(answer: Answer) -> Page:
        reader(SEARCH, None, Dialect.PROTO).read(answer)
        assert answer.page is not None
        return answer.page

    message = inputs.build(SEARCH.request, values)
    return await engine.run(SEARCH, message, Call(face="cli", request_id="r"), read)


@pytest.mark.parametrize("values", [{}, {"page_size": 10}])
@pytest.mark.parametrize(
    ("told", "total"),
    [
        ({"value": 60, "relation": "eq"}, 60),
        ({"value": 60, "relation": "gte"}, None),
        ({"value": "60", "relation": "eq"}, None),
        (None, None),
    ],
)
async def test_the_number_of_all_hits_is_known_where_the_engine_says_it_exactly(
    told: Any, total: int | None, values: dict[str, Any]
) -> None:
    async with searching(60) as (engine, upstream):
        upstream.total = told
        page = await page_of(engine, header={"index": ["a"]}, body={"sort": "_id"}, **values)
    assert page.total == total
    assert page.has_next is (bool(values) or total is not None)


async def test_hits_that_are_all_there_are_have_no_next_page() -> None:
    async with searching(7) as (engine, upstream):
        upstream.total = {"value": 7, "relation": "eq"}
        page = await page_of(engine, body={})
    assert (page.total, page.has_next, page.next_token) == (7, False, "")
