"""The numbers of calls, kept so that counting one costs next to nothing and given to Prometheus when it asks.

https://prometheus.github.io/client_python/collector/custom/
"""

from bisect import bisect_left
from collections.abc import Iterator

from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""The bounds of the histogram, in seconds."""

Labels = tuple[str, ...]


class _Times:
    """How long calls took."""

    __slots__ = ("buckets", "total")

    def __init__(self) -> None:
        self.buckets = [0] * (len(_BOUNDS) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        self.buckets[bisect_left(_BOUNDS, seconds)] += 1
        self.total += seconds

    def cumulated(self) -> list[tuple[str, float]]:
        """Return each bound with the number of calls that took no longer."""
        count, found = 0, []
        for bound, number in zip((*map(str, _BOUNDS), "+Inf"), self.buckets, strict=True):
            count += number
            found.append((bound, float(count)))
        return found


class CallMetrics(Collector):
    """How many calls there were and how long they took, and how many requests that made."""

    def __init__(self) -> None:
        self._calls: dict[Labels, int] = {}
        self._times: dict[Labels, _Times] = {}
        self._sent: dict[str, int] = {}

    def ended(self, operation: str, face: str, cluster: str, code: str, seconds: float) -> None:
        """Count a call that has ended."""
        labels = (operation, face, cluster, code)
        self._calls[labels] = self._calls.get(labels, 0) + 1
        times = self._times.get(labels[:3])
        if times is None:
            times = self._times[labels[:3]] = _Times()
        times.observe(seconds)

    def sent(self, operation: str) -> None:
        """Count a request to a cluster."""
        self._sent[operation] = self._sent.get(operation, 0) + 1

    def collect(self) -> Iterator[Metric]:
        """Give everything to Prometheus."""
        calls = CounterMetricFamily(
            "searchway_calls",
            "Calls by operation, face, cluster and code; without a cluster if they named none that there is.",
            labels=("operation", "face", "cluster", "code"),
        )
        for labels, number in self._calls.items():
            calls.add_metric(labels, number)
        seconds = HistogramMetricFamily(
            "searchway_call_seconds", "Time of a call.", labels=("operation", "face", "cluster")
        )
        for labels, times in self._times.items():
            seconds.add_metric(labels, times.cumulated(), times.total)
        requests = CounterMetricFamily(
            "searchway_upstream_requests",
            "Requests sent to clusters, by the operation that they are of.",
            labels=("operation",),
        )
        for operation, number in self._sent.items():
            requests.add_metric((operation,), number)
        yield from (calls, seconds, requests)
