import pytest

from searchway.upstream.breaker import Breaker
from unit.upstream.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(failures=3, seconds=10, clock=clock)


def run(breaker: Breaker, *ends: bool | None) -> None:
    for good in ends:
        breaker.end(good=good, is_trial=breaker.begin())


@pytest.mark.parametrize(
    ("ends", "wait"),
    [
        ((), 0),
        ((False, False), 0),
        ((False, False, False), 10),
        ((False, False, True, False, False), 0),  # only failures in a row count
        ((False, False, None, False), 10),  # a request given up tells nothing
        ((None, None, None), 0),
    ],
)
def test_opens_after_failures_in_a_row(breaker: Breaker, ends: tuple[bool | None, ...], wait: float) -> None:
    run(breaker, *ends)
    assert breaker.wait == wait


def test_waits_for_the_rest_of_its_time(breaker: Breaker, clock: Clock) -> None:
    run(breaker, False, False, False)
    clock.now += 7
    assert breaker.wait == 3


def test_half_open_lets_one_through(breaker: Breaker, clock: Clock) -> None:
    run(breaker, False, False, False)
    clock.now += 10
    assert breaker.wait == 0
    breaker.begin()
    assert breaker.wait > 0


def test_a_request_from_before_does_not_let_a_second_one_through(breaker: Breaker, clock: Clock) -> None:
    before = breaker.begin()
    run(breaker, False, False, False)
    clock.now += 10
    breaker.begin()
    breaker.end(good=None, is_trial=before)
    assert breaker.wait > 0


@pytest.mark.parametrize(("good", "wait"), [(True, 0), (False, 10), (None, 0)])
def test_the_one_that_was_let_through_decides(
    breaker: Breaker, clock: Clock, *, good: bool | None, wait: float
) -> None:
    run(breaker, False, False, False)
    clock.now += 11
    run(breaker, good)
    assert breaker.wait == wait


def test_node_is_suspect_from_its_failure_until_it_answers(breaker: Breaker, clock: Clock) -> None:
    assert not breaker.is_suspect
    run(breaker, False)
    assert breaker.is_suspect
    assert breaker.has_failed_lately
    clock.now += 59
    assert breaker.has_failed_lately
    clock.now += 1
    assert breaker.is_suspect
    assert not breaker.has_failed_lately
    run(breaker, False, True)
    assert not breaker.is_suspect
    assert not breaker.has_failed_lately
