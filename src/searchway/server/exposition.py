"""Metrics of several workers as those of one gateway.

Counters and histograms are summed over the workers, those that have ended included, so that they never fall. What is of a moment or of
a process (gauges, and everything of `process_` and `python_`) is shown for each worker that lives, under the label `worker`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

Snapshot = list[Any]
"""The metrics of a worker at a moment, as JSON: of each its name, documentation and type, and samples of name, labels and value."""

_OF_A_PROCESS = ("process_", "python_")
_SUMMED = ("counter", "histogram", "summary")


def take_snapshot(registries: Iterable[CollectorRegistry]) -> Snapshot:
    """Return the metrics of some registries."""
    return [
        [metric.name, metric.documentation, metric.type, [[one.name, one.labels, one.value] for one in metric.samples]]
        for registry in registries
        for metric in registry.collect()
    ]


class Totals:
    """Metrics added up."""

    def __init__(self) -> None:
        self._metrics: dict[str, Metric] = {}
        self._samples: dict[tuple[str, str, tuple[tuple[str, str], ...]], float] = {}

    def add(self, snapshot: Snapshot, worker: str | None = None) -> None:
        """Add those of a worker; without its number only what can be summed, since it has ended."""
        for name, documentation, kind, samples in snapshot:
            summed = kind in _SUMMED and not name.startswith(_OF_A_PROCESS)
            if not summed and worker is None:
                continue
            own = {} if summed or worker is None else {"worker": worker}
            self._metrics.setdefault(name, Metric(name, documentation, kind))
            for sample, labels, value in samples:
                self._count(name, sample, {**labels, **own}, value)

    def _count(self, name: str, sample: str, labels: Mapping[str, str], value: float) -> None:
        key = (name, sample, tuple(labels.items()))
        before = self._samples.get(key)
        if sample.endswith("_created"):  # the moment when it began to count
            self._samples[key] = value if before is None else min(before, value)
        else:
            self._samples[key] = value + (before or 0)

    def snapshot(self) -> Snapshot:
        """Return them as they would be of one worker."""
        return [
            [metric.name, metric.documentation, metric.type, self._of(metric.name)] for metric in self._metrics.values()
        ]

    def _of(self, metric: str) -> list[Any]:
        return [
            [sample, dict(labels), value] for (name, sample, labels), value in self._samples.items() if name == metric
        ]

    def text(self) -> str:
        """Return them in the text format of Prometheus."""
        registry = CollectorRegistry()
        registry.register(_Given(self.snapshot()))
        return generate_latest(registry).decode()


class _Given(Collector):
    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterator[Metric]:
        for name, documentation, kind, samples in self._snapshot:
            metric = Metric(name, documentation, kind)
            for sample, labels, value in samples:
                metric.add_sample(sample, labels, value)
            yield metric
