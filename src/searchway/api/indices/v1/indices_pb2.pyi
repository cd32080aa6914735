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

class ModifyDataStreamRequest(_message.Message):
    __slots__ = ("actions", "cluster_manager_timeout", "timeout")
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    CLUSTER_MANAGER_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    actions: _containers.RepeatedCompositeFieldContainer[DataStreamAction]
    cluster_manager_timeout: str
    timeout: str
    def __init__(self, actions: _Optional[_Iterable[_Union[DataStreamAction, _Mapping]]] = ..., cluster_manager_timeout: _Optional[str] = ..., timeout: _Optional[str] = ...) -> None: ...

class DataStreamAction(_message.Message):
    __slots__ = ("add_backing_index", "remove_backing_index", "delete_backing_index")
    ADD_BACKING_INDEX_FIELD_NUMBER: _ClassVar[int]
    REMOVE_BACKING_INDEX_FIELD_NUMBER: _ClassVar[int]
    DELETE_BACKING_INDEX_FIELD_NUMBER: _ClassVar[int]
    add_backing_index: BackingIndex
    remove_backing_index: BackingIndex
    delete_backing_index: BackingIndex
    def __init__(self, add_backing_index: _Optional[_Union[BackingIndex, _Mapping]] = ..., remove_backing_index: _Optional[_Union[BackingIndex, _Mapping]] = ..., delete_backing_index: _Optional[_Union[BackingIndex, _Mapping]] = ...) -> None: ...

class BackingIndex(_message.Message):
    __slots__ = ("data_stream", "index", "failure_store")
    DATA_STREAM_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    FAILURE_STORE_FIELD_NUMBER: _ClassVar[int]
    data_stream: str
    index: str
    failure_store: bool
    def __init__(self, data_stream: _Optional[str] = ..., index: _Optional[str] = ..., failure_store: _Optional[bool] = ...) -> None: ...

class ModifyDataStreamResponse(_message.Message):
    __slots__ = ("acknowledged",)
    ACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    acknowledged: bool
    def __init__(self, acknowledged: _Optional[bool] = ...) -> None: ...

class ShrinkIndexRequest(_message.Message):
    __slots__ = ("index", "target", "master_timeout", "timeout", "wait_for_active_shards", "aliases", "settings", "max_primary_shard_size", "max_shard_size", "copy_settings", "wait_for_completion", "task_execution_timeout")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    MASTER_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    WAIT_FOR_ACTIVE_SHARDS_FIELD_NUMBER: _ClassVar[int]
    ALIASES_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    MAX_PRIMARY_SHARD_SIZE_FIELD_NUMBER: _ClassVar[int]
    MAX_SHARD_SIZE_FIELD_NUMBER: _ClassVar[int]
    COPY_SETTINGS_FIELD_NUMBER: _ClassVar[int]
    WAIT_FOR_COMPLETION_FIELD_NUMBER: _ClassVar[int]
    TASK_EXECUTION_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    index: str
    target: str
    master_timeout: str
    timeout: str
    wait_for_active_shards: str
    aliases: _containers.RepeatedCompositeFieldContainer[Alias]
    settings: _types_pb2.Json
    max_primary_shard_size: str
    max_shard_size: str
    copy_settings: bool
    wait_for_completion: bool
    task_execution_timeout: str
    def __init__(self, index: _Optional[str] = ..., target: _Optional[str] = ..., master_timeout: _Optional[str] = ..., timeout: _Optional[str] = ..., wait_for_active_shards: _Optional[str] = ..., aliases: _Optional[_Iterable[_Union[Alias, _Mapping]]] = ..., settings: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., max_primary_shard_size: _Optional[str] = ..., max_shard_size: _Optional[str] = ..., copy_settings: _Optional[bool] = ..., wait_for_completion: _Optional[bool] = ..., task_execution_timeout: _Optional[str] = ...) -> None: ...

class ShrinkIndexResponse(_message.Message):
    __slots__ = ("acknowledged", "shards_acknowledged", "index", "task")
    ACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    SHARDS_ACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    acknowledged: bool
    shards_acknowledged: bool
    index: Index
    task: str
    def __init__(self, acknowledged: _Optional[bool] = ..., shards_acknowledged: _Optional[bool] = ..., index: _Optional[_Union[Index, _Mapping]] = ..., task: _Optional[str] = ...) -> None: ...

class Alias(_message.Message):
    __slots__ = ("name", "filter", "index_routing", "is_hidden", "is_write_index", "routing", "search_routing")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    INDEX_ROUTING_FIELD_NUMBER: _ClassVar[int]
    IS_HIDDEN_FIELD_NUMBER: _ClassVar[int]
    IS_WRITE_INDEX_FIELD_NUMBER: _ClassVar[int]
    ROUTING_FIELD_NUMBER: _ClassVar[int]
    SEARCH_ROUTING_FIELD_NUMBER: _ClassVar[int]
    name: str
    filter: _types_pb2.Json
    index_routing: str
    is_hidden: bool
    is_write_index: bool
    routing: str
    search_routing: str
    def __init__(self, name: _Optional[str] = ..., filter: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., index_routing: _Optional[str] = ..., is_hidden: _Optional[bool] = ..., is_write_index: _Optional[bool] = ..., routing: _Optional[str] = ..., search_routing: _Optional[str] = ...) -> None: ...

class CreateIndexRequest(_message.Message):
    __slots__ = ("index", "master_timeout", "timeout", "wait_for_active_shards", "aliases", "mappings", "settings", "attach", "strict")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    MASTER_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    WAIT_FOR_ACTIVE_SHARDS_FIELD_NUMBER: _ClassVar[int]
    ALIASES_FIELD_NUMBER: _ClassVar[int]
    MAPPINGS_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    ATTACH_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    index: str
    master_timeout: str
    timeout: str
    wait_for_active_shards: str
    aliases: _containers.RepeatedCompositeFieldContainer[Alias]
    mappings: _types_pb2.Json
    settings: _types_pb2.Json
    attach: str
    strict: bool
    def __init__(self, index: _Optional[str] = ..., master_timeout: _Optional[str] = ..., timeout: _Optional[str] = ..., wait_for_active_shards: _Optional[str] = ..., aliases: _Optional[_Iterable[_Union[Alias, _Mapping]]] = ..., mappings: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., settings: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., attach: _Optional[str] = ..., strict: _Optional[bool] = ...) -> None: ...

class CreateIndexResponse(_message.Message):
    __slots__ = ("acknowledged", "shards_acknowledged", "index", "attached", "failures")
    ACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    SHARDS_ACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    ATTACHED_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    acknowledged: bool
    shards_acknowledged: bool
    index: Index
    attached: bool
    failures: _containers.RepeatedCompositeFieldContainer[_errors_pb2.ApiError]
    def __init__(self, acknowledged: _Optional[bool] = ..., shards_acknowledged: _Optional[bool] = ..., index: _Optional[_Union[Index, _Mapping]] = ..., attached: _Optional[bool] = ..., failures: _Optional[_Iterable[_Union[_errors_pb2.ApiError, _Mapping]]] = ...) -> None: ...

class Index(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...
