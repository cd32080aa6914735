"""What an engine's error means where neither its status nor its type says so: judged by operation, type and reason.

A table, each row with why it exists; the first row that fits decides. Must not know how answers are read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from searchway.errors import Code


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A row: which errors it fits, and what they mean."""

    code: Code
    """What the error means."""
    why: str
    """Why the table of types is not enough."""
    of: str = ""
    """The operation, or a whole family; empty for all."""
    type: str = ""
    """The engine's type; empty for all."""
    reason: str = ""
    """A pattern found in the engine's reason; empty for all."""
    message: str = ""
    """What to say instead of the engine's reason; empty to let it speak."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, compiled."""
        return re.compile(self.reason)

    def fits(self, operation: str, cause: Mapping[str, Any]) -> bool:
        """Tell whether the row is about this error of this operation."""
        return (
            self.of in ("", operation, operation.partition(".")[0])
            and self.type in ("", cause.get("type"))
            and self.pattern.search(str(cause.get("reason") or "")) is not None
        )


TABLE: Final = (
    # Indices
    Judgement(
        of="indices.ShrinkIndex",
        type="illegal_state_exception",
        code=Code.FAILED_PRECONDITION,
        why="500 upstream; all it complains of is the state of the source: not write-blocked, shards apart, not healthy",
    ),
    Judgement(
        of="indices.ShrinkIndex",
        type="null_pointer_exception",
        reason="indexMetadata",
        code=Code.NOT_FOUND,
        message="the index to shrink does not exist",
        why="OpenSearch forgets to look whether the source exists, and answers 500",
    ),
    Judgement(
        of="indices.ModifyDataStream",
        type="null_pointer_exception",
        code=Code.INVALID_ARGUMENT,
        message="an action is empty, or lacks its data stream or index",
        why="the engine does not check its input and answers 500",
    ),
    Judgement(
        of="indices.ModifyDataStream",
        type="illegal_argument_exception",
        reason=r"^(?:index|data stream) \[.+\] (?:not found|is not part of data stream)",
        code=Code.NOT_FOUND,
        why="400 upstream for a missing thing",
    ),
    Judgement(
        of="indices.ModifyDataStream",
        type="illegal_argument_exception",
        reason=r"^cannot (?:add|remove) |must have mappings for a timestamp field|^data stream timestamp field |"
        r"^index \[.+\] cannot be (?:added as )?a backing index",
        code=Code.FAILED_PRECONDITION,
        why="400 upstream, but another state of the index or the stream would let the same call pass",
    ),
    # Cat
    Judgement(
        of="cat.ListAllocation",
        type="unsupported_operation_exception",
        reason="unknown sort key",
        code=Code.INVALID_ARGUMENT,
        why="500 on OpenSearch for what Elasticsearch answers 400",
    ),
    # Index state management
    Judgement(
        of="ism.CreatePolicy",
        type="version_conflict_engine_exception",
        code=Code.ALREADY_EXISTS,
        why="creating is a write that expects no document: the conflict is with the policy that is there",
    ),
    Judgement(
        of="ism.UpdatePolicy",
        type="version_conflict_engine_exception",
        reason="no document was found",
        code=Code.NOT_FOUND,
        message="there is no such policy",
        why="409 upstream, but there is no policy to read again",
    ),
    Judgement(
        of="ism",
        type="index_not_found_exception",
        reason=r"\[\.opendistro-ism-config\]",
        code=Code.NOT_FOUND,
        message="there is no such policy: none was ever created",
        why="the engine names the index in which it keeps policies, which is not the caller's",
    ),
    Judgement(
        of="ism",
        type="action_request_validation_exception",
        reason="no documents to get",
        code=Code.NOT_FOUND,
        message="no index matches",
        why="400 upstream: none of the names given is an index",
    ),
    Judgement(
        of="ism",
        type="index_management_exception",
        reason="matching existing policy templates",
        code=Code.FAILED_PRECONDITION,
        why="400 upstream, but the template is in itself right; another policy is in its way",
    ),
    # Anomaly detection
    Judgement(
        of="ml.FlushJob",
        type="status_exception",
        reason="is not open",
        code=Code.FAILED_PRECONDITION,
        why="409 upstream, but there is no conflict that a second try could win: the job has to be opened",
    ),
    # Rules
    *(
        Judgement(
            of=operation,
            type=kind,
            reason=reason,
            code=Code.FAILED_PRECONDITION,
            why="400 or 500 upstream, but reading has no body: it is a stored rule that is not valid, and somebody has to mend it",
        )
        for operation in ("rules.ListRules", "rules.GetRule")
        for kind, reason in (
            ("x_content_parse_exception", ""),
            ("", "ValidationException|^Cannot parse rule from index"),
        )
    ),
    Judgement(
        of="rules",
        type="illegal_state_exception",
        reason="required fields are missing",
        code=Code.INVALID_ARGUMENT,
        why="500 upstream for incomplete input",
    ),
    Judgement(
        of="rules",
        type="illegal_argument_exception",
        reason="Duplicate rule exists",
        code=Code.ALREADY_EXISTS,
        why="400 upstream for a rule that is there",
    ),
    Judgement(
        of="rules",
        type="illegal_state_exception",
        reason="workload management mode is disabled",
        code=Code.FAILED_PRECONDITION,
        why="500 upstream; a cluster setting has to be changed",
    ),
    # Enrich
    Judgement(
        of="enrich.ExecutePolicy",
        reason="Could not obtain lock",
        code=Code.FAILED_PRECONDITION,
        why="429 upstream, but nothing is overloaded: the policy is being executed already. Not ABORTED, which asks to "
        "try again from the start: what the caller wants is under way, the thing to do is to wait for it",
    ),
    # Any operation
    Judgement(
        type="validation_exception",
        reason=r"this action would add \[\d+\] [\w ]*shards, but this cluster currently has \[",
        code=Code.RESOURCE_EXHAUSTED,
        why="400 upstream, but the input is right: the cluster has as many shards open as it may have",
    ),
    Judgement(
        type="cluster_block_exception",
        reason="SERVICE_UNAVAILABLE/",
        code=Code.UNAVAILABLE,
        why="a block of the whole cluster, without a manager or without its state, goes by itself; others stay",
    ),
    Judgement(
        type="cluster_block_exception",
        reason="TOO_MANY_REQUESTS/",
        code=Code.RESOURCE_EXHAUSTED,
        why="the disk is full; the block goes when there is room again",
    ),
    Judgement(
        type="security_exception",
        reason="license is non-compliant",
        code=Code.FAILED_PRECONDITION,
        why="403 upstream, but no other credentials would help",
    ),
    Judgement(
        reason=r"^no handler found for uri |^Incorrect HTTP method for uri ",
        code=Code.UNIMPLEMENTED,
        why="400 or 405 upstream; the caller did not choose the route, the engine does not have it",
    ),
)


def judge(operation: str, cause: Mapping[str, Any]) -> Judgement | None:
    """Return the first row that fits an error of an operation (as in `ism.CreatePolicy`), None if the tables are enough."""
    return next((row for row in TABLE if row.fits(operation, cause)), None)
