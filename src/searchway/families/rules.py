"""Rules: the server answers with success where there is no rule."""

from typing import Any

from searchway.errors import Applied, Code, Failure, UpstreamError
from searchway.families.documents import read_object
from searchway.families.hooks import Done, Hook, Outcome


class GetRule(Hook):
    """One rule, which comes as a list."""

    def read(self, done: Done) -> Outcome:
        """Refuse an empty list."""
        if not read_object(done.body).get("rules"):
            raise _not_found(done.message, Applied.UNSPECIFIED)
        return Outcome()


class DeleteRule(Hook):
    """The deletion of a rule."""

    def read(self, done: Done) -> Outcome:
        """Refuse an answer that says nothing was deleted."""
        if read_object(done.body).get("acknowledged") is False:
            raise _not_found(done.message, Applied.NO)
        return Outcome()


def _not_found(message: Any, applied: Applied) -> UpstreamError:
    problem = f"there is no rule {message.rule_id!r} of the feature type {message.feature_type!r}"
    return UpstreamError(
        Failure(code=Code.NOT_FOUND, message=problem, item=message.rule_id, http_status=200, applied=applied)
    )
