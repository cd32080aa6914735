"""Everything that can go wrong, in one vocabulary for both faces: the canonical gRPC codes.

    SearchwayError
    ├── SettingsError              a setting is wrong; names its key
    └── CallError                  a call failed; carries a Failure
        ├── InvalidArgumentError   the caller's input is refused, before anything is sent
        ├── UnimplementedError     the engine of the cluster does not have the operation
        ├── UpstreamError          the cluster answered with an error
        ├── TransportError         no answer came, or not the whole of it
        └── MalformedAnswerError   an answer came that nobody promised: HTML, half a document

Must not know HTTP clients, operations or either face. How an answer is read into a Failure stands in
`transcode.failures`; here are only the words and the two tables that say what a status and an engine's word mean.
Codes: https://grpc.io/docs/guides/status-codes/
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Self

DETAILS_LIMIT: Final = 4096
"""Most bytes of a serialised failure: larger trailers reach gRPC clients as RESOURCE_EXHAUSTED."""


class Code(StrEnum):
    """A canonical code, in the order of its number."""

    OK = "OK"
    """Nothing failed."""
    CANCELLED = "CANCELLED"
    """The caller, or an operator of the cluster, stopped it."""
    UNKNOWN = "UNKNOWN"
    """Something failed that says nothing about itself."""
    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    """The input is wrong, whatever state the cluster is in."""
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    """The time was over before the answer came."""
    NOT_FOUND = "NOT_FOUND"
    """Something that the call names does not exist."""
    ALREADY_EXISTS = "ALREADY_EXISTS"
    """Something that the call creates exists already."""
    PERMISSION_DENIED = "PERMISSION_DENIED"
    """The caller is known and may not do this."""
    RESOURCE_EXHAUSTED = "RESOURCE_EXHAUSTED"
    """A limit is reached: of load, number or size."""
    FAILED_PRECONDITION = "FAILED_PRECONDITION"
    """The cluster's state must be changed before this can work."""
    ABORTED = "ABORTED"
    """Somebody else changed the thing meanwhile: read it again, then decide."""
    OUT_OF_RANGE = "OUT_OF_RANGE"
    """The call went past the end."""
    UNIMPLEMENTED = "UNIMPLEMENTED"
    """The engine does not have this."""
    INTERNAL = "INTERNAL"
    """A promise was broken, by the cluster or by the gateway."""
    UNAVAILABLE = "UNAVAILABLE"
    """The cluster cannot serve now; later it may."""
    DATA_LOSS = "DATA_LOSS"
    """Data is lost or corrupt for good."""
    UNAUTHENTICATED = "UNAUTHENTICATED"
    """The credentials are missing or wrong."""

    @property
    def number(self) -> int:
        """The number that stands for the code in gRPC."""
        return _NUMBERS[self]


_NUMBERS: Final = {code: number for number, code in enumerate(Code)}


class Applied(StrEnum):
    """Whether the cluster may have carried out a write that failed; the names of the proto enum."""

    UNSPECIFIED = "APPLIED_UNSPECIFIED"
    """The question does not arise: the call was a read."""
    NO = "APPLIED_NO"
    """Certainly not: it was not sent, or it was refused."""
    UNKNOWN = "APPLIED_UNKNOWN"
    """Nobody can tell."""
    YES = "APPLIED_YES"
    """Certainly: the cluster said so, and what failed came after that."""
    PART = "APPLIED_PART"
    """Some of it was carried out, and some of it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What failed: a call, or one item of it. Same fields as `searchway.api.errors.v1.ApiError`."""

    code: Code
    """What kind of failure it is."""
    message: str
    """One sentence that says what failed."""
    item: str = ""
    """What it is about where a call has several items."""
    cause: Mapping[str, Any] | None = None
    """The engine's error object as parsed and sanitised."""
    http_status: int = 0
    """The status of the cluster's answer; 0 if there was none."""
    cluster: str = ""
    """The configured name of the cluster."""
    operation: str = ""
    """The operation, as in `ism.CreatePolicy`."""
    request_id: str = ""
    """The identifier of the call."""
    retryable: bool = False
    """Whether the same call may be made again without harm, and may then succeed."""
    retry_delay_ms: int = 0
    """How long to wait before that, in milliseconds."""
    applied: Applied = Applied.UNSPECIFIED
    """Whether a write may have been carried out."""
    truncated: bool = False
    """Whether something was left out to keep this small."""
    field: str = ""
    """The input field that was refused, as in `role.indices[0].names`."""

    def document(self) -> dict[str, Any]:
        """Return the failure as plain values under the proto names of ApiError; without `cause` if there is none."""
        document = {name: getattr(self, name) for name in self.__slots__}
        applied = (
            "" if self.applied is Applied.UNSPECIFIED else self.applied.name.lower()
        )  # as answers say it: its REST word
        document |= {"code": self.code.value, "applied": applied}
        if self.cause is None:
            del document["cause"]
        return document

    @property
    def size(self) -> int:
        """Bytes of the failure as compact JSON, which its protobuf encoding never exceeds."""
        text = json.dumps(self.document(), ensure_ascii=False, separators=(",", ":"), default=str)
        return len(text.encode(errors="replace"))

    def fit(self, limit: int = DETAILS_LIMIT) -> "Failure":
        """Return the failure in at most `limit` bytes (1,024 or more), the least useful parts cut first."""
        if self.size <= limit:
            return self
        for longest, levels, undeclared in _CUTS:
            cause = self.cause and cut_cause(self.cause, longest=longest, levels=levels, undeclared=undeclared)
            shorter = replace(self, message=clip(self.message, longest), cause=cause, truncated=True)
            if shorter.size <= limit:
                return shorter
        return self._bare(limit)

    def _bare(self, limit: int) -> "Failure":
        # A character takes at most six bytes of JSON; half of what the numbers and names leave goes to the message.
        share = (limit - 512) // 12
        each = share // 5
        return replace(
            self,
            message=clip(self.message, share),
            cause=None,
            truncated=True,
            item=clip(self.item, each),
            cluster=clip(self.cluster, each),
            operation=clip(self.operation, each),
            request_id=clip(self.request_id, each),
            field=clip(self.field, each),
        )


def clip(text: str, limit: int) -> str:
    """Return the text in at most `limit` characters, an ellipsis at the end if it was cut."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def printable(text: str) -> str:
    """Return a text that can be written: a lone surrogate, which a caller's JSON may hold, as its escape."""
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


_CUTS: Final = ((1000, 8, True), (500, 3, True), (500, 3, False), (250, 2, False), (250, 1, False))
"""From gentle to rough: longest text in characters, levels of causes, whether undeclared members stay."""

_LONGEST_VALUE: Final = 64
"""Characters of a value that an error repeats."""

_TOLD: Final = ("type", "reason", "index")
_NESTED: Final = ("caused_by", "root_cause")
_TRACES: Final = ("stack_trace", "suppressed")
_MOST_ROOTS: Final = 3


def cut_cause(cause: Mapping[str, Any], *, longest: int, levels: int, undeclared: bool) -> dict[str, Any]:
    """Return the cause with texts and depth cut, without stack traces and suppressed errors."""
    kept: dict[str, Any] = {}
    for key, value in cause.items():
        if key in _NESTED and levels > 1:
            one = isinstance(value, Mapping)
            causes = [value] if one else value[:_MOST_ROOTS]
            short = [cut_cause(each, longest=longest, levels=levels - 1, undeclared=undeclared) for each in causes]
            kept[key] = short[0] if one else short
        elif key in _TOLD or (undeclared and key not in _NESTED + _TRACES):
            kept[key] = clip(value, longest) if isinstance(value, str) else value
    return kept


class SearchwayError(Exception):
    """Root of all errors of the gateway."""


class SettingsError(SearchwayError):
    """A setting is wrong; the message begins with its key."""


class CallError(SearchwayError):
    """A call failed."""

    failure: Failure
    """What happened, for the caller's eyes."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure

    @property
    def code(self) -> Code:
        """The canonical code."""
        return self.failure.code

    def copy(self) -> Self:
        """Return the same error anew, for each of several callers who share a request."""
        error = type(self).__new__(type(self))
        CallError.__init__(error, self.failure)
        return error

    def rename(self, field: str, name: str, value: str = "") -> None:
        """Call the refused input by another name, if it is this one: the caller gave the same in another place.

        Args:
            field: how it is called.
            name: how it is to be called.
            value: what was given there, if the caller may read it again.
        """
        known = self.failure
        if known.field == field:
            got = f": got {clip(value, _LONGEST_VALUE)!r}, " if value else ": "
            self.failure = replace(known, field=name, message=f"{name}{got}{known.message.removeprefix(f'{field}: ')}")

    def with_context(
        self,
        *,
        cluster: str = "",
        operation: str = "",
        request_id: str = "",
        applied: Applied = Applied.UNSPECIFIED,
    ) -> Self:
        """Fill in where it happened and what became of a write, unless it is known already; return the error itself."""
        known = self.failure
        self.failure = replace(
            known,
            cluster=known.cluster or cluster,
            operation=known.operation or operation,
            request_id=known.request_id or request_id,
            applied=applied if known.applied is Applied.UNSPECIFIED else known.applied,
        )
        return self


class InvalidArgumentError(CallError):
    """The caller's input is refused: `field` is its path, `problem` says what is wrong and what is expected."""

    def __init__(self, field: str, problem: str) -> None:
        message = printable(clip(f"{field}: {problem}" if field else problem, 1000))
        super().__init__(
            Failure(code=Code.INVALID_ARGUMENT, message=message, field=printable(field), applied=Applied.NO)
        )


class UnimplementedError(CallError):
    """The engine of the cluster does not have the operation."""

    def rename(self, field: str, name: str, value: str = "") -> None:
        """Do so too where the message says by what another cluster is chosen."""
        super().rename(field, name, value)
        self.failure = replace(self.failure, message=self.failure.message.replace(field, name))


class UpstreamError(CallError):
    """The cluster answered with an error."""


class TransportError(CallError):
    """No answer came, or not the whole of it; the failure's `applied` says what that means for a write."""


class MalformedAnswerError(CallError):
    """The answer is not what the contract promises."""

    @classmethod
    def of_shape(cls, problem: str = "", *, applied: Applied = Applied.UNSPECIFIED) -> Self:
        """Make the error for a success that cannot be read: not JSON, or not of the documented shape.

        Args:
            problem: what exactly is wrong with it, in the gateway's own words.
            applied: what it means for a write, where that does not follow from its status.
        """
        message = "the cluster's answer is not of the documented shape"
        return cls(
            Failure(code=Code.INTERNAL, message=f"{message}: {problem}" if problem else message, applied=applied)
        )


_STATUS_CODES: Final[Mapping[int, Code]] = {
    400: Code.INVALID_ARGUMENT,
    401: Code.UNAUTHENTICATED,
    403: Code.PERMISSION_DENIED,
    404: Code.NOT_FOUND,
    405: Code.UNIMPLEMENTED,  # the engine has no such route; the caller chose none
    406: Code.INTERNAL,  # media types are the gateway's choice, so the caller did nothing wrong
    408: Code.DEADLINE_EXCEEDED,
    409: Code.ABORTED,
    410: Code.NOT_FOUND,
    413: Code.RESOURCE_EXHAUSTED,  # what gRPC itself says of a message that is too large
    414: Code.INVALID_ARGUMENT,  # names in the path are too long or too many
    415: Code.INTERNAL,  # as 406
    422: Code.INVALID_ARGUMENT,
    429: Code.RESOURCE_EXHAUSTED,
    431: Code.RESOURCE_EXHAUSTED,
    499: Code.CANCELLED,
    501: Code.UNIMPLEMENTED,
    502: Code.UNAVAILABLE,
    503: Code.UNAVAILABLE,
    504: Code.DEADLINE_EXCEEDED,
    507: Code.RESOURCE_EXHAUSTED,
}

_CLASS_CODES: Final[Mapping[int, Code]] = {
    3: Code.FAILED_PRECONDITION,  # a redirect: no engine sends one; the settings must name another address
    4: Code.FAILED_PRECONDITION,
}

ENGINE_CODES: Final[Mapping[str, Code]] = {
    # The input is wrong.
    "action_request_validation_exception": Code.INVALID_ARGUMENT,
    "illegal_argument_exception": Code.INVALID_ARGUMENT,
    "invalid_alias_name_exception": Code.INVALID_ARGUMENT,
    "invalid_index_name_exception": Code.INVALID_ARGUMENT,
    "json_e_o_f_exception": Code.INVALID_ARGUMENT,
    "json_parse_exception": Code.INVALID_ARGUMENT,
    "mapper_parsing_exception": Code.INVALID_ARGUMENT,
    "named_object_not_found_exception": Code.INVALID_ARGUMENT,  # an unknown word inside the body, not a missing thing
    "number_format_exception": Code.INVALID_ARGUMENT,
    "parse_exception": Code.INVALID_ARGUMENT,
    "parsing_exception": Code.INVALID_ARGUMENT,
    "query_shard_exception": Code.INVALID_ARGUMENT,
    "script_exception": Code.INVALID_ARGUMENT,
    "settings_exception": Code.INVALID_ARGUMENT,
    "strict_dynamic_mapping_exception": Code.INVALID_ARGUMENT,
    "too_long_http_line_exception": Code.INVALID_ARGUMENT,
    "validation_exception": Code.INVALID_ARGUMENT,
    "x_content_e_o_f_exception": Code.INVALID_ARGUMENT,
    "x_content_parse_exception": Code.INVALID_ARGUMENT,
    # Something is missing, or in the way.
    "aliases_not_found_exception": Code.NOT_FOUND,
    "index_not_found_exception": Code.NOT_FOUND,
    "resource_not_found_exception": Code.NOT_FOUND,
    "shard_not_found_exception": Code.NOT_FOUND,
    "index_already_exists_exception": Code.ALREADY_EXISTS,
    "resource_already_exists_exception": Code.ALREADY_EXISTS,
    "version_conflict_engine_exception": Code.ABORTED,
    # The state of the cluster forbids it.
    "cluster_block_exception": Code.FAILED_PRECONDITION,  # 403 upstream, but no other credentials would help
    "index_closed_exception": Code.FAILED_PRECONDITION,
    "snapshot_in_progress_exception": Code.FAILED_PRECONDITION,
    # The gateway's own fault: it chooses the media types.
    "media_type_header_exception": Code.INTERNAL,  # 400 upstream
    # Limits and load.
    "circuit_breaking_exception": Code.RESOURCE_EXHAUSTED,  # 503 on old engines: it is the node's memory
    "es_rejected_execution_exception": Code.RESOURCE_EXHAUSTED,
    "rejected_execution_exception": Code.RESOURCE_EXHAUSTED,
    # Time and nodes.
    "elasticsearch_timeout_exception": Code.DEADLINE_EXCEEDED,
    "receive_timeout_transport_exception": Code.DEADLINE_EXCEEDED,
    "timeout_exception": Code.DEADLINE_EXCEEDED,
    "task_cancelled_exception": Code.CANCELLED,
    "cluster_manager_not_discovered_exception": Code.UNAVAILABLE,
    "connect_transport_exception": Code.UNAVAILABLE,
    "failed_to_commit_cluster_state_exception": Code.UNAVAILABLE,
    "master_not_discovered_exception": Code.UNAVAILABLE,
    "no_shard_available_action_exception": Code.UNAVAILABLE,
    "node_closed_exception": Code.UNAVAILABLE,  # the node that answered is going down
    "node_disconnected_exception": Code.UNAVAILABLE,
    "node_not_connected_exception": Code.UNAVAILABLE,
    "not_cluster_manager_exception": Code.UNAVAILABLE,
    "not_master_exception": Code.UNAVAILABLE,
    "process_cluster_event_timeout_exception": Code.UNAVAILABLE,  # the busy manager dropped the task from its queue
    "unavailable_shards_exception": Code.UNAVAILABLE,
    # Not here on purpose: security_exception (401 or 403), status_exception and index_management_exception (they
    # have no meaning but their status), illegal_state_exception and null_pointer_exception (judged by operation).
}
"""The engine's word for an error -> code, whatever the status says."""


def code_of_status(status: int) -> Code:
    """Return the code of an HTTP status that is not a success; INTERNAL for a success that cannot be read."""
    return _STATUS_CODES.get(status) or _CLASS_CODES.get(status // 100, Code.INTERNAL)
