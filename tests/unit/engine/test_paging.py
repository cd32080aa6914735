from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.contract.catalog import load
from searchway.engine.paging import Pager, PageRequest, PageSizes, Pairs
from searchway.engine.tokens import Tokens
from searchway.errors import InvalidArgumentError, MalformedAnswerError
from searchway.transcode import inputs
from searchway.transcode.answer import Answer
from searchway.transcode.response import Dialect, reader

TOKENS = Tokens(["k" * 32], max_age=60)
ALPHABET = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


class Upstream:
    """Answers like a server that has some items, and counts what it is asked."""

    def __init__(self, ids: list[str]) -> None:
        self.ids = ids
        self.asked: list[Mapping[str, str]] = []

    async def rules(self, pairs: Pairs) -> bytes:
        """As the rule service: fifty at a time, sorted only after a key; insertion order without one."""
        query = self._note(pairs)
        after = query.get("search_after")
        found = sorted(i for i in self.ids if i > after) if after else self.ids
        more = {"search_after": [found[49]]} if len(found) >= 50 else {}
        return orjson.dumps({"rules": [{"id": i, "workload_group": "g"} for i in found[:50]], **more})

    async def policies(self, pairs: Pairs) -> bytes:
        query = self._note(pairs)
        start, size = int(query["from"]), int(query["size"])
        policies = [{"_id": i} for i in self.ids[start : start + size]]
        return orjson.dumps({"policies": policies, "total_policies": len(self.ids)})

    async def rows(self, pairs: Pairs) -> bytes:
        self._note(pairs)
        return orjson.dumps([{"node": i, "shards": "1"} for i in self.ids])

    def _note(self, pairs: Pairs) -> Mapping[str, str]:
        query = {key: value for key, (value,) in parse_qs(urlencode(pairs)).items()}
        self.asked.append(query)
        return query


OPERATIONS = {"rules.ListRules": "rules", "ism.ListPolicies": "policies", "cat.ListAllocation": "rows"}
KEYS = {"rules.ListRules": "rule_id", "ism.ListPolicies": "policy_id", "cat.ListAllocation": "node"}


async def page(name: str, upstream: Upstream, size: int | None = None, token: str = "") -> tuple[list[str], Answer]:
    operation = load().operation(name)
    message = inputs.build(operation.request, {"feature_type": "f"} if name == "rules.ListRules" else {})
    pager = Pager(operation, TOKENS.of(operation, "c", message), PageSizes(default=50, largest=1000))
    answer = await pager.fetch(PageRequest(size=size, token=token), getattr(upstream, OPERATIONS[name]))
    answer.keys = {"feature_type": "workload_group"}
    found = reader(operation, None, Dialect.GRAPH).read(answer)
    assert operation.items is not None
    return [item[KEYS[name]] for item in found[operation.items.name]], answer


async def walk(name: str, upstream: Upstream, size: int) -> list[str]:
    found, token, more = [], "", True
    while more:
        items, answer = await page(name, upstream, size, token)
        assert answer.page is not None
        assert len(items) <= size
        found += items
        token, more = answer.page.next_token, answer.page.has_next
        assert bool(token) == more
    return found


@pytest.mark.parametrize("name", OPERATIONS)
@given(st.lists(st.text(ALPHABET, min_size=1, max_size=6), unique=True, max_size=160), st.integers(1, 130))
async def test_pages_of_any_size_give_each_item_once(name: str, ids: list[str], size: int) -> None:
    found = await walk(name, Upstream(ids), size)
    assert sorted(found) == sorted(ids)


@pytest.mark.parametrize(
    ("count", "size", "requests"), [(120, 7, 1), (120, 50, 1), (120, 51, 2), (120, 120, 3), (0, 7, 1), (30, 120, 1)]
)
async def test_no_more_requests_than_the_page_needs(count: int, size: int, requests: int) -> None:
    upstream = Upstream([f"{i:03}" for i in range(count)])
    await page("rules.ListRules", upstream, size)
    assert len(upstream.asked) == requests


async def test_first_page_of_rules_is_asked_for_after_a_key_below_all() -> None:
    upstream = Upstream(["b", "-", "a"])
    items, _ = await page("rules.ListRules", upstream)
    assert items == ["-", "a", "b"]
    assert upstream.asked == [{"search_after": " "}]


async def test_rules_that_come_and_go_between_pages_hide_no_other() -> None:
    upstream = Upstream([f"{i:03}" for i in range(0, 200, 2)])
    first, answer = await page("rules.ListRules", upstream, 30)
    assert answer.page is not None
    upstream.ids = [i for i in upstream.ids if i not in {"010", first[-1]}] + ["001", "199"]
    second, _ = await page("rules.ListRules", upstream, 1000, answer.page.next_token)
    assert second == [f"{i:03}" for i in range(60, 200, 2)] + ["199"]


@pytest.mark.parametrize("name", OPERATIONS)
async def test_cursor_of_an_item_goes_on_right_after_it(name: str) -> None:
    upstream = Upstream([f"{i:02}" for i in range(20)])
    items, answer = await page(name, upstream, 10)
    assert answer.page is not None
    after, _ = await page(name, upstream, 3, answer.page.cursor(4))
    assert after == ["05", "06", "07"]
    assert items[4] == "04"


async def test_total_and_neighbours_are_known_where_the_server_tells() -> None:
    _, answer = await page("ism.ListPolicies", Upstream(["a", "b", "c"]), 2)
    assert answer.page is not None
    assert (answer.page.total, answer.page.has_previous, answer.page.has_next) == (3, False, True)
    _, answer = await page("ism.ListPolicies", Upstream(["a", "b", "c"]), 2, answer.page.next_token)
    assert answer.page is not None
    assert (answer.page.total, answer.page.has_previous, answer.page.has_next) == (3, True, False)


async def test_whole_list_comes_where_no_size_is_named_and_the_server_gives_it_whole() -> None:
    items, answer = await page("cat.ListAllocation", Upstream([str(i) for i in range(500)]))
    assert len(items) == 500
    assert answer.page is not None
    assert not answer.page.next_token


async def test_size_above_the_largest_is_taken_for_it() -> None:
    upstream = Upstream([])
    await page("ism.ListPolicies", upstream, 5000)
    assert upstream.asked == [{"from": "0", "size": "1000"}]


@pytest.mark.parametrize("values", [{"page_size": -1}])
def test_negative_size_is_refused(values: Any) -> None:
    message = inputs.build(load().operation("rules.ListRules").request, values)
    with pytest.raises(InvalidArgumentError, match="page_size"):
        PageRequest.of(message)


async def test_answer_that_cannot_be_paged_is_one_error() -> None:
    async def broken(_pairs: Pairs) -> bytes:
        return b'{"rules":'

    operation = load().operation("rules.ListRules")
    pager = Pager(operation, TOKENS.of(operation, "c", operation.request.cls()), PageSizes(default=50, largest=1000))
    with pytest.raises(MalformedAnswerError):
        await pager.fetch(PageRequest(size=None, token=""), broken)


def relay(ids: list[str], wanted: Mapping[str, Any]) -> list[str]:
    """Return the edges that the Relay specification's algorithm leaves; cursors are places here."""
    after, before, first, last = (wanted[name] for name in ("after", "before", "first", "last"))
    edges = [(place, one) for place, one in enumerate(ids) if after is None or place > after]
    edges = [(place, one) for place, one in edges if before is None or place < before]
    if first is not None:
        edges = edges[:first]
    if last is not None:
        edges = edges[max(len(edges) - last, 0) :]
    return [one for _, one in edges]


PLACES, SIZES = st.none() | st.integers(0, 11), st.none() | st.integers(0, 13)


@given(
    count=st.integers(0, 12),
    wanted=st.fixed_dictionaries({"after": PLACES, "before": PLACES, "first": SIZES, "last": SIZES}),
)
async def test_a_whole_list_is_cut_as_relay_says(count: int, wanted: Mapping[str, Any]) -> None:
    operation = load().operation("cat.ListAllocation")
    tokens = TOKENS.of(operation, "c", inputs.build(operation.request, {}))
    ids = [f"n{place:02}" for place in range(count)]
    tokens_of = {name: "" if wanted[name] is None else tokens.sign(wanted[name] + 1) for name in ("after", "before")}
    asked = PageRequest(size=wanted["first"], token=tokens_of["after"], last=wanted["last"], before=tokens_of["before"])
    answer = await Pager(operation, tokens, PageSizes(default=50, largest=1000)).fetch(asked, Upstream(ids).rows)
    assert operation.items is not None
    rows = reader(operation, None, Dialect.GRAPH).read(answer)[operation.items.name]
    found = [row["node"] for row in rows]
    assert found == relay(ids, wanted)
    assert answer.page is not None
    assert answer.page.total == count
    if found:
        assert answer.page.has_previous == (found[0] != ids[0])
        assert answer.page.has_next == (found[-1] != ids[-1])
        assert tokens.read(answer.page.cursor(0)) == ids.index(found[0]) + 1


@pytest.mark.parametrize("name", OPERATIONS)
async def test_a_page_of_none_still_tells_whether_there_is_more(name: str) -> None:
    upstream = Upstream(["b", "a"])
    items, answer = await page(name, upstream, 0)
    assert answer.page is not None
    assert (items, answer.page.has_next, answer.page.has_previous) == ([], True, False)
    assert len(upstream.asked) == 1
    _, answer = await page(name, Upstream([]), 0)
    assert answer.page is not None
    assert not answer.page.has_next


@pytest.mark.parametrize(("field", "given_sizes"), [("page_size", (-1, None)), ("last", (None, -1))])
def test_negative_numbers_are_refused(field: str, given_sizes: tuple[int | None, int | None]) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        PageRequest(size=given_sizes[0], token="", last=given_sizes[1])
    assert caught.value.failure.field == field


async def test_a_wrong_end_is_named_before_anything_is_sent() -> None:
    operation = load().operation("cat.ListAllocation")
    tokens = TOKENS.of(operation, "c", inputs.build(operation.request, {}))
    upstream = Upstream(["a"])
    with pytest.raises(InvalidArgumentError) as caught:
        await Pager(operation, tokens, PageSizes(default=50, largest=1000)).fetch(
            PageRequest(size=None, token="", before="x"), upstream.rows
        )
    assert caught.value.failure.field == "before"
    assert upstream.asked == []
