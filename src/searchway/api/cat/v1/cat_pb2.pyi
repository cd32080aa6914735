from google.api import annotations_pb2 as _annotations_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from searchway.api.contract.v1 import contract_pb2 as _contract_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListAllocationRequest(_message.Message):
    __slots__ = ("node_ids", "columns", "sort", "local", "master_timeout", "page_size", "page_token")
    NODE_IDS_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    LOCAL_FIELD_NUMBER: _ClassVar[int]
    MASTER_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    node_ids: _containers.RepeatedScalarFieldContainer[str]
    columns: _containers.RepeatedScalarFieldContainer[str]
    sort: _containers.RepeatedScalarFieldContainer[str]
    local: bool
    master_timeout: str
    page_size: int
    page_token: str
    def __init__(self, node_ids: _Optional[_Iterable[str]] = ..., columns: _Optional[_Iterable[str]] = ..., sort: _Optional[_Iterable[str]] = ..., local: _Optional[bool] = ..., master_timeout: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListAllocationResponse(_message.Message):
    __slots__ = ("allocation", "next_page_token", "total_size")
    ALLOCATION_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    allocation: _containers.RepeatedCompositeFieldContainer[Allocation]
    next_page_token: str
    total_size: int
    def __init__(self, allocation: _Optional[_Iterable[_Union[Allocation, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_size: _Optional[int] = ...) -> None: ...

class Allocation(_message.Message):
    __slots__ = ("shards", "shards_undesired", "write_load_forecast", "disk_indices_forecast", "disk_indices", "disk_used", "disk_avail", "disk_total", "disk_percent", "host", "ip", "node", "node_role")
    SHARDS_FIELD_NUMBER: _ClassVar[int]
    SHARDS_UNDESIRED_FIELD_NUMBER: _ClassVar[int]
    WRITE_LOAD_FORECAST_FIELD_NUMBER: _ClassVar[int]
    DISK_INDICES_FORECAST_FIELD_NUMBER: _ClassVar[int]
    DISK_INDICES_FIELD_NUMBER: _ClassVar[int]
    DISK_USED_FIELD_NUMBER: _ClassVar[int]
    DISK_AVAIL_FIELD_NUMBER: _ClassVar[int]
    DISK_TOTAL_FIELD_NUMBER: _ClassVar[int]
    DISK_PERCENT_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    IP_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    NODE_ROLE_FIELD_NUMBER: _ClassVar[int]
    shards: int
    shards_undesired: int
    write_load_forecast: float
    disk_indices_forecast: int
    disk_indices: int
    disk_used: int
    disk_avail: int
    disk_total: int
    disk_percent: float
    host: str
    ip: str
    node: str
    node_role: str
    def __init__(self, shards: _Optional[int] = ..., shards_undesired: _Optional[int] = ..., write_load_forecast: _Optional[float] = ..., disk_indices_forecast: _Optional[int] = ..., disk_indices: _Optional[int] = ..., disk_used: _Optional[int] = ..., disk_avail: _Optional[int] = ..., disk_total: _Optional[int] = ..., disk_percent: _Optional[float] = ..., host: _Optional[str] = ..., ip: _Optional[str] = ..., node: _Optional[str] = ..., node_role: _Optional[str] = ...) -> None: ...
