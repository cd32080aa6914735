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

class ExpandWildcards(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXPAND_WILDCARDS_UNSPECIFIED: _ClassVar[ExpandWildcards]
    EXPAND_WILDCARDS_ALL: _ClassVar[ExpandWildcards]
    EXPAND_WILDCARDS_OPEN: _ClassVar[ExpandWildcards]
    EXPAND_WILDCARDS_CLOSED: _ClassVar[ExpandWildcards]
    EXPAND_WILDCARDS_HIDDEN: _ClassVar[ExpandWildcards]
    EXPAND_WILDCARDS_NONE: _ClassVar[ExpandWildcards]

class SearchType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SEARCH_TYPE_UNSPECIFIED: _ClassVar[SearchType]
    SEARCH_TYPE_QUERY_THEN_FETCH: _ClassVar[SearchType]
    SEARCH_TYPE_DFS_QUERY_THEN_FETCH: _ClassVar[SearchType]
EXPAND_WILDCARDS_UNSPECIFIED: ExpandWildcards
EXPAND_WILDCARDS_ALL: ExpandWildcards
EXPAND_WILDCARDS_OPEN: ExpandWildcards
EXPAND_WILDCARDS_CLOSED: ExpandWildcards
EXPAND_WILDCARDS_HIDDEN: ExpandWildcards
EXPAND_WILDCARDS_NONE: ExpandWildcards
SEARCH_TYPE_UNSPECIFIED: SearchType
SEARCH_TYPE_QUERY_THEN_FETCH: SearchType
SEARCH_TYPE_DFS_QUERY_THEN_FETCH: SearchType

class MultiSearchRequest(_message.Message):
    __slots__ = ("index", "searches", "allow_no_indices", "allow_partial_search_results", "ccs_minimize_roundtrips", "expand_wildcards", "ignore_throttled", "ignore_unavailable", "max_concurrent_searches", "max_concurrent_shard_requests", "pre_filter_shard_size", "rest_total_hits_as_int", "search_type", "typed_keys", "wait_for_checkpoints", "strict", "include_named_queries_score")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    SEARCHES_FIELD_NUMBER: _ClassVar[int]
    ALLOW_NO_INDICES_FIELD_NUMBER: _ClassVar[int]
    ALLOW_PARTIAL_SEARCH_RESULTS_FIELD_NUMBER: _ClassVar[int]
    CCS_MINIMIZE_ROUNDTRIPS_FIELD_NUMBER: _ClassVar[int]
    EXPAND_WILDCARDS_FIELD_NUMBER: _ClassVar[int]
    IGNORE_THROTTLED_FIELD_NUMBER: _ClassVar[int]
    IGNORE_UNAVAILABLE_FIELD_NUMBER: _ClassVar[int]
    MAX_CONCURRENT_SEARCHES_FIELD_NUMBER: _ClassVar[int]
    MAX_CONCURRENT_SHARD_REQUESTS_FIELD_NUMBER: _ClassVar[int]
    PRE_FILTER_SHARD_SIZE_FIELD_NUMBER: _ClassVar[int]
    REST_TOTAL_HITS_AS_INT_FIELD_NUMBER: _ClassVar[int]
    SEARCH_TYPE_FIELD_NUMBER: _ClassVar[int]
    TYPED_KEYS_FIELD_NUMBER: _ClassVar[int]
    WAIT_FOR_CHECKPOINTS_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_NAMED_QUERIES_SCORE_FIELD_NUMBER: _ClassVar[int]
    index: str
    searches: _containers.RepeatedCompositeFieldContainer[Search]
    allow_no_indices: bool
    allow_partial_search_results: bool
    ccs_minimize_roundtrips: bool
    expand_wildcards: _containers.RepeatedScalarFieldContainer[ExpandWildcards]
    ignore_throttled: bool
    ignore_unavailable: bool
    max_concurrent_searches: int
    max_concurrent_shard_requests: int
    pre_filter_shard_size: int
    rest_total_hits_as_int: bool
    search_type: SearchType
    typed_keys: bool
    wait_for_checkpoints: _containers.RepeatedScalarFieldContainer[int]
    strict: bool
    include_named_queries_score: bool
    def __init__(self, index: _Optional[str] = ..., searches: _Optional[_Iterable[_Union[Search, _Mapping]]] = ..., allow_no_indices: _Optional[bool] = ..., allow_partial_search_results: _Optional[bool] = ..., ccs_minimize_roundtrips: _Optional[bool] = ..., expand_wildcards: _Optional[_Iterable[_Union[ExpandWildcards, str]]] = ..., ignore_throttled: _Optional[bool] = ..., ignore_unavailable: _Optional[bool] = ..., max_concurrent_searches: _Optional[int] = ..., max_concurrent_shard_requests: _Optional[int] = ..., pre_filter_shard_size: _Optional[int] = ..., rest_total_hits_as_int: _Optional[bool] = ..., search_type: _Optional[_Union[SearchType, str]] = ..., typed_keys: _Optional[bool] = ..., wait_for_checkpoints: _Optional[_Iterable[int]] = ..., strict: _Optional[bool] = ..., include_named_queries_score: _Optional[bool] = ...) -> None: ...

class Search(_message.Message):
    __slots__ = ("header", "body")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    header: SearchHeader
    body: _types_pb2.Json
    def __init__(self, header: _Optional[_Union[SearchHeader, _Mapping]] = ..., body: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...

class SearchRequest(_message.Message):
    __slots__ = ("header", "body", "max_concurrent_shard_requests", "pre_filter_shard_size", "typed_keys", "page_size", "page_token", "unique_field", "include_named_queries_score")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    MAX_CONCURRENT_SHARD_REQUESTS_FIELD_NUMBER: _ClassVar[int]
    PRE_FILTER_SHARD_SIZE_FIELD_NUMBER: _ClassVar[int]
    TYPED_KEYS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    UNIQUE_FIELD_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_NAMED_QUERIES_SCORE_FIELD_NUMBER: _ClassVar[int]
    header: SearchHeader
    body: _types_pb2.Json
    max_concurrent_shard_requests: int
    pre_filter_shard_size: int
    typed_keys: bool
    page_size: int
    page_token: str
    unique_field: str
    include_named_queries_score: bool
    def __init__(self, header: _Optional[_Union[SearchHeader, _Mapping]] = ..., body: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., max_concurrent_shard_requests: _Optional[int] = ..., pre_filter_shard_size: _Optional[int] = ..., typed_keys: _Optional[bool] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., unique_field: _Optional[str] = ..., include_named_queries_score: _Optional[bool] = ...) -> None: ...

class StreamHitsRequest(_message.Message):
    __slots__ = ("header", "body", "max_concurrent_shard_requests", "pre_filter_shard_size", "typed_keys", "page_size", "page_token", "unique_field", "include_named_queries_score")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    MAX_CONCURRENT_SHARD_REQUESTS_FIELD_NUMBER: _ClassVar[int]
    PRE_FILTER_SHARD_SIZE_FIELD_NUMBER: _ClassVar[int]
    TYPED_KEYS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    UNIQUE_FIELD_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_NAMED_QUERIES_SCORE_FIELD_NUMBER: _ClassVar[int]
    header: SearchHeader
    body: _types_pb2.Json
    max_concurrent_shard_requests: int
    pre_filter_shard_size: int
    typed_keys: bool
    page_size: int
    page_token: str
    unique_field: str
    include_named_queries_score: bool
    def __init__(self, header: _Optional[_Union[SearchHeader, _Mapping]] = ..., body: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., max_concurrent_shard_requests: _Optional[int] = ..., pre_filter_shard_size: _Optional[int] = ..., typed_keys: _Optional[bool] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., unique_field: _Optional[str] = ..., include_named_queries_score: _Optional[bool] = ...) -> None: ...

class SearchHeader(_message.Message):
    __slots__ = ("allow_no_indices", "expand_wildcards", "ignore_unavailable", "index", "preference", "project_routing", "request_cache", "routing", "search_type", "ccs_minimize_roundtrips", "allow_partial_search_results", "ignore_throttled", "wait_for_checkpoints", "wait_for_checkpoints_timeout")
    ALLOW_NO_INDICES_FIELD_NUMBER: _ClassVar[int]
    EXPAND_WILDCARDS_FIELD_NUMBER: _ClassVar[int]
    IGNORE_UNAVAILABLE_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    PREFERENCE_FIELD_NUMBER: _ClassVar[int]
    PROJECT_ROUTING_FIELD_NUMBER: _ClassVar[int]
    REQUEST_CACHE_FIELD_NUMBER: _ClassVar[int]
    ROUTING_FIELD_NUMBER: _ClassVar[int]
    SEARCH_TYPE_FIELD_NUMBER: _ClassVar[int]
    CCS_MINIMIZE_ROUNDTRIPS_FIELD_NUMBER: _ClassVar[int]
    ALLOW_PARTIAL_SEARCH_RESULTS_FIELD_NUMBER: _ClassVar[int]
    IGNORE_THROTTLED_FIELD_NUMBER: _ClassVar[int]
    WAIT_FOR_CHECKPOINTS_FIELD_NUMBER: _ClassVar[int]
    WAIT_FOR_CHECKPOINTS_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    allow_no_indices: bool
    expand_wildcards: _containers.RepeatedScalarFieldContainer[ExpandWildcards]
    ignore_unavailable: bool
    index: _containers.RepeatedScalarFieldContainer[str]
    preference: str
    project_routing: str
    request_cache: bool
    routing: str
    search_type: SearchType
    ccs_minimize_roundtrips: bool
    allow_partial_search_results: bool
    ignore_throttled: bool
    wait_for_checkpoints: _containers.RepeatedScalarFieldContainer[int]
    wait_for_checkpoints_timeout: str
    def __init__(self, allow_no_indices: _Optional[bool] = ..., expand_wildcards: _Optional[_Iterable[_Union[ExpandWildcards, str]]] = ..., ignore_unavailable: _Optional[bool] = ..., index: _Optional[_Iterable[str]] = ..., preference: _Optional[str] = ..., project_routing: _Optional[str] = ..., request_cache: _Optional[bool] = ..., routing: _Optional[str] = ..., search_type: _Optional[_Union[SearchType, str]] = ..., ccs_minimize_roundtrips: _Optional[bool] = ..., allow_partial_search_results: _Optional[bool] = ..., ignore_throttled: _Optional[bool] = ..., wait_for_checkpoints: _Optional[_Iterable[int]] = ..., wait_for_checkpoints_timeout: _Optional[str] = ...) -> None: ...

class MultiSearchResponse(_message.Message):
    __slots__ = ("took", "items", "failures")
    TOOK_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    took: int
    items: _containers.RepeatedCompositeFieldContainer[SearchItem]
    failures: _containers.RepeatedCompositeFieldContainer[_errors_pb2.ApiError]
    def __init__(self, took: _Optional[int] = ..., items: _Optional[_Iterable[_Union[SearchItem, _Mapping]]] = ..., failures: _Optional[_Iterable[_Union[_errors_pb2.ApiError, _Mapping]]] = ...) -> None: ...

class SearchItem(_message.Message):
    __slots__ = ("status", "error", "took", "timed_out", "shards", "hits", "aggregations", "clusters", "fields", "max_score", "num_reduce_phases", "profile", "pit_id", "scroll_id", "suggest", "terminated_early")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    TOOK_FIELD_NUMBER: _ClassVar[int]
    TIMED_OUT_FIELD_NUMBER: _ClassVar[int]
    SHARDS_FIELD_NUMBER: _ClassVar[int]
    HITS_FIELD_NUMBER: _ClassVar[int]
    AGGREGATIONS_FIELD_NUMBER: _ClassVar[int]
    CLUSTERS_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    MAX_SCORE_FIELD_NUMBER: _ClassVar[int]
    NUM_REDUCE_PHASES_FIELD_NUMBER: _ClassVar[int]
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    PIT_ID_FIELD_NUMBER: _ClassVar[int]
    SCROLL_ID_FIELD_NUMBER: _ClassVar[int]
    SUGGEST_FIELD_NUMBER: _ClassVar[int]
    TERMINATED_EARLY_FIELD_NUMBER: _ClassVar[int]
    status: int
    error: _errors_pb2.ErrorCause
    took: int
    timed_out: bool
    shards: ShardStatistics
    hits: SearchHits
    aggregations: _types_pb2.Json
    clusters: _types_pb2.Json
    fields: _types_pb2.Json
    max_score: float
    num_reduce_phases: int
    profile: _types_pb2.Json
    pit_id: str
    scroll_id: str
    suggest: _types_pb2.Json
    terminated_early: bool
    def __init__(self, status: _Optional[int] = ..., error: _Optional[_Union[_errors_pb2.ErrorCause, _Mapping]] = ..., took: _Optional[int] = ..., timed_out: _Optional[bool] = ..., shards: _Optional[_Union[ShardStatistics, _Mapping]] = ..., hits: _Optional[_Union[SearchHits, _Mapping]] = ..., aggregations: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., clusters: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., fields: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., max_score: _Optional[float] = ..., num_reduce_phases: _Optional[int] = ..., profile: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., pit_id: _Optional[str] = ..., scroll_id: _Optional[str] = ..., suggest: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., terminated_early: _Optional[bool] = ...) -> None: ...

class SearchResponse(_message.Message):
    __slots__ = ("took", "timed_out", "shards", "total", "max_score", "hits", "aggregations", "clusters", "num_reduce_phases", "profile", "pit_id", "suggest", "terminated_early", "next_page_token", "total_size")
    TOOK_FIELD_NUMBER: _ClassVar[int]
    TIMED_OUT_FIELD_NUMBER: _ClassVar[int]
    SHARDS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    MAX_SCORE_FIELD_NUMBER: _ClassVar[int]
    HITS_FIELD_NUMBER: _ClassVar[int]
    AGGREGATIONS_FIELD_NUMBER: _ClassVar[int]
    CLUSTERS_FIELD_NUMBER: _ClassVar[int]
    NUM_REDUCE_PHASES_FIELD_NUMBER: _ClassVar[int]
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    PIT_ID_FIELD_NUMBER: _ClassVar[int]
    SUGGEST_FIELD_NUMBER: _ClassVar[int]
    TERMINATED_EARLY_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    took: int
    timed_out: bool
    shards: ShardStatistics
    total: TotalHits
    max_score: float
    hits: _containers.RepeatedCompositeFieldContainer[Hit]
    aggregations: _types_pb2.Json
    clusters: _types_pb2.Json
    num_reduce_phases: int
    profile: _types_pb2.Json
    pit_id: str
    suggest: _types_pb2.Json
    terminated_early: bool
    next_page_token: str
    total_size: int
    def __init__(self, took: _Optional[int] = ..., timed_out: _Optional[bool] = ..., shards: _Optional[_Union[ShardStatistics, _Mapping]] = ..., total: _Optional[_Union[TotalHits, _Mapping]] = ..., max_score: _Optional[float] = ..., hits: _Optional[_Iterable[_Union[Hit, _Mapping]]] = ..., aggregations: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., clusters: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., num_reduce_phases: _Optional[int] = ..., profile: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., pit_id: _Optional[str] = ..., suggest: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., terminated_early: _Optional[bool] = ..., next_page_token: _Optional[str] = ..., total_size: _Optional[int] = ...) -> None: ...

class StreamHitsResponse(_message.Message):
    __slots__ = ("hit", "next_page_token")
    HIT_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    hit: Hit
    next_page_token: str
    def __init__(self, hit: _Optional[_Union[Hit, _Mapping]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ShardStatistics(_message.Message):
    __slots__ = ("total", "successful", "skipped", "failed", "failures")
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    SUCCESSFUL_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    total: int
    successful: int
    skipped: int
    failed: int
    failures: _containers.RepeatedCompositeFieldContainer[ShardFailure]
    def __init__(self, total: _Optional[int] = ..., successful: _Optional[int] = ..., skipped: _Optional[int] = ..., failed: _Optional[int] = ..., failures: _Optional[_Iterable[_Union[ShardFailure, _Mapping]]] = ...) -> None: ...

class ShardFailure(_message.Message):
    __slots__ = ("shard", "index", "node", "reason")
    SHARD_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    shard: int
    index: str
    node: str
    reason: _errors_pb2.ErrorCause
    def __init__(self, shard: _Optional[int] = ..., index: _Optional[str] = ..., node: _Optional[str] = ..., reason: _Optional[_Union[_errors_pb2.ErrorCause, _Mapping]] = ...) -> None: ...

class SearchHits(_message.Message):
    __slots__ = ("total", "max_score", "hits")
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    MAX_SCORE_FIELD_NUMBER: _ClassVar[int]
    HITS_FIELD_NUMBER: _ClassVar[int]
    total: TotalHits
    max_score: float
    hits: _containers.RepeatedCompositeFieldContainer[Hit]
    def __init__(self, total: _Optional[_Union[TotalHits, _Mapping]] = ..., max_score: _Optional[float] = ..., hits: _Optional[_Iterable[_Union[Hit, _Mapping]]] = ...) -> None: ...

class TotalHits(_message.Message):
    __slots__ = ("value", "relation")
    VALUE_FIELD_NUMBER: _ClassVar[int]
    RELATION_FIELD_NUMBER: _ClassVar[int]
    value: int
    relation: str
    def __init__(self, value: _Optional[int] = ..., relation: _Optional[str] = ...) -> None: ...

class Hit(_message.Message):
    __slots__ = ("index", "document_id", "score", "source", "sort", "fields", "highlight", "version", "seq_no", "primary_term", "routing", "ignored", "matched_queries", "extra")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    HIGHLIGHT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SEQ_NO_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_TERM_FIELD_NUMBER: _ClassVar[int]
    ROUTING_FIELD_NUMBER: _ClassVar[int]
    IGNORED_FIELD_NUMBER: _ClassVar[int]
    MATCHED_QUERIES_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    index: str
    document_id: str
    score: float
    source: _types_pb2.Json
    sort: _types_pb2.Json
    fields: _types_pb2.Json
    highlight: _types_pb2.Json
    version: int
    seq_no: int
    primary_term: int
    routing: str
    ignored: _containers.RepeatedScalarFieldContainer[str]
    matched_queries: _types_pb2.Json
    extra: _types_pb2.Json
    def __init__(self, index: _Optional[str] = ..., document_id: _Optional[str] = ..., score: _Optional[float] = ..., source: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., sort: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., fields: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., highlight: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., version: _Optional[int] = ..., seq_no: _Optional[int] = ..., primary_term: _Optional[int] = ..., routing: _Optional[str] = ..., ignored: _Optional[_Iterable[str]] = ..., matched_queries: _Optional[_Union[_types_pb2.Json, _Mapping]] = ..., extra: _Optional[_Union[_types_pb2.Json, _Mapping]] = ...) -> None: ...
