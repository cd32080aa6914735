"""What operators see of calls, and of requests that became none: a log line and the metrics of each, the same for both faces.

Neither has input values or headers in it, so no secret can be.
"""

import time
from asyncio import CancelledError
from collections.abc import Callable
from types import TracebackType
from typing import Literal

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from searchway.contract.records import Operation
from searchway.engine.call import Call, Face
from searchway.engine.metrics import CallMetrics
from searchway.engine.tracing import trace_id
from searchway.errors import CallError, Code

_log = structlog.get_logger("searchway.access")

_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class Telemetry:
    """Observes calls."""

    def __init__(self, *, access_log: bool = True) -> None:
        self._access_log = access_log
        self.registry = registry = CollectorRegistry()
        """The metrics of this gateway, apart from those of the process."""
        self._metrics = CallMetrics()
        registry.register(self._metrics)
        self._shared = Counter(
            "searchway_shared_calls",
            "Calls that needed no request of their own: answered by the flight or the batch of others.",
            ["operation", "how"],
            registry=registry,
        )
        self._batches = Histogram(
            "searchway_batch_calls",
            "Calls that one joined request answered.",
            ["operation"],
            buckets=_SIZES,
            registry=registry,
        )
        self._refused = Counter(
            "searchway_refused",
            "Requests that a face refused before they became a call, by code.",
            ["face", "code"],
            registry=registry,
        )
        self._shed = Counter(
            "searchway_shed_calls",
            "Calls shed by admission, by the bound that was reached.",
            ["reason"],
            registry=registry,
        )
        self._ejected = Gauge(
            "searchway_ejected_nodes",
            "Nodes ejected by outlier detection: they failed lately and are passed over while others work.",
            ["cluster"],
            registry=registry,
        )
        self._closed = Counter(
            "searchway_connections_closed",
            "HTTP connections that were refused or closed for a bound or a timeout, by reason.",
            ["reason"],
            registry=registry,
        )
        self._inside = 0
        self._queued: Callable[[], int] = lambda: 0
        in_flight = Gauge("searchway_calls_in_flight", "Calls being worked on.", registry=registry)
        in_flight.set_function(lambda: self._inside - self._queued())

    def watch_queue(self, queued: Callable[[], int]) -> None:
        """Show how many calls are queued for admission."""
        gauge = Gauge("searchway_queued_calls", "Calls queued for admission.", registry=self.registry)
        gauge.set_function(queued)
        self._queued = queued

    def observe(self, operation: Operation, call: Call) -> "Observation":
        """Return what counts, times and logs the call that runs inside."""
        return Observation(self, operation, call)

    def begin(self) -> None:
        """Note that a call has begun."""
        self._inside += 1

    def end(self, operation: Operation, call: Call, code: Code, seconds: float) -> None:
        """Note how a call ended."""
        self._inside -= 1
        cluster = call.cluster or ""
        self._metrics.ended(operation.name, call.face, cluster, code.value, seconds)
        if self._access_log:
            _log.info(
                "call",
                operation=operation.name,
                face=call.face,
                cluster=cluster,
                code=code.value,
                ms=round(seconds * 1000, 2),
                upstream_calls=call.upstream_calls,
                request_id=call.request_id,
                **_shared(call),
            )

    def refused(self, face: Face, code: Code, request_id: str, operation: str = "") -> None:
        """Note that a face refused a request before it became a call.

        Args:
            face: the face.
            code: the code that its caller gets.
            request_id: the identifier that its caller gets.
            operation: the operation that was asked for; empty where it is not known.
        """
        self._refused.labels(face, code.value).inc()
        if self._access_log:
            known = {"operation": operation} if operation else {}
            _log.info("refused", **known, face=face, code=code.value, request_id=request_id)

    def shed(self, reason: str) -> None:
        """Count a call that was shed, since the bound of this name was reached."""
        self._shed.labels(reason).inc()

    def sent(self, operation: Operation, cluster: str) -> None:
        """Count a request to a cluster, when it is sent: whoever waits for it may leave."""
        self._metrics.sent(operation.name, cluster)

    def answered(self, cluster: str, status: int, seconds: float) -> None:
        """Count an answer of a cluster; status 0 for a request without a whole one."""
        self._metrics.answered(cluster, status, seconds)

    def connection_closed(self, reason: str) -> None:
        """Count a connection that was refused or closed for a bound or a timeout."""
        self._closed.labels(reason).inc()

    def watch_connections(self, count: Callable[[], int]) -> None:
        """Show how many HTTP connections are open."""
        Gauge("searchway_connections", "HTTP connections that are open.", registry=self.registry).set_function(count)

    def watch(self, cluster: str, ejected: Callable[[], int]) -> None:
        """Show how many nodes of a cluster are ejected at present."""
        self._ejected.labels(cluster).set_function(ejected)

    def shared(self, operation: str, how: Literal["flight", "batch"], calls: int = 1) -> None:
        """Count calls that needed no request of their own."""
        self._shared.labels(operation, how).inc(calls)

    def joined(self, operation: str, calls: int) -> None:
        """Note how many calls one joined request answered."""
        self._batches.labels(operation).observe(calls)


class Observation:
    """A context manager around one call."""

    __slots__ = ("_call", "_operation", "_started", "_telemetry")

    def __init__(self, telemetry: Telemetry, operation: Operation, call: Call) -> None:
        self._telemetry = telemetry
        self._operation = operation
        self._call = call

    def __enter__(self) -> None:
        self._started = time.perf_counter()
        self._telemetry.begin()

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._telemetry.end(self._operation, self._call, _code(error), time.perf_counter() - self._started)


def _shared(call: Call) -> dict[str, str]:
    """Return what finds the request that a call shared: the cluster knows it, and its trace, by another identifier."""
    if not call.sent_as:
        return {}
    own = trace_id(call)
    return {"sent_as": call.sent_as, "trace_id": own} if own else {"sent_as": call.sent_as}


def _code(error: BaseException | None) -> Code:
    if error is None:
        return Code.OK
    if isinstance(error, CallError):
        return error.code
    return Code.CANCELLED if isinstance(error, CancelledError | GeneratorExit) else Code.INTERNAL
