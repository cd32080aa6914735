"""The answer of a multi search, cut into those of its searches without a byte of their hits being changed, whatever one of them holds.

https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-fleet-msearch
"""

from collections.abc import Mapping, Sequence

import msgspec

from searchway.errors import Failure
from searchway.transcode import cutting, jsontext
from searchway.transcode.answer import malformed
from searchway.transcode.failures import item_failure

_ERROR = "error"


def cut(body: bytes) -> tuple[msgspec.Raw | None, Sequence[msgspec.Raw]]:
    """Return how long the searches took, and what each answered.

    Raises:
        MalformedAnswerError: it is no object, or has something else than a list of searches.
    """
    try:
        document = cutting.members(body)
        found = document.get("responses") or document.get("docs")
        return document.get("took"), cutting.elements(found) if found else []
    except ValueError as error:
        raise malformed(error) from error


def failure_of(answer: msgspec.Raw, *, item: str, operation: str = "") -> Failure | None:
    """Return why a search failed; None if it did not.

    Args:
        answer: what it answered.
        item: what it is called.
        operation: the operation for which errors may mean something of their own.

    Raises:
        MalformedAnswerError: the answer is no object.
    """
    try:
        members = jsontext.members(answer)
        error, status = (jsontext.loads(bytes(members.get(name, b"null"))) for name in (_ERROR, "status"))
    except ValueError as broken:
        raise malformed(broken) from broken
    if _ERROR not in members:
        return None
    cause = error if isinstance(error, Mapping) else {"reason": str(error)}
    return item_failure(cause, item=item, http_status=status if isinstance(status, int) else 0, operation=operation)
