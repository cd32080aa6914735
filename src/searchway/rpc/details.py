"""Failures as gRPC statuses, with details that clients of every language can unpack.

    grpc-status, grpc-message        the code and one sentence
    grpc-status-details-bin          google.rpc.Status: ErrorInfo always; BadRequest, RetryInfo and ResourceInfo where they apply;
                                     searchway.api.errors.v1.ApiError with the engine's own account
    grpc-retry-pushback-ms           what clients that retry by themselves must know: how long to wait, or not to retry

https://google.aip.dev/193 and https://github.com/grpc/proposal/blob/master/A6-client-retries.md
Larger trailers than clients take arrive as RESOURCE_EXHAUSTED, so everything together stays under 4 KiB.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from typing import Any

import grpc
import orjson
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, ResourceInfo, RetryInfo
from google.rpc.status_pb2 import Status

from searchway.api.errors.v1 import errors_pb2
from searchway.contract.records import Operation
from searchway.contract.shapes import ShapeFactory
from searchway.errors import Code, Failure, clip
from searchway.rpc.calls import Trailers
from searchway.transcode.answer import Answer
from searchway.transcode.response import Dialect, Reader

DOMAIN = "searchway"
_LIMIT = 4096
_LONGEST_MESSAGE = 1024
_LONGEST_NAME = 256
_LONGEST_REASON = 63  # https://google.aip.dev/193#errorinfo
_STEPS = (3072, 2048, 1024)


def status_code(failure: Failure) -> grpc.StatusCode:
    """Return the code of the failure as grpc names it."""
    return grpc.StatusCode[failure.code.name]


def status_message(failure: Failure) -> str:
    """Return the sentence, cut where it would be too long for a header, in which what is not ASCII takes three times its bytes."""
    text = failure.message
    sizes = accumulate(1 if c.isascii() and c.isprintable() else 3 * len(c.encode()) for c in text)
    return clip(text, max(1, sum(size <= _LONGEST_MESSAGE for size in sizes)))


def detail_trailers(failure: Failure) -> Trailers:
    """Return the trailers that explain the failure."""
    details = ("grpc-status-details-bin", fit_status(failure).SerializeToString())
    if failure.retryable and not failure.retry_delay_ms:
        return (details,)
    wait = failure.retry_delay_ms if failure.retryable else -1
    return (details, ("grpc-retry-pushback-ms", str(wait)))


def fit_status(failure: Failure) -> Status:
    """Return the status with all its details, causes cut until it has less than 4 KiB."""
    # Clients take the status for broken unless its message is the call's own, so cutting must spare it.
    message = status_message(failure)
    status = _status(failure, message)
    for step in _STEPS:
        if status.ByteSize() < _LIMIT:
            break
        status = _status(failure.fit(step), message)
    return status


def _status(failure: Failure, message: str) -> Status:
    details = [_pack(detail) for detail in _details(failure)]
    return Status(code=failure.code.number, message=message, details=details)


def _pack(message: Any) -> Packed:
    packed = Packed()
    packed.Pack(message)
    return packed


def _details(failure: Failure) -> Iterator[Any]:
    yield _error_info(failure)
    if failure.field:
        description = status_message(failure).removeprefix(f"{failure.field}: ")
        violation = BadRequest.FieldViolation(field=failure.field[:_LONGEST_NAME], description=description)
        yield BadRequest(field_violations=[violation])
    if failure.retry_delay_ms:
        seconds, rest = divmod(failure.retry_delay_ms, 1000)
        yield RetryInfo(retry_delay=Duration(seconds=seconds, nanos=rest * 1_000_000))
    if failure.code in {Code.NOT_FOUND, Code.ALREADY_EXISTS} and (resource := _resource(failure)):
        yield resource
    yield errors_pb2.ApiError(**_api_error().read(Answer(bodies=(orjson.dumps(failure.document()),))))


def _error_info(failure: Failure) -> ErrorInfo:
    told = {
        "cluster": failure.cluster,
        "operation": failure.operation,
        "requestId": failure.request_id,
        "httpStatus": str(failure.http_status or ""),
    }
    return ErrorInfo(
        reason=_reason(failure), domain=DOMAIN, metadata={key: value for key, value in told.items() if value}
    )


def _reason(failure: Failure) -> str:
    """Return the engine's word for the error in the form that ErrorInfo wants; the code where there is none."""
    word = str((failure.cause or {}).get("type") or "")
    return re.sub(r"[^A-Z0-9]+", "_", word.upper()).strip("_")[:_LONGEST_REASON] or failure.code.name


def _resource(failure: Failure) -> ResourceInfo | None:
    """Name what is missing or in the way, as far as the engine or the call says so."""
    cause, family = failure.cause or {}, failure.operation.partition(".")[0]
    candidates = (
        (cause.get("resource.type"), cause.get("resource.id")),
        ("index", cause.get("index")),
        (family, failure.item),
    )
    kind, name = next((pair for pair in candidates if pair[1]), ("", ""))
    if not name:
        return None
    return ResourceInfo(
        resource_type=str(kind or ""), resource_name=str(name)[:_LONGEST_NAME], description=status_message(failure)
    )


@cache
def _api_error() -> Reader:
    """Return the reader of failures: the same that reads the items of `failures`."""
    shape = ShapeFactory({}).shape(errors_pb2.ApiError.DESCRIPTOR)
    reads = Operation(
        name="errors.ApiError",
        family="errors",
        rpc="",
        service="",
        request=shape,
        response=shape,
        bindings=(),
        engines=(),
    )
    return Reader(reads, None, Dialect.PROTO, is_clean=True)
