import pytest

from searchway.upstream.latency import Latency
from unit.upstream.clock import Clock


def latency_of(clock: Clock, *seconds: float) -> Latency:
    latency = Latency(clock)
    for one in seconds:
        latency.note(one, clock())
    return latency


@pytest.mark.parametrize(("seconds", "steps"), [(0.001, 0), (0.09, 0), (0.11, 1), (0.31, 2), (0.91, 3), (60, 3)])
def test_slowness_goes_in_steps(seconds: float, steps: int) -> None:
    assert latency_of(Clock(), *[seconds] * 30).steps == steps


@pytest.mark.parametrize("pause", [0, 3600])
def test_single_answer_that_was_late_is_noise(pause: float) -> None:
    clock = Clock()
    latency = Latency(clock)
    clock.now += pause
    latency.note(0.19, clock())
    assert latency.steps == 0


def test_nothing_known_is_not_slow() -> None:
    assert latency_of(Clock()).steps == 0


def test_last_answers_count_most() -> None:
    clock = Clock()
    assert latency_of(clock, *[2.0] * 20, *[0.001] * 25).steps == 0
    assert latency_of(clock, *[0.001] * 20, 2.0).steps == 2


def test_slowness_is_forgotten_in_time() -> None:
    clock = Clock()
    latency = latency_of(clock, *[2.0] * 30)
    seen = []
    for _ in range(6):
        seen.append(latency.steps)
        clock.now += 5
    assert seen == [3, 3, 2, 1, 1, 0]


@pytest.mark.parametrize(
    ("usual", "patience"), [((), 1.0), ((0.005,), 0.25), ((0.1,) * 40, 0.5), ((1.0,) * 40, 5.0), ((30.0,) * 40, 10.0)]
)
def test_node_has_several_times_what_is_usual(usual: tuple[float, ...], patience: float) -> None:
    clock = Clock()
    latency = latency_of(clock, *usual)
    assert latency.patience == pytest.approx(patience, rel=0.01)
    clock.now += 3600  # what is usual is not forgotten while nothing is asked
    assert latency.patience == pytest.approx(patience, rel=0.01)


def test_one_operation_that_waits_makes_nobody_patient_for_long() -> None:
    clock = Clock()
    assert latency_of(clock, *[0.005] * 10, 30.0).patience < 2.1
    assert latency_of(clock, *[0.005] * 10, 30.0, *[0.005] * 10).patience < 0.3
