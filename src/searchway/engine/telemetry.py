"""What operators see of calls: a log line and the metrics of each, the same for both faces.

Neither has input values or headers in it, so no secret can be.
"""

import time
from asyncio import CancelledError
from types import TracebackType
from typing import Literal

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from searchway.contract.records import Operation
from searchway.engine.call import Call, Face
from searchway.errors import CallError, Code

_log = structlog.get_logger("searchway.access")

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class Telemetry:
    """Observes calls."""

    def __init__(self, *, access_log: bool = True) -> None:
        self._access_log = access_log
        self.registry = registry = CollectorRegistry()
        """The metrics of this gateway, apart from those of the process."""
        self._calls = Counter(
            "searchway_calls", "Calls by operation, face and code.", ["operation", "face", "code"], registry=registry
        )
        self._seconds = Histogram(
            "searchway_call_seconds", "Time of a call.", ["operation", "face"], buckets=_BUCKETS, registry=registry
        )
        self._upstream = Counter(
            "searchway_upstream_requests",
            "Requests sent to clusters, by the operation that they are of.",
            ["operation"],
            registry=registry,
        )
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
        self._labelled: dict[tuple[Operation, Face, Code], tuple[Counter, Histogram]] = {}
        self._inside = Gauge("searchway_calls_in_flight", "Calls being worked on.", registry=registry)

    def observe(self, operation: Operation, call: Call) -> "Observation":
        """Return what counts, times and logs the call that runs inside."""
        return Observation(self, operation, call)

    def begin(self) -> None:
        """Note that a call has begun."""
        self._inside.inc()

    def end(self, operation: Operation, call: Call, code: Code, seconds: float) -> None:
        """Note how a call ended."""
        self._inside.dec()
        count, time_taken = self._metrics(operation, call.face, code)
        count.inc()
        time_taken.observe(seconds)
        if self._access_log:
            _log.info(
                "call",
                operation=operation.name,
                face=call.face,
                cluster=call.cluster,
                code=code.value,
                ms=round(seconds * 1000, 2),
                upstream_calls=call.upstream_calls,
                request_id=call.request_id,
            )

    def sent(self, operation: Operation) -> None:
        """Count a request to a cluster, when it is sent: whoever waits for it may leave."""
        self._upstream.labels(operation.name).inc()

    def shared(self, operation: str, how: Literal["flight", "batch"], calls: int = 1) -> None:
        """Count calls that needed no request of their own."""
        self._shared.labels(operation, how).inc(calls)

    def joined(self, operation: str, calls: int) -> None:
        """Note how many calls one joined request answered."""
        self._batches.labels(operation).observe(calls)

    def _metrics(self, operation: Operation, face: Face, code: Code) -> tuple[Counter, Histogram]:
        """Return the metrics with these labels, which take longer to find than to count."""
        key = (operation, face, code)
        found = self._labelled.get(key)
        if found is None:
            name = operation.name
            found = (self._calls.labels(name, face, code), self._seconds.labels(name, face))
            self._labelled[key] = found
        return found


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


def _code(error: BaseException | None) -> Code:
    if error is None:
        return Code.OK
    if isinstance(error, CallError):
        return error.code
    return Code.CANCELLED if isinstance(error, CancelledError | GeneratorExit) else Code.INTERNAL
