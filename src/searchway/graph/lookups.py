"""What `node` and `nodes` are asked for: identifiers become calls, or the calls in a namespace.

What was read is the thing that was asked for only if it has the same identifier: `logs-*` as the name of an index would read another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from graphql.execution.values import VariableValues, get_argument_values

from searchway.engine.cohorts import Expected
from searchway.errors import InvalidArgumentError
from searchway.graph.plan import FOUND, IDENTIFIER, Plan, PlannedCall, PlannedLookup
from searchway.transcode.answer import Answer
from searchway.transcode.identity import read_identity

Path = tuple[str | int, ...]


@dataclass(slots=True, kw_only=True)
class Target:
    """A thing that a lookup asks for."""

    lookup: PlannedLookup
    """The lookup."""
    path: Path
    """Where the thing stands in the result."""
    cluster: str
    """The name of the cluster that has it."""
    found: PlannedCall | Plan
    """The call that reads it, or the calls in the namespace that it is."""
    expected: Expected | None = None
    """What others that are read at the same time wait for."""

    @property
    def calls(self) -> int:
        """How many calls it takes."""
        return 1 if isinstance(self.found, PlannedCall) else len(self.found.calls)

    def moved(self, error: dict[str, Any]) -> dict[str, Any]:
        """Return the error of a call with the place of the thing in the result."""
        return {**error, "path": (*self.path, *error["path"][len(self.lookup.path) :])}


def identifiers(lookup: PlannedLookup, values: VariableValues) -> Sequence[str]:
    """Return the identifiers that a lookup is given.

    Raises:
        GraphQLError: an argument has a wrong value.
    """
    arguments: dict[str, Any] = get_argument_values(lookup.arguments, lookup.nodes[0], values)
    given: Sequence[str] = arguments["ids"] if lookup.record.many else [arguments["id"]]
    return given


def too_many(lookup: PlannedLookup, number: int, most: int) -> InvalidArgumentError:
    """Return the error of a lookup with which a request would find more than it may."""
    problem = f"the request would read {number} things by their identifiers, each call in a namespace counted"
    return InvalidArgumentError(_argument(lookup), f"{problem}; at most {most} are allowed (limits.node_ids)")


def read_target(lookup: PlannedLookup, number: int, text: str, has_cluster: Callable[[str], bool]) -> Target:
    """Return what an identifier stands for.

    Args:
        lookup: the lookup.
        number: the place of the identifier in the list of them.
        text: the identifier.
        has_cluster: tells whether a cluster is configured.

    Raises:
        InvalidArgumentError: it stands for nothing that can be read.
    """
    field = f"ids[{number}]" if lookup.record.many else "id"
    identity = read_identity(text, field)
    if not has_cluster(identity.cluster):
        raise InvalidArgumentError(field, f"{text!r} is of a cluster that is not configured")
    found = lookup.kinds.get(identity.kind)
    if found is None:
        readable = ", ".join(sorted(lookup.kinds))
        raise InvalidArgumentError(field, f"no operation reads a {identity.kind} by itself; expected one of {readable}")
    if isinstance(found, PlannedCall):
        message = lookup.record.reads[identity.kind].message(identity.key, field)
        found = replace(found, message=message, finish=partial(_same, text))
    path: Path = (*lookup.path, number) if lookup.record.many else lookup.path
    return Target(lookup=lookup, path=path, cluster=identity.cluster, found=found)


def _same(identifier: str, data: dict[str, Any], _answer: Answer) -> Any:
    """Return the entity with this identifier out of an answer; None if it is not there."""
    found = data[FOUND]
    items = found if isinstance(found, list) else [found]
    return next((item for item in items if item is not None and item.pop(IDENTIFIER) == identifier), None)


def _argument(lookup: PlannedLookup) -> str:
    return "ids" if lookup.record.many else "id"
