from searchway.upstream.throttle import Throttle
from unit.upstream.clock import Clock


def let_through(throttle: Throttle, requests: int, *, works: bool = False) -> int:
    """Send as many requests as one after the other; return how many went, all of which end the same way."""
    gone = 0
    for _ in range(requests):
        if throttle.allows():
            gone += 1
            throttle.note(good=works)
    return gone


def test_few_failures_hold_back_nobody() -> None:
    assert let_through(Throttle(Clock()), 20) == 20


def test_many_failures_leave_a_small_share() -> None:
    throttle = Throttle(Clock())
    let_through(throttle, 1000)
    assert let_through(throttle, 1000) <= 5


def test_one_a_second_goes_in_any_case() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    let_through(throttle, 10_000)
    gone = []
    for _ in range(4):
        clock.now += 0.5
        gone.append(let_through(throttle, 10))
    assert gone == [0, 1, 0, 1]


def test_wait_is_the_time_until_that_one() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    assert throttle.wait == 0
    let_through(throttle, 10_000)
    clock.now += 1
    assert throttle.wait == 0
    assert throttle.allows()
    clock.now += 0.25
    assert throttle.wait == 0.75


def test_what_works_every_other_time_is_not_held_back() -> None:
    throttle = Throttle(Clock())
    for number in range(2000):
        assert throttle.allows()
        throttle.note(good=number % 2 == 0)


def test_what_works_again_is_soon_let_through() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    let_through(throttle, 10_000)
    for _ in range(60):
        clock.now += 1
        let_through(throttle, 10, works=True)
    assert let_through(throttle, 100, works=True) == 100
