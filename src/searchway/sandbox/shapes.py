"""The shapes of bodies, checked before a handler reads them.

Unknown members pass here: each operation refuses them in its own words. What is checked is that
known members have types that can be read at all.
"""

from typing import Any, TypedDict

import msgspec

from searchway.sandbox.errors import EngineError

Object = dict[str, Any]
Scalar = str | int | float | bool | None


class _Mappings(TypedDict, total=False):
    properties: dict[str, Object] | None


class IndexBody(TypedDict, total=False):
    """Creating an index, or shrinking one."""

    settings: Object | None
    mappings: _Mappings | None
    aliases: dict[str, Object | None] | None


# One search; its query is checked by what compiles it.
SearchBody = TypedDict(
    "SearchBody",
    {
        "query": Object,
        "size": int,
        "from": int,
        "sort": str | Object | list[str | Object],
        "search_after": list[Scalar],
        "_source": bool | str | list[str] | Object,
        "track_total_hits": bool | int,
        "aggs": dict[str, Object],
        "aggregations": dict[str, Object],
    },
    total=False,
)


class _Retry(TypedDict, total=False):
    count: int | None
    backoff: str
    delay: str


class _Transition(TypedDict, total=False):
    state_name: str | None
    conditions: Object | None


class _State(TypedDict, total=False):
    name: str | None
    actions: list[Object] | None
    transitions: list[_Transition] | None


class _Template(TypedDict, total=False):
    index_patterns: list[str] | None
    priority: int


class PolicyBody(TypedDict, total=False):
    """A state management policy."""

    description: str | None
    default_state: str | None
    states: list[_State] | None
    ism_template: _Template | list[_Template] | None


class _Include(TypedDict, total=False):
    state: str | None


class IndexPolicyBody(TypedDict, total=False):
    """Adding, changing, retrying and explaining managed indices."""

    policy_id: str | None
    state: str | None
    include: list[_Include] | None
    filter: Object | None


class EnrichBody(TypedDict, total=False):
    """An enrich policy of one kind."""

    indices: str | list[str]
    match_field: str
    enrich_fields: str | list[str]
    query: Object


class _Analysis(TypedDict, total=False):
    bucket_span: str


class JobBody(TypedDict, total=False):
    """An anomaly detection job."""

    analysis_config: _Analysis
    data_description: Object


class NamesBody(TypedDict, total=False):
    """A bulk deletion."""

    names: list[str] | None


class TemplateBody(TypedDict, total=False):
    """An index template."""

    index_patterns: list[str]
    data_stream: Object
    priority: int
    template: IndexBody


class ActionBody(TypedDict, total=False):
    """One action of a policy, as far as every kind has it."""

    timeout: str
    retry: _Retry


def check(shape: Any, value: Any, kind: str = "parsing_exception") -> Any:
    """Return a value that has a shape.

    Raises:
        EngineError: 400 of the given type, saying what was expected where.
    """
    try:
        msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        raise EngineError(400, kind, f"failed to parse the body: {error}") from error
    return value
