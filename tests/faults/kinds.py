"""The kinds of calls: a read of rows, a read of a document, a write, writes that are joined, and one that is never sent again.

Each is made over both faces, by callers of their own; whose request it is can be seen in the request that arrives.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from searchway.contract.catalog import load
from searchway.contract.records import Operation


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of calls."""

    name: str
    operation: Operation
    inputs: tuple[Mapping[str, Any], ...]
    """The inputs of the calls that are made at the same time, with `{who}` for the caller."""
    document: str
    """The same in GraphQL; each call has its own field, aliased a, b and so on where there are several."""
    way: tuple[str, ...]
    """Where the result of the first call stands in the data."""
    gives: tuple[str, Any]
    """A field of the answer, by its path of proto names, with its value in a good answer."""

    @property
    def reads(self) -> bool:
        """Whether it only reads."""
        return self.operation.read_only

    def names(self, who: str) -> list[str]:
        """Return what stands in the requests of each call alone."""
        return [who] if len(self.inputs) == 1 else [values["name"] for values in self.values(who)]

    def values(self, who: str) -> list[dict[str, Any]]:
        """Return the inputs for a caller."""
        return [_of(who, values) for values in self.inputs]


def _of(who: str, value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("{who}", who)
    if isinstance(value, list):
        return [_of(who, item) for item in value]
    if isinstance(value, Mapping):
        return {key: _of(who, item) for key, item in value.items()}
    return value


KINDS: Final = [
    Kind(
        name="rows",
        operation=load().operation("cat.ListAllocation"),
        inputs=({"node_ids": ["{who}"]},),
        document='{ cat { allocation(nodeIds: ["{who}"]) { edges { node { shards node } } } } }',
        way=("cat", "allocation"),
        gives=("allocation", [{"shards": 5}]),
    ),
    Kind(
        name="read",
        operation=load().operation("tasks.GetTask"),
        inputs=({"task_id": "{who}:1"},),
        document='{ tasks { task(taskId: "{who}:1") { completed task { node number action } } } }',
        way=("tasks", "task"),
        gives=("completed", True),
    ),
    Kind(
        name="write",
        operation=load().operation("indices.ShrinkIndex"),
        inputs=({"index": "{who}", "target": "b"},),
        document='mutation { indicesShrinkIndex(input: {index: "{who}", target: "b"}) { acknowledged index { name } } }',
        way=("indicesShrinkIndex",),
        gives=("acknowledged", True),
    ),
    Kind(
        name="joined",
        operation=load().operation("security.PutRole"),
        inputs=({"name": "{who}-1", "role": {}}, {"name": "{who}-2", "role": {}}),
        document='mutation { a: securityPutRole(input: {name: "{who}-1", role: {}}) { created } '
        'b: securityPutRole(input: {name: "{who}-2", role: {}}) { created } }',
        way=("a",),
        gives=("created", True),
    ),
    Kind(
        name="never",
        operation=load().operation("enrich.ExecutePolicy"),
        inputs=({"name": "{who}"},),
        document='mutation { enrichExecutePolicy(input: {name: "{who}"}) { status { phase } } }',
        way=("enrichExecutePolicy",),
        gives=("status", {"phase": "COMPLETE"}),
    ),
]
