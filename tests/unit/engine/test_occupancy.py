import pytest

from searchway.engine.occupancy import Bound, Bounds, Occupancy

BOUNDS = Bounds(all=5, cluster=4, principal=2)


@pytest.mark.parametrize(
    ("taken", "cluster", "principal", "reached"),
    [
        ([], "a", "p", None),
        (["a:p"], "a", "p", None),
        (["a:p", "a:p"], "a", "p", Bound.PRINCIPAL),
        (["a:p", "a:p"], "b", "p", None),
        (["a:p", "a:p"], "a", "q", None),
        (["a:p", "a:p", "b:p", "b:p"], "c", "p", Bound.PRINCIPAL_EVERYWHERE),
        (["a:p", "a:p", "b:p", "b:p"], "c", "q", None),
        (["a:p", "a:p", "a:q", "a:q"], "a", "r", Bound.CLUSTER),
        (["a:p", "a:p", "a:q", "a:q"], "b", "r", None),
        (["a:p", "a:p", "a:q", "a:q", "b:p"], "b", "r", Bound.ALL),
    ],
)
def test_each_bound_is_told(taken: list[str], cluster: str, principal: str, reached: Bound | None) -> None:
    occupancy = Occupancy(BOUNDS)
    for place in taken:
        where, _, who = place.partition(":")
        assert occupancy.take(where, who)
    assert occupancy.reached(cluster, principal) is reached
    assert occupancy.take(cluster, principal) is (reached is None)


def test_nothing_is_kept_of_principals_who_left() -> None:
    occupancy = Occupancy(BOUNDS)
    for number in range(100):
        assert occupancy.take("a", number)
        occupancy.release("a", number)
    kept = [value for value in vars(occupancy).values() if isinstance(value, dict)]
    assert len(kept) == 3
    assert sum(map(len, kept)) == 1  # the cluster
    assert occupancy.taken == 0


def test_numbers_are_those_of_the_settings() -> None:
    assert [BOUNDS.number(bound) for bound in Bound] == [5, 4, 2, 4]
