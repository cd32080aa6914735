from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.sandbox.filtering import apply_filter, parse_filter

ALLOCATION = [{"node": "node-1", "disk.used": 1, "ip": "x"}, {"node": "UNASSIGNED", "disk.used": None, "ip": None}]
SEARCHES = {"took": 1, "responses": [{"hits": {"hits": []}, "status": 200}, {"error": {"type": "a"}, "status": 404}]}
NESTED = {"a": {"b": {"c": 1, "d": 2}, "e": [{"c": 3}, {"f": 4}]}, "z": []}


@pytest.mark.parametrize(
    ("text", "document", "expected"),
    [
        ("took", SEARCHES, {"took": 1}),
        ("responses.status", SEARCHES, {"responses": [{"status": 200}, {"status": 404}]}),
        ("responses.error.type", SEARCHES, {"responses": [{"error": {"type": "a"}}]}),
        ("responses.hits.hits._source", SEARCHES, {}),
        ("responses.hits.hits", SEARCHES, {"responses": [{"hits": {"hits": []}}]}),
        ("nosuch", SEARCHES, {}),
        ("nosuch", ALLOCATION, None),
        ("*.node", ALLOCATION, None),
        ("node", ALLOCATION, [{"node": "node-1"}, {"node": "UNASSIGNED"}]),
        ("disk.used", ALLOCATION, None),
        (r"disk\.used", ALLOCATION, [{"disk.used": 1}, {"disk.used": None}]),
        ("-ip,-disk*", ALLOCATION, [{"node": "node-1"}, {"node": "UNASSIGNED"}]),
        ("a.*.c", NESTED, {"a": {"b": {"c": 1}, "e": [{"c": 3}]}}),
        ("**.c", NESTED, {"a": {"b": {"c": 1}, "e": [{"c": 3}]}}),
        ("a.**", NESTED, {"a": NESTED["a"]}),
        ("a.b.c.d", NESTED, {}),
        ("a,-a.b.c", NESTED, {"a": {"b": {"d": 2}, "e": [{"c": 3}, {"f": 4}]}}),
        ("-a", NESTED, {"z": []}),
        ("-a.e.c,-a.e.f,-a.b", NESTED, {"z": []}),
        ("a.e.f,z", NESTED, {"a": {"e": [{"f": 4}]}, "z": []}),
    ],
)
def test_keeps_what_an_engine_keeps(text: str, document: Any, expected: Any) -> None:
    assert apply_filter(document, parse_filter(text)) == expected


documents = st.recursive(
    st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from("abc"), documents, max_size=3))
def test_everything_and_nothing(document: dict[str, Any]) -> None:
    assert apply_filter(document, parse_filter("**")) == document
    assert apply_filter(document, parse_filter("x")) == {}
    assert apply_filter(document, parse_filter("-x")) == document


@given(st.dictionaries(st.sampled_from("abc"), documents, max_size=3), st.sampled_from(["a", "a.b", "*.c", "**.a"]))
def test_filtering_twice_is_filtering_once(document: dict[str, Any], text: str) -> None:
    once = apply_filter(document, parse_filter(text))
    assert apply_filter(once, parse_filter(text)) == once
