"""How calls that went out as one request get their own answers back: one small class for each kind that may be joined.

Only what means the same when it is joined, and can be told apart again, is here. State management's add, remove, retry and change answer
with one total, and actions on data streams are atomic: those are never joined.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import msgspec
import orjson

from searchway.contract.records import Operation
from searchway.errors import Applied, CallError, Code, Failure, MalformedAnswerError, UpstreamError
from searchway.families import searches
from searchway.families.ism import is_pattern
from searchway.transcode import cutting, jsontext
from searchway.transcode.answer import malformed
from searchway.transcode.failures import item_failure
from searchway.transcode.members import either

Part = bytes | CallError | None
"""A member's body, its error, or None if it must be asked again alone."""

_MEGABYTE = 1024 * 1024
_TOTAL = "total_managed_indices"


class Join:
    """How calls of one kind are joined."""

    bound: int = _MEGABYTE
    """The largest sum of sizes."""

    def takes(self, operation: Operation, message: Any) -> bool:
        """Tell whether this call may be joined."""
        del operation, message
        return True

    def thing(self, message: Any) -> str:
        """Return what the call writes; empty for reads."""
        del message
        return ""

    def size(self, message: Any) -> int:
        """Return how much of the bound the call takes; bytes unless the kind says otherwise."""
        return int(message.ByteSize())

    def split(self, operation: Operation, messages: Sequence[Any], body: bytes) -> Sequence[Part]:
        """Take the answer apart, a part for each message, in their order. What one part holds is of its member alone.

        Raises:
            MalformedAnswerError: it cannot be taken apart.
        """
        raise NotImplementedError


class PutRole(Join):
    """Single roles in a bulk request."""

    def thing(self, message: Any) -> str:
        """Two writes of one role keep their order."""
        return str(message.name)

    def split(self, operation: Operation, messages: Sequence[Any], body: bytes) -> Sequence[Part]:
        """Find each role among the created, the unchanged and the refused."""
        document = _cut(body)
        details = _cut_below(_cut_below(document, "errors"), "details")
        done = {word: _names(document.get(word)) for word in ("created", "updated", "noop")}
        return [self._part(operation, message.name, done, details) for message in messages]

    def _part(
        self, operation: Operation, name: str, done: Mapping[str, frozenset[str]], details: Mapping[str, msgspec.Raw]
    ) -> Part:
        if name in details:
            return _refused(item_failure(_cause(details[name]), item="", operation=operation.name))
        if not any(name in names for names in done.values()):
            return MalformedAnswerError.of_shape(applied=Applied.UNKNOWN)
        return orjson.dumps({"role": {"created": name in done["created"]}})


class ExplainIndices(Join):
    """Explanations of different indices in one request."""

    # Paths beside which prefix and query still fit into a request line of 4,096 bytes.
    bound = 3500

    def takes(self, operation: Operation, message: Any) -> bool:
        """Patterns cannot be told apart in an answer, nor can an index that is called as a member beside the indices."""
        reserved = operation.reserved_keys
        return not any(is_pattern(name) or name in reserved for name in message.indices)

    def size(self, message: Any) -> int:
        """Return the longest that the names can get in a path."""
        return sum(3 * len(name.encode()) + 1 for name in message.indices)

    def split(self, operation: Operation, messages: Sequence[Any], body: bytes) -> Sequence[Part]:
        """Give each its indices; one that is missing a name asks again alone, which tells why."""
        found = _cut(body)
        return [self._part(operation, message.indices, found) for message in messages]

    def _part(self, operation: Operation, names: Sequence[str], found: Mapping[str, msgspec.Raw]) -> Part:
        if any(name not in found for name in names):
            return None
        own = {name: raw for name, raw in found.items() if name in names}
        if _TOTAL not in found:
            return jsontext.join_members(own)
        count = sum(_is_managed(operation, raw) for raw in own.values())
        return jsontext.join_members({**own, _TOTAL: str(count).encode()})


class MultiSearch(Join):
    """Lists of searches as one longer list."""

    bound = 5 * _MEGABYTE

    def split(self, operation: Operation, messages: Sequence[Any], body: bytes) -> Sequence[Part]:
        """Give each as many answers as it has searches, in order."""
        del operation
        took, answers = searches.cut(body)
        if len(answers) != sum(len(message.searches) for message in messages):
            raise MalformedAnswerError.of_shape()
        rest = iter(answers)
        own = ([next(rest) for _ in message.searches] for message in messages)
        return [_searches(took, part) for part in own]


class Search(Join):
    """Single searches as a list."""

    bound = 5 * _MEGABYTE

    def split(self, operation: Operation, messages: Sequence[Any], body: bytes) -> Sequence[Part]:
        """Give each its own hits, or its own error."""
        _, answers = searches.cut(body)
        if len(answers) != len(messages):
            raise MalformedAnswerError.of_shape()
        return [self._part(operation, answer) for answer in answers]

    def _part(self, operation: Operation, answer: msgspec.Raw) -> Part:
        try:
            failure = searches.failure_of(answer, item="", operation=operation.name)
        except MalformedAnswerError as error:
            return error
        return UpstreamError(failure) if failure else bytes(answer)


def _cut(body: bytes) -> Mapping[str, msgspec.Raw]:
    try:
        return cutting.members(body)
    except ValueError as error:
        raise malformed(error) from error


def _cut_below(members: Mapping[str, msgspec.Raw], name: str) -> Mapping[str, msgspec.Raw]:
    """Cut one member, which is nothing if it is no object."""
    try:
        return cutting.members(members.get(name, b"{}"))
    except ValueError:
        return {}


def _names(raw: msgspec.Raw | None) -> frozenset[str]:
    """Return the texts of a list, none if it is no list."""
    found = _loaded(raw)
    return frozenset(name for name in found if isinstance(name, str)) if isinstance(found, list) else frozenset()


def _cause(raw: msgspec.Raw) -> Mapping[str, Any]:
    found = _loaded(raw)
    return found if isinstance(found, Mapping) else {"reason": str(found or "")}


def _loaded(raw: msgspec.Raw | None) -> Any:
    try:
        return None if raw is None else jsontext.loads(bytes(raw))
    except ValueError:
        return None


def _searches(took: msgspec.Raw | None, answers: Sequence[msgspec.Raw]) -> bytes:
    listed = b"[" + b",".join(bytes(answer) for answer in answers) + b"]"
    return jsontext.join_members({**({"took": took} if took is not None else {}), "responses": listed})


def _is_managed(operation: Operation, raw: msgspec.Raw) -> bool:
    entry = operation.items and operation.items.shape
    assert entry  # noqa: S101  # explain is paged by its indices
    policy = entry.by_name["policy_id"]
    found = _loaded(raw)  # one that cannot be read is counted as none: its reader tells why
    return isinstance(found, Mapping) and either(found, (policy.at, *((key,) for key in policy.also))) is not None


def _refused(failure: Failure) -> Part:
    """Return the error of a write that was refused; one that failed otherwise is made again alone, which tells what of it was done."""
    if failure.code is not Code.INVALID_ARGUMENT:
        return None
    return UpstreamError(replace(failure, applied=Applied.NO, http_status=HTTPStatus.BAD_REQUEST.value))


JOINS: Mapping[str, Join] = {
    "fleet.MultiSearch": MultiSearch(),
    "fleet.Search": Search(),
    "ism.ExplainIndices": ExplainIndices(),
    "security.PutRole": PutRole(),
}
