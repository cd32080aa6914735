import json
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from searchway.graph.media import EVENTS, GRAPHQL, JSON, check_content_type, negotiate
from searchway.graph.refusals import BadRequestError
from searchway.graph.requests import read_batch, read_body, read_url


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("application/json; charset=utf-8", JSON),
        ("Application/JSON", JSON),
        ("application/graphql-response+json", GRAPHQL),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL),
        ("application/json;q=0.9, application/graphql-response+json", GRAPHQL),
        ("application/json, application/graphql-response+json", JSON),
        ("text/html, application/json;q=0.5", JSON),
        ("text/html", None),
        ("application/json;q=0", None),
        ("application/json;q=x", None),
        ("application/json;charset=latin1", None),
    ],
)
def test_accept_chooses_the_media_type(accept: str, media_type: str | None) -> None:
    assert negotiate(accept) == (media_type, False)


@pytest.mark.parametrize(
    ("accept", "accepted"),
    [
        (f"multipart/mixed;boundary=graphql;subscriptionSpec=1.0,{GRAPHQL},{JSON};q=0.9", (GRAPHQL, True)),
        (f'multipart/mixed;subscriptionSpec="1.0", {JSON}', (JSON, True)),
        ("Multipart/Mixed; SubscriptionSpec=1.0", (JSON, True)),
        ("text/event-stream, multipart/mixed;subscriptionSpec=1.0", (EVENTS, True)),
        (f"multipart/mixed;subscriptionSpec=1.0;q=0, {JSON}", (JSON, False)),
        (f"multipart/mixed;subscriptionSpec=2.0, {JSON}", (JSON, False)),
        (f"multipart/mixed;deferSpec=20220824,{GRAPHQL},{JSON}", (GRAPHQL, False)),
        ("multipart/mixed", (None, False)),
    ],
)
def test_accept_tells_who_takes_subscriptions_in_parts(accept: str, accepted: tuple[str | None, bool]) -> None:
    assert negotiate(accept) == accepted


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=UTF-8", 'application/json;charset="utf-8"']
)
def test_json_in_utf8_is_taken(content_type: str) -> None:
    check_content_type(content_type)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json; charset=utf-16",
        "json",
    ],
)
def test_other_content_types_are_415(content_type: str) -> None:
    with pytest.raises(BadRequestError) as refused:
        check_content_type(content_type)
    assert refused.value.status == 415


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"query": 1}',
        b'{"query": null}',
        b'{"query": "{a}", "operationName": 1}',
        b'{"query": "{a}", "variables": []}',
        b'{"query": "{a}", "variables": "{}"}',
        b'{"query": "{a}", "variables": {"a": NaN}}',
        b'{"query": "{a}", "variables": {"a": -Infinity}}',
        b'{"query": "{a}", "extensions": []}',
        b'{"query": "\xff"}',
        b'{"query": "{a}", "variables": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    ],
)
def test_bodies_that_are_no_requests_are_400(body: bytes) -> None:
    with pytest.raises(BadRequestError) as refused:
        read_body(body)
    assert refused.value.status == 400


@pytest.mark.parametrize("beside", [b"", rb'"s": "\ud83d", '])
def test_json_that_is_too_deep_is_refused(beside: bytes) -> None:
    deep = b"{%s" % beside + b'"a": {' * 5000 + b"}" * 5000 + b"}"
    body = b'{"query": "{a}", "variables": %s}' % deep
    for read, text in ((read_body, body), (partial(read_batch, most=1), b"[%s]" % body)):
        with pytest.raises(BadRequestError, match="nested too deeply"):
            read(text)


@pytest.mark.parametrize("variables", [rb'{"a": "\ud800"}', rb'{"\udc00": 1}', rb'{"a":[ "\uDBFF\ud83d\ude00" ]}'])
def test_variables_keep_lone_surrogates(variables: bytes) -> None:
    body = b'{"query": "{a}", "variables": %s}' % variables
    assert read_body(body).variables == variables
    assert [one.variables for one in read_batch(b"[%s,%s]" % (body, body), 2)] == [variables] * 2
    assert read_url(f"query={{a}}&variables={quote(variables)}".encode()).variables == variables


@pytest.mark.parametrize("body", [rb'{"query": "{a\ud800}"}', rb'{"query": "{a}", "operationName": "\udc00"}'])
def test_documents_and_names_hold_no_lone_surrogates(body: bytes) -> None:
    with pytest.raises(BadRequestError, match="half of a surrogate pair"):
        read_body(body)


def test_bodies_that_are_wrong_and_long_are_not_searched_for_surrogates() -> None:
    with pytest.raises(BadRequestError, match="is not a GraphQL request"):
        read_body(rb'{"query": "{a}", "variables": {"a": "\ud800"}}' + b" " * 1024 * 1024)


@pytest.mark.parametrize("rest", [{}, {"variables": None, "operationName": None, "extensions": None}, {"more": [1]}])
def test_parameters_may_be_left_out_or_null(rest: dict[str, Any]) -> None:
    request = read_body(json.dumps({"query": "{a}", **rest}).encode())
    assert (request.query, request.operation_name, request.variables) == ("{a}", None, b"")


def test_variables_are_what_was_written() -> None:
    request = read_body(rb'{"variables" :  {"a": 1.50, "a" : "\u0041"}  , "query": "{a}"}')
    assert request.variables == rb'{"a": 1.50, "a" : "\u0041"}'


@pytest.mark.parametrize("variables", [b'"x"', b"[]", b"1", b'{"a": "\xff"}'])
def test_variables_are_an_object_in_utf8(variables: bytes) -> None:
    with pytest.raises(BadRequestError, match=r"variables: (expected an object|not UTF-8)"):
        read_body(b'{"query": "{a}", "variables": %s}' % variables)


def test_urls_are_read_like_bodies() -> None:
    query = urlencode({"query": "query Q{a}", "operationName": "Q", "variables": '{"n": 1}', "extensions": "{}"})
    request = read_url(query.encode())
    assert (request.query, request.operation_name, request.variables) == ("query Q{a}", "Q", b'{"n": 1}')


@pytest.mark.parametrize(
    "query",
    [
        "",
        "variables={}",
        "query={a}&variables=[1]",
        "query={a}&variables=x",
        "query={a}&extensions=[]",
        "query=%ff",
        r'query={a}&variables={"a":"\ud80"}',
    ],
)
def test_urls_that_are_no_requests_are_400(query: str) -> None:
    with pytest.raises(BadRequestError) as refused:
        read_url(query.encode())
    assert refused.value.status == 400
