from searchway.api.contract.v1 import contract_pb2 as _contract_pb2
from searchway.api.types.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Applied(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    APPLIED_UNSPECIFIED: _ClassVar[Applied]
    APPLIED_NO: _ClassVar[Applied]
    APPLIED_UNKNOWN: _ClassVar[Applied]
    APPLIED_YES: _ClassVar[Applied]
    APPLIED_PART: _ClassVar[Applied]
APPLIED_UNSPECIFIED: Applied
APPLIED_NO: Applied
APPLIED_UNKNOWN: Applied
APPLIED_YES: Applied
APPLIED_PART: Applied

class ErrorCause(_message.Message):
    __slots__ = ("type", "reason", "index", "stack_trace", "caused_by", "root_cause", "suppressed", "extra")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    STACK_TRACE_FIELD_NUMBER: _ClassVar[int]
    CAUSED_BY_FIELD_NUMBER: _ClassVar[int]
    ROOT_CAUSE_FIELD_NUMBER: _ClassVar[int]
    SUPPRESSED_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    type: str
    reason: str
    index: str
    stack_trace: str
    caused_by: ErrorCause
    root_cause: _containers.RepeatedCompositeFieldContainer[ErrorCause]
    suppressed: _containers.RepeatedCompositeFieldContainer[ErrorCause]
    extra: _types_pb2.Json
    def __init__(self, type: _Optional[str] = ..., reason: _Optional[str] = ..., index: _Optional[str] = ..., stack_trace: _Optional[str] = ..., caused_by: _Optional[_Union[ErrorCause, _Mapping]] = ..., root_cause: _Optional[_Iterable[_Union[ErrorCause, _Mapping]]] = ..., suppressed: _Optional[_Iterable[_Union[ErrorCause, _Mapping]]] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class ApiError(_message.Message):
    __slots__ = ("code", "message", "item", "cause", "http_status", "cluster", "operation", "request_id", "retryable", "retry_delay_ms", "applied", "truncated", "field")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    HTTP_STATUS_FIELD_NUMBER: _ClassVar[int]
    CLUSTER_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RETRYABLE_FIELD_NUMBER: _ClassVar[int]
    RETRY_DELAY_MS_FIELD_NUMBER: _ClassVar[int]
    APPLIED_FIELD_NUMBER: _ClassVar[int]
    TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    code: str
    message: str
    item: str
    cause: ErrorCause
    http_status: int
    cluster: str
    operation: str
    request_id: str
    retryable: bool
    retry_delay_ms: int
    applied: Applied
    truncated: bool
    field: str
    def __init__(self, code: _Optional[str] = ..., message: _Optional[str] = ..., item: _Optional[str] = ..., cause: _Optional[_Union[ErrorCause, _Mapping]] = ..., http_status: _Optional[int] = ..., cluster: _Optional[str] = ..., operation: _Optional[str] = ..., request_id: _Optional[str] = ..., retryable: _Optional[bool] = ..., retry_delay_ms: _Optional[int] = ..., applied: _Optional[_Union[Applied, str]] = ..., truncated: _Optional[bool] = ..., field: _Optional[str] = ...) -> None: ...
