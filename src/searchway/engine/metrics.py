"""The numbers of calls, kept so that counting one costs next to nothing and given to Prometheus when it asks.

https://prometheus.github.io/client_python/collector/custom/
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping

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
        self._sent: dict[Labels, int] = {}
        self._answers: dict[Labels, int] = {}
        self._waits: dict[Labels, _Times] = {}

    def ended(self, operation: str, face: str, cluster: str, code: str, seconds: float) -> None:
        """Count a call that has ended."""
        labels = (operation, face, cluster, code)
        self._calls[labels] = self._calls.get(labels, 0) + 1
        _observe(self._times, labels[:3], seconds)

    def sent(self, operation: str, cluster: str) -> None:
        """Count a request to a cluster."""
        labels = (operation, cluster)
        self._sent[labels] = self._sent.get(labels, 0) + 1

    def answered(self, cluster: str, status: int, seconds: float) -> None:
        """Count the end of a request to a cluster."""
        labels = (cluster, str(status))
        self._answers[labels] = self._answers.get(labels, 0) + 1
        _observe(self._waits, labels[:1], seconds)

    def collect(self) -> Iterator[Metric]:
        """Give everything to Prometheus."""
        yield _counter(
            "searchway_calls",
            "Calls by operation, face, cluster and code; without a cluster if they named none that there is.",
            ("operation", "face", "cluster", "code"),
            self._calls,
        )
        yield _histogram("searchway_call_seconds", "Time of a call.", ("operation", "face", "cluster"), self._times)
        yield _counter(
            "searchway_upstream_requests",
            "Requests sent to clusters, each that was sent again included, by the operation that they are of.",
            ("operation", "cluster"),
            self._sent,
        )
        yield _counter(
            "searchway_upstream_answers",
            "Answers of clusters by HTTP status; 0 stands for requests that came to no whole answer.",
            ("cluster", "status"),
            self._answers,
        )
        yield _histogram("searchway_upstream_seconds", "Time of a request to a cluster.", ("cluster",), self._waits)


def _observe(times: dict[Labels, _Times], labels: Labels, seconds: float) -> None:
    found = times.get(labels)
    if found is None:
        found = times[labels] = _Times()
    found.observe(seconds)


def _counter(name: str, what: str, labels: Labels, numbers: Mapping[Labels, int]) -> Metric:
    counter = CounterMetricFamily(name, what, labels=labels)
    for values, number in numbers.items():
        counter.add_metric(values, number)
    return counter


def _histogram(name: str, what: str, labels: Labels, times: Mapping[Labels, _Times]) -> Metric:
    histogram = HistogramMetricFamily(name, what, labels=labels)
    for values, time in times.items():
        histogram.add_metric(values, time.cumulated(), time.total)
    return histogram
