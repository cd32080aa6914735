from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.parser import text_string_to_metric_families

from searchway.server.exposition import Snapshot, Totals, take_snapshot


def worker(calls: int, in_flight: int) -> Snapshot:
    registry = CollectorRegistry()
    Counter("calls", "Calls.", ["face"], registry=registry).labels("grpc").inc(calls)
    Gauge("in_flight", "Calls being worked on.", registry=registry).set(in_flight)
    Histogram("seconds", "Time.", buckets=(1, 2), registry=registry).observe(calls)
    Counter("process_cpu_seconds", "Time of the processor.", registry=registry).inc(calls)
    return take_snapshot([registry])


def samples(totals: Totals) -> dict[str, float]:
    found = [one for family in text_string_to_metric_families(totals.text()) for one in family.samples]
    return {
        "".join([one.name, *(f" {key}={value}" for key, value in one.labels.items())]): one.value
        for one in found
        if not one.name.endswith("_created")
    }


def test_counters_and_histograms_are_added_up_and_the_rest_is_shown_for_each() -> None:
    totals = Totals()
    totals.add(worker(1, 5), "1")
    totals.add(worker(2, 7), "2")
    assert samples(totals) == {
        "calls_total face=grpc": 3,
        "in_flight worker=1": 5,
        "in_flight worker=2": 7,
        "seconds_bucket le=1.0": 1,
        "seconds_bucket le=2.0": 2,
        "seconds_bucket le=+Inf": 2,
        "seconds_count": 2,
        "seconds_sum": 3,
        "process_cpu_seconds_total worker=1": 1,
        "process_cpu_seconds_total worker=2": 2,
    }


def test_of_a_worker_that_has_ended_stays_what_can_be_summed() -> None:
    ended = Totals()
    ended.add(worker(1, 5))
    totals = Totals()
    totals.add(ended.snapshot())
    totals.add(worker(2, 7), "2")
    found = samples(totals)
    assert (found["calls_total face=grpc"], found["seconds_count"], found["in_flight worker=2"]) == (3, 2, 7)
    assert not [name for name in found if name.endswith("worker=1")]


def test_the_moment_of_the_first_count_is_the_earliest() -> None:
    first, second = worker(1, 1), worker(1, 1)
    totals = Totals()
    totals.add(second, "2")
    totals.add(first, "1")
    assert created(totals.snapshot()) == created(first) < created(second)


def created(snapshot: Snapshot) -> float:
    """Return when the counter `calls` began."""
    (found,) = [
        value for name, _, _, all_ in snapshot if name == "calls" for one, _, value in all_ if "_created" in one
    ]
    return float(found)
