import pytest

from searchway.upstream.pauses import Pauses
from unit.upstream.clock import Clock


def test_who_was_asked_to_wait_waits_and_nobody_else() -> None:
    clock = Clock()
    pauses = Pauses(longest=30, clock=clock)
    pauses.ask("a", 5)
    assert (pauses.left("a"), pauses.left("b")) == (5, 0)
    clock.now += 3
    assert pauses.left("a") == 2
    clock.now += 2
    assert pauses.left("a") == 0


@pytest.mark.parametrize("seconds", [0, -1])
def test_nothing_is_asked_without_a_time(seconds: float) -> None:
    pauses = Pauses(longest=30, clock=Clock())
    pauses.ask("a", seconds)
    assert pauses.left("a") == 0


@pytest.mark.parametrize("seconds", [30, 3600, float("9" * 400)])
def test_no_cluster_locks_anybody_out_for_long(seconds: float) -> None:
    pauses = Pauses(longest=30, clock=Clock())
    pauses.ask("a", seconds)
    assert pauses.left("a") == 30


def test_shorter_pause_does_not_end_a_longer_one() -> None:
    pauses = Pauses(longest=30, clock=Clock())
    pauses.ask("a", 20)
    pauses.ask("a", 1)
    assert pauses.left("a") == 20


def test_no_more_are_remembered_than_is_good() -> None:
    clock = Clock()
    pauses = Pauses(longest=30, clock=clock)
    for number in range(20_000):
        pauses.ask(number, 20)
    waiting = [number for number in range(20_000) if pauses.left(number)]
    assert waiting == [*range(10_000, 20_000)]
    clock.now += 51
    pauses.ask("a", 5)
    assert [number for number in [*range(20_000), "a"] if pauses.left(number)] == ["a"]


def test_nobody_waits_where_that_is_switched_off() -> None:
    pauses = Pauses(longest=0, clock=Clock())
    pauses.ask("a", 5)
    assert pauses.left("a") == 0
