"""Roles: a bulk request stores those that it can."""

from searchway.families.documents import read_object
from searchway.families.hooks import Done, Hook, Outcome
from searchway.transcode.failures import item_failure


class BulkPutRole(Hook):
    """Many roles in one request."""

    def read(self, done: Done) -> Outcome:
        """Report every role that was refused."""
        answer = read_object(done.body)
        refused = ((answer.get("errors") or {}).get("details") or {}).items()
        stored = any(answer.get(word) for word in ("created", "updated", "noop"))
        return Outcome(failures=[item_failure(cause, item=name) for name, cause in refused], is_applied=stored)
