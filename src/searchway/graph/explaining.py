"""What a GraphQL request took: the `extensions.searchway` of its response, for a caller who asks with `x-searchway-explain`.

    upstreamCalls   how many requests to clusters it took so far
    calls           what was called, as a service would call it over gRPC, each with
        requests        the requests since the last response, for those who may see them

With the value `body` calls have their `input` and requests their `body`, as far as both are small. Addresses, credentials and answers
of clusters are in none of it, and no request that holds another caller's input has a path. Must not know HTTP.
"""

from collections.abc import Iterator
from typing import Any

from google.protobuf.json_format import MessageToDict

from searchway.engine.call import Call
from searchway.engine.records import CallRecord, SentRequest
from searchway.graph.callers import Caller

_INPUTS = 16 * 1024
"""How many bytes the messages of all calls in one response may have, as they are on the wire: turning them into JSON takes its time."""
_BODIES = 256 * 1024
"""The same of all bodies."""


class Explanation:
    """Knows the calls that were made for one request.

    Args:
        caller: who asks.
        with_requests: whether it may see the requests to clusters.
    """

    def __init__(self, caller: Caller, *, with_requests: bool) -> None:
        self._caller = caller
        self._with_requests = with_requests
        self._calls: list[Call] = []
        self._told: set[int] = set()

    def call(self) -> Call:
        """Return a new call for the engine."""
        call = self._caller.call()
        call.record = CallRecord(owner=self._caller, keeps=self._with_requests)
        self._calls.append(call)
        return call

    def add_to(self, response: dict[str, Any]) -> dict[str, Any]:
        """Return the response with what it took; what was told in an earlier one is not told again."""
        told: dict[str, Any] = {"upstreamCalls": sum(call.upstream_calls for call in self._calls)}
        room = _Room(bodies=self._caller.explains_bodies)
        if calls := list(self._new_calls(room)):
            told["calls"] = calls
        return {**response, "extensions": {"searchway": told}}

    def _new_calls(self, room: "_Room") -> Iterator[dict[str, Any]]:
        for number, call in enumerate(self._calls):
            record = call.record
            if record is None or record.operation is None:
                continue
            requests = record.take()
            if number not in self._told or requests:
                yield self._describe(call, record, requests, room, is_new=number not in self._told)
                self._told.add(number)

    def _describe(
        self, call: Call, record: CallRecord, requests: list[SentRequest], room: "_Room", *, is_new: bool
    ) -> dict[str, Any]:
        operation = record.operation
        assert operation is not None  # noqa: S101  # looked at by the caller of this
        cluster = call.cluster if self._with_requests else record.cluster
        described: dict[str, Any] = {"operation": operation.name, "rpc": operation.grpc_path[1:], "cluster": cluster}
        if is_new and room.takes_input(record.message):
            described["input"] = _input(record)
        if self._with_requests:
            described["requests"] = [_request(one, room) for one in requests]
        return described


class _Room:
    """What there is left for inputs and bodies; none where they are not asked for."""

    def __init__(self, *, bodies: bool) -> None:
        self._inputs = _INPUTS if bodies else -1
        self._bodies = _BODIES if bodies else -1

    def takes_input(self, message: Any) -> bool:
        size = message.ByteSize()
        if size > self._inputs:
            return False
        self._inputs -= size
        return True

    def takes_body(self, body: bytes) -> bool:
        if len(body) > self._bodies:
            return False
        self._bodies -= len(body)
        return True


def _input(record: CallRecord) -> dict[str, Any]:
    """Return the message in proto JSON; what a page is asked for by other means stands in it as far as it can."""
    found: dict[str, Any] = MessageToDict(record.message, preserving_proto_field_name=True)
    page = record.page
    if page is not None and page.size is not None:
        found["page_size"] = page.size
    if page is not None and page.token:
        found["page_token"] = page.token
    return found


def _request(sent: SentRequest, room: _Room) -> dict[str, Any]:
    body = sent.request.body or b""
    described = {
        "method": sent.request.method,
        "path": None if sent.is_shared else sent.request.target,
        "shared": sent.is_shared,
        "status": sent.status or None,
        "milliseconds": None if sent.seconds is None else round(sent.seconds * 1000, 2),
        "bodyBytes": len(body),
    }
    if body and not sent.is_shared and room.takes_body(body):
        described["body"] = body.decode(errors="replace")
    return described
