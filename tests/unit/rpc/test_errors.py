"""Every recorded error answer as a gRPC client sees it: the same table holds the reader of answers and the other face."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio
import yaml
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, ResourceInfo, RetryInfo
from google.rpc.status_pb2 import Status

from searchway.api.errors.v1.errors_pb2 import ApiError, Applied
from searchway.contract import catalog
from searchway.transcode.answer import Answer
from searchway.transcode.failures import item_failure, read_failure
from searchway.wire import HttpResponse

pytestmark = pytest.mark.asyncio(loop_scope="module")

TABLE = yaml.safe_load((Path(__file__).parents[2] / "contract" / "errors.yaml").read_text(encoding="utf-8"))
OPERATIONS = catalog.load().operations
_LARGEST_TRAILERS = 8192  # what clients of several languages take by default


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(serve: Any) -> AsyncIterator[Any]:
    """Serve all rows by one server."""
    async with serve(b"{}") as running:
        yield running


def details_of(error: grpc.aio.AioRpcError) -> dict[str, Any]:
    packed = dict(error.trailing_metadata() or ())["grpc-status-details-bin"]
    assert isinstance(packed, bytes)
    found: dict[str, Any] = {}
    for detail in Status.FromString(packed).details:
        for cls in (ErrorInfo, BadRequest, RetryInfo, ResourceInfo, ApiError):
            if detail.Is(cls.DESCRIPTOR):
                detail.Unpack(found.setdefault(cls.DESCRIPTOR.name, cls()))
    return found


@pytest.mark.parametrize("row", TABLE["answers"], ids=lambda row: row["name"])
async def test_answer_arrives_as_a_status_with_details(running: Any, row: dict[str, Any]) -> None:
    operation = OPERATIONS[row["operation"]]
    response = HttpResponse(status=row["status"], headers=row.get("headers", {}), body=row["body"].encode())
    running.engine.reply = read_failure(operation, response)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await running.method(operation.name)(operation.request.cls(), metadata=(("x-opaque-id", "me-7"),))
    error = caught.value
    details = details_of(error)
    told, info = details["ApiError"], details["ErrorInfo"]
    assert error.code().name == told.code == row["code"]
    assert row["message"] in (error.details() or "")
    assert (told.retryable, told.retry_delay_ms) == (row["retryable"], row.get("retry_delay_ms", 0))
    assert Applied.Name(told.applied) == row["applied"]
    assert dict(info.metadata) == {"operation": operation.name, "requestId": "me-7", "httpStatus": str(row["status"])}
    assert ("RetryInfo" in details) == bool(row.get("retry_delay_ms"))
    assert sum(len(key) + len(value) * 4 / 3 for key, value in error.trailing_metadata() or ()) < _LARGEST_TRAILERS


@pytest.mark.parametrize("row", TABLE["items"], ids=lambda row: row["name"])
async def test_item_arrives_as_a_failure(running: Any, row: dict[str, Any]) -> None:
    operation = OPERATIONS[row["operation"]]
    cause = json.loads(row["cause"])
    failure = item_failure(cause, item=row["item"], http_status=row["status"], operation=operation.name)

    async def partly(_: Any) -> Answer:
        return Answer(bodies=(b'{"created":[],"docs":[],"responses":[]}',), local={"failures": [failure.document()]})

    running.engine.reply = partly
    answer = await running.method(operation.name)(operation.request.cls())
    (told,) = answer.failures
    assert (told.code, told.item, told.http_status) == (row["code"], row["item"], row["status"])
    assert row["message"] in told.message
    assert told.cause.type == cause["type"]
