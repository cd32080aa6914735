import string
from typing import Any
from urllib.parse import quote

import grpc
import pytest
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, ResourceInfo, RetryInfo
from google.rpc.status_pb2 import Status
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchway.api.errors.v1.errors_pb2 import APPLIED_UNKNOWN, ApiError
from searchway.errors import Applied, CallError, Code, Failure, InvalidArgumentError
from searchway.rpc.details import detail_trailers, fit_status, status_code, status_message

MISSING = {
    "type": "index_not_found_exception",
    "reason": "no such index [logs]",
    "resource.type": "index_or_alias",
    "resource.id": "logs",
    "index": "logs",
    "root_cause": [{"type": "index_not_found_exception", "reason": "no such index [logs]"}],
}


def unpack(status: Status) -> dict[str, Any]:
    """Return the details by the names of their messages."""
    found: dict[str, Any] = {}
    for packed in status.details:
        for cls in (ErrorInfo, BadRequest, RetryInfo, ResourceInfo, ApiError):
            message = cls()
            if packed.Unpack(message):
                found[cls.DESCRIPTOR.name] = message
    assert len(found) == len(status.details)
    return found


def test_missing_index_is_explained() -> None:
    failure = Failure(
        code=Code.NOT_FOUND,
        message="no such index [logs]",
        cause=MISSING,
        http_status=404,
        cluster="main",
        operation="indices.ShrinkIndex",
        request_id="me-7",
    )
    status = fit_status(failure)
    details = unpack(status)
    assert (status.code, status.message) == (5, "no such index [logs]")
    assert (details["ErrorInfo"].reason, details["ErrorInfo"].domain) == ("INDEX_NOT_FOUND_EXCEPTION", "searchway")
    assert details["ErrorInfo"].metadata == {
        "cluster": "main",
        "operation": "indices.ShrinkIndex",
        "requestId": "me-7",
        "httpStatus": "404",
    }
    assert (details["ResourceInfo"].resource_type, details["ResourceInfo"].resource_name) == ("index_or_alias", "logs")
    told = details["ApiError"]
    assert (told.code, told.http_status, told.cause.index) == ("NOT_FOUND", 404, "logs")
    assert told.cause.root_cause[0].type == "index_not_found_exception"
    assert "index_or_alias" in told.cause.extra.text
    assert set(details) == {"ErrorInfo", "ResourceInfo", "ApiError"}


def test_refused_input_is_a_violation_of_its_field() -> None:
    details = unpack(fit_status(InvalidArgumentError("role.indices[0].names", "is required").failure))
    (violation,) = details["BadRequest"].field_violations
    assert (violation.field, violation.description) == ("role.indices[0].names", "is required")
    assert details["ErrorInfo"].reason == "INVALID_ARGUMENT"
    assert details["ApiError"].field == "role.indices[0].names"


def test_delay_is_told_in_each_form() -> None:
    failure = Failure(code=Code.UNAVAILABLE, message="busy", retryable=True, retry_delay_ms=1500)
    delay = unpack(fit_status(failure))["RetryInfo"].retry_delay
    assert (delay.seconds, delay.nanos) == (1, 500_000_000)
    assert ("grpc-retry-pushback-ms", "1500") in detail_trailers(failure)


def test_clients_that_retry_by_themselves_are_told_not_to() -> None:
    """A write that may have been applied is UNAVAILABLE, which clients retry if they are not stopped."""
    failure = Failure(code=Code.UNAVAILABLE, message="broke off", applied=Applied.UNKNOWN)
    assert ("grpc-retry-pushback-ms", "-1") in detail_trailers(failure)
    assert unpack(fit_status(failure))["ApiError"].applied == APPLIED_UNKNOWN


def test_clients_may_retry_in_their_own_time() -> None:
    failure = Failure(code=Code.UNAVAILABLE, message="busy", retryable=True)
    assert [key for key, _ in detail_trailers(failure)] == ["grpc-status-details-bin"]


@pytest.mark.parametrize(
    ("operation", "item", "cause", "resource"),
    [
        ("ism.GetPolicy", "", {"index": "logs"}, ("index", "logs")),
        ("security.PutRole", "admin", None, ("security", "admin")),
        ("ism.GetPolicy", "", {"type": "status_exception"}, None),
        ("ism.GetPolicy", "", None, None),
    ],
)
def test_resource_is_named_as_far_as_it_is_known(
    operation: str, item: str, cause: dict[str, str] | None, resource: tuple[str, str] | None
) -> None:
    failure = Failure(code=Code.ALREADY_EXISTS, message="there", operation=operation, item=item, cause=cause)
    told = unpack(fit_status(failure)).get("ResourceInfo")
    assert (told and (told.resource_type, told.resource_name)) == resource


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("a", "A"),
        ("version conflict-engine", "VERSION_CONFLICT_ENGINE"),
        ("über", "BER"),
        ("!", "NOT_FOUND"),
        (None, "NOT_FOUND"),
        (7, "7"),
        ("x" * 100, "X" * 63),
    ],
)
def test_reason_has_the_form_that_clients_expect(word: Any, reason: str) -> None:
    failure = Failure(code=Code.NOT_FOUND, message="gone", cause={"type": word})
    assert unpack(fit_status(failure))["ErrorInfo"].reason == reason


@pytest.mark.parametrize("code", list(Code))
def test_every_code_has_its_status(code: Code) -> None:
    assert status_code(Failure(code=code, message="")).value[0] == code.number


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=3000)
CAUSES = st.recursive(
    st.fixed_dictionaries({"type": TEXTS, "reason": TEXTS}),
    lambda inner: st.fixed_dictionaries(
        {"reason": TEXTS, "caused_by": inner, "root_cause": st.lists(inner, max_size=4)}
    ),
    max_leaves=12,
)


@settings(max_examples=60)
@example(message="語" * 1000, item="語" * 1000, field="", cluster="", cause={"type": "語" * 3000})
@given(message=TEXTS, item=TEXTS, field=TEXTS, cluster=TEXTS, cause=st.none() | CAUSES)
def test_details_always_fit_into_trailers(**values: Any) -> None:
    failure = Failure(code=Code.NOT_FOUND, operation="ism.GetPolicy", request_id="me-7", retry_delay_ms=7, **values)
    status = fit_status(failure)
    assert status.ByteSize() < 4096
    assert len(quote(status_message(failure), safe=string.printable)) <= 1024 + len(quote("…"))
    assert unpack(status)["ErrorInfo"].metadata["requestId"].startswith("me-7")


def test_cut_details_say_so() -> None:
    cause: dict[str, Any] = {"type": "deepest", "reason": "r" * 900}
    for _ in range(20):
        cause = {"type": "outer", "reason": "r" * 300, "caused_by": cause}
    told = unpack(fit_status(Failure(code=Code.INTERNAL, message="deep", cause=cause)))["ApiError"]
    assert told.truncated
    assert told.cause.type == "outer"


async def test_details_arrive_at_the_client(face: Any) -> None:
    failure = Failure(code=Code.NOT_FOUND, message="Größe fehlt", cause={**MISSING, "reason": "x" * 20_000})
    face.engine.reply = CallError(failure)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await face.call("cat.ListAllocation", {"x-opaque-id": "me-7"})
    assert (caught.value.code(), caught.value.details()) == (grpc.StatusCode.NOT_FOUND, "Größe fehlt")
    packed = dict(caught.value.trailing_metadata() or ())["grpc-status-details-bin"]
    assert isinstance(packed, bytes)
    details = unpack(Status.FromString(packed))
    assert details["ErrorInfo"].metadata == {"operation": "cat.ListAllocation", "requestId": "me-7"}
