"""Errors as GraphQL results show them: located, with the failure in `extensions`, and nothing internal.

Every error has a canonical code, also those of graphql-core: a bad document or bad variables are INVALID_ARGUMENT.
https://spec.graphql.org/October2021/#sec-Errors
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import structlog
from graphql import GraphQLError

from searchway.contract.records import Operation
from searchway.errors import Applied, CallError, Code, printable
from searchway.graph import names
from searchway.graph.clusterlist import PlannedList
from searchway.graph.plan import PlannedCall, PlannedLookup, locations
from searchway.graph.prose import reword_message

_log = structlog.get_logger(__name__)
_LONGEST, _HEAD, _TAIL = 1_000, 700, 250
_MOST_LOCATIONS = 20


def request_errors(
    errors: Collection[GraphQLError], request_id: str, code: Code = Code.INVALID_ARGUMENT
) -> list[dict[str, Any]]:
    """Return the errors of a request that was not executed."""
    return [_formatted(error, {"code": code.value, "requestId": request_id}) for error in errors]


def field_error(error: Exception, call: PlannedCall, request_id: str) -> dict[str, Any]:
    """Return the error of one call."""
    operation = call.operation
    if isinstance(error, CallError):
        message, extensions = _say(error, operation)
    elif isinstance(error, GraphQLError):
        message, extensions = _cut(error.message), {"code": Code.INVALID_ARGUMENT.value, "operation": operation.name}
    else:
        _log.error("unexpected error", operation=operation.name, request_id=request_id, exc_info=error)
        message, extensions = _internal(request_id), {"code": Code.INTERNAL.value, "operation": operation.name}
        if not operation.read_only:  # nobody knows what a defect left behind
            extensions["applied"] = Applied.UNKNOWN.name.lower()
    return {
        "message": message,
        "locations": call.locations,
        "path": call.path,
        "extensions": {**extensions, "requestId": request_id},
    }


def list_error(error: Exception, asked: PlannedList, request_id: str) -> dict[str, Any]:
    """Return the error of a list of clusters."""
    if isinstance(error, CallError):
        message, extensions = error.failure.message, {"code": error.code.value, "retryable": False}
    else:
        _log.error("unexpected error", request_id=request_id, exc_info=error)
        message, extensions = _internal(request_id), {"code": Code.INTERNAL.value}
    return {
        "message": message,
        "locations": locations(asked.nodes),
        "path": (asked.out,),
        "extensions": {**extensions, "requestId": request_id},
    }


def lookup_error(error: Exception, lookup: PlannedLookup, path: Sequence[str | int], request_id: str) -> dict[str, Any]:
    """Return the error of an identifier, or of several, that stands for nothing that can be read."""
    extensions = {"code": Code.INVALID_ARGUMENT.value, "requestId": request_id}
    message = str(error)
    if isinstance(error, CallError):
        message, extensions["field"] = error.failure.message, error.failure.field
    return {"message": _cut(message), "locations": locations(lookup.nodes), "path": path, "extensions": extensions}


def unexpected(error: Exception, request_id: str) -> dict[str, Any]:
    """Log what nobody foresaw, and return the whole response to the request that failed of it."""
    _log.error("unexpected error", request_id=request_id, exc_info=error)
    return {
        "errors": [
            _formatted(GraphQLError(_internal(request_id)), {"code": Code.INTERNAL.value, "requestId": request_id})
        ]
    }


def _internal(request_id: str) -> str:
    """Return all that a caller is told of an error nobody foresaw."""
    return f"internal error; the gateway logged it under the request id {request_id}"


def _formatted(error: GraphQLError, extensions: Mapping[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = {**error.formatted, "message": _cut(error.message)}
    if "locations" in document:
        document["locations"] = document["locations"][:_MOST_LOCATIONS]
    return {**document, "extensions": {**extensions, **(error.extensions or {})}}


def _cut(message: str) -> str:
    """Return a message of bounded length that can be sent: graphql-core quotes names and values in full, as they are."""
    return printable(message if len(message) <= _LONGEST else f"{message[:_HEAD]} … {message[-_TAIL:]}")


def _say(error: CallError, operation: Operation) -> tuple[str, dict[str, Any]]:
    """Return the message in the words of the GraphQL input, and the failure without what it does not have."""
    failure = error.failure
    document = {name: value for name, value in failure.document().items() if value not in _ABSENT}
    message, cause = document.pop("message", ""), document.pop("cause", {})
    said = message.removeprefix(failure.field)
    if not (failure.http_status or failure.cause or failure.item):  # else it is the cluster's own
        said = reword_message(said, operation)
    if failure.field:
        document["field"] = _argument_path(operation, failure.field)
        said = document["field"] + said
    extensions = {names.camel(name): value for name, value in document.items()}
    return said, {**_camel_cause(cause), **extensions, "retryable": failure.retryable}


_ABSENT = (None, "", 0)
_CAUSES = {"caused_by": "causedBy", "root_cause": "rootCauses", "suppressed": "suppressed"}


def _camel_cause(cause: Any) -> Any:
    """Return an engine's error object; what it holds beside causes keeps its names."""
    if isinstance(cause, list):
        return [_camel_cause(one) for one in cause]
    if not isinstance(cause, Mapping):
        return cause
    return {_CAUSES.get(key, key): _camel_cause(value) if key in _CAUSES else value for key, value in cause.items()}


def _argument_path(operation: Operation, path: str) -> str:
    head, dot, rest = path.partition(".")
    name, bracket, index = head.partition("[")
    return names.argument(operation, name) + bracket + index + dot + names.camel_path(rest)
