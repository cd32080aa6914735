import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from searchway.contract import catalog
from searchway.contract.records import Operation
from searchway.errors import (
    DETAILS_LIMIT,
    Applied,
    CallError,
    Code,
    MalformedAnswerError,
    UnimplementedError,
    UpstreamError,
)
from searchway.transcode.failures import item_failure, read_failure
from searchway.wire import HttpResponse

TABLE = yaml.safe_load((Path(__file__).parents[2] / "contract" / "errors.yaml").read_text(encoding="utf-8"))
OPERATIONS = catalog.load().operations
READ = OPERATIONS["cat.ListAllocation"]
WRITE = OPERATIONS["ism.CreatePolicy"]


def read(operation: Operation, status: int, body: bytes | str = b"", **headers: str) -> CallError:
    raw = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return read_failure(operation, HttpResponse(status=status, headers=named, body=raw))


@pytest.mark.parametrize("row", TABLE["answers"], ids=lambda row: row["name"])
def test_answers(row: dict[str, Any]) -> None:
    response = HttpResponse(status=row["status"], headers=row.get("headers", {}), body=row["body"].encode())
    failure = read_failure(OPERATIONS[row["operation"]], response).failure
    assert failure.code.value == row["code"]
    assert row["message"] in failure.message
    assert failure.retryable is row["retryable"]
    assert failure.applied.value == row["applied"]
    assert failure.retry_delay_ms == row.get("retry_delay_ms", 0)
    assert (failure.http_status, failure.operation) == (row["status"], row["operation"])
    assert failure.size <= DETAILS_LIMIT


@pytest.mark.parametrize("row", TABLE["items"], ids=lambda row: row["name"])
def test_items(row: dict[str, Any]) -> None:
    cause = json.loads(row["cause"])
    failure = item_failure(cause, item=row["item"], http_status=row["status"], operation=row["operation"])
    assert failure.code.value == row["code"]
    assert row["message"] in failure.message
    assert (failure.item, failure.http_status) == (row["item"], row["status"])


def test_every_row_has_a_name_of_its_own() -> None:
    names = [row["name"] for row in TABLE["answers"]]
    assert len(names) == len(set(names))


def test_every_family_has_rows_and_they_are_of_operations() -> None:
    recorded = {OPERATIONS[row["operation"]].family for row in TABLE["answers"]}
    assert recorded == {operation.family for operation in OPERATIONS.values()}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, '{"error":{"type":"index_not_found_exception","reason":"no such index [x]"}}', UpstreamError),
        (401, "", UpstreamError),
        (404, "{}", UpstreamError),
        (400, '{"error":"no handler found for uri [/x] and method [GET]"}', UnimplementedError),
        (405, "", UnimplementedError),
        (502, "<html></html>", MalformedAnswerError),
        (500, '{"error":{"type":"x', MalformedAnswerError),
        (500, '"text"', MalformedAnswerError),
        (200, "{}", MalformedAnswerError),
    ],
)
def test_the_class_says_who_spoke(status: int, body: str, kind: type[CallError]) -> None:
    assert type(read(READ, status, body)) is kind


def test_the_cause_is_the_engines_own_account() -> None:
    body = '{"error":{"type":"parse_exception","reason":"outer","line":3,"caused_by":{"type":"inner","reason":"deep"}}}'
    failure = read(READ, 400, body).failure
    assert failure.cause == {
        "type": "parse_exception",
        "reason": "outer",
        "line": 3,
        "caused_by": {"type": "inner", "reason": "deep"},
    }
    assert failure.message == "outer: deep"


def test_a_reason_is_told_once() -> None:
    told = '"type":"index_not_found_exception","reason":"no such index [x]"'
    body = f'{{"error":{{{told},"root_cause":[{{{told}}}],"caused_by":{{{told},"caused_by":{{"type":"t","reason":"r"}}}}}}}}'
    failure = read(READ, 404, body).failure
    assert failure.cause == {
        "type": "index_not_found_exception",
        "reason": "no such index [x]",
        "caused_by": {"type": "t", "reason": "r"},
    }


def test_a_privilege_list_is_cut_and_marked() -> None:
    reason = "unknown cluster privilege [x], known are [" + "manage_something," * 400
    failure = read(WRITE, 400, f'{{"error":{{"type":"validation_exception","reason":"{reason}"}}}}').failure
    assert failure.truncated
    assert failure.message.startswith("unknown cluster privilege [x]")
    assert failure.message.endswith("…")


LEAKS = [
    # what stands in a reason, what must not reach the caller, what must
    ("[node-1][10.1.2.3:9300][indices:admin/create] failed", "10.1.2.3", "indices:admin/create"),
    ("connect to es-1.internal/10.1.2.3:9300 failed", "es-1.internal", "failed"),
    ("connect to es-1.internal:9200 failed", "es-1.internal", "failed"),
    ("connect to es-data-1:9300 failed", "es-data-1", "failed"),
    ("connect to [2001:db8::1]:9300 failed", "2001:db8", "failed"),
    ("connect to ::1 failed", "::1", "failed"),
    ("{node-1}{Zx81abc}{Yy}{es-1.internal}{10.1.2.3}{10.1.2.3:9300}{dimr} left", "Zx81abc", "{node-1}"),
    ("cannot reach https://user:hunter2@es.internal/x", "hunter2", "cannot reach"),
    ("cannot reach http://es.internal/x", "es.internal", "cannot reach"),
    ("sent Authorization: Basic dXNlcjpwYXNz to it", "dXNlcjpwYXNz", "to it"),
    ("sent Bearer eyJhbGciOi.abc.def to it", "eyJhbGciOi", "to it"),
    ("sent ApiKey bm90OnZhbGlk to it", "bm90OnZhbGlk", "to it"),
    ('[Source: (byte[])"{"password":"hunter2"}"; line: 1]', "hunter2", "line: 1"),
    ("password=hunter2 is too short", "hunter2", "is too short"),
]


@pytest.mark.parametrize(("reason", "leak", "kept"), LEAKS, ids=lambda text: str(text)[:40])
@pytest.mark.parametrize("place", ["reason", "root", "extra", "text"])
def test_nothing_internal_leaks(reason: str, leak: str, kept: str, place: str) -> None:
    errors = {
        "reason": {"type": "x", "reason": reason},
        "root": {"type": "x", "reason": "outer", "root_cause": [{"type": "y", "reason": reason}]},
        "extra": {"type": "x", "reason": kept, "details": [{"deep": reason, reason: 1}]},
        "text": reason,
    }
    body = json.dumps({"error": errors[place]})
    failure = read(READ, 500, body).failure
    assert leak not in str(failure)
    assert kept in failure.message


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308, 399])
@pytest.mark.parametrize("name", ["cat.ListAllocation", "ism.CreatePolicy"])
def test_a_redirect_says_what_is_wrong_and_not_where_it_leads(name: str, status: int) -> None:
    error = read(OPERATIONS[name], status, "moved to http://es-1.internal/", location="http://es-1.internal/")
    assert isinstance(error, UpstreamError)
    assert error.code is Code.FAILED_PRECONDITION
    assert error.failure.message.startswith(f"{status} ")
    assert "a proxy or another service stands before the cluster" in error.failure.message
    assert "`nodes`" in error.failure.message
    assert "internal" not in str(error.failure)


@pytest.mark.parametrize(
    "body",
    [
        "<html><body>upstream 10.1.2.3 refused user admin</body></html>",
        '{"error":"<html><body>upstream 10.1.2.3 refused user admin</body></html>"}',
        '{"error":{"type":"x","reason":"<html><body>upstream 10.1.2.3 refused user admin</body></html>"}}',
        "upstream 10.1.2.3 refused user admin",
        '{"error":{"type":"upstream 10.1.2.3 refused user admin',
    ],
)
def test_nothing_of_a_foreign_body_goes_on(body: str) -> None:
    failure = read(READ, 502, body).failure
    assert "admin" not in str(failure)
    assert "10.1.2.3" not in str(failure)
    assert failure.message


def test_private_members_go() -> None:
    error = {
        "type": "search_phase_execution_exception",
        "header": {"WWW-Authenticate": "Basic realm"},
        "failed_shards": [{"shard": 0, "node": "lmhj-H9yR-W7CWvDMCzwbg", "reason": {"type": "x", "reason": "y"}}],
    }
    failure = read(READ, 400, json.dumps({"error": error})).failure
    assert failure.cause == {
        "type": "search_phase_execution_exception",
        "failed_shards": [{"shard": 0, "reason": {"type": "x", "reason": "y"}}],
    }


@pytest.mark.parametrize(
    ("after", "date", "delay"),
    [
        ("0", "", 0),
        ("7", "", 7000),
        (" 7 ", "", 7000),
        ("9" * 400, "", 24 * 3600 * 1000),
        ("Sun, 06 Nov 1994 08:49:47 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 10_000),
        ("Sun, 06 Nov 1994 08:49:37 GMT", "", 0),  # long ago
        ("Sun, 06 Nov 2994 08:49:37 GMT", "", 24 * 3600 * 1000),
        ("soon", "", 0),
        ("-7", "", 0),
        ("\N{ARABIC-INDIC DIGIT SEVEN}", "", 0),
    ],
)
def test_retry_after(after: str, date: str, delay: int) -> None:
    assert read(READ, 503, retry_after=after, date=date).failure.retry_delay_ms == delay


def test_a_delay_is_told_only_where_a_retry_is_safe() -> None:
    failure = read(WRITE, 503, retry_after="7").failure
    assert (failure.retryable, failure.retry_delay_ms) == (False, 0)


@pytest.mark.parametrize(
    ("name", "status", "retryable", "applied"),
    [
        ("cat.ListAllocation", 503, True, Applied.UNSPECIFIED),
        ("cat.ListAllocation", 400, False, Applied.UNSPECIFIED),
        ("security.PutRole", 503, True, Applied.UNKNOWN),  # idempotent
        ("security.PutRole", 400, False, Applied.NO),
        ("ism.CreatePolicy", 429, True, Applied.NO),
        ("ism.CreatePolicy", 502, False, Applied.UNKNOWN),
        ("ism.CreatePolicy", 504, False, Applied.UNKNOWN),
        ("ism.CreatePolicy", 500, False, Applied.UNKNOWN),
        ("ism.CreatePolicy", 501, False, Applied.NO),
        ("enrich.ExecutePolicy", 429, False, Applied.NO),  # never again, whatever happened
        ("enrich.ExecutePolicy", 503, False, Applied.UNKNOWN),
        ("ism.CreatePolicy", 307, False, Applied.NO),  # it never came to the cluster
        ("ism.CreatePolicy", 200, False, Applied.UNKNOWN),  # unreadable: it may well be there
    ],
)
def test_what_may_be_done_again(name: str, status: int, retryable: bool, applied: Applied) -> None:
    failure = read(OPERATIONS[name], status).failure
    assert (failure.retryable, failure.applied) == (retryable, applied)


def test_an_item_without_status_is_judged_by_the_causes_below() -> None:
    cause = {"type": "odd", "reason": "x", "caused_by": {"type": "index_not_found_exception", "reason": "y"}}
    assert item_failure(cause, item="a").code is Code.NOT_FOUND
    assert item_failure({"type": "odd"}, item="a").code is Code.UNKNOWN


def test_an_item_without_an_account_still_says_something() -> None:
    failure = item_failure({}, item="a")
    assert failure.message
    assert failure.cause is None


ODD_CAUSES = [
    {"type": 5, "reason": {"a": 1}, "root_cause": "x", "caused_by": [], "suppressed": {"type": "s"}},
    {"root_cause": [None, 1, "x", {}], "caused_by": {"caused_by": {}}},
    {"type": None, "reason": None, "caused_by": {"type": None, "reason": None}},
]


@pytest.mark.parametrize("error", ODD_CAUSES)
def test_causes_of_an_odd_shape_take_the_promised_one(error: dict[str, Any]) -> None:
    failure = read(READ, 500, json.dumps({"error": error})).failure
    assert_shape(failure.cause or {})


def assert_shape(cause: Any) -> None:
    assert isinstance(cause, dict)
    assert all(isinstance(cause.get(key, ""), str) for key in ("type", "reason", "index", "stack_trace"))
    for one in [cause[key] for key in ("caused_by",) if key in cause]:
        assert_shape(one)
    for one in [one for key in ("root_cause", "suppressed") for one in cause.get(key, [])]:
        assert_shape(one)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "reason", "caused_by", "root_cause", "suppressed", "index", "error", "x"])
            | st.text(),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)
bodies = (
    st.binary()
    | json_values.map(lambda value: json.dumps({"error": value}).encode())
    | json_values.map(lambda v: json.dumps(v).encode())
)
operations = st.sampled_from(sorted(OPERATIONS)).map(OPERATIONS.__getitem__)
headers = st.fixed_dictionaries({}, optional={"retry-after": st.text(), "date": st.text()})


@given(operation=operations, status=st.integers(0, 999), body=bodies, headers=headers)
def test_every_answer_becomes_a_failure(
    operation: Operation, status: int, body: bytes, headers: dict[str, str]
) -> None:
    failure = read_failure(operation, HttpResponse(status=status, headers=headers, body=body)).failure
    assert failure.message
    assert failure.code is not Code.OK
    assert failure.size <= DETAILS_LIMIT
    assert_shape(failure.cause or {})


@given(
    cause=st.dictionaries(st.sampled_from(["type", "reason", "caused_by", "root_cause"]), json_values), item=st.text()
)
def test_every_item_becomes_a_failure(cause: dict[str, Any], item: str) -> None:
    assert item_failure(cause, item=item).size <= DETAILS_LIMIT


def test_a_cause_deeper_than_any_engine_nests_is_read() -> None:
    body = '{"error":' + '{"type":"x","caused_by":' * 900 + "{}" + "}" * 900 + "}"
    assert read(READ, 500, body).failure.size <= DETAILS_LIMIT


def test_a_body_nested_without_end_is_read() -> None:
    assert read(READ, 500, "[" * 200_000).failure.code is Code.INTERNAL


@pytest.mark.parametrize("text", ["Wed, 21 Oct 2015 07:28:00 +99999999999999", "Wed, 21 Oct 9999 07:28:00 -9999"])
def test_retry_after_that_no_clock_can_tell_means_nothing(text: str) -> None:
    response = HttpResponse(status=503, headers={"retry-after": text}, body=b"")
    assert read_failure(OPERATIONS["cat.ListAllocation"], response).failure.retry_delay_ms in {0, 3_600_000}
