"""Answers that are errors, read into failures: whatever a cluster, or a proxy in front of it, may send.

    {"error": {…}, "status": 404}    the engine's account, with causes
    {"error": "…"}                   one sentence: no such route, wrong media type
    {"message": "…"}                 plugins and cloud gateways
    {} and {"found": false}          not there
    nothing at all                   401 of a proxy, HEAD
    a redirect                       a proxy's, or another service's
    HTML, plain text, half of JSON   not the engine's: MalformedAnswerError, told in our own words only

Nothing raw goes on: all that callers see went through `redaction`. What an error means stands in `errors` (by status and by
type) and in `judgement` (where these mislead). Must not know clients or faces.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from searchway.contract.records import Operation, Retry
from searchway.errors import (
    ENGINE_CODES,
    Applied,
    CallError,
    Code,
    Failure,
    MalformedAnswerError,
    UnimplementedError,
    UpstreamError,
    clip,
    code_of_status,
)
from searchway.transcode import jsontext
from searchway.transcode.causes import bound_answer, redact_cause
from searchway.transcode.judgement import Judgement, judge
from searchway.transcode.redaction import LONGEST, redact
from searchway.wire import HttpResponse, retry_after

_LONGEST_MESSAGE: Final = 1000
_SENTENCES: Final = ("message", "Message", "reason", "detail", "error_description")
"""Keys under which plugins and cloud gateways put their one sentence."""

_TEMPORARY: Final = frozenset({Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED})
_BUSY_STATUSES: Final = frozenset({429, 503})
"""Load passes. RESOURCE_EXHAUSTED with another status (413) is a size, which does not."""
_LOST_STATUSES: Final = frozenset({408, 499})
"""Refusals by number that in truth say: somebody stopped waiting. The cluster may still work on it."""
_REDIRECTED: Final = "a proxy or another service stands before the cluster, and the cluster's `nodes` in the gateway's settings must name the final address"
_REFUSED_BEFORE: Final = frozenset({"cluster_block_exception", "process_cluster_event_timeout_exception"})
"""Types of 5xx answers that come before any work: blocked at the door, or dropped from the manager's queue unstarted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    """What an error answer says of itself, redacted."""

    cause: Mapping[str, Any] | None = None
    """The engine's error object."""
    sentence: str = ""
    """The one sentence, where there is no object."""
    readable: bool = True
    """Whether it is an answer that engines give."""
    is_cut: bool = False
    """Whether it said more."""


def read_failure(operation: Operation, response: HttpResponse) -> CallError:
    """Return the error that an answer stands for; of any status, for a success that cannot be read is one too.

    The failure holds at most `errors.DETAILS_LIMIT` bytes and nothing that callers must not see.
    """
    status = response.status
    account = _account(response)
    told = account.cause or {"reason": account.sentence}
    judged = judge(operation.name, told)
    code = _code(told, status, judged)
    applied = _applied(operation, told, status, judged)
    retryable = _is_retryable(operation, code, status, applied)
    failure = Failure(
        code=code,
        message=_message(account, status, judged),
        cause=account.cause,
        http_status=status,
        operation=operation.name,
        applied=applied,
        retryable=retryable,
        retry_delay_ms=round(1000 * retry_after(response.headers)) if retryable else 0,
        truncated=account.is_cut,
    ).fit()
    return _error_class(account, code)(failure)


def item_failure(cause: Mapping[str, Any], *, item: str, http_status: int = 0, operation: str = "") -> Failure:
    """Return the failure of one item of a call that did its work in part.

    Args:
        cause: The engine's error object for the item.
        item: What the item is called: a role, an index, the number of a search.
        http_status: The item's own status; 0 if it has none.
        operation: The operation, as in `fleet.MultiSearch`, for which errors may mean something of their own.
    """
    clean, is_cut = redact_cause(cause)
    judged = judge(operation, clean)
    code = _code(clean, http_status, judged)
    message = (judged and judged.message) or _cause_message(clean) or "failed without saying why"
    return Failure(
        code=code,
        message=clip(message, _LONGEST_MESSAGE),
        item=item,
        cause=clean or None,
        http_status=http_status,
        retryable=_is_temporary(code, http_status),
        truncated=is_cut,
    ).fit()


def _account(response: HttpResponse) -> _Account:
    """Read what the answer says of itself; a redirect, and where it leads, is nothing that callers could follow."""
    if response.status >= HTTPStatus.BAD_REQUEST:
        return _read(response.body)
    if response.status >= HTTPStatus.MULTIPLE_CHOICES:
        return _Account(sentence=f"{_title(response.status)} came instead of an answer: {_REDIRECTED}")
    return _Account(readable=False)


def _read(body: bytes) -> _Account:
    if not body.strip():
        return _Account()
    try:
        document = jsontext.loads(bound_answer(body))
    except ValueError:
        return _Account(readable=False)
    if not isinstance(document, dict):
        return _Account(readable=False)
    error = document.get("error")
    if isinstance(error, dict):
        cause, is_cut = redact_cause(error)
        return _Account(cause=cause, is_cut=is_cut)
    sentences = (error, *(document.get(key) for key in _SENTENCES))
    sentence = next((text for text in sentences if isinstance(text, str)), "")
    return _Account(sentence=redact(sentence), is_cut=len(sentence) > LONGEST)


def _error_class(account: _Account, code: Code) -> type[CallError]:
    if not account.readable:
        return MalformedAnswerError
    return UnimplementedError if code is Code.UNIMPLEMENTED else UpstreamError


def _code(cause: Mapping[str, Any], status: int, judged: Judgement | None) -> Code:
    """Judgement first, then the type, then the status; without a status, the types of the causes below."""
    if judged:
        return judged.code
    if known := ENGINE_CODES.get(str(cause.get("type"))):
        return known
    if status:
        return code_of_status(status)
    types = (str(deeper.get("type")) for deeper in _causes(cause))
    return next((ENGINE_CODES[name] for name in types if name in ENGINE_CODES), Code.UNKNOWN)


def _applied(operation: Operation, cause: Mapping[str, Any], status: int, judged: Judgement | None) -> Applied:
    """Tell whether a write may have happened.

    Any 4xx is a refusal, and a redirect comes before the cluster. 500, 502 and 504 tell nothing: the engine broke off midway, or a proxy lost sight of it. 503 neither:
    a manager lost while it published a change ends in the same status as one that was never there.
    """
    if operation.read_only:
        return Applied.UNSPECIFIED
    refused = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _LOST_STATUSES
    never = status == HTTPStatus.NOT_IMPLEMENTED or cause.get("type") in _REFUSED_BEFORE
    return Applied.NO if refused or judged or never else Applied.UNKNOWN


def _is_retryable(operation: Operation, code: Code, status: int, applied: Applied) -> bool:
    return _is_temporary(code, status) and may_repeat(operation, applied)


def may_repeat(operation: Operation, applied: Applied) -> bool:
    """Tell whether a call that failed can be made again without harm."""
    harmless = operation.read_only or operation.idempotent or applied is Applied.NO
    return harmless and operation.retry is not Retry.NEVER


def _is_temporary(code: Code, status: int) -> bool:
    return code in _TEMPORARY or (code is Code.RESOURCE_EXHAUSTED and status in _BUSY_STATUSES)


def _message(account: _Account, status: int, judged: Judgement | None) -> str:
    said = (judged and judged.message) or account.sentence or _cause_message(account.cause or {})
    return clip(said or _status_message(account, status), _LONGEST_MESSAGE)


def _cause_message(cause: Mapping[str, Any]) -> str:
    """Return the reason, with the root's reason behind it where that says more."""
    reason = str(cause.get("reason") or cause.get("type") or "")
    root = next((str(c["reason"]) for c in reversed([*_causes(cause)]) if c.get("reason")), "")
    # Engines wrap reasons by putting a class name in front of them, which says nothing more.
    return reason if root in reason or root.endswith(reason) else f"{reason}: {root}"


def _causes(cause: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the causes below one: down the chain, then the first root, which is the last word."""
    if deeper := cause.get("caused_by"):
        yield deeper
        yield from _causes(deeper)
    yield from cause.get("root_cause", ())[:1]


def _status_message(account: _Account, status: int) -> str:
    if account.readable and status == HTTPStatus.NOT_FOUND:
        return "what the call names does not exist"
    named = _title(status)
    if account.readable:
        return f"the cluster answered {named} without saying why"
    return f"{named} came with a body that is not an answer of a cluster; a proxy may have sent it"


def _title(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
