"""The table of methods: which handler serves which path, and what callers of unknown paths are told."""

from collections.abc import Iterable, Mapping
from typing import Any

import grpc

from searchway.contract.catalog import Catalog
from searchway.contract.records import Operation
from searchway.errors import Code, Failure
from searchway.rpc.calls import read_call
from searchway.rpc.handler import Engine, Handler, abort
from searchway.rpc.stopping import Gate
from searchway.rpc.weighing import Weighing
from searchway.settings import LimitSettings
from searchway.suggestions import closest

_LONGEST_PATH = 200


class Methods(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no types
    """The methods of all operations.

    Requests and answers pass as bytes, because grpc turns errors of its own (de)serializers into UNKNOWN and INTERNAL.
    """

    def __init__(self, catalog: Catalog, engine: Engine, limits: LimitSettings, gate: Gate) -> None:
        weighing = Weighing(limits.message_values)
        self._methods: Mapping[str, Any] = {
            operation.grpc_path: _method(operation, Handler(operation, engine, limits.grpc_send_bytes, gate, weighing))
            for operation in catalog.operations.values()
        }

    def service(self, handler_call_details: Any) -> Any:
        """Return the handler of a path, None if it is none of ours."""
        return self._methods.get(handler_call_details.method)


def _method(operation: Operation, handler: Handler) -> Any:
    if operation.streaming:
        return grpc.unary_stream_rpc_method_handler(handler.serve_stream)
    return grpc.unary_unary_rpc_method_handler(handler.serve)


class UnknownMethods(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no types
    """Takes every path that nobody else took, and says which was probably meant."""

    def __init__(self, paths: Iterable[str], engine: Engine) -> None:
        self._paths = tuple(paths)
        self._engine = engine

    def service(self, handler_call_details: Any) -> Any:
        """Return a handler that refuses the path; as a stream, so that calls of every kind are answered at once."""
        failure = Failure(code=Code.UNIMPLEMENTED, message=self._problem(handler_call_details.method))

        async def refuse(_requests: Any, context: Any) -> None:
            call = read_call(context)
            self._engine.refused("grpc", failure.code, call.request_id)
            await abort(context, failure, call)

        return grpc.stream_stream_rpc_method_handler(refuse)

    def _problem(self, path: str) -> str:
        path = path[:_LONGEST_PATH]
        near = closest(path, self._paths, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else "server reflection lists what there is"
        return f"there is no method {path}; {hint}"
