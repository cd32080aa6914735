"""A client of a gateway that is running, for the command line."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any

import grpc
from google.rpc import status_pb2

from searchway.api.errors.v1.errors_pb2 import ApiError
from searchway.contract.records import Operation
from searchway.errors import Applied, CallError, Code, Failure
from searchway.transcode.plain import plain

_DETAILS = "grpc-status-details-bin"


async def call_gateway(
    target: str,
    operation: Operation,
    message: Any,
    metadata: Mapping[str, str],
    timeout: float | None,  # noqa: ASYNC109  # gRPC's own deadline, which the gateway sees
) -> AsyncGenerator[dict[str, Any], None]:
    """Call an operation of the gateway at `host:port`; yield its answers, of which only streams have several, by proto names.

    Raises:
        CallError: the call failed; carries what the gateway said.
    """
    async with grpc.aio.insecure_channel(target) as channel:
        connect = channel.unary_stream if operation.streaming else channel.unary_unary
        method = connect(
            operation.grpc_path,
            request_serializer=operation.request.cls.SerializeToString,
            response_deserializer=operation.response.cls.FromString,
        )
        call = method(message, metadata=tuple(metadata.items()), timeout=timeout)
        try:
            if not operation.streaming:
                yield plain(operation.response, await call)
                return
            async for answer in call:
                yield plain(operation.response, answer)
        except grpc.aio.AioRpcError as error:
            raise CallError(_failure(error, operation)) from None


def _failure(error: grpc.aio.AioRpcError, operation: Operation) -> Failure:
    code = Code(error.code().name)
    for key, value in error.trailing_metadata() or ():
        if key == _DETAILS:
            said = _api_error(value)
            return Failure(
                code=code,
                message=error.details() or "",
                operation=operation.name,
                request_id=said.request_id,
                cluster=said.cluster,
                http_status=said.http_status,
                retryable=said.retryable,
                retry_delay_ms=said.retry_delay_ms,
                applied=Applied(
                    said.DESCRIPTOR.fields_by_name["applied"].enum_type.values_by_number[said.applied].name
                ),
                field=said.field,
            )
    return Failure(code=code, message=error.details() or "", operation=operation.name)


def _api_error(value: bytes) -> Any:
    said = ApiError()
    for detail in status_pb2.Status.FromString(value).details:
        detail.Unpack(said)
    return said
