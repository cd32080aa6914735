"""Running one search over indices.

    body -> plan (checked once) -> matching documents -> order, cursor, page -> hits

See https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-search. Scores are 1.0 for
whatever matches; sources come back byte for byte unless they are filtered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from searchway.sandbox.aggregations import aggregate, check_aggregations
from searchway.sandbox.call import Raw
from searchway.sandbox.cluster import Cluster, Document, Index
from searchway.sandbox.errors import EngineError, illegal_argument
from searchway.sandbox.filtering import drop, is_gone, keep
from searchway.sandbox.jsontext import Positions, token
from searchway.sandbox.ordering import SortKey, cursor_test, order, read_sort, sort_values
from searchway.sandbox.queries import Predicate, compile_query
from searchway.sandbox.shapes import SearchBody, check

_KEYS = frozenset(
    {
        "query", "size", "from", "sort", "search_after", "_source", "track_total_hits", "aggs", "aggregations",
        "version", "seq_no_primary_term", "track_scores", "timeout", "allow_partial_search_results",
    }
)  # fmt: skip
_NOT_OFFERED = frozenset(
    {
        "highlight", "collapse", "fields", "docvalue_fields", "script_fields", "suggest", "rescore", "pit", "knn",
        "post_filter", "min_score", "terminate_after", "explain", "profile", "stored_fields", "slice", "rank", "retriever",
        "runtime_mappings", "ext", "indices_boost", "stats",
    }
)  # fmt: skip
_WINDOW = 10_000
_DEFAULT_SIZE = 10

Hit = tuple[Index, Document]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A search body, read and checked."""

    test: Predicate
    size: int
    start: int
    sort: list[SortKey]
    after: list[Any] | None
    source: Any
    # How many hits are counted exactly; None counts none.
    counted: int | None
    aggregations: dict[str, Any]
    # Members that a hit carries only when asked for.
    with_version: bool
    with_seq_no: bool


def plan_search(body: dict[str, Any], at: Positions) -> Plan:
    """Read a search body; `at` holds the positions of its parts.

    Raises:
        EngineError: for unknown keys, unknown queries and impossible numbers.
    """
    _check_keys(body, at)
    check(SearchBody, body)
    size, start = _number(body, "size", _DEFAULT_SIZE), _number(body, "from", 0)
    if size + start > _WINDOW:
        raise illegal_argument(
            f"Result window is too large, from + size must be less than or equal to: [{_WINDOW}] but was [{size + start}]."
        )
    sort = read_sort(body.get("sort", []))
    after = body.get("search_after")
    if after is not None and len(after) != len(sort):
        raise illegal_argument(f"search_after has {len(after)} value(s) but sort has {len(sort)}.")
    aggregations = body.get("aggs", body.get("aggregations", {}))
    check_aggregations(aggregations)
    return Plan(
        test=compile_query(body.get("query", {"match_all": {}}), at),
        size=size,
        start=start,
        sort=sort,
        after=after,
        source=body.get("_source", True),
        counted=_counted(body.get("track_total_hits", _WINDOW)),
        aggregations=aggregations,
        with_version=bool(body.get("version")),
        with_seq_no=bool(body.get("seq_no_primary_term")),
    )


def run_search(
    cluster: Cluster, indices: list[Index], plan: Plan, *, typed_keys: bool = False, total_as_int: bool = False
) -> dict[str, Any]:
    """Return the answer of one search.

    Raises:
        EngineError: search_phase_execution_exception for a sort on a field nobody has.
    """
    del cluster
    found = [
        (index, document) for index in indices for document in index.documents.values() if plan.test(index, document)
    ]
    page = order(indices, found, plan.sort)
    if plan.after is not None:
        test = cursor_test(plan.sort, plan.after)
        page = [hit for hit in page if test(hit)]
    page = page[plan.start : plan.start + plan.size]
    shards = sum(index.shards for index in indices)
    aggregated = {"aggregations": aggregate(found, plan.aggregations, typed=typed_keys)} if plan.aggregations else {}
    return {
        "took": 0,
        "timed_out": False,
        **({"terminated_early": False} if total_as_int else {}),
        "_shards": {"total": shards, "successful": shards, "skipped": 0, "failed": 0},
        "hits": _hits(found, page, plan, total_as_int=total_as_int),
        **aggregated,
    }


def _hits(found: list[Hit], page: list[Hit], plan: Plan, *, total_as_int: bool) -> dict[str, Any]:
    scored = not plan.sort and bool(page)
    render = source_renderer(plan.source)
    return {
        **_total(len(found), plan.counted, total_as_int=total_as_int),
        "max_score": 1.0 if scored else None,
        "hits": [_hit(index, document, plan, render) for index, document in page],
    }


def _hit(index: Index, document: Document, plan: Plan, render: Callable[[Document], Any]) -> dict[str, Any]:
    hit: dict[str, Any] = {"_index": index.name, "_id": document.key}
    if plan.with_version:
        hit["_version"] = document.version
    if plan.with_seq_no:
        hit |= {"_seq_no": document.seq_no, "_primary_term": 1}
    hit["_score"] = None if plan.sort else 1.0
    source = render(document)
    if source is not None:
        hit["_source"] = source
    if plan.sort:
        hit["sort"] = sort_values((index, document), plan.sort)
    return hit


def source_renderer(chosen: Any) -> Callable[[Document], Any]:
    """Return what shows a document's source: whole, filtered, or None for not at all."""
    if chosen is True:
        return lambda document: Raw(text=document.source)
    if chosen is False:
        return lambda _document: None
    includes, excludes = _source_filter(chosen)

    def render(document: Document) -> Any:
        kept = keep(document.fields, includes) if includes else document.fields
        kept = {} if is_gone(kept) else kept
        left = drop(kept, excludes) if excludes else kept
        return {} if is_gone(left) else left

    return render


def _source_filter(chosen: Any) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]:
    if isinstance(chosen, dict):
        includes = chosen.get("includes", chosen.get("include", []))
        excludes = chosen.get("excludes", chosen.get("exclude", []))
    else:
        includes, excludes = chosen, []
    return _paths(includes), _paths(excludes)


def _paths(names: Any) -> tuple[tuple[str, ...], ...]:
    listed = [names] if isinstance(names, str) else names
    return tuple(tuple(name.split(".")) for name in listed)


def _total(count: int, counted: int | None, *, total_as_int: bool) -> dict[str, Any]:
    if total_as_int:
        return {"total": count}
    if counted is None:
        return {}
    exact = count <= counted
    return {"total": {"value": count if exact else counted, "relation": "eq" if exact else "gte"}}


def _counted(asked: Any) -> int | None:
    if asked is True:
        return 1 << 62
    return None if asked is False else int(asked)


def _number(body: dict[str, Any], name: str, default: int) -> int:
    value = int(body.get(name, default))
    if value < 0:
        raise illegal_argument(f"[{name}] parameter cannot be negative, found [{value}]")
    return value


def _check_keys(body: dict[str, Any], at: Positions) -> None:
    for key, value in body.items():
        if key in _NOT_OFFERED:
            raise illegal_argument(f"this sandbox does not offer [{key}] in a search")
        if key not in _KEYS:
            line, column = at.values.get((key,), (1, 1))
            reason = f"Unknown key for a {token(value)} in [{key}]."
            raise EngineError(400, "parsing_exception", reason, line=line, col=column)
