from google.api import annotations_pb2 as _annotations_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from searchway.api.contract.v1 import contract_pb2 as _contract_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class FlushJobRequest(_message.Message):
    __slots__ = ("job_id", "advance_time", "calc_interim", "end", "skip_time", "start")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    ADVANCE_TIME_FIELD_NUMBER: _ClassVar[int]
    CALC_INTERIM_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    SKIP_TIME_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    advance_time: str
    calc_interim: bool
    end: str
    skip_time: str
    start: str
    def __init__(self, job_id: _Optional[str] = ..., advance_time: _Optional[str] = ..., calc_interim: _Optional[bool] = ..., end: _Optional[str] = ..., skip_time: _Optional[str] = ..., start: _Optional[str] = ...) -> None: ...

class FlushJobResponse(_message.Message):
    __slots__ = ("flushed", "last_finalized_bucket_end")
    FLUSHED_FIELD_NUMBER: _ClassVar[int]
    LAST_FINALIZED_BUCKET_END_FIELD_NUMBER: _ClassVar[int]
    flushed: bool
    last_finalized_bucket_end: int
    def __init__(self, flushed: _Optional[bool] = ..., last_finalized_bucket_end: _Optional[int] = ...) -> None: ...
