from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from searchway.wire import HttpRequest

TEXTS = st.text(st.characters(codec="utf-8"))


def test_target_keeps_what_engines_read_as_it_is() -> None:
    query = (("h", "node,disk.used"), ("a.b", "logs-*:x"), ("q", "a b&c=d/é"), ("s t", ""))
    request = HttpRequest(method="GET", path="/_cat/allocation", query=query)
    assert request.target == "/_cat/allocation?h=node,disk.used&a.b=logs-*:x&q=a%20b%26c%3Dd%2F%C3%A9&s%20t="


@given(query=st.lists(st.tuples(TEXTS, TEXTS)))
def test_target_gives_the_query_back(query: list[tuple[str, str]]) -> None:
    target = HttpRequest(method="GET", path="/a", query=tuple(query)).target
    assert target.isascii()
    assert parse_qsl(urlsplit(target).query, keep_blank_values=True, strict_parsing=bool(query)) == query


def test_requests_are_compared_by_all_that_they_say() -> None:
    base = {"method": "GET", "path": "/a", "query": (("a", "b"),), "body": b"c", "content_type": "d"}
    others = {"method": "PUT", "path": "/b", "query": (), "body": None, "content_type": None}
    values = HttpRequest(**base).values  # type: ignore[arg-type]  # a table of all fields
    assert values == HttpRequest(**base).values  # type: ignore[arg-type]
    for name, value in others.items():
        assert HttpRequest(**{**base, name: value}).values != values  # type: ignore[arg-type]
