import pytest

from searchway.contract.records import Retry
from searchway.errors import Code
from searchway.upstream.node import Broken
from searchway.upstream.retry import Budget, may_go_again, pause
from searchway.wire import HttpResponse

UNSENT = Broken(sent=False, problem="")
LOST = Broken(sent=True, problem="")
TOO_LARGE = Broken(sent=True, problem="", code=Code.RESOURCE_EXHAUSTED)


def status(number: int, **headers: str) -> HttpResponse:
    return HttpResponse(status=number, headers={k.replace("_", "-"): v for k, v in headers.items()}, body=b"")


@pytest.mark.parametrize(
    ("outcome", "safe", "unsent", "never"),
    [
        (UNSENT, True, True, False),
        (LOST, True, False, False),
        (TOO_LARGE, False, False, False),
        (status(429), True, False, False),  # an answer proves that a write was sent
        (status(502), True, False, False),
        (status(503, retry_after="1"), True, False, False),
        (status(504), True, False, False),
        (status(500), False, False, False),
        (status(200), False, False, False),
        (status(404), False, False, False),
        (status(401), False, False, False),
    ],
)
def test_class_and_outcome_decide(outcome: HttpResponse | Broken, *, safe: bool, unsent: bool, never: bool) -> None:
    assert [may_go_again(r, outcome) for r in (Retry.SAFE, Retry.UNSENT, Retry.NEVER)] == [safe, unsent, never]


@pytest.mark.parametrize(
    ("outcome", "attempt", "elsewhere", "least", "most"),
    [
        (LOST, 1, True, 0, 0),
        (status(503), 1, True, 0, 0),
        (status(503, retry_after="7"), 1, True, 0, 0),  # the other node did not ask for patience
        (status(429), 1, True, 0.05, 0.1),  # what is too much for one is too much for the cluster
        (status(429, retry_after="7"), 1, True, 7, 7),
        (status(503, retry_after="7"), 1, False, 7, 7),
        (LOST, 1, False, 0.05, 0.1),
        (LOST, 2, False, 0.1, 0.2),
        (LOST, 30, False, 2.5, 5),
    ],
)
def test_pause(outcome: HttpResponse | Broken, attempt: int, *, elsewhere: bool, least: float, most: float) -> None:
    assert least <= pause(outcome, attempt=attempt, elsewhere=elsewhere) <= most


def test_budget_lets_a_tenth_be_retries() -> None:
    budget = Budget()
    assert sum(budget.spend() for _ in range(50)) == 10
    for _ in range(100):
        budget.earn()
    assert sum(budget.spend() for _ in range(50)) in {9, 10}
