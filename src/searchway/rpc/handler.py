"""One operation as a gRPC method: bytes in, bytes out, every failure as a status.

Knows nothing of REST: the engine runs the call, the transcoder reads its answer.
"""

from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from functools import lru_cache
from typing import Any, NoReturn, Protocol, TypeVar

import structlog
from google.protobuf.message import DecodeError

from searchway.contract.records import Operation
from searchway.contract.selection import Selection
from searchway.engine.call import Call, Face
from searchway.errors import Applied, CallError, Code, Failure, InvalidArgumentError, MalformedAnswerError
from searchway.rpc import details
from searchway.rpc.calls import check_call, read_call, trailers
from searchway.rpc.masks import parse_mask
from searchway.rpc.packing import pack
from searchway.rpc.stopping import Gate
from searchway.rpc.weighing import LARGE, Weighing
from searchway.transcode import pieces
from searchway.transcode.answer import Read
from searchway.transcode.response import Dialect, reader
from searchway.vocabulary import FIELD_MASK

_log = structlog.get_logger(__name__)
_MASKS = 256
_T = TypeVar("_T")


class Engine(Protocol):
    """What runs the calls."""

    def stream(
        self, operation: Operation, message: Any, call: Call, read: Read[_T], selection: Selection | None = None
    ) -> AsyncGenerator[_T, None]:
        """Run a call with many answers; raises CallError while it is read."""

    async def run(
        self, operation: Operation, message: Any, call: Call, read: Read[_T], selection: Selection | None = None
    ) -> _T:
        """Run a call; raises CallError."""

    def refused(self, face: Face, code: Code, request_id: str, operation: str = "") -> None:
        """Note that a request was refused before it became a call."""


class Handler:
    """Serves one operation."""

    def __init__(self, operation: Operation, engine: Engine, send_bytes: int, gate: Gate, weighing: Weighing) -> None:
        """Take the engine that runs the calls, how large an answer may be, what holds answers back while the server stops, and what weighs requests."""
        self._operation = operation
        self._engine = engine
        self._send_bytes = send_bytes
        self._gate = gate
        self._weighing = weighing
        self._parse = operation.request.cls.FromString
        self._response = operation.response.cls
        self._views = lru_cache(maxsize=_MASKS)(self._view)

    async def serve(self, request: bytes, context: Any) -> bytes:
        """Serve a call: the form that grpc calls."""
        call = read_call(context)
        answer = await self._guard(self._answer(request, call), context, call)
        context.set_trailing_metadata(trailers(call))
        return answer

    async def serve_stream(self, request: bytes, context: Any) -> None:
        """Serve a call with many answers: the form that grpc calls."""
        call = read_call(context)
        await self._guard(self._answer_all(request, context, call), context, call)
        context.set_trailing_metadata(trailers(call))

    async def _guard(self, work: Awaitable[_T], context: Any, call: Call) -> _T:
        """Do the work; end the call with what goes wrong."""
        try:
            return await work
        except CallError as error:
            await self._fail(context, call, error)
        except Exception:  # noqa: BLE001  # the last place that can turn a defect into an answer that tells nothing of it
            _log.exception("unexpected error", operation=self._operation.name, request_id=call.request_id)
            await self._fail(context, call, _internal(call))

    async def _answer_all(self, request: bytes, context: Any, call: Call) -> None:
        """Send each answer; the next is made when it is on its way, so that a slow reader holds up the cluster and fills no memory."""
        message, selection, read = await self._read(request, call)
        async with aclosing(self._engine.stream(self._operation, message, call, read, selection)) as answers:
            async for answer in answers:
                await context.write(answer)

    async def _answer(self, request: bytes, call: Call) -> bytes:
        try:
            message, selection, read = await self._read(request, call)
            return await self._engine.run(self._operation, message, call, read, selection)
        finally:
            if self._gate.held:
                await self._gate.released()

    async def _read(self, request: bytes, call: Call) -> tuple[Any, Selection | None, Read[bytes]]:
        """Return the message, what is selected of an answer, and what makes bytes of it; note it if the call is refused."""
        try:
            if len(request) >= LARGE:
                await self._weighing.check(self._operation.request, request)
            return self._understand(request, call)
        except CallError as error:
            self._engine.refused("grpc", error.code, call.request_id, self._operation.name)
            raise

    def _understand(self, request: bytes, call: Call) -> tuple[Any, Selection | None, Read[bytes]]:
        check_call(call)
        try:
            message = self._parse(request)
        except DecodeError as error:
            raise InvalidArgumentError("request", f"the bytes are not a {self._operation.request.name}") from error
        return message, *self._views(call.headers.get(FIELD_MASK, ""))

    def _view(self, mask: str) -> tuple[Selection | None, Read[bytes]]:
        selection = parse_mask(self._operation.response, mask)
        values = reader(self._operation, selection, Dialect.PROTO)
        return selection, lambda answer: self._pack(values.read(answer), is_large=pieces.are_large(answer.bodies))

    def _pack(self, values: dict[str, Any], *, is_large: bool) -> bytes:
        try:
            packed: bytes = pack(self._response, values) if is_large else self._response(**values).SerializeToString()
        except (TypeError, ValueError) as error:  # a number beyond 64 bits, half of a surrogate pair
            raise MalformedAnswerError.of_shape() from error
        if len(packed) > self._send_bytes:
            raise _too_large(len(packed), self._send_bytes)
        return packed

    async def _fail(self, context: Any, call: Call, error: CallError) -> NoReturn:
        # What the engine did not place is a defect, of which nobody knows what it left behind.
        await abort(context, call.place(error, self._operation, Applied.UNKNOWN).failure, call)


async def abort(context: Any, failure: Failure, call: Call) -> NoReturn:
    """End the call with the failure."""
    trailing = (*trailers(call), *details.detail_trailers(failure))
    await context.abort(details.status_code(failure), details.status_message(failure), trailing)
    raise AssertionError("abort always raises")


def _internal(call: Call) -> CallError:
    """Return all that a caller is told of an error nobody foresaw."""
    message = f"internal error; the gateway logged it under the request id {call.request_id}"
    return CallError(Failure(code=Code.INTERNAL, message=message))


def _too_large(size: int, limit: int) -> CallError:
    problem = (
        f"the answer has {size} bytes and at most {limit} may be sent; ask for less with page_size or {FIELD_MASK}"
    )
    return CallError(Failure(code=Code.RESOURCE_EXHAUSTED, message=problem))
