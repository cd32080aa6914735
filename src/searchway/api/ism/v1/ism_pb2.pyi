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

class SortOrder(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SORT_ORDER_UNSPECIFIED: _ClassVar[SortOrder]
    SORT_ORDER_ASC: _ClassVar[SortOrder]
    SORT_ORDER_DESC: _ClassVar[SortOrder]

class Backoff(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BACKOFF_UNSPECIFIED: _ClassVar[Backoff]
    BACKOFF_EXPONENTIAL: _ClassVar[Backoff]
    BACKOFF_CONSTANT: _ClassVar[Backoff]
    BACKOFF_LINEAR: _ClassVar[Backoff]
SORT_ORDER_UNSPECIFIED: SortOrder
SORT_ORDER_ASC: SortOrder
SORT_ORDER_DESC: SortOrder
BACKOFF_UNSPECIFIED: Backoff
BACKOFF_EXPONENTIAL: Backoff
BACKOFF_CONSTANT: Backoff
BACKOFF_LINEAR: Backoff

class CreatePolicyRequest(_message.Message):
    __slots__ = ("policy_id", "policy")
    POLICY_ID_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    policy_id: str
    policy: PolicyDefinition
    def __init__(self, policy_id: _Optional[str] = ..., policy: _Optional[_Union[PolicyDefinition, _Mapping]] = ...) -> None: ...

class CreatePolicyResponse(_message.Message):
    __slots__ = ("policy",)
    POLICY_FIELD_NUMBER: _ClassVar[int]
    policy: Policy
    def __init__(self, policy: _Optional[_Union[Policy, _Mapping]] = ...) -> None: ...

class UpdatePolicyRequest(_message.Message):
    __slots__ = ("policy_id", "policy", "if_seq_no", "if_primary_term")
    POLICY_ID_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    IF_SEQ_NO_FIELD_NUMBER: _ClassVar[int]
    IF_PRIMARY_TERM_FIELD_NUMBER: _ClassVar[int]
    policy_id: str
    policy: PolicyDefinition
    if_seq_no: int
    if_primary_term: int
    def __init__(self, policy_id: _Optional[str] = ..., policy: _Optional[_Union[PolicyDefinition, _Mapping]] = ..., if_seq_no: _Optional[int] = ..., if_primary_term: _Optional[int] = ...) -> None: ...

class UpdatePolicyResponse(_message.Message):
    __slots__ = ("policy",)
    POLICY_FIELD_NUMBER: _ClassVar[int]
    policy: Policy
    def __init__(self, policy: _Optional[_Union[Policy, _Mapping]] = ...) -> None: ...

class GetPolicyRequest(_message.Message):
    __slots__ = ("policy_id",)
    POLICY_ID_FIELD_NUMBER: _ClassVar[int]
    policy_id: str
    def __init__(self, policy_id: _Optional[str] = ...) -> None: ...

class GetPolicyResponse(_message.Message):
    __slots__ = ("policy",)
    POLICY_FIELD_NUMBER: _ClassVar[int]
    policy: Policy
    def __init__(self, policy: _Optional[_Union[Policy, _Mapping]] = ...) -> None: ...

class ListPoliciesRequest(_message.Message):
    __slots__ = ("query", "sort_field", "sort_order", "page_size", "page_token")
    QUERY_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_FIELD_NUMBER: _ClassVar[int]
    SORT_ORDER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    query: str
    sort_field: str
    sort_order: SortOrder
    page_size: int
    page_token: str
    def __init__(self, query: _Optional[str] = ..., sort_field: _Optional[str] = ..., sort_order: _Optional[_Union[SortOrder, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListPoliciesResponse(_message.Message):
    __slots__ = ("policies", "next_page_token", "total_size")
    POLICIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    policies: _containers.RepeatedCompositeFieldContainer[Policy]
    next_page_token: str
    total_size: int
    def __init__(self, policies: _Optional[_Iterable[_Union[Policy, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_size: _Optional[int] = ...) -> None: ...

class Policy(_message.Message):
    __slots__ = ("policy_id", "version", "seq_no", "primary_term", "definition")
    POLICY_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SEQ_NO_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_TERM_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    policy_id: str
    version: int
    seq_no: int
    primary_term: int
    definition: PolicyDefinition
    def __init__(self, policy_id: _Optional[str] = ..., version: _Optional[int] = ..., seq_no: _Optional[int] = ..., primary_term: _Optional[int] = ..., definition: _Optional[_Union[PolicyDefinition, _Mapping]] = ...) -> None: ...

class DeletePolicyRequest(_message.Message):
    __slots__ = ("policy_id",)
    POLICY_ID_FIELD_NUMBER: _ClassVar[int]
    policy_id: str
    def __init__(self, policy_id: _Optional[str] = ...) -> None: ...

class DeletePolicyResponse(_message.Message):
    __slots__ = ("index", "type", "policy_id", "version", "result", "forced_refresh", "shards", "seq_no", "primary_term", "extra")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    POLICY_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    FORCED_REFRESH_FIELD_NUMBER: _ClassVar[int]
    SHARDS_FIELD_NUMBER: _ClassVar[int]
    SEQ_NO_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_TERM_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    index: str
    type: str
    policy_id: str
    version: int
    result: str
    forced_refresh: bool
    shards: Shards
    seq_no: int
    primary_term: int
    extra: _types_pb2.Json
    def __init__(self, index: _Optional[str] = ..., type: _Optional[str] = ..., policy_id: _Optional[str] = ..., version: _Optional[int] = ..., result: _Optional[str] = ..., forced_refresh: _Optional[bool] = ..., shards: _Optional[_Union[Shards, _Mapping]] = ..., seq_no: _Optional[int] = ..., primary_term: _Optional[int] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class Shards(_message.Message):
    __slots__ = ("total", "successful", "failed")
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    SUCCESSFUL_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    total: int
    successful: int
    failed: int
    def __init__(self, total: _Optional[int] = ..., successful: _Optional[int] = ..., failed: _Optional[int] = ...) -> None: ...

class AddPolicyRequest(_message.Message):
    __slots__ = ("indices", "policy_id", "strict")
    INDICES_FIELD_NUMBER: _ClassVar[int]
    POLICY_ID_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    indices: _containers.RepeatedScalarFieldContainer[str]
    policy_id: str
    strict: bool
    def __init__(self, indices: _Optional[_Iterable[str]] = ..., policy_id: _Optional[str] = ..., strict: _Optional[bool] = ...) -> None: ...

class AddPolicyResponse(_message.Message):
    __slots__ = ("updated_indices", "failed", "failed_indices", "failures")
    UPDATED_INDICES_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    FAILED_INDICES_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    updated_indices: int
    failed: bool
    failed_indices: _containers.RepeatedCompositeFieldContainer[FailedIndex]
    failures: _containers.RepeatedCompositeFieldContainer[_errors_pb2.ApiError]
    def __init__(self, updated_indices: _Optional[int] = ..., failed: _Optional[bool] = ..., failed_indices: _Optional[_Iterable[_Union[FailedIndex, _Mapping]]] = ..., failures: _Optional[_Iterable[_Union[_errors_pb2.ApiError, _Mapping]]] = ...) -> None: ...

class FailedIndex(_message.Message):
    __slots__ = ("index_name", "index_uuid", "reason")
    INDEX_NAME_FIELD_NUMBER: _ClassVar[int]
    INDEX_UUID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    index_name: str
    index_uuid: str
    reason: str
    def __init__(self, index_name: _Optional[str] = ..., index_uuid: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class RemovePolicyRequest(_message.Message):
    __slots__ = ("indices", "strict")
    INDICES_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    indices: _containers.RepeatedScalarFieldContainer[str]
    strict: bool
    def __init__(self, indices: _Optional[_Iterable[str]] = ..., strict: _Optional[bool] = ...) -> None: ...

class RemovePolicyResponse(_message.Message):
    __slots__ = ("updated_indices", "failed", "failed_indices", "failures")
    UPDATED_INDICES_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    FAILED_INDICES_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    updated_indices: int
    failed: bool
    failed_indices: _containers.RepeatedCompositeFieldContainer[FailedIndex]
    failures: _containers.RepeatedCompositeFieldContainer[_errors_pb2.ApiError]
    def __init__(self, updated_indices: _Optional[int] = ..., failed: _Optional[bool] = ..., failed_indices: _Optional[_Iterable[_Union[FailedIndex, _Mapping]]] = ..., failures: _Optional[_Iterable[_Union[_errors_pb2.ApiError, _Mapping]]] = ...) -> None: ...

class ChangePolicyRequest(_message.Message):
    __slots__ = ("indices", "policy_id", "state", "include", "strict")
    INDICES_FIELD_NUMBER: _ClassVar[int]
    POLICY_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    indices: _containers.RepeatedScalarFieldContainer[str]
    policy_id: str
    state: str
    include: _containers.RepeatedCompositeFieldContainer[StateFilter]
    strict: bool
    def __init__(self, indices: _Optional[_Iterable[str]] = ..., policy_id: _Optional[str] = ..., state: _Optional[str] = ..., include: _Optional[_Iterable[_Union[StateFilter, _Mapping]]] = ..., strict: _Optional[bool] = ...) -> None: ...

class StateFilter(_message.Message):
    __slots__ = ("state",)
    STATE_FIELD_NUMBER: _ClassVar[int]
    state: str
    def __init__(self, state: _Optional[str] = ...) -> None: ...

class ChangePolicyResponse(_message.Message):
    __slots__ = ("updated_indices", "failed", "failed_indices", "failures")
    UPDATED_INDICES_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    FAILED_INDICES_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    updated_indices: int
    failed: bool
    failed_indices: _containers.RepeatedCompositeFieldContainer[FailedIndex]
    failures: _containers.RepeatedCompositeFieldContainer[_errors_pb2.ApiError]
    def __init__(self, updated_indices: _Optional[int] = ..., failed: _Optional[bool] = ..., failed_indices: _Optional[_Iterable[_Union[FailedIndex, _Mapping]]] = ..., failures: _Optional[_Iterable[_Union[_errors_pb2.ApiError, _Mapping]]] = ...) -> None: ...

class RetryIndexRequest(_message.Message):
    __slots__ = ("indices", "state", "strict")
    INDICES_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    indices: _containers.RepeatedScalarFieldContainer[str]
    state: str
    strict: bool
    def __init__(self, indices: _Optional[_Iterable[str]] = ..., state: _Optional[str] = ..., strict: _Optional[bool] = ...) -> None: ...

class RetryIndexResponse(_message.Message):
    __slots__ = ("updated_indices", "failed", "failed_indices", "failures")
    UPDATED_INDICES_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    FAILED_INDICES_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    updated_indices: int
    failed: bool
    failed_indices: _containers.RepeatedCompositeFieldContainer[FailedIndex]
    failures: _containers.RepeatedCompositeFieldContainer[_errors_pb2.ApiError]
    def __init__(self, updated_indices: _Optional[int] = ..., failed: _Optional[bool] = ..., failed_indices: _Optional[_Iterable[_Union[FailedIndex, _Mapping]]] = ..., failures: _Optional[_Iterable[_Union[_errors_pb2.ApiError, _Mapping]]] = ...) -> None: ...

class ExplainIndicesRequest(_message.Message):
    __slots__ = ("indices", "show_policy", "validate_action", "local", "master_timeout", "page_size", "page_token", "strict")
    INDICES_FIELD_NUMBER: _ClassVar[int]
    SHOW_POLICY_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ACTION_FIELD_NUMBER: _ClassVar[int]
    LOCAL_FIELD_NUMBER: _ClassVar[int]
    MASTER_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    indices: _containers.RepeatedScalarFieldContainer[str]
    show_policy: bool
    validate_action: bool
    local: bool
    master_timeout: str
    page_size: int
    page_token: str
    strict: bool
    def __init__(self, indices: _Optional[_Iterable[str]] = ..., show_policy: _Optional[bool] = ..., validate_action: _Optional[bool] = ..., local: _Optional[bool] = ..., master_timeout: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., strict: _Optional[bool] = ...) -> None: ...

class ExplainIndicesResponse(_message.Message):
    __slots__ = ("indices", "total_managed_indices", "missing", "failures", "next_page_token", "total_size")
    INDICES_FIELD_NUMBER: _ClassVar[int]
    TOTAL_MANAGED_INDICES_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    indices: _containers.RepeatedCompositeFieldContainer[ManagedIndex]
    total_managed_indices: int
    missing: _containers.RepeatedScalarFieldContainer[str]
    failures: _containers.RepeatedCompositeFieldContainer[_errors_pb2.ApiError]
    next_page_token: str
    total_size: int
    def __init__(self, indices: _Optional[_Iterable[_Union[ManagedIndex, _Mapping]]] = ..., total_managed_indices: _Optional[int] = ..., missing: _Optional[_Iterable[str]] = ..., failures: _Optional[_Iterable[_Union[_errors_pb2.ApiError, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_size: _Optional[int] = ...) -> None: ...

class ManagedIndex(_message.Message):
    __slots__ = ("index", "policy_id", "enabled", "index_uuid", "policy_seq_no", "policy_primary_term", "policy_completed", "rolled_over", "rolled_over_index_name", "index_creation_date", "transition_to", "state", "action", "step", "retry_info", "info", "validate", "policy", "extra")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    POLICY_ID_FIELD_NUMBER: _ClassVar[int]
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    INDEX_UUID_FIELD_NUMBER: _ClassVar[int]
    POLICY_SEQ_NO_FIELD_NUMBER: _ClassVar[int]
    POLICY_PRIMARY_TERM_FIELD_NUMBER: _ClassVar[int]
    POLICY_COMPLETED_FIELD_NUMBER: _ClassVar[int]
    ROLLED_OVER_FIELD_NUMBER: _ClassVar[int]
    ROLLED_OVER_INDEX_NAME_FIELD_NUMBER: _ClassVar[int]
    INDEX_CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    TRANSITION_TO_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    RETRY_INFO_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    index: str
    policy_id: str
    enabled: bool
    index_uuid: str
    policy_seq_no: int
    policy_primary_term: int
    policy_completed: bool
    rolled_over: bool
    rolled_over_index_name: str
    index_creation_date: int
    transition_to: str
    state: ManagedState
    action: ManagedAction
    step: ManagedStep
    retry_info: RetryInfo
    info: _types_pb2.Json
    validate: Validation
    policy: PolicyDefinition
    extra: _types_pb2.Json
    def __init__(self, index: _Optional[str] = ..., policy_id: _Optional[str] = ..., enabled: _Optional[bool] = ..., index_uuid: _Optional[str] = ..., policy_seq_no: _Optional[int] = ..., policy_primary_term: _Optional[int] = ..., policy_completed: _Optional[bool] = ..., rolled_over: _Optional[bool] = ..., rolled_over_index_name: _Optional[str] = ..., index_creation_date: _Optional[int] = ..., transition_to: _Optional[str] = ..., state: _Optional[_Union[ManagedState, _Mapping]] = ..., action: _Optional[_Union[ManagedAction, _Mapping]] = ..., step: _Optional[_Union[ManagedStep, _Mapping]] = ..., retry_info: _Optional[_Union[RetryInfo, _Mapping]] = ..., info: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., validate: _Optional[_Union[Validation, _Mapping]] = ..., policy: _Optional[_Union[PolicyDefinition, _Mapping]] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class ManagedState(_message.Message):
    __slots__ = ("name", "start_time")
    NAME_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    name: str
    start_time: int
    def __init__(self, name: _Optional[str] = ..., start_time: _Optional[int] = ...) -> None: ...

class ManagedAction(_message.Message):
    __slots__ = ("name", "start_time", "index", "failed", "consumed_retries", "last_retry_time", "action_properties")
    NAME_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    CONSUMED_RETRIES_FIELD_NUMBER: _ClassVar[int]
    LAST_RETRY_TIME_FIELD_NUMBER: _ClassVar[int]
    ACTION_PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    name: str
    start_time: int
    index: int
    failed: bool
    consumed_retries: int
    last_retry_time: int
    action_properties: _types_pb2.Json
    def __init__(self, name: _Optional[str] = ..., start_time: _Optional[int] = ..., index: _Optional[int] = ..., failed: _Optional[bool] = ..., consumed_retries: _Optional[int] = ..., last_retry_time: _Optional[int] = ..., action_properties: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class ManagedStep(_message.Message):
    __slots__ = ("name", "start_time", "step_status")
    NAME_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    STEP_STATUS_FIELD_NUMBER: _ClassVar[int]
    name: str
    start_time: int
    step_status: str
    def __init__(self, name: _Optional[str] = ..., start_time: _Optional[int] = ..., step_status: _Optional[str] = ...) -> None: ...

class RetryInfo(_message.Message):
    __slots__ = ("failed", "consumed_retries")
    FAILED_FIELD_NUMBER: _ClassVar[int]
    CONSUMED_RETRIES_FIELD_NUMBER: _ClassVar[int]
    failed: bool
    consumed_retries: int
    def __init__(self, failed: _Optional[bool] = ..., consumed_retries: _Optional[int] = ...) -> None: ...

class Validation(_message.Message):
    __slots__ = ("validation_message", "validation_status")
    VALIDATION_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    VALIDATION_STATUS_FIELD_NUMBER: _ClassVar[int]
    validation_message: str
    validation_status: str
    def __init__(self, validation_message: _Optional[str] = ..., validation_status: _Optional[str] = ...) -> None: ...

class PolicyDefinition(_message.Message):
    __slots__ = ("policy_id", "description", "default_state", "states", "ism_template", "error_notification", "last_updated_time", "schema_version", "user", "extra")
    POLICY_ID_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_STATE_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    ISM_TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    ERROR_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    LAST_UPDATED_TIME_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_VERSION_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    policy_id: str
    description: str
    default_state: str
    states: _containers.RepeatedCompositeFieldContainer[State]
    ism_template: _containers.RepeatedCompositeFieldContainer[IsmTemplate]
    error_notification: Notification
    last_updated_time: int
    schema_version: int
    user: PolicyUser
    extra: _types_pb2.Json
    def __init__(self, policy_id: _Optional[str] = ..., description: _Optional[str] = ..., default_state: _Optional[str] = ..., states: _Optional[_Iterable[_Union[State, _Mapping]]] = ..., ism_template: _Optional[_Iterable[_Union[IsmTemplate, _Mapping]]] = ..., error_notification: _Optional[_Union[Notification, _Mapping]] = ..., last_updated_time: _Optional[int] = ..., schema_version: _Optional[int] = ..., user: _Optional[_Union[PolicyUser, _Mapping]] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class IsmTemplate(_message.Message):
    __slots__ = ("index_patterns", "priority", "last_updated_time", "extra")
    INDEX_PATTERNS_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    LAST_UPDATED_TIME_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    index_patterns: _containers.RepeatedScalarFieldContainer[str]
    priority: int
    last_updated_time: int
    extra: _types_pb2.Json
    def __init__(self, index_patterns: _Optional[_Iterable[str]] = ..., priority: _Optional[int] = ..., last_updated_time: _Optional[int] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class PolicyUser(_message.Message):
    __slots__ = ("name", "backend_roles", "roles", "custom_attribute_names", "user_requested_tenant", "extra")
    NAME_FIELD_NUMBER: _ClassVar[int]
    BACKEND_ROLES_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    CUSTOM_ATTRIBUTE_NAMES_FIELD_NUMBER: _ClassVar[int]
    USER_REQUESTED_TENANT_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    name: str
    backend_roles: _containers.RepeatedScalarFieldContainer[str]
    roles: _containers.RepeatedScalarFieldContainer[str]
    custom_attribute_names: _containers.RepeatedScalarFieldContainer[str]
    user_requested_tenant: str
    extra: _types_pb2.Json
    def __init__(self, name: _Optional[str] = ..., backend_roles: _Optional[_Iterable[str]] = ..., roles: _Optional[_Iterable[str]] = ..., custom_attribute_names: _Optional[_Iterable[str]] = ..., user_requested_tenant: _Optional[str] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class State(_message.Message):
    __slots__ = ("name", "actions", "transitions", "extra")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    TRANSITIONS_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    name: str
    actions: _containers.RepeatedCompositeFieldContainer[Action]
    transitions: _containers.RepeatedCompositeFieldContainer[Transition]
    extra: _types_pb2.Json
    def __init__(self, name: _Optional[str] = ..., actions: _Optional[_Iterable[_Union[Action, _Mapping]]] = ..., transitions: _Optional[_Iterable[_Union[Transition, _Mapping]]] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class Transition(_message.Message):
    __slots__ = ("state_name", "conditions", "extra")
    STATE_NAME_FIELD_NUMBER: _ClassVar[int]
    CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    state_name: str
    conditions: Conditions
    extra: _types_pb2.Json
    def __init__(self, state_name: _Optional[str] = ..., conditions: _Optional[_Union[Conditions, _Mapping]] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class Conditions(_message.Message):
    __slots__ = ("min_index_age", "min_doc_count", "min_size", "cron", "min_rollover_age", "no_alias", "min_state_age")
    MIN_INDEX_AGE_FIELD_NUMBER: _ClassVar[int]
    MIN_DOC_COUNT_FIELD_NUMBER: _ClassVar[int]
    MIN_SIZE_FIELD_NUMBER: _ClassVar[int]
    CRON_FIELD_NUMBER: _ClassVar[int]
    MIN_ROLLOVER_AGE_FIELD_NUMBER: _ClassVar[int]
    NO_ALIAS_FIELD_NUMBER: _ClassVar[int]
    MIN_STATE_AGE_FIELD_NUMBER: _ClassVar[int]
    min_index_age: str
    min_doc_count: int
    min_size: str
    cron: Cron
    min_rollover_age: str
    no_alias: bool
    min_state_age: str
    def __init__(self, min_index_age: _Optional[str] = ..., min_doc_count: _Optional[int] = ..., min_size: _Optional[str] = ..., cron: _Optional[_Union[Cron, _Mapping]] = ..., min_rollover_age: _Optional[str] = ..., no_alias: _Optional[bool] = ..., min_state_age: _Optional[str] = ...) -> None: ...

class Cron(_message.Message):
    __slots__ = ("expression", "timezone")
    EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    TIMEZONE_FIELD_NUMBER: _ClassVar[int]
    expression: str
    timezone: str
    def __init__(self, expression: _Optional[str] = ..., timezone: _Optional[str] = ...) -> None: ...

class Action(_message.Message):
    __slots__ = ("timeout", "retry", "alias", "allocation", "close", "convert_index_to_remote", "delete", "force_merge", "index_priority", "notification", "open", "read_only", "read_write", "replica_count", "rollover", "rollup", "search_only", "shrink", "snapshot", "stop_replication", "transform", "extra")
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    RETRY_FIELD_NUMBER: _ClassVar[int]
    ALIAS_FIELD_NUMBER: _ClassVar[int]
    ALLOCATION_FIELD_NUMBER: _ClassVar[int]
    CLOSE_FIELD_NUMBER: _ClassVar[int]
    CONVERT_INDEX_TO_REMOTE_FIELD_NUMBER: _ClassVar[int]
    DELETE_FIELD_NUMBER: _ClassVar[int]
    FORCE_MERGE_FIELD_NUMBER: _ClassVar[int]
    INDEX_PRIORITY_FIELD_NUMBER: _ClassVar[int]
    NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    READ_ONLY_FIELD_NUMBER: _ClassVar[int]
    READ_WRITE_FIELD_NUMBER: _ClassVar[int]
    REPLICA_COUNT_FIELD_NUMBER: _ClassVar[int]
    ROLLOVER_FIELD_NUMBER: _ClassVar[int]
    ROLLUP_FIELD_NUMBER: _ClassVar[int]
    SEARCH_ONLY_FIELD_NUMBER: _ClassVar[int]
    SHRINK_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    STOP_REPLICATION_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    timeout: str
    retry: ActionRetry
    alias: AliasAction
    allocation: AllocationAction
    close: CloseAction
    convert_index_to_remote: ConvertIndexToRemoteAction
    delete: DeleteAction
    force_merge: ForceMergeAction
    index_priority: IndexPriorityAction
    notification: Notification
    open: OpenAction
    read_only: ReadOnlyAction
    read_write: ReadWriteAction
    replica_count: ReplicaCountAction
    rollover: RolloverAction
    rollup: RollupAction
    search_only: SearchOnlyAction
    shrink: ShrinkAction
    snapshot: SnapshotAction
    stop_replication: StopReplicationAction
    transform: TransformAction
    extra: _types_pb2.Json
    def __init__(self, timeout: _Optional[str] = ..., retry: _Optional[_Union[ActionRetry, _Mapping]] = ..., alias: _Optional[_Union[AliasAction, _Mapping]] = ..., allocation: _Optional[_Union[AllocationAction, _Mapping]] = ..., close: _Optional[_Union[CloseAction, _Mapping]] = ..., convert_index_to_remote: _Optional[_Union[ConvertIndexToRemoteAction, _Mapping]] = ..., delete: _Optional[_Union[DeleteAction, _Mapping]] = ..., force_merge: _Optional[_Union[ForceMergeAction, _Mapping]] = ..., index_priority: _Optional[_Union[IndexPriorityAction, _Mapping]] = ..., notification: _Optional[_Union[Notification, _Mapping]] = ..., open: _Optional[_Union[OpenAction, _Mapping]] = ..., read_only: _Optional[_Union[ReadOnlyAction, _Mapping]] = ..., read_write: _Optional[_Union[ReadWriteAction, _Mapping]] = ..., replica_count: _Optional[_Union[ReplicaCountAction, _Mapping]] = ..., rollover: _Optional[_Union[RolloverAction, _Mapping]] = ..., rollup: _Optional[_Union[RollupAction, _Mapping]] = ..., search_only: _Optional[_Union[SearchOnlyAction, _Mapping]] = ..., shrink: _Optional[_Union[ShrinkAction, _Mapping]] = ..., snapshot: _Optional[_Union[SnapshotAction, _Mapping]] = ..., stop_replication: _Optional[_Union[StopReplicationAction, _Mapping]] = ..., transform: _Optional[_Union[TransformAction, _Mapping]] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class ActionRetry(_message.Message):
    __slots__ = ("count", "backoff", "delay", "extra")
    COUNT_FIELD_NUMBER: _ClassVar[int]
    BACKOFF_FIELD_NUMBER: _ClassVar[int]
    DELAY_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    count: int
    backoff: Backoff
    delay: str
    extra: _types_pb2.Json
    def __init__(self, count: _Optional[int] = ..., backoff: _Optional[_Union[Backoff, str]] = ..., delay: _Optional[str] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class AliasAction(_message.Message):
    __slots__ = ("actions", "extra")
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    actions: _containers.RepeatedCompositeFieldContainer[AliasChange]
    extra: _types_pb2.Json
    def __init__(self, actions: _Optional[_Iterable[_Union[AliasChange, _Mapping]]] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class AliasChange(_message.Message):
    __slots__ = ("add", "remove")
    ADD_FIELD_NUMBER: _ClassVar[int]
    REMOVE_FIELD_NUMBER: _ClassVar[int]
    add: AliasTarget
    remove: AliasTarget
    def __init__(self, add: _Optional[_Union[AliasTarget, _Mapping]] = ..., remove: _Optional[_Union[AliasTarget, _Mapping]] = ...) -> None: ...

class AliasTarget(_message.Message):
    __slots__ = ("aliases", "filter", "routing", "index_routing", "search_routing", "is_write_index", "is_hidden", "must_exist", "extra", "alias")
    ALIASES_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    ROUTING_FIELD_NUMBER: _ClassVar[int]
    INDEX_ROUTING_FIELD_NUMBER: _ClassVar[int]
    SEARCH_ROUTING_FIELD_NUMBER: _ClassVar[int]
    IS_WRITE_INDEX_FIELD_NUMBER: _ClassVar[int]
    IS_HIDDEN_FIELD_NUMBER: _ClassVar[int]
    MUST_EXIST_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    ALIAS_FIELD_NUMBER: _ClassVar[int]
    aliases: _containers.RepeatedScalarFieldContainer[str]
    filter: _types_pb2.Json
    routing: str
    index_routing: str
    search_routing: str
    is_write_index: bool
    is_hidden: bool
    must_exist: bool
    extra: _types_pb2.Json
    alias: str
    def __init__(self, aliases: _Optional[_Iterable[str]] = ..., filter: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., routing: _Optional[str] = ..., index_routing: _Optional[str] = ..., search_routing: _Optional[str] = ..., is_write_index: _Optional[bool] = ..., is_hidden: _Optional[bool] = ..., must_exist: _Optional[bool] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., alias: _Optional[str] = ...) -> None: ...

class AllocationAction(_message.Message):
    __slots__ = ("require", "include", "exclude", "wait_for", "extra")
    REQUIRE_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FIELD_NUMBER: _ClassVar[int]
    WAIT_FOR_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    require: _containers.RepeatedCompositeFieldContainer[NodeAttribute]
    include: _containers.RepeatedCompositeFieldContainer[NodeAttribute]
    exclude: _containers.RepeatedCompositeFieldContainer[NodeAttribute]
    wait_for: bool
    extra: _types_pb2.Json
    def __init__(self, require: _Optional[_Iterable[_Union[NodeAttribute, _Mapping]]] = ..., include: _Optional[_Iterable[_Union[NodeAttribute, _Mapping]]] = ..., exclude: _Optional[_Iterable[_Union[NodeAttribute, _Mapping]]] = ..., wait_for: _Optional[bool] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class NodeAttribute(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class CloseAction(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ConvertIndexToRemoteAction(_message.Message):
    __slots__ = ("repository", "snapshot", "include_aliases", "ignore_index_settings", "number_of_replicas", "delete_original_index", "rename_pattern", "extra")
    REPOSITORY_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_ALIASES_FIELD_NUMBER: _ClassVar[int]
    IGNORE_INDEX_SETTINGS_FIELD_NUMBER: _ClassVar[int]
    NUMBER_OF_REPLICAS_FIELD_NUMBER: _ClassVar[int]
    DELETE_ORIGINAL_INDEX_FIELD_NUMBER: _ClassVar[int]
    RENAME_PATTERN_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    repository: str
    snapshot: str
    include_aliases: bool
    ignore_index_settings: str
    number_of_replicas: int
    delete_original_index: bool
    rename_pattern: str
    extra: _types_pb2.Json
    def __init__(self, repository: _Optional[str] = ..., snapshot: _Optional[str] = ..., include_aliases: _Optional[bool] = ..., ignore_index_settings: _Optional[str] = ..., number_of_replicas: _Optional[int] = ..., delete_original_index: _Optional[bool] = ..., rename_pattern: _Optional[str] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class DeleteAction(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ForceMergeAction(_message.Message):
    __slots__ = ("max_num_segments", "extra")
    MAX_NUM_SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    max_num_segments: int
    extra: _types_pb2.Json
    def __init__(self, max_num_segments: _Optional[int] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class IndexPriorityAction(_message.Message):
    __slots__ = ("priority", "extra")
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    priority: int
    extra: _types_pb2.Json
    def __init__(self, priority: _Optional[int] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class Notification(_message.Message):
    __slots__ = ("destination", "channel", "message_template", "extra")
    DESTINATION_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    destination: Destination
    channel: Channel
    message_template: Script
    extra: _types_pb2.Json
    def __init__(self, destination: _Optional[_Union[Destination, _Mapping]] = ..., channel: _Optional[_Union[Channel, _Mapping]] = ..., message_template: _Optional[_Union[Script, _Mapping]] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class Destination(_message.Message):
    __slots__ = ("chime", "slack", "custom_webhook")
    CHIME_FIELD_NUMBER: _ClassVar[int]
    SLACK_FIELD_NUMBER: _ClassVar[int]
    CUSTOM_WEBHOOK_FIELD_NUMBER: _ClassVar[int]
    chime: Webhook
    slack: Webhook
    custom_webhook: CustomWebhook
    def __init__(self, chime: _Optional[_Union[Webhook, _Mapping]] = ..., slack: _Optional[_Union[Webhook, _Mapping]] = ..., custom_webhook: _Optional[_Union[CustomWebhook, _Mapping]] = ...) -> None: ...

class Webhook(_message.Message):
    __slots__ = ("url",)
    URL_FIELD_NUMBER: _ClassVar[int]
    url: str
    def __init__(self, url: _Optional[str] = ...) -> None: ...

class CustomWebhook(_message.Message):
    __slots__ = ("url", "scheme", "host", "port", "path", "query_params", "header_params", "username", "password", "extra")
    URL_FIELD_NUMBER: _ClassVar[int]
    SCHEME_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    PORT_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    QUERY_PARAMS_FIELD_NUMBER: _ClassVar[int]
    HEADER_PARAMS_FIELD_NUMBER: _ClassVar[int]
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    url: str
    scheme: str
    host: str
    port: int
    path: str
    query_params: _containers.RepeatedCompositeFieldContainer[Parameter]
    header_params: _containers.RepeatedCompositeFieldContainer[Parameter]
    username: str
    password: str
    extra: _types_pb2.Json
    def __init__(self, url: _Optional[str] = ..., scheme: _Optional[str] = ..., host: _Optional[str] = ..., port: _Optional[int] = ..., path: _Optional[str] = ..., query_params: _Optional[_Iterable[_Union[Parameter, _Mapping]]] = ..., header_params: _Optional[_Iterable[_Union[Parameter, _Mapping]]] = ..., username: _Optional[str] = ..., password: _Optional[str] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class Parameter(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class Channel(_message.Message):
    __slots__ = ("channel_id",)
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    channel_id: str
    def __init__(self, channel_id: _Optional[str] = ...) -> None: ...

class Script(_message.Message):
    __slots__ = ("source", "lang", "extra")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    LANG_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    source: str
    lang: str
    extra: _types_pb2.Json
    def __init__(self, source: _Optional[str] = ..., lang: _Optional[str] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class OpenAction(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ReadOnlyAction(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ReadWriteAction(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ReplicaCountAction(_message.Message):
    __slots__ = ("number_of_replicas", "extra")
    NUMBER_OF_REPLICAS_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    number_of_replicas: int
    extra: _types_pb2.Json
    def __init__(self, number_of_replicas: _Optional[int] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class RolloverAction(_message.Message):
    __slots__ = ("min_size", "min_doc_count", "min_index_age", "min_primary_shard_size", "copy_alias", "prevent_empty_rollover", "any_of", "extra")
    MIN_SIZE_FIELD_NUMBER: _ClassVar[int]
    MIN_DOC_COUNT_FIELD_NUMBER: _ClassVar[int]
    MIN_INDEX_AGE_FIELD_NUMBER: _ClassVar[int]
    MIN_PRIMARY_SHARD_SIZE_FIELD_NUMBER: _ClassVar[int]
    COPY_ALIAS_FIELD_NUMBER: _ClassVar[int]
    PREVENT_EMPTY_ROLLOVER_FIELD_NUMBER: _ClassVar[int]
    ANY_OF_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    min_size: str
    min_doc_count: int
    min_index_age: str
    min_primary_shard_size: str
    copy_alias: bool
    prevent_empty_rollover: bool
    any_of: _containers.RepeatedCompositeFieldContainer[RolloverConditions]
    extra: _types_pb2.Json
    def __init__(self, min_size: _Optional[str] = ..., min_doc_count: _Optional[int] = ..., min_index_age: _Optional[str] = ..., min_primary_shard_size: _Optional[str] = ..., copy_alias: _Optional[bool] = ..., prevent_empty_rollover: _Optional[bool] = ..., any_of: _Optional[_Iterable[_Union[RolloverConditions, _Mapping]]] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class RolloverConditions(_message.Message):
    __slots__ = ("min_size", "min_doc_count", "min_index_age", "min_primary_shard_size", "extra")
    MIN_SIZE_FIELD_NUMBER: _ClassVar[int]
    MIN_DOC_COUNT_FIELD_NUMBER: _ClassVar[int]
    MIN_INDEX_AGE_FIELD_NUMBER: _ClassVar[int]
    MIN_PRIMARY_SHARD_SIZE_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    min_size: str
    min_doc_count: int
    min_index_age: str
    min_primary_shard_size: str
    extra: _types_pb2.Json
    def __init__(self, min_size: _Optional[str] = ..., min_doc_count: _Optional[int] = ..., min_index_age: _Optional[str] = ..., min_primary_shard_size: _Optional[str] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class RollupAction(_message.Message):
    __slots__ = ("ism_rollup",)
    ISM_ROLLUP_FIELD_NUMBER: _ClassVar[int]
    ism_rollup: _types_pb2.Json
    def __init__(self, ism_rollup: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class SearchOnlyAction(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ShrinkAction(_message.Message):
    __slots__ = ("num_new_shards", "max_shard_size", "percentage_of_source_shards", "target_index_name_template", "aliases", "switch_aliases", "force_unsafe", "extra")
    NUM_NEW_SHARDS_FIELD_NUMBER: _ClassVar[int]
    MAX_SHARD_SIZE_FIELD_NUMBER: _ClassVar[int]
    PERCENTAGE_OF_SOURCE_SHARDS_FIELD_NUMBER: _ClassVar[int]
    TARGET_INDEX_NAME_TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    ALIASES_FIELD_NUMBER: _ClassVar[int]
    SWITCH_ALIASES_FIELD_NUMBER: _ClassVar[int]
    FORCE_UNSAFE_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    num_new_shards: int
    max_shard_size: str
    percentage_of_source_shards: float
    target_index_name_template: Script
    aliases: _containers.RepeatedCompositeFieldContainer[_types_pb2.Json]
    switch_aliases: bool
    force_unsafe: bool
    extra: _types_pb2.Json
    def __init__(self, num_new_shards: _Optional[int] = ..., max_shard_size: _Optional[str] = ..., percentage_of_source_shards: _Optional[float] = ..., target_index_name_template: _Optional[_Union[Script, _Mapping]] = ..., aliases: _Optional[_Iterable[_Union[_types_pb2.Json, _Mapping]]] = ..., switch_aliases: _Optional[bool] = ..., force_unsafe: _Optional[bool] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class SnapshotAction(_message.Message):
    __slots__ = ("repository", "snapshot", "extra")
    REPOSITORY_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    repository: str
    snapshot: str
    extra: _types_pb2.Json
    def __init__(self, repository: _Optional[str] = ..., snapshot: _Optional[str] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class StopReplicationAction(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class TransformAction(_message.Message):
    __slots__ = ("ism_transform",)
    ISM_TRANSFORM_FIELD_NUMBER: _ClassVar[int]
    ism_transform: _types_pb2.Json
    def __init__(self, ism_transform: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...
