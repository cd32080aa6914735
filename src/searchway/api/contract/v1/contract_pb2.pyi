from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENGINE_UNSPECIFIED: _ClassVar[Engine]
    ENGINE_ELASTICSEARCH: _ClassVar[Engine]
    ENGINE_OPENSEARCH: _ClassVar[Engine]
    ENGINE_OPENDISTRO: _ClassVar[Engine]

class Form(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FORM_UNSPECIFIED: _ClassVar[Form]
    FORM_NDJSON: _ClassVar[Form]
    FORM_TABLE: _ClassVar[Form]

class Retry(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RETRY_UNSPECIFIED: _ClassVar[Retry]
    RETRY_NEVER: _ClassVar[Retry]

class Pages(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAGES_UNSPECIFIED: _ClassVar[Pages]
    PAGES_OFFSET: _ClassVar[Pages]
    PAGES_AFTER: _ClassVar[Pages]
    PAGES_SORT: _ClassVar[Pages]

class Role(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROLE_UNSPECIFIED: _ClassVar[Role]
    ROLE_KEY: _ClassVar[Role]
    ROLE_VALUE: _ClassVar[Role]
    ROLE_SPREAD: _ClassVar[Role]
    ROLE_EXTRA: _ClassVar[Role]
    ROLE_QUERY: _ClassVar[Role]
    ROLE_LOCAL: _ClassVar[Role]
    ROLE_GIVEN: _ClassVar[Role]

class Text(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TEXT_UNSPECIFIED: _ClassVar[Text]
    TEXT_DURATION: _ClassVar[Text]
ENGINE_UNSPECIFIED: Engine
ENGINE_ELASTICSEARCH: Engine
ENGINE_OPENSEARCH: Engine
ENGINE_OPENDISTRO: Engine
FORM_UNSPECIFIED: Form
FORM_NDJSON: Form
FORM_TABLE: Form
RETRY_UNSPECIFIED: Retry
RETRY_NEVER: Retry
PAGES_UNSPECIFIED: Pages
PAGES_OFFSET: Pages
PAGES_AFTER: Pages
PAGES_SORT: Pages
ROLE_UNSPECIFIED: Role
ROLE_KEY: Role
ROLE_VALUE: Role
ROLE_SPREAD: Role
ROLE_EXTRA: Role
ROLE_QUERY: Role
ROLE_LOCAL: Role
ROLE_GIVEN: Role
TEXT_UNSPECIFIED: Text
TEXT_DURATION: Text
ENTITY_FIELD_NUMBER: _ClassVar[int]
entity: _descriptor.FieldDescriptor
DEFAULTS_FIELD_NUMBER: _ClassVar[int]
defaults: _descriptor.FieldDescriptor
OPERATION_FIELD_NUMBER: _ClassVar[int]
operation: _descriptor.FieldDescriptor
WIRE_FIELD_NUMBER: _ClassVar[int]
wire: _descriptor.FieldDescriptor
WORD_FIELD_NUMBER: _ClassVar[int]
word: _descriptor.FieldDescriptor

class Availability(_message.Message):
    __slots__ = ("engine", "since", "prefix")
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    engine: Engine
    since: str
    prefix: str
    def __init__(self, engine: _Optional[_Union[Engine, str]] = ..., since: _Optional[str] = ..., prefix: _Optional[str] = ...) -> None: ...

class Paging(_message.Message):
    __slots__ = ("items", "pages", "start", "size", "next", "origin", "total", "limit", "key", "body", "relation")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    PAGES_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    NEXT_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    RELATION_FIELD_NUMBER: _ClassVar[int]
    items: str
    pages: Pages
    start: str
    size: str
    next: str
    origin: str
    total: str
    limit: int
    key: str
    body: str
    relation: str
    def __init__(self, items: _Optional[str] = ..., pages: _Optional[_Union[Pages, str]] = ..., start: _Optional[str] = ..., size: _Optional[str] = ..., next: _Optional[str] = ..., origin: _Optional[str] = ..., total: _Optional[str] = ..., limit: _Optional[int] = ..., key: _Optional[str] = ..., body: _Optional[str] = ..., relation: _Optional[str] = ...) -> None: ...

class Batch(_message.Message):
    __slots__ = ("field", "into")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    INTO_FIELD_NUMBER: _ClassVar[int]
    field: str
    into: str
    def __init__(self, field: _Optional[str] = ..., into: _Optional[str] = ...) -> None: ...

class Operation(_message.Message):
    __slots__ = ("engines", "form", "paging", "batch", "retry", "stream_of", "query")
    ENGINES_FIELD_NUMBER: _ClassVar[int]
    FORM_FIELD_NUMBER: _ClassVar[int]
    PAGING_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    RETRY_FIELD_NUMBER: _ClassVar[int]
    STREAM_OF_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    engines: _containers.RepeatedCompositeFieldContainer[Availability]
    form: Form
    paging: Paging
    batch: Batch
    retry: Retry
    stream_of: str
    query: str
    def __init__(self, engines: _Optional[_Iterable[_Union[Availability, _Mapping]]] = ..., form: _Optional[_Union[Form, str]] = ..., paging: _Optional[_Union[Paging, _Mapping]] = ..., batch: _Optional[_Union[Batch, _Mapping]] = ..., retry: _Optional[_Union[Retry, str]] = ..., stream_of: _Optional[str] = ..., query: _Optional[str] = ...) -> None: ...

class Wire(_message.Message):
    __slots__ = ("at", "role", "key_from", "also", "text", "engines", "single", "within")
    AT_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    KEY_FROM_FIELD_NUMBER: _ClassVar[int]
    ALSO_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ENGINES_FIELD_NUMBER: _ClassVar[int]
    SINGLE_FIELD_NUMBER: _ClassVar[int]
    WITHIN_FIELD_NUMBER: _ClassVar[int]
    at: _containers.RepeatedScalarFieldContainer[str]
    role: Role
    key_from: str
    also: _containers.RepeatedScalarFieldContainer[str]
    text: Text
    engines: _containers.RepeatedCompositeFieldContainer[Availability]
    single: bool
    within: str
    def __init__(self, at: _Optional[_Iterable[str]] = ..., role: _Optional[_Union[Role, str]] = ..., key_from: _Optional[str] = ..., also: _Optional[_Iterable[str]] = ..., text: _Optional[_Union[Text, str]] = ..., engines: _Optional[_Iterable[_Union[Availability, _Mapping]]] = ..., single: _Optional[bool] = ..., within: _Optional[str] = ...) -> None: ...

class Entity(_message.Message):
    __slots__ = ("key", "read", "joined")
    KEY_FIELD_NUMBER: _ClassVar[int]
    READ_FIELD_NUMBER: _ClassVar[int]
    JOINED_FIELD_NUMBER: _ClassVar[int]
    key: _containers.RepeatedScalarFieldContainer[str]
    read: str
    joined: str
    def __init__(self, key: _Optional[_Iterable[str]] = ..., read: _Optional[str] = ..., joined: _Optional[str] = ...) -> None: ...
