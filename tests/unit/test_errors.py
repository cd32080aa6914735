import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.api.errors.v1 import errors_pb2
from searchway.errors import (
    DETAILS_LIMIT,
    ENGINE_CODES,
    Applied,
    CallError,
    Code,
    Failure,
    InvalidArgumentError,
    MalformedAnswerError,
    SearchwayError,
    SettingsError,
    TransportError,
    UnimplementedError,
    UpstreamError,
    clip,
    code_of_status,
)

# https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
NUMBERS = {
    "OK": 0,
    "CANCELLED": 1,
    "UNKNOWN": 2,
    "INVALID_ARGUMENT": 3,
    "DEADLINE_EXCEEDED": 4,
    "NOT_FOUND": 5,
    "ALREADY_EXISTS": 6,
    "PERMISSION_DENIED": 7,
    "RESOURCE_EXHAUSTED": 8,
    "FAILED_PRECONDITION": 9,
    "ABORTED": 10,
    "OUT_OF_RANGE": 11,
    "UNIMPLEMENTED": 12,
    "INTERNAL": 13,
    "UNAVAILABLE": 14,
    "DATA_LOSS": 15,
    "UNAUTHENTICATED": 16,
}

STATUSES = [
    (200, Code.INTERNAL),  # a success that cannot be read
    (302, Code.FAILED_PRECONDITION),
    (400, Code.INVALID_ARGUMENT),
    (401, Code.UNAUTHENTICATED),
    (403, Code.PERMISSION_DENIED),
    (404, Code.NOT_FOUND),
    (405, Code.UNIMPLEMENTED),
    (406, Code.INTERNAL),
    (409, Code.ABORTED),
    (413, Code.RESOURCE_EXHAUSTED),
    (418, Code.FAILED_PRECONDITION),  # any other refusal
    (429, Code.RESOURCE_EXHAUSTED),
    (500, Code.INTERNAL),
    (502, Code.UNAVAILABLE),
    (503, Code.UNAVAILABLE),
    (504, Code.DEADLINE_EXCEEDED),
    (599, Code.INTERNAL),
]


def test_codes_have_the_canonical_numbers() -> None:
    assert {code.name: code.number for code in Code} == NUMBERS
    assert all(code.value == code.name for code in Code)


@pytest.mark.parametrize(("status", "code"), STATUSES)
def test_a_status_has_a_code(status: int, code: Code) -> None:
    assert code_of_status(status) is code


def test_no_engine_word_is_a_success_and_all_are_written_as_engines_write_them() -> None:
    assert Code.OK not in ENGINE_CODES.values()
    assert all(word.islower() and word.endswith("_exception") for word in ENGINE_CODES)


def test_fields_are_those_of_the_proto_message() -> None:
    declared = [field.name for field in errors_pb2.ApiError.DESCRIPTOR.fields]
    document = Failure(code=Code.NOT_FOUND, message="gone", cause={"type": "x"}).document()
    assert sorted(document) == sorted(declared)


def test_applied_has_the_names_of_the_proto_enum() -> None:
    assert sorted(Applied) == sorted(errors_pb2.Applied.keys())


def test_a_document_has_plain_values_and_no_absent_cause() -> None:
    document = Failure(code=Code.ABORTED, message="stale", applied=Applied.NO).document()
    assert document["code"] == "ABORTED"
    assert document["applied"] == "no"
    assert "cause" not in document
    json.dumps(document)


@pytest.mark.parametrize(
    "kind", [InvalidArgumentError, UnimplementedError, UpstreamError, TransportError, MalformedAnswerError]
)
def test_every_failed_call_is_a_call_error(kind: type[CallError]) -> None:
    assert issubclass(kind, CallError)


def test_the_tree_has_one_root() -> None:
    assert issubclass(CallError, SearchwayError)
    assert issubclass(SettingsError, SearchwayError)
    assert not issubclass(SettingsError, CallError)


def test_invalid_argument_names_field_and_problem() -> None:
    error = InvalidArgumentError("role.indices[0].names", "must not be empty")
    assert error.code is Code.INVALID_ARGUMENT
    assert str(error) == error.failure.message == "role.indices[0].names: must not be empty"
    assert error.failure.field == "role.indices[0].names"
    assert error.failure.applied is Applied.NO


def test_context_fills_only_what_is_missing() -> None:
    error = UpstreamError(Failure(code=Code.NOT_FOUND, message="gone", operation="ism.GetPolicy"))
    same = error.with_context(cluster="logs", operation="other", request_id="r1")
    assert same is error
    failure = error.failure
    assert (failure.cluster, failure.operation, failure.request_id) == ("logs", "ism.GetPolicy", "r1")


@pytest.mark.parametrize(("text", "limit", "short"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("", 3, "")])
def test_clip(text: str, limit: int, short: str) -> None:
    assert clip(text, limit) == short


def test_a_small_failure_is_left_alone() -> None:
    failure = Failure(code=Code.NOT_FOUND, message="gone", cause={"type": "x", "reason": "y"})
    assert failure.fit() is failure


def test_traces_are_the_first_to_go() -> None:
    cause = {"type": "x", "reason": "y", "line": 3, "stack_trace": "at z\n" * 2000, "suppressed": [{"type": "s"}]}
    fitted = Failure(code=Code.INTERNAL, message="y", cause=cause).fit()
    assert fitted.cause == {"type": "x", "reason": "y", "line": 3}
    assert fitted.truncated


def test_a_long_reason_is_cut_with_an_ellipsis() -> None:
    reason = "unknown privilege [x], known are [" + "manage_something," * 500
    fitted = Failure(code=Code.INVALID_ARGUMENT, message=reason, cause={"type": "x", "reason": reason}).fit()
    assert fitted.cause is not None
    assert fitted.cause["reason"].startswith("unknown privilege [x]")
    assert fitted.cause["reason"].endswith("…")
    assert fitted.size <= DETAILS_LIMIT


def test_deep_causes_are_cut_before_the_outer_ones() -> None:
    cause: dict[str, object] = {"type": "leaf", "reason": "r" * 300}
    for level in range(30):
        cause = {"type": f"level_{level}", "reason": "r" * 300, "caused_by": cause}
    fitted = Failure(code=Code.INTERNAL, message="m", cause=cause).fit()
    assert fitted.cause is not None
    assert fitted.cause["type"] == "level_29"
    assert fitted.cause["caused_by"]["type"] == "level_28"
    assert fitted.truncated


def test_many_roots_are_cut_to_a_few() -> None:
    roots = [{"type": "root", "reason": "r" * 100, "index": f"i{n}"} for n in range(200)]
    fitted = Failure(code=Code.INTERNAL, message="m", cause={"type": "x", "root_cause": roots}).fit()
    assert fitted.cause is not None
    assert [root["index"] for root in fitted.cause["root_cause"]] == ["i0", "i1", "i2"]


texts = st.text(max_size=3000) | st.sampled_from(["\x00" * 4000, "語" * 4000, '"' * 4000])
causes = st.recursive(
    st.dictionaries(st.sampled_from(["type", "reason", "index", "extra"]), texts),
    lambda inner: st.fixed_dictionaries(
        {"type": texts, "caused_by": inner, "root_cause": st.lists(inner, max_size=5), "suppressed": st.lists(inner)}
    ),
    max_leaves=6,
)


failures = st.builds(
    Failure,
    code=st.just(Code.INVALID_ARGUMENT),
    message=texts,
    item=texts,
    field=texts,
    cluster=texts,
    request_id=texts,
    cause=st.none() | causes,
    applied=st.just(Applied.UNKNOWN),
    retry_delay_ms=st.just(2**63 - 1),
)


@given(failure=failures, limit=st.integers(1024, 8192))
def test_every_failure_fits(failure: Failure, limit: int) -> None:
    fitted = failure.fit(limit)
    assert fitted.size <= limit
    assert (fitted.code, fitted.applied) == (failure.code, failure.applied)
    assert fitted.truncated == (fitted is not failure)


def test_what_a_caller_sent_can_be_written_in_any_case() -> None:
    failure = InvalidArgumentError("role.\ud83d\u00e9", "unknown \udc00").failure
    assert failure.message == "role.\\ud83d\u00e9: unknown \\udc00"
    assert failure.field == "role.\\ud83d\u00e9"
    assert failure.message in orjson.loads(orjson.dumps(failure.document())).values()
