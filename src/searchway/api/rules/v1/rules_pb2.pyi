from google.api import annotations_pb2 as _annotations_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from searchway.api.contract.v1 import contract_pb2 as _contract_pb2
from searchway.api.types.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CreateRuleRequest(_message.Message):
    __slots__ = ("feature_type", "description", "attributes", "feature_value", "principal")
    FEATURE_TYPE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    FEATURE_VALUE_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    feature_type: str
    description: str
    attributes: _containers.RepeatedCompositeFieldContainer[RuleAttribute]
    feature_value: str
    principal: Principal
    def __init__(self, feature_type: _Optional[str] = ..., description: _Optional[str] = ..., attributes: _Optional[_Iterable[_Union[RuleAttribute, _Mapping]]] = ..., feature_value: _Optional[str] = ..., principal: _Optional[_Union[Principal, _Mapping]] = ...) -> None: ...

class CreateRuleResponse(_message.Message):
    __slots__ = ("rule",)
    RULE_FIELD_NUMBER: _ClassVar[int]
    rule: Rule
    def __init__(self, rule: _Optional[_Union[Rule, _Mapping]] = ...) -> None: ...

class UpdateRuleRequest(_message.Message):
    __slots__ = ("feature_type", "rule_id", "description", "attributes", "feature_value", "principal")
    FEATURE_TYPE_FIELD_NUMBER: _ClassVar[int]
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    FEATURE_VALUE_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    feature_type: str
    rule_id: str
    description: str
    attributes: _containers.RepeatedCompositeFieldContainer[RuleAttribute]
    feature_value: str
    principal: Principal
    def __init__(self, feature_type: _Optional[str] = ..., rule_id: _Optional[str] = ..., description: _Optional[str] = ..., attributes: _Optional[_Iterable[_Union[RuleAttribute, _Mapping]]] = ..., feature_value: _Optional[str] = ..., principal: _Optional[_Union[Principal, _Mapping]] = ...) -> None: ...

class UpdateRuleResponse(_message.Message):
    __slots__ = ("rule",)
    RULE_FIELD_NUMBER: _ClassVar[int]
    rule: Rule
    def __init__(self, rule: _Optional[_Union[Rule, _Mapping]] = ...) -> None: ...

class GetRuleRequest(_message.Message):
    __slots__ = ("feature_type", "rule_id")
    FEATURE_TYPE_FIELD_NUMBER: _ClassVar[int]
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    feature_type: str
    rule_id: str
    def __init__(self, feature_type: _Optional[str] = ..., rule_id: _Optional[str] = ...) -> None: ...

class GetRuleResponse(_message.Message):
    __slots__ = ("rule",)
    RULE_FIELD_NUMBER: _ClassVar[int]
    rule: Rule
    def __init__(self, rule: _Optional[_Union[Rule, _Mapping]] = ...) -> None: ...

class ListRulesRequest(_message.Message):
    __slots__ = ("feature_type", "filters", "page_size", "page_token")
    FEATURE_TYPE_FIELD_NUMBER: _ClassVar[int]
    FILTERS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    feature_type: str
    filters: _containers.RepeatedCompositeFieldContainer[RuleFilter]
    page_size: int
    page_token: str
    def __init__(self, feature_type: _Optional[str] = ..., filters: _Optional[_Iterable[_Union[RuleFilter, _Mapping]]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class RuleFilter(_message.Message):
    __slots__ = ("key", "values")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    key: str
    values: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, key: _Optional[str] = ..., values: _Optional[_Iterable[str]] = ...) -> None: ...

class ListRulesResponse(_message.Message):
    __slots__ = ("rules", "next_page_token")
    RULES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    rules: _containers.RepeatedCompositeFieldContainer[Rule]
    next_page_token: str
    def __init__(self, rules: _Optional[_Iterable[_Union[Rule, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class StreamRulesRequest(_message.Message):
    __slots__ = ("feature_type", "filters", "page_size", "page_token")
    FEATURE_TYPE_FIELD_NUMBER: _ClassVar[int]
    FILTERS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    feature_type: str
    filters: _containers.RepeatedCompositeFieldContainer[RuleFilter]
    page_size: int
    page_token: str
    def __init__(self, feature_type: _Optional[str] = ..., filters: _Optional[_Iterable[_Union[RuleFilter, _Mapping]]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class StreamRulesResponse(_message.Message):
    __slots__ = ("rule", "next_page_token")
    RULE_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    rule: Rule
    next_page_token: str
    def __init__(self, rule: _Optional[_Union[Rule, _Mapping]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DeleteRuleRequest(_message.Message):
    __slots__ = ("feature_type", "rule_id")
    FEATURE_TYPE_FIELD_NUMBER: _ClassVar[int]
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    feature_type: str
    rule_id: str
    def __init__(self, feature_type: _Optional[str] = ..., rule_id: _Optional[str] = ...) -> None: ...

class DeleteRuleResponse(_message.Message):
    __slots__ = ("acknowledged",)
    ACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    acknowledged: bool
    def __init__(self, acknowledged: _Optional[bool] = ...) -> None: ...

class Rule(_message.Message):
    __slots__ = ("rule_id", "description", "attributes", "feature_value", "principal", "updated_at", "extra", "feature_type")
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    FEATURE_VALUE_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    FEATURE_TYPE_FIELD_NUMBER: _ClassVar[int]
    rule_id: str
    description: str
    attributes: _containers.RepeatedCompositeFieldContainer[RuleAttribute]
    feature_value: str
    principal: Principal
    updated_at: str
    extra: _types_pb2.Json
    feature_type: str
    def __init__(self, rule_id: _Optional[str] = ..., description: _Optional[str] = ..., attributes: _Optional[_Iterable[_Union[RuleAttribute, _Mapping]]] = ..., feature_value: _Optional[str] = ..., principal: _Optional[_Union[Principal, _Mapping]] = ..., updated_at: _Optional[str] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., feature_type: _Optional[str] = ...) -> None: ...

class RuleAttribute(_message.Message):
    __slots__ = ("key", "values")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    key: str
    values: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, key: _Optional[str] = ..., values: _Optional[_Iterable[str]] = ...) -> None: ...

class Principal(_message.Message):
    __slots__ = ("username", "role")
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    username: _containers.RepeatedScalarFieldContainer[str]
    role: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, username: _Optional[_Iterable[str]] = ..., role: _Optional[_Iterable[str]] = ...) -> None: ...
