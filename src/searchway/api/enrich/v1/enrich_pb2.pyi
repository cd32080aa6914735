from google.api import annotations_pb2 as _annotations_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from searchway.api.contract.v1 import contract_pb2 as _contract_pb2
from searchway.api.errors.v1 import errors_pb2 as _errors_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ExecutePolicyRequest(_message.Message):
    __slots__ = ("name", "wait_for_completion", "master_timeout")
    NAME_FIELD_NUMBER: _ClassVar[int]
    WAIT_FOR_COMPLETION_FIELD_NUMBER: _ClassVar[int]
    MASTER_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    name: str
    wait_for_completion: bool
    master_timeout: str
    def __init__(self, name: _Optional[str] = ..., wait_for_completion: _Optional[bool] = ..., master_timeout: _Optional[str] = ...) -> None: ...

class WatchPolicyExecutionRequest(_message.Message):
    __slots__ = ("name", "master_timeout", "poll_interval")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MASTER_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    POLL_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    name: str
    master_timeout: str
    poll_interval: str
    def __init__(self, name: _Optional[str] = ..., master_timeout: _Optional[str] = ..., poll_interval: _Optional[str] = ...) -> None: ...

class WatchPolicyExecutionResponse(_message.Message):
    __slots__ = ("finished", "joined", "task", "phase", "step", "running_time_in_nanos", "error")
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    JOINED_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    RUNNING_TIME_IN_NANOS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    finished: bool
    joined: bool
    task: str
    phase: str
    step: str
    running_time_in_nanos: int
    error: _errors_pb2.ApiError
    def __init__(self, finished: _Optional[bool] = ..., joined: _Optional[bool] = ..., task: _Optional[str] = ..., phase: _Optional[str] = ..., step: _Optional[str] = ..., running_time_in_nanos: _Optional[int] = ..., error: _Optional[_Union[_errors_pb2.ApiError, _Mapping]] = ...) -> None: ...

class ExecutePolicyResponse(_message.Message):
    __slots__ = ("status", "task")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    status: ExecutionStatus
    task: str
    def __init__(self, status: _Optional[_Union[ExecutionStatus, _Mapping]] = ..., task: _Optional[str] = ...) -> None: ...

class ExecutionStatus(_message.Message):
    __slots__ = ("phase", "step")
    PHASE_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    phase: str
    step: str
    def __init__(self, phase: _Optional[str] = ..., step: _Optional[str] = ...) -> None: ...
