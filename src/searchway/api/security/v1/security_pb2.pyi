from google.api import annotations_pb2 as _annotations_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from searchway.api.contract.v1 import contract_pb2 as _contract_pb2
from searchway.api.errors.v1 import errors_pb2 as _errors_pb2
from searchway.api.types.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Refresh(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REFRESH_UNSPECIFIED: _ClassVar[Refresh]
    REFRESH_TRUE: _ClassVar[Refresh]
    REFRESH_FALSE: _ClassVar[Refresh]
    REFRESH_WAIT_FOR: _ClassVar[Refresh]
REFRESH_UNSPECIFIED: Refresh
REFRESH_TRUE: Refresh
REFRESH_FALSE: Refresh
REFRESH_WAIT_FOR: Refresh

class PutRoleRequest(_message.Message):
    __slots__ = ("name", "refresh", "role")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REFRESH_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    name: str
    refresh: Refresh
    role: RoleDescriptor
    def __init__(self, name: _Optional[str] = ..., refresh: _Optional[_Union[Refresh, str]] = ..., role: _Optional[_Union[RoleDescriptor, _Mapping]] = ...) -> None: ...

class PutRoleResponse(_message.Message):
    __slots__ = ("created", "role")
    CREATED_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    created: bool
    role: Role
    def __init__(self, created: _Optional[bool] = ..., role: _Optional[_Union[Role, _Mapping]] = ...) -> None: ...

class Role(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class BulkPutRoleRequest(_message.Message):
    __slots__ = ("refresh", "roles", "strict")
    REFRESH_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    refresh: Refresh
    roles: _containers.RepeatedCompositeFieldContainer[NamedRole]
    strict: bool
    def __init__(self, refresh: _Optional[_Union[Refresh, str]] = ..., roles: _Optional[_Iterable[_Union[NamedRole, _Mapping]]] = ..., strict: _Optional[bool] = ...) -> None: ...

class NamedRole(_message.Message):
    __slots__ = ("name", "role")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    name: str
    role: RoleDescriptor
    def __init__(self, name: _Optional[str] = ..., role: _Optional[_Union[RoleDescriptor, _Mapping]] = ...) -> None: ...

class BulkPutRoleResponse(_message.Message):
    __slots__ = ("created", "updated", "noop", "error_count", "errors", "failures")
    CREATED_FIELD_NUMBER: _ClassVar[int]
    UPDATED_FIELD_NUMBER: _ClassVar[int]
    NOOP_FIELD_NUMBER: _ClassVar[int]
    ERROR_COUNT_FIELD_NUMBER: _ClassVar[int]
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    created: _containers.RepeatedScalarFieldContainer[str]
    updated: _containers.RepeatedScalarFieldContainer[str]
    noop: _containers.RepeatedScalarFieldContainer[str]
    error_count: int
    errors: _containers.RepeatedCompositeFieldContainer[RoleError]
    failures: _containers.RepeatedCompositeFieldContainer[_errors_pb2.ApiError]
    def __init__(self, created: _Optional[_Iterable[str]] = ..., updated: _Optional[_Iterable[str]] = ..., noop: _Optional[_Iterable[str]] = ..., error_count: _Optional[int] = ..., errors: _Optional[_Iterable[_Union[RoleError, _Mapping]]] = ..., failures: _Optional[_Iterable[_Union[_errors_pb2.ApiError, _Mapping]]] = ...) -> None: ...

class RoleError(_message.Message):
    __slots__ = ("name", "cause")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    name: str
    cause: _errors_pb2.ErrorCause
    def __init__(self, name: _Optional[str] = ..., cause: _Optional[_Union[_errors_pb2.ErrorCause, _Mapping]] = ...) -> None: ...

class RoleDescriptor(_message.Message):
    __slots__ = ("cluster", "indices", "remote_indices", "remote_cluster", "applications", "metadata", "run_as", "description", "restriction", "transient_metadata")
    CLUSTER_FIELD_NUMBER: _ClassVar[int]
    INDICES_FIELD_NUMBER: _ClassVar[int]
    REMOTE_INDICES_FIELD_NUMBER: _ClassVar[int]
    REMOTE_CLUSTER_FIELD_NUMBER: _ClassVar[int]
    GLOBAL_FIELD_NUMBER: _ClassVar[int]
    APPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    RUN_AS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    RESTRICTION_FIELD_NUMBER: _ClassVar[int]
    TRANSIENT_METADATA_FIELD_NUMBER: _ClassVar[int]
    cluster: _containers.RepeatedScalarFieldContainer[str]
    indices: _containers.RepeatedCompositeFieldContainer[IndicesPrivileges]
    remote_indices: _containers.RepeatedCompositeFieldContainer[RemoteIndicesPrivileges]
    remote_cluster: _containers.RepeatedCompositeFieldContainer[RemoteClusterPrivileges]
    applications: _containers.RepeatedCompositeFieldContainer[ApplicationPrivileges]
    metadata: _types_pb2.Json
    run_as: _containers.RepeatedScalarFieldContainer[str]
    description: str
    restriction: RoleRestriction
    transient_metadata: _types_pb2.Json
    def __init__(self, cluster: _Optional[_Iterable[str]] = ..., indices: _Optional[_Iterable[_Union[IndicesPrivileges, _Mapping]]] = ..., remote_indices: _Optional[_Iterable[_Union[RemoteIndicesPrivileges, _Mapping]]] = ..., remote_cluster: _Optional[_Iterable[_Union[RemoteClusterPrivileges, _Mapping]]] = ..., applications: _Optional[_Iterable[_Union[ApplicationPrivileges, _Mapping]]] = ..., metadata: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., run_as: _Optional[_Iterable[str]] = ..., description: _Optional[str] = ..., restriction: _Optional[_Union[RoleRestriction, _Mapping]] = ..., transient_metadata: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., **kwargs) -> None: ...

class IndicesPrivileges(_message.Message):
    __slots__ = ("field_security", "names", "privileges", "query", "allow_restricted_indices")
    FIELD_SECURITY_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    PRIVILEGES_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    ALLOW_RESTRICTED_INDICES_FIELD_NUMBER: _ClassVar[int]
    field_security: FieldSecurity
    names: _containers.RepeatedScalarFieldContainer[str]
    privileges: _containers.RepeatedScalarFieldContainer[str]
    query: _types_pb2.Json
    allow_restricted_indices: bool
    def __init__(self, field_security: _Optional[_Union[FieldSecurity, _Mapping]] = ..., names: _Optional[_Iterable[str]] = ..., privileges: _Optional[_Iterable[str]] = ..., query: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., allow_restricted_indices: _Optional[bool] = ...) -> None: ...

class RemoteIndicesPrivileges(_message.Message):
    __slots__ = ("clusters", "field_security", "names", "privileges", "query", "allow_restricted_indices")
    CLUSTERS_FIELD_NUMBER: _ClassVar[int]
    FIELD_SECURITY_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    PRIVILEGES_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    ALLOW_RESTRICTED_INDICES_FIELD_NUMBER: _ClassVar[int]
    clusters: _containers.RepeatedScalarFieldContainer[str]
    field_security: FieldSecurity
    names: _containers.RepeatedScalarFieldContainer[str]
    privileges: _containers.RepeatedScalarFieldContainer[str]
    query: _types_pb2.Json
    allow_restricted_indices: bool
    def __init__(self, clusters: _Optional[_Iterable[str]] = ..., field_security: _Optional[_Union[FieldSecurity, _Mapping]] = ..., names: _Optional[_Iterable[str]] = ..., privileges: _Optional[_Iterable[str]] = ..., query: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., allow_restricted_indices: _Optional[bool] = ...) -> None: ...

class RemoteClusterPrivileges(_message.Message):
    __slots__ = ("clusters", "privileges")
    CLUSTERS_FIELD_NUMBER: _ClassVar[int]
    PRIVILEGES_FIELD_NUMBER: _ClassVar[int]
    clusters: _containers.RepeatedScalarFieldContainer[str]
    privileges: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, clusters: _Optional[_Iterable[str]] = ..., privileges: _Optional[_Iterable[str]] = ...) -> None: ...

class FieldSecurity(_message.Message):
    __slots__ = ("grant",)
    GRANT_FIELD_NUMBER: _ClassVar[int]
    EXCEPT_FIELD_NUMBER: _ClassVar[int]
    grant: _types_pb2.Strings
    def __init__(self, grant: _Optional[_Union[_types_pb2.Strings, _Mapping]] = ..., **kwargs) -> None: ...

class ApplicationPrivileges(_message.Message):
    __slots__ = ("application", "privileges", "resources")
    APPLICATION_FIELD_NUMBER: _ClassVar[int]
    PRIVILEGES_FIELD_NUMBER: _ClassVar[int]
    RESOURCES_FIELD_NUMBER: _ClassVar[int]
    application: str
    privileges: _containers.RepeatedScalarFieldContainer[str]
    resources: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, application: _Optional[str] = ..., privileges: _Optional[_Iterable[str]] = ..., resources: _Optional[_Iterable[str]] = ...) -> None: ...

class RoleRestriction(_message.Message):
    __slots__ = ("workflows",)
    WORKFLOWS_FIELD_NUMBER: _ClassVar[int]
    workflows: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, workflows: _Optional[_Iterable[str]] = ...) -> None: ...
