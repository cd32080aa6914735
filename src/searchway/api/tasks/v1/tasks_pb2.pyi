from google.api import annotations_pb2 as _annotations_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from searchway.api.contract.v1 import contract_pb2 as _contract_pb2
from searchway.api.errors.v1 import errors_pb2 as _errors_pb2
from searchway.api.types.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetTaskRequest(_message.Message):
    __slots__ = ("task_id", "wait_for_completion", "timeout")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    WAIT_FOR_COMPLETION_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    wait_for_completion: bool
    timeout: str
    def __init__(self, task_id: _Optional[str] = ..., wait_for_completion: _Optional[bool] = ..., timeout: _Optional[str] = ...) -> None: ...

class ListTasksRequest(_message.Message):
    __slots__ = ("actions", "detailed", "nodes", "parent_task_id", "timeout", "page_size", "page_token", "wait_for_completion")
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    DETAILED_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    PARENT_TASK_ID_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    WAIT_FOR_COMPLETION_FIELD_NUMBER: _ClassVar[int]
    actions: _containers.RepeatedScalarFieldContainer[str]
    detailed: bool
    nodes: _containers.RepeatedScalarFieldContainer[str]
    parent_task_id: str
    timeout: str
    page_size: int
    page_token: str
    wait_for_completion: bool
    def __init__(self, actions: _Optional[_Iterable[str]] = ..., detailed: _Optional[bool] = ..., nodes: _Optional[_Iterable[str]] = ..., parent_task_id: _Optional[str] = ..., timeout: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., wait_for_completion: _Optional[bool] = ...) -> None: ...

class ListTasksResponse(_message.Message):
    __slots__ = ("tasks", "node_failures", "next_page_token", "total_size")
    TASKS_FIELD_NUMBER: _ClassVar[int]
    NODE_FAILURES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    tasks: _containers.RepeatedCompositeFieldContainer[Task]
    node_failures: _containers.RepeatedCompositeFieldContainer[_errors_pb2.ErrorCause]
    next_page_token: str
    total_size: int
    def __init__(self, tasks: _Optional[_Iterable[_Union[Task, _Mapping]]] = ..., node_failures: _Optional[_Iterable[_Union[_errors_pb2.ErrorCause, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_size: _Optional[int] = ...) -> None: ...

class GetTaskResponse(_message.Message):
    __slots__ = ("completed", "task", "response", "error", "extra")
    COMPLETED_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    completed: bool
    task: Task
    response: _types_pb2.Json
    error: _errors_pb2.ErrorCause
    extra: _types_pb2.Json
    def __init__(self, completed: _Optional[bool] = ..., task: _Optional[_Union[Task, _Mapping]] = ..., response: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., error: _Optional[_Union[_errors_pb2.ErrorCause, _Mapping]] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class Task(_message.Message):
    __slots__ = ("node", "number", "type", "action", "status", "description", "start_time_in_millis", "running_time_in_nanos", "cancellable", "cancelled", "headers", "parent_task_id", "extra")
    NODE_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    START_TIME_IN_MILLIS_FIELD_NUMBER: _ClassVar[int]
    RUNNING_TIME_IN_NANOS_FIELD_NUMBER: _ClassVar[int]
    CANCELLABLE_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    PARENT_TASK_ID_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    node: str
    number: int
    type: str
    action: str
    status: _types_pb2.Json
    description: str
    start_time_in_millis: int
    running_time_in_nanos: int
    cancellable: bool
    cancelled: bool
    headers: _types_pb2.Json
    parent_task_id: str
    extra: _types_pb2.Json
    def __init__(self, node: _Optional[str] = ..., number: _Optional[int] = ..., type: _Optional[str] = ..., action: _Optional[str] = ..., status: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., description: _Optional[str] = ..., start_time_in_millis: _Optional[int] = ..., running_time_in_nanos: _Optional[int] = ..., cancellable: _Optional[bool] = ..., cancelled: _Optional[bool] = ..., headers: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., parent_task_id: _Optional[str] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...
