"""What operators see of calls: a log line and the metrics of each, the same for both faces.

Neither has input values or headers in it, so no secret can be.
"""

import time
from asyncio import CancelledError
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from searchway.contract.records import Operation
from searchway.engine.call import Call
from searchway.errors import CallError, Code

_log = structlog.get_logger("searchway.access")

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


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
            "Requests sent to clusters for an operation.",
            ["operation"],
            registry=registry,
        )
        self._inside = Gauge("searchway_calls_in_flight", "Calls being worked on.", registry=registry)

    @contextmanager
    def observe(self, operation: Operation, call: Call) -> Iterator[None]:
        """Count, time and log the call that runs inside."""
        started = time.perf_counter()
        self._inside.inc()
        code = Code.INTERNAL
        try:
            yield
            code = Code.OK
        except CallError as error:
            code = error.code
            raise
        except BaseException as error:
            code = Code.CANCELLED if _is_cancellation(error) else Code.INTERNAL
            raise
        finally:
            self._inside.dec()
            self._record(operation, call, code, time.perf_counter() - started)

    def _record(self, operation: Operation, call: Call, code: Code, seconds: float) -> None:
        self._calls.labels(operation.name, call.face, code).inc()
        self._seconds.labels(operation.name, call.face).observe(seconds)
        self._upstream.labels(operation.name).inc(call.upstream_calls)
        if self._access_log:
            _log.info(
                "call",
                operation=operation.name,
                face=call.face,
                cluster=call.cluster,
                code=str(code),
                ms=round(seconds * 1000, 2),
                upstream_calls=call.upstream_calls,
                request_id=call.request_id,
            )


def _is_cancellation(error: BaseException) -> bool:
    return isinstance(error, CancelledError | GeneratorExit)
