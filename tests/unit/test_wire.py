from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.wire import HttpRequest, retry_after

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


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0),
        (" 7 ", 7),
        ("9" * 400, 24 * 3600),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 24 * 3600),
        ("0", 0),
        ("120", 120),
        ("-1", 0),
        ("soon", 0),
        ("1.5", 0),
        ("²", 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
    ],
)
def test_retry_after_is_seconds(text: str, seconds: float) -> None:
    assert retry_after({"retry-after": text}) == seconds


@pytest.mark.parametrize("usegmt", [True, False])
def test_retry_after_is_a_date(*, usegmt: bool) -> None:
    date = datetime.now(UTC) + timedelta(seconds=60)
    assert 55 <= retry_after({"retry-after": format_datetime(date, usegmt=usegmt)}) <= 60


@given(st.text())
def test_retry_after_takes_anything(text: str) -> None:
    assert 0 <= retry_after({"retry-after": text}) <= 24 * 3600


def test_retry_after_counts_from_the_senders_clock() -> None:
    headers = {"retry-after": "Sun, 06 Nov 1994 08:49:47 GMT", "date": "Sun, 06 Nov 1994 08:49:37 GMT"}
    assert retry_after(headers) == 10


@pytest.mark.parametrize("bad", ["Sun, 06 Nov 0001 08:49:47 +2359", "Fri, 31 Dec 9999 23:59:59 -2359"])
def test_date_that_no_clock_can_tell_means_nothing(bad: str) -> None:
    assert retry_after({"retry-after": bad}) == 0
