"""Index state management: changes of many indices succeed for some, and names without an index are passed over in silence."""

from collections.abc import Mapping
from typing import Any

from searchway.errors import Code, Failure
from searchway.families.documents import read_members, read_object
from searchway.families.hooks import Done, Hook, Outcome
from searchway.transcode.redaction import redact

_REASON = "index_state_management_exception"


class ManagedIndices(Hook):
    """A change of what manages some indices."""

    def read(self, done: Done) -> Outcome:
        """Report every index that was refused."""
        answer = read_object(done.body)
        refused = answer.get("failed_indices") or []
        return Outcome(failures=[_refused(index) for index in refused], is_applied=answer.get("updated_indices") != 0)


class ExplainIndices(Hook):
    """The state of some indices."""

    def read(self, done: Done) -> Outcome:
        """Report the names asked for that the answer does not have; a pattern may match nothing."""
        found = read_members(done.body)
        asked = [name for name in done.message.indices if not is_pattern(name)]
        missing = [name for name in asked if name not in found]
        return Outcome(failures=[_missing(name) for name in missing], local={"missing": missing})


def _refused(index: Mapping[str, Any]) -> Failure:
    name, reason = str(index.get("index_name", "")), redact(str(index.get("reason", "")))
    cause = {"type": _REASON, "reason": reason, "index": name}
    return Failure(code=Code.FAILED_PRECONDITION, message=reason, item=name, cause=cause)


def _missing(name: str) -> Failure:
    cause = {"type": "index_not_found_exception", "reason": f"no such index [{name}]", "index": name}
    return Failure(code=Code.NOT_FOUND, message=f"there is no index {name!r}", item=name, cause=cause)


def is_pattern(name: str) -> bool:
    """Tell whether a name may stand for several indices, or for one of another name."""
    return "*" in name or name.startswith(("-", "_all", "<"))
