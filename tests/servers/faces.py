"""Calls over each face of a running gateway, with input and answer in one plain form, so that one test serves both.

gRPC goes through the generated stubs; GraphQL through documents that are written out of the schema that the gateway serves.
The plain form is that of the case files: proto names, free JSON as text, nothing that is absent.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

import grpc
import httpx
import orjson
from google.rpc.status_pb2 import Status
from graphql import build_schema

from harness.faces import events
from harness.graph import Writer, plain_result, whole_selection
from harness.plain import plain_message
from searchway.api.errors.v1.errors_pb2 import ApiError
from searchway.contract.catalog import load
from searchway.contract.records import Operation
from searchway.transcode import inputs, jsontext
from servers.gateway import cluster_name
from servers.record import Credentials, Server

SECONDS = 60
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a call: an answer, or an error."""

    result: Mapping[str, Any] | None = None
    failure: Mapping[str, Any] | None = None
    """What both faces say of an error, by the names of ApiError; the engine's own account under `type` and `reason`."""
    request_id: str
    """What the gateway says the call can be found under."""


class Caller(Protocol):
    """Sends a call over one face."""

    def send(
        self, operation: Operation, values: Mapping[str, Any], headers: Mapping[str, str], expected: Mapping[str, Any]
    ) -> Outcome:
        """Send it and wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A face of the gateway, as tests use it."""

    name: str
    caller: Caller

    def call(
        self,
        server: Server,
        operation: str,
        values: Mapping[str, Any],
        *,
        user: Credentials | None = None,
        headers: Mapping[str, str] = NOTHING,
        expected: Mapping[str, Any] = NOTHING,
    ) -> Outcome:
        """Call an operation.

        Args:
            server: Which of the gateway's clusters it is for.
            operation: Its name, as in `cat.ListAllocation`.
            values: The input.
            user: Whose credentials go along; without them the gateway uses its own.
            headers: More headers or metadata.
            expected: How deep to ask for what contains itself, where GraphQL must say so.
        """
        known = {"x-searchway-cluster": cluster_name(server), **headers}
        if user:
            known["authorization"] = f"Basic {b64encode(':'.join(user.pair).encode()).decode()}"
        return self.caller.send(load().operation(operation), values, known, expected)

    def succeed(self, server: Server, operation: str, values: Mapping[str, Any], **how: Any) -> Mapping[str, Any]:
        """Call an operation that must succeed; return the answer."""
        outcome = self.call(server, operation, values, **how)
        assert outcome.result is not None, outcome.failure
        return outcome.result

    def fail(self, server: Server, operation: str, values: Mapping[str, Any], **how: Any) -> Mapping[str, Any]:
        """Call an operation that must fail; return the error."""
        outcome = self.call(server, operation, values, **how)
        assert outcome.failure is not None, outcome.result
        return outcome.failure


class GrpcCaller:
    """Calls through the generated stubs."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._channel = channel

    def send(
        self, operation: Operation, values: Mapping[str, Any], headers: Mapping[str, str], expected: Mapping[str, Any]
    ) -> Outcome:
        """Send a message."""
        del expected  # messages hold everything
        message = inputs.build(operation.request, values)
        try:
            answer, call = self._method(operation).with_call(message, metadata=tuple(headers.items()), timeout=SECONDS)
        except grpc.RpcError as error:
            trailers = dict(error.trailing_metadata())
            return Outcome(failure=_grpc_failure(error, trailers), request_id=trailers["x-opaque-id"])
        trailers = dict(call.trailing_metadata())
        return Outcome(result=plain_message(operation.response, answer), request_id=trailers["x-opaque-id"])

    def _method(self, operation: Operation) -> Any:
        module = import_module(f"searchway.api.{operation.family}.v1.{operation.family}_pb2_grpc")
        service = operation.service.rpartition(".")[2]
        return getattr(getattr(module, f"{service}Stub")(self._channel), operation.rpc)


def _grpc_failure(error: Any, trailers: Mapping[str, Any]) -> dict[str, Any]:
    said = ApiError()
    for detail in Status.FromString(trailers["grpc-status-details-bin"]).details:
        detail.Unpack(said)
    assert said.code == error.code().name
    own = {field.name: getattr(said, field.name) for field, _ in said.ListFields() if field.name != "cause"}
    return {**own, "type": said.cause.type, "reason": said.cause.reason}


class GraphCaller:
    """Asks for everything over HTTP."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._writer = Writer(build_schema(client.get("/schema.graphql").text))

    def send(
        self, operation: Operation, values: Mapping[str, Any], headers: Mapping[str, str], expected: Mapping[str, Any]
    ) -> Outcome:
        """Send a document with variables."""
        document = self._writer.document(operation, values, whole_selection(operation, expected))
        response = self._post(document.query, document.variables, headers)
        request_id = response.headers["x-opaque-id"]
        whole = jsontext.members(response.content)
        if "errors" in whole:
            return Outcome(failure=_graph_failure(orjson.loads(bytes(whole["errors"]))), request_id=request_id)
        raw = bytes(whole["data"])
        for name in document.way:
            raw = bytes(jsontext.members(raw)[name])
        return Outcome(result=plain_result(operation, raw), request_id=request_id)

    def ask(self, server: Server, query: str, variables: Mapping[str, Any] = NOTHING) -> dict[str, Any]:
        """Send a document of one's own; return the whole response."""
        answer: dict[str, Any] = self._post(query, variables, {"x-searchway-cluster": cluster_name(server)}).json()
        return answer

    def subscribe(self, server: Server, query: str, variables: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Send a subscription; return its responses when it has ended."""
        headers = {"x-searchway-cluster": cluster_name(server), "accept": "text/event-stream"}
        *found, end = events(self._post(query, variables, headers).text)
        assert end == ("complete", None)
        return [response for _, response in found]

    def _post(self, query: str, variables: Mapping[str, Any], headers: Mapping[str, str]) -> httpx.Response:
        body = orjson.dumps({"query": query, "variables": variables})
        return self._client.post("/graphql", content=body, headers={"content-type": "application/json", **headers})


def _graph_failure(errors: list[dict[str, Any]]) -> dict[str, Any]:
    (error,) = errors
    extensions = {
        "".join(f"_{c.lower()}" if c.isupper() else c for c in key): v for key, v in error["extensions"].items()
    }
    return {"type": "", "reason": "", **extensions, "message": error["message"]}
