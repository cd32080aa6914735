"""Sorting hits, and going on after one.

Missing values come last in either direction, as the engines' default has it. See
https://www.elastic.co/docs/reference/elasticsearch/rest-apis/sort-search-results.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from searchway.sandbox.cluster import Document, Index
from searchway.sandbox.errors import EngineError
from searchway.sandbox.queries import field_values

_METADATA = frozenset({"_id", "_doc", "_score", "_shard_doc", "_seq_no", "_index"})

Hit = tuple[Index, Document]


class SortKey(NamedTuple):
    """One sort criterion."""

    # Field, or one of the metadata fields.
    field: str
    # Whether large values come first.
    descending: bool
    # Whether documents without a value come first.
    missing_first: bool
    # Whether a field that no index has is passed over.
    unmapped: bool


def read_sort(given: Any) -> list[SortKey]:
    """Return the criteria of a search's `sort`, in any of its forms."""
    listed = given if isinstance(given, list) else [given]
    return [_key(item) for item in listed]


def order(indices: list[Index], hits: list[Hit], keys: list[SortKey]) -> list[Hit]:
    """Return hits in order.

    Raises:
        EngineError: search_phase_execution_exception for a field that no document and no mapping has.
    """
    for key in keys:
        _check_mapped(indices, key)
    ordered = list(hits)
    for key in reversed(keys):
        present = [hit for hit in ordered if value_of(hit, key) is not None]
        absent = [hit for hit in ordered if value_of(hit, key) is None]
        present.sort(key=lambda hit, key=key: _comparable(value_of(hit, key)), reverse=key.descending)  # type: ignore[misc]  # a default binds the loop's key
        ordered = absent + present if key.missing_first else present + absent
    return ordered


def cursor_test(keys: list[SortKey], after: list[Any]) -> Callable[[Hit], bool]:
    """Return the test that a hit comes after the given sort values."""

    def comes_after(hit: Hit) -> bool:
        for key, bound in zip(keys, after, strict=True):
            value = value_of(hit, key)
            if value == bound:
                continue
            if value is None or bound is None:
                return (value is None) != key.missing_first
            return bool(_comparable(value) > _comparable(bound)) != key.descending
        return False

    return comes_after


def sort_values(hit: Hit, keys: list[SortKey]) -> list[Any]:
    """Return the values a hit was sorted by."""
    return [value_of(hit, key) for key in keys]


def value_of(hit: Hit, key: SortKey) -> Any:
    """Return a hit's value of one criterion: the least of several, or the greatest going down."""
    index, document = hit
    match key.field:
        case "_id":
            return document.key
        case "_index":
            return index.name
        case "_score":
            return 1.0
        case "_doc" | "_shard_doc" | "_seq_no":
            return document.seq_no
    values = field_values(document, key.field)
    if not values:
        return None
    return max(values, key=_comparable) if key.descending else min(values, key=_comparable)


def _key(item: Any) -> SortKey:
    if isinstance(item, str):
        name, options = item, {}
    else:
        name, options = next(iter(item.items()), ("", {}))
    if isinstance(options, str):
        options = {"order": options}
    if not isinstance(options, dict):
        raise EngineError(400, "parsing_exception", f"malformed sort format for [{name}]", line=1, col=1)
    default = "desc" if name == "_score" else "asc"
    return SortKey(
        field=name,
        descending=options.get("order", default) == "desc",
        missing_first=options.get("missing") == "_first",
        unmapped="unmapped_type" in options,
    )


def _check_mapped(indices: list[Index], key: SortKey) -> None:
    if key.field in _METADATA or key.unmapped:
        return
    for index in indices:
        mapped = key.field.split(".", maxsplit=1)[0] in (index.mappings.get("properties") or {})
        if not mapped and not any(field_values(document, key.field) for document in index.documents.values()):
            raise unmapped_sort(index, key.field)


def unmapped_sort(index: Index, field: str) -> EngineError:
    """Return the error of sorting by a field that an index does not have."""
    reason = f"No mapping found for [{field}] in order to sort on"
    return all_shards_failed(
        index, EngineError(400, "query_shard_exception", reason, index_uuid=index.uuid, index=index.name)
    )


def all_shards_failed(index: Index, failure: EngineError, cause: EngineError | None = None) -> EngineError:
    """Return the error of a search in which every shard failed alike."""
    shard = {"shard": 0, "index": index.name, "node": index.node, "reason": failure.describe()}
    return EngineError(
        failure.status,
        "search_phase_execution_exception",
        "all shards failed",
        cause=cause or failure,
        roots=[failure],
        phase="query",
        grouped=True,
        failed_shards=[shard],
    )


def _comparable(value: Any) -> tuple[int, Any]:
    """Return a key under which numbers, then text, compare."""
    if isinstance(value, int | float):
        return (0, value)
    return (1, str(value))
