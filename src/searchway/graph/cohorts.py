"""Which calls of requests set out together: known before the first of them is made, so that what joins them need not guess."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from searchway.contract.records import Operation
from searchway.engine.call import Call
from searchway.engine.cohorts import Cohort, Expected
from searchway.graph.plan import Plan


class Joiner(Protocol):
    """Knows which calls become one request."""

    def together(self, operation: Operation, call: Call) -> int:
        """Return how many calls of an operation, made at the same time, can become one request."""
        ...


@dataclass(frozen=True, slots=True)
class Start:
    """Calls of one plan that are made at the same time."""

    plan: Plan
    """The plan."""
    numbers: range
    """The numbers of the calls in it."""


def first_calls(plan: Plan, joiner: Joiner, new_call: Callable[[], Call]) -> Start:
    """Return the calls with which the execution of a plan begins."""
    if not plan.serial or not plan.runs:
        return Start(plan, range(len(plan.calls)))
    run = plan.runs[0]
    most = joiner.together(plan.calls[run[0]].operation, new_call()) if len(run) > 1 else 1
    return Start(plan, run[:most])


def form_cohorts(
    starts: Sequence[Start], joiner: Joiner, new_call: Callable[[], Call]
) -> Sequence[dict[int, Expected]]:
    """Return, for each of those who start at the same time, its calls by number that others of the same operation may wait for."""
    by_operation: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for index, start in enumerate(starts):
        for number in start.numbers:
            by_operation[start.plan.calls[number].operation.name].append((index, number))
    expected: list[dict[int, Expected]] = [{} for _ in starts]
    for places in by_operation.values():
        index, number = places[0]
        operation = starts[index].plan.calls[number].operation
        if len(places) > 1 and joiner.together(operation, new_call()) > 1:
            for (index, number), member in zip(places, Cohort(len(places)).members, strict=True):
                expected[index][number] = member
    return expected
