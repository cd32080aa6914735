"""Calls from the command line: in process, or to a gateway that is running."""

import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson

from searchway.contract.catalog import load
from searchway.contract.records import Operation
from searchway.engine import Call
from searchway.errors import InvalidArgumentError
from searchway.rpc.calls import check_call
from searchway.rpc.client import Target, call_gateway
from searchway.rpc.masks import parse_mask
from searchway.server.gateway import open_gateway
from searchway.settings import Settings
from searchway.transcode import inputs, jsontext
from searchway.transcode.response import Dialect, reader
from searchway.vocabulary import CLUSTER, FIELD_MASK, REQUEST_ID, STRICT
from searchway.wire import HttpRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the command line says beside operation and input."""

    headers: Mapping[str, str]
    """The caller's headers, names in lower case: the metadata of a call over gRPC. They may hold credentials."""
    timeout: float | None = None
    """Seconds that the call may take."""


async def call_here(settings: Settings, name: str, document: str, how: Circumstances) -> AsyncGenerator[str, None]:
    """Call an operation in process; yield its answer as JSON, of a stream each message on a line.

    Raises:
        CallError: the call failed.
    """
    operation, message = _prepare(name, document)
    selection = parse_mask(operation.response, how.headers.get(FIELD_MASK, ""))
    read = reader(operation, selection, Dialect.JSON).read
    async with open_gateway(settings) as gateway:
        if not operation.streaming:
            yield _print(operation, await gateway.engine.run(operation, message, _call(how), read, selection))
            return
        async with aclosing(gateway.engine.stream(operation, message, _call(how), read, selection)) as answers:
            async for answer in answers:
                yield _print(operation, answer)


async def preview_here(settings: Settings, name: str, document: str, how: Circumstances) -> AsyncGenerator[str, None]:
    """Yield the request that a call would send to the cluster, as it stands in HTTP.

    Raises:
        CallError: the input would be refused.
    """
    operation, message = _prepare(name, document)
    async with open_gateway(settings) as gateway:
        yield _print_request(gateway.engine.preview(operation, message, _call(how)))


async def call_remote(target: Target, name: str, document: str, how: Circumstances) -> AsyncGenerator[str, None]:
    """Call an operation of a gateway that is running, over gRPC; yield its answer as JSON, of a stream each message on a line.

    Raises:
        CallError: the call failed.
    """
    operation, message = _prepare(name, document)
    async with aclosing(call_gateway(target, operation, message, how.headers, how.timeout)) as answers:
        async for answer in answers:
            yield _print(operation, answer)


def _call(how: Circumstances) -> Call:
    """Return the call as the gRPC face would make it of the headers."""
    call = Call(
        face="cli",
        request_id=how.headers.get(REQUEST_ID) or str(uuid4()),
        cluster=how.headers.get(CLUSTER),
        headers=how.headers,
        deadline=time.monotonic() + how.timeout if how.timeout else None,
        strict=how.headers.get(STRICT, "").lower() == "true",
    )
    check_call(call)
    return call


def _prepare(name: str, document: str) -> tuple[Operation, Any]:
    operation = load().operation(name)
    try:
        values = jsontext.parse(document)
    except ValueError as error:
        raise InvalidArgumentError("document", f"is not JSON: {error}") from error
    if not isinstance(values, dict):
        raise InvalidArgumentError("document", "expected a JSON object by proto names")
    return operation, inputs.build(operation.request, values)


def _print(operation: Operation, values: Any) -> str:
    return orjson.dumps(_without_absent(values), option=0 if operation.streaming else orjson.OPT_INDENT_2).decode()


def _without_absent(value: Any) -> Any:
    """Leave out what the answer does not have."""
    if isinstance(value, dict):
        return {key: _without_absent(inner) for key, inner in value.items() if inner is not None and inner != []}
    return [_without_absent(item) for item in value] if isinstance(value, list) else value


def _print_request(request: HttpRequest) -> str:
    lines = [f"{request.method} {request.target}"]
    if request.body is not None:
        lines += [f"content-type: {request.content_type}", "", request.body.decode()]
    return "\n".join(lines)
