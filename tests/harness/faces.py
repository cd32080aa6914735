"""One call over each face, with what came of it in the plain form."""

import email
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import grpc
import httpx
import orjson
from google.rpc.status_pb2 import Status

from harness.graph import Writer, plain_result, whole_selection
from harness.plain import plain_message
from searchway.api.errors.v1 import errors_pb2
from searchway.contract.records import Engine as EngineName
from searchway.contract.records import Operation, Shape
from searchway.contract.shapes import ShapeFactory
from searchway.engine import Call, Engine
from searchway.errors import CallError
from searchway.transcode import inputs, jsontext
from searchway.transcode.response import Dialect, reader

_FAILURE = ShapeFactory({}).shape(errors_pb2.ApiError.DESCRIPTOR)
_CODES = {code.value[0]: code.name for code in grpc.StatusCode}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a call: one of both."""

    result: Mapping[str, Any] | None = None
    failure: Mapping[str, Any] | None = None
    """An ApiError in the plain form."""


class Face(Protocol):
    """A way to call operations."""

    async def call(
        self, operation: Operation, values: Mapping[str, Any], *, cluster: EngineName, expected: Mapping[str, Any]
    ) -> Outcome:
        """Call an operation with plain values; `expected` says how deep to ask for what contains itself."""


class EngineFace:
    """The engine itself, as both faces use it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def call(
        self, operation: Operation, values: Mapping[str, Any], *, cluster: EngineName, expected: Mapping[str, Any]
    ) -> Outcome:
        """Run it."""
        del expected
        call = Call(face="cli", request_id="r1", cluster=cluster.value)
        try:
            read = reader(operation, None, Dialect.PROTO).read
            found = await self._engine.run(operation, inputs.build(operation.request, values), call, read)
            message = operation.response.cls(**found)
        except CallError as error:
            return Outcome(failure=error.failure.document())
        return Outcome(result=plain_message(operation.response, message))


class GrpcFace:
    """The gRPC face over a port of the loopback interface."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel
        self.headers: dict[str, str] = {}
        """What more each call has as metadata."""

    async def call(
        self, operation: Operation, values: Mapping[str, Any], *, cluster: EngineName, expected: Mapping[str, Any]
    ) -> Outcome:
        """Call it."""
        del expected
        return await self.send(operation, inputs.build(operation.request, values), cluster)

    async def send(self, operation: Operation, message: Any, cluster: EngineName) -> Outcome:
        """Call it with a message."""
        method = self._channel.unary_unary(
            operation.grpc_path,
            request_serializer=operation.request.cls.SerializeToString,
            response_deserializer=operation.response.cls.FromString,
        )
        try:
            answer = await method(message, metadata=(("x-searchway-cluster", cluster.value), *self.headers.items()))
        except grpc.aio.AioRpcError as error:
            return Outcome(failure=grpc_failure(error))
        return Outcome(result=plain_message(operation.response, answer))

    def stream(self, operation: Operation, message: Any, cluster: EngineName) -> Any:
        """Call it with a message and return the answers, to be iterated over."""
        method = self._channel.unary_stream(
            operation.grpc_path,
            request_serializer=operation.request.cls.SerializeToString,
            response_deserializer=operation.response.cls.FromString,
        )
        return method(message, metadata=(("x-searchway-cluster", cluster.value),))


class GraphFace:
    """The GraphQL face over HTTP."""

    def __init__(self, client: httpx.AsyncClient, writer: Writer) -> None:
        self._client = client
        self._writer = writer
        self.headers: dict[str, str] = {}
        """What more each request has."""

    async def call(
        self, operation: Operation, values: Mapping[str, Any], *, cluster: EngineName, expected: Mapping[str, Any]
    ) -> Outcome:
        """Ask for everything."""
        selection = whole_selection(operation, expected)
        raw, failure = await self.ask(operation, values, cluster, selection)
        return Outcome(failure=failure) if failure else Outcome(result=plain_result(operation, raw))

    async def ask(
        self, operation: Operation, values: Mapping[str, Any], cluster: EngineName, selection: str
    ) -> tuple[bytes, Mapping[str, Any] | None]:
        """Ask for a selection; return the bytes of the result, and the failure."""
        document = self._writer.document(operation, values, selection)
        response = await self._client.post(
            "/graphql",
            content=orjson.dumps({"query": document.query, "variables": document.variables}),
            headers={"content-type": "application/json", "x-searchway-cluster": cluster.value, **self.headers},
        )
        assert response.status_code == 200, response.text
        whole = jsontext.members(response.content)  # which also takes lone surrogates
        if "errors" in whole:
            return b"", graph_failure(orjson.loads(bytes(whole["errors"]))[0])
        raw = bytes(whole["data"])
        for name in document.way:
            raw = bytes(jsontext.members(raw)[name])
        return raw, None

    async def send(self, query: str, variables: str) -> httpx.Response:
        """Send a query with variables as a JSON text."""
        body = f'{{"query": {orjson.dumps(query).decode()}, "variables": {variables}}}'
        return await self._client.post("/graphql", content=body, headers={"content-type": "application/json"})

    async def subscribe(self, query: str, cluster: EngineName) -> list[Any]:
        """Send a subscription; return its responses when it has ended."""
        headers = {"accept": "text/event-stream", "x-searchway-cluster": cluster.value}
        response = await self._client.post("/graphql", json={"query": query}, headers=headers)
        assert response.status_code == 200, response.text
        *found, end = events(response.text)
        assert end == ("complete", None)
        return [one for _, one in found]


def events(text: str) -> list[tuple[str, Any]]:
    """Read a stream of server-sent events as its specification says; comments are left out."""
    found = []
    for block in text.removesuffix("\n\n").split("\n\n"):
        fields = dict(line.partition(":")[::2] for line in block.split("\n") if not line.startswith(":"))
        if fields:
            data = fields["data"].strip()
            found.append((fields["event"].strip(), orjson.loads(data) if data else None))
    return found


def parts(text: str, content_type: str) -> list[Any]:
    """Read an answer in parts as the standard library reads them; those that are sent in silence are left out."""
    message = email.message_from_string(f"content-type: {content_type}\r\n\r\n{text}")
    assert not message.defects
    found: Any = message.get_payload()
    assert {part["content-type"] for part in found} == {"application/json"}
    return [document for part in found if (document := orjson.loads(part.get_payload()))]


def grpc_failure(error: grpc.aio.AioRpcError) -> dict[str, Any]:
    """Return the ApiError of a call that failed, in the plain form."""
    trailers = dict(error.trailing_metadata() or ())
    assert "grpc-status-details-bin" in trailers, error
    status = Status.FromString(trailers["grpc-status-details-bin"])
    assert (_CODES[status.code], status.message) == (error.code().name, error.details())
    packed = next(detail for detail in status.details if detail.Is(errors_pb2.ApiError.DESCRIPTOR))
    failure = errors_pb2.ApiError()
    packed.Unpack(failure)
    return {**plain_message(_FAILURE, failure), "code": error.code().name}


def graph_failure(error: Mapping[str, Any]) -> dict[str, Any]:
    """Turn an error of GraphQL back into an ApiError: its cause stands beside its other members."""
    extensions = {_snake(key): value for key, value in error["extensions"].items()}
    own = {f.name for f in _FAILURE.fields}
    cause = {key: value for key, value in extensions.items() if key not in own}
    failure = {key: value for key, value in extensions.items() if key in own}
    return {**failure, "message": error["message"], "cause": cause}


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def failure_shape() -> Shape:
    """Return the shape of failures."""
    return _FAILURE
