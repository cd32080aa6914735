"""Which calls of requests set out together: known before the first of them is made, so that what joins them need not guess."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from graphql.execution.values import VariableValues

from searchway.contract.records import Operation
from searchway.engine.call import Call
from searchway.engine.cohorts import Cohort, Expected
from searchway.graph.plan import Plan
from searchway.graph.targets import cluster_of


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
    values: VariableValues
    """The variables of the request."""

    def cluster(self, number: int) -> str | None:
        """Return the cluster that a call names; None if it names none."""
        return cluster_of(self.plan.calls[number].cluster, self.values)


def first_calls(plan: Plan, values: VariableValues, joiner: Joiner, new_call: Callable[[], Call]) -> Start:
    """Return the calls with which the execution of a plan begins."""
    if not plan.serial or not plan.runs:
        return Start(plan, range(len(plan.calls)), values)
    return next_calls(plan, plan.runs[0], values, joiner, new_call)


def next_calls(plan: Plan, rest: range, values: VariableValues, joiner: Joiner, new_call: Callable[[], Call]) -> Start:
    """Return those of a run's writes that begin it: they become one request, so that nobody can tell their order."""
    whole = Start(plan, rest, values)
    operation = plan.calls[rest[0]].operation
    most = joiner.together(operation, _at(whole.cluster(rest[0]), new_call)) if len(rest) > 1 else 1
    return Start(plan, rest[:most], values)


def form_cohorts(
    starts: Sequence[Start], joiner: Joiner, new_call: Callable[[], Call]
) -> Sequence[dict[int, Expected]]:
    """Return, for each of those who start at the same time, its calls by number that others of the same operation may wait for."""
    places = [(index, number) for index, start in enumerate(starts) for number in start.numbers]
    calls = [(starts[index].plan.calls[number].operation, starts[index].cluster(number)) for index, number in places]
    expected: list[dict[int, Expected]] = [{} for _ in starts]
    for (index, number), member in zip(places, members(calls, joiner, new_call), strict=True):
        if member is not None:
            expected[index][number] = member
    return expected


def members(
    calls: Sequence[tuple[Operation, str | None]], joiner: Joiner, new_call: Callable[[], Call]
) -> Sequence[Expected | None]:
    """Return what others may wait for of each call that is made at the same time; None of one that is sent by itself.

    Args:
        calls: the operation of each, and the cluster that it names; None if it names none.
        joiner: knows what becomes one request.
        new_call: makes a call of the caller.
    """
    places: defaultdict[tuple[str, str | None], list[int]] = defaultdict(list)
    for place, (operation, cluster) in enumerate(calls):
        places[operation.name, cluster].append(place)
    found: list[Expected | None] = [None] * len(calls)
    for (_, cluster), together in places.items():
        if len(together) > 1 and joiner.together(calls[together[0]][0], _at(cluster, new_call)) > 1:
            for place, member in zip(together, Cohort(len(together)).members, strict=True):
                found[place] = member
    return found


def _at(cluster: str | None, new_call: Callable[[], Call]) -> Call:
    call = new_call()
    call.cluster = cluster or call.cluster
    return call
