"""A double of the engine: answers each operation with a body that a cluster might send, and remembers what it was asked."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from searchway.contract.records import Operation
from searchway.contract.selection import Selection
from searchway.engine.call import Call, Face
from searchway.engine.listing import ClusterState
from searchway.errors import Applied, Code, Failure
from searchway.transcode.answer import CLUSTER, Answer, Page, Read

POLICY = b"""{"policy_id": "p1", "description": "rolls over", "schema_version": 21, "default_state": "hot", "states": [
  {"name": "hot", "actions": [
    {"retry": {"count": 3, "backoff": "exponential", "delay": "1m"}, "rollover": {"min_doc_count": 5}},
    {"delete": {}},
    {"archive": {"bucket": "b", "size": 12345678901234567890123, "rate": 1.50}}],
   "transitions": [{"state_name": "cold", "conditions": {"min_index_age": "1d"}}]},
  {"name": "cold", "actions": [], "transitions": []}],
  "ism_template": [{"index_patterns": ["logs-*"], "priority": 100}], "unknown_member": [1E2]}"""
STORED = b'{"_id": "p1", "_version": 3, "_seq_no": 7, "_primary_term": 1, "policy": %s}' % POLICY
CAUSE = b"""{"type": "index_not_found_exception", "reason": "no such index [x]", "index": "x",
  "root_cause": [{"type": "index_not_found_exception", "reason": "no such index [x]", "resource.id": "x"}],
  "caused_by": {"type": "deep", "reason": "deeper", "caused_by": {"type": "deepest"}}}"""
BODIES = {
    "cat.ListAllocation": b"""[
      {"node": "n0", "shards": "4", "disk.percent": "12.5", "disk.used": "1024", "host": "10.0.0.1"},
      {"node": "n1", "shards": "5", "disk.percent": null, "disk.used": null, "host": null},
      {"node": "UNASSIGNED", "shards": "1"}]""",
    "ism.GetPolicy": STORED,
    "ism.ListPolicies": b'{"policies": [%s, {"_id": "p2", "_seq_no": 0}], "total_policies": 2}' % STORED,
    "ism.ExplainIndices": b"""{"logs-1": {"index.plugins.index_state_management.policy_id": "p1", "index": "logs-1",
        "enabled": true, "policy_seq_no": 3, "state": {"name": "hot", "start_time": 1700000000000}},
      "plain": {"index.plugins.index_state_management.policy_id": null, "enabled": null}, "total_managed_indices": 1}""",
    "rules.ListRules": b"""{"rules": [
      {"id": "r1", "description": "d", "index_pattern": ["a*", "b"], "workload_group": "g", "updated_at": "2025"},
      {"id": "r2", "workload_group": "h"}], "search_after": ["r2"]}""",
    "fleet.MultiSearch": b"""{"took": 3, "docs": [
      {"status": 200, "took": 2, "hits": {"total": {"value": 1, "relation": "eq"}, "max_score": 1.5, "hits": [
        {"_index": "i", "_id": "1", "_score": 1.5, "_source": {"n": 12345678901234567890123, "f": 0.10}}]}},
      {"status": 404, "error": %s}]}"""
    % CAUSE,
    "tasks.GetTask": b'{"completed": true, "task": {"node": "n", "id": 5, "action": "a"}, "response": {"took": 1E2}}',
    "security.PutRole": b'{"role": {"created": true}}',
    "security.BulkPutRole": b'{"created": ["a"], "errors": {"count": 1, "details": {"b": %s}}}' % CAUSE,
    "ism.DeletePolicy": b'{"_id": "p1", "_version": 2, "result": "deleted", "_shards": {"total": 2}, "_seq_no": 1}',
    "ism.AddPolicy": b'{"updated_indices": 1, "failures": false, "failed_indices": []}',
}
FAILURE = Failure(code=Code.NOT_FOUND, message="no such role", item="b", http_status=404, applied=Applied.NO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call that the engine was asked to make."""

    operation: Operation
    message: Any
    call: Call
    selection: Selection | None


T = TypeVar("T")


@dataclass(slots=True)
class EngineDouble:
    """Answers from BODIES, or with the errors it was told."""

    errors: dict[str, Exception] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    joined: dict[str, int] = field(default_factory=dict)
    upstream_calls: int = 0
    refusals: list[tuple[Code, str, str]] = field(default_factory=list)
    cluster: str = ""
    rules: int = 2
    taken: int = 0
    running: int = 0
    most_running: int = 0
    hold: asyncio.Event | None = None
    started: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: list[str] = field(default_factory=list)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(
        self, operation: Operation, message: Any, call: Call, read: Read[T], selection: Selection | None = None
    ) -> T:
        self.asked.append(Asked(operation=operation, message=message, call=call, selection=selection))
        call.upstream_calls = self.upstream_calls
        self.started.set()
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await (self.hold.wait() if self.hold else asyncio.sleep(0))
        except asyncio.CancelledError:
            self.cancelled.append(operation.name)
            self.stopped.set()
            raise
        finally:
            self.running -= 1
        if operation.name in self.errors:
            raise self.errors[operation.name]
        found = answer(operation, getattr(message, "page_size", 0), getattr(message, "feature_type", ""))
        found.keys = {**found.keys, CLUSTER: self.cluster}
        return read(found)

    async def stream(
        self, operation: Operation, message: Any, call: Call, read: Read[T], selection: Selection | None = None
    ) -> AsyncGenerator[T, None]:
        """Stream the rules r0, r1 and so on, then wait if something holds, then fail if there is an error."""
        self.asked.append(Asked(operation=operation, message=message, call=call, selection=selection))
        self.running += 1
        try:
            for number in range(self.rules):
                self.taken = number + 1
                call.upstream_calls = self.taken
                yield read(
                    Answer(bodies=(b'{"rule": {"id": "r%d"}}' % number,), keys={"feature_type": "workload_group"})
                )
            if self.hold:
                await self.hold.wait()
            if operation.name in self.errors:
                raise self.errors[operation.name]
        finally:
            self.running -= 1
            self.stopped.set()

    def refused(self, face: Face, code: Code, request_id: str, operation: str = "") -> None:
        assert face == "graphql"
        self.refusals.append((code, request_id, operation))

    async def clusters(self, deadline: float | None) -> Sequence[ClusterState]:
        raise AssertionError(deadline)

    def cluster_name(self, name: str | None) -> str:
        return name or "a"

    def has_cluster(self, name: str) -> bool:
        return name in {"a", "b"}

    def together(self, operation: Operation, call: Call) -> int:
        assert call.face == "graphql"
        return self.joined.get(operation.name, 1)


def answer(operation: Operation, size: int = 0, feature_type: str = "") -> Answer:
    def paginate(items: Sequence[Any]) -> Page:
        stop = size or len(items)
        return Page(window=slice(0, stop), cursor="cursor-{}".format, has_next=stop < len(items), total=len(items))

    return Answer(
        bodies=(BODIES.get(operation.name, b"{}"),),
        keys={"feature_type": feature_type} if feature_type else {},
        local={"failures": [FAILURE.document()]},
        paginate=paginate if operation.paging else None,
    )
