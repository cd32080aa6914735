"""Search, multi search and Elasticsearch's fleet multi search.

The NDJSON forms are read line by line: a header, then a body. Each search answers for itself, so
one that fails stands beside the others as an item with `error` and `status`. See
https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-fleet-msearch.
"""

from dataclasses import dataclass
from typing import Any

from searchway.sandbox.call import Call, Reply
from searchway.sandbox.cluster import Cluster, Index
from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import EngineError, illegal_argument, invalid_request, number_format
from searchway.sandbox.indices import options, read_options
from searchway.sandbox.jsontext import JsonSyntaxError, Positions, parse, scan, syntax_error
from searchway.sandbox.ordering import all_shards_failed
from searchway.sandbox.parameters import flag, integer
from searchway.sandbox.router import Privilege, Route, route
from searchway.sandbox.search import Plan, plan_search, run_search

_INDEX_OPTIONS = "allow_no_indices expand_wildcards ignore_unavailable ignore_throttled"
_SEARCH = (
    f"{_INDEX_OPTIONS} size from sort q _source track_total_hits rest_total_hits_as_int typed_keys search_type "
    "preference routing request_cache timeout allow_partial_search_results ccs_minimize_roundtrips "
    "max_concurrent_shard_requests pre_filter_shard_size batched_reduce_size"
)
_MULTI = (
    f"{_INDEX_OPTIONS} ccs_minimize_roundtrips max_concurrent_searches max_concurrent_shard_requests "
    "pre_filter_shard_size search_type rest_total_hits_as_int typed_keys allow_partial_search_results"
)
_HEADER_KEYS = frozenset(
    {
        "index", "indices", "search_type", "preference", "routing", "request_cache", "allow_partial_search_results",
        "ccs_minimize_roundtrips", "expand_wildcards", "ignore_unavailable", "allow_no_indices", "ignore_throttled",
    }
)  # fmt: skip
_FLEET_KEYS = frozenset({"wait_for_checkpoints", "wait_for_checkpoints_timeout"})
_EMPTY = Positions({}, {}, {})


def routes(engine: Engine) -> list[Route]:
    """Return the routes of this family; the fleet ones are Elasticsearch's alone."""
    read = Privilege(action="indices:data/read/search", granted_by=("read", "all"), on_indices="index")
    everywhere = Privilege(action="indices:data/read/msearch", granted_by=("all",))
    searches = [
        route("GET POST", "/_search", search, _SEARCH, everywhere),
        route("GET POST", "/{index}/_search", search, _SEARCH, read),
        route("GET POST", "/{index}/_count", count, _INDEX_OPTIONS, read),
        route("GET POST", "/_msearch", multi_search, _MULTI, everywhere),
        route("GET POST", "/{index}/_msearch", multi_search, _MULTI, read),
    ]
    scored = f"{_MULTI} include_named_queries_score"  # named queries are not played: there is nothing to score
    fleet = [
        route("GET POST", "/_fleet/_fleet_msearch", fleet_search, scored, everywhere),
        route("GET POST", "/{index}/_fleet/_fleet_msearch", fleet_search, scored, read),
    ]
    return searches + (fleet if engine.is_elasticsearch else [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One search of a multi search."""

    indices: list[str]
    header: dict[str, Any]
    plan: Plan


def search(cluster: Cluster, call: Call) -> Reply:
    """Run one search.

    Raises:
        EngineError: for a bad body or a missing index.
    """
    plan = _plan_line(cluster.engine, call.body) if call.body.strip() else plan_search(_from_query(call), _EMPTY)
    found = cluster.resolve(call.names("index"), options(call))
    return Reply(body=run_search(cluster, found, plan, **_shape(call)))


def count(cluster: Cluster, call: Call) -> Reply:
    """Count what a query matches.

    Raises:
        EngineError: for a bad body or a missing index.
    """
    plan = _plan_line(cluster.engine, call.body or b"{}")
    found = cluster.resolve(call.names("index"), options(call))
    answer = run_search(cluster, found, plan, total_as_int=True)
    return Reply(body={"count": answer["hits"]["total"], "_shards": answer["_shards"]})


def multi_search(cluster: Cluster, call: Call) -> Reply:
    """Run several searches.

    Raises:
        EngineError: for a body that cannot be read.
    """
    return _run_all(cluster, call, _HEADER_KEYS)


def fleet_search(cluster: Cluster, call: Call) -> Reply:
    """Run several searches, each waiting for the checkpoints in its header line.

    Raises:
        EngineError: for a body that cannot be read.
    """
    return _run_all(cluster, call, _HEADER_KEYS | _FLEET_KEYS)


def _run_all(cluster: Cluster, call: Call, header_keys: frozenset[str]) -> Reply:
    if integer(call.query, "max_concurrent_searches", 1) <= 0:
        raise illegal_argument("maxConcurrentSearchRequests must be positive")
    options(call)
    items = list(_items(cluster.engine, call, header_keys))
    if not items:
        raise invalid_request("no requests added")
    return Reply(body={"took": 0, "responses": [_run_item(cluster, call, item) for item in items]})


def _run_item(cluster: Cluster, call: Call, item: Item) -> dict[str, Any]:
    try:
        words = item.header.get("expand_wildcards", call.query.get("expand_wildcards", "open"))
        flags = {**call.query, **{key: str(value).lower() for key, value in item.header.items()}}
        chosen = read_options(words if isinstance(words, list) else words.split(","), flags)
        found = cluster.resolve(item.indices, chosen)
        if "wait_for_checkpoints" in item.header:
            _check_checkpoints(item, found)
        return {**run_search(cluster, found, item.plan, **_shape(call)), "status": 200}
    except EngineError as error:
        return {"error": error.failure(), "status": error.status}


def _items(engine: Engine, call: Call, header_keys: frozenset[str]) -> list[Item]:
    lines = _lines(call.body)
    items = []
    for place in range(0, len(lines) - 1, 2):
        header = _header(engine, lines[place], header_keys)
        named = header.get("index", header.get("indices", call.names("index")))
        items.append(
            Item(
                indices=named.split(",") if isinstance(named, str) else named,
                header=header,
                plan=_plan_line(engine, lines[place + 1]),
            )
        )
    return items


def _lines(body: bytes) -> list[bytes]:
    if not body.strip():
        raise EngineError(400, "parse_exception", "request body or source parameter is required")
    if not body.endswith(b"\n"):
        raise illegal_argument("The msearch request must be terminated by a newline [\n]")
    return body.split(b"\n")[:-1]


def _header(engine: Engine, line: bytes, known: frozenset[str]) -> dict[str, Any]:
    if not line.strip():
        return {}
    header: dict[str, Any] = _parse_line(engine, line)
    for key, value in header.items():
        if key not in known:
            raise illegal_argument(f"key [{key}] is not supported in the metadata section")
        if key == "wait_for_checkpoints":
            _check_numbers(value)
    return header


def _check_numbers(values: Any) -> None:
    for value in values if isinstance(values, list) else [values]:
        try:
            int(value)
        except (TypeError, ValueError):
            error = number_format(str(value))
            raise error from None


def _check_checkpoints(item: Item, found: list[Index]) -> None:
    given = item.header["wait_for_checkpoints"]
    checkpoints = [int(value) for value in (given if isinstance(given, list) else [given])]
    shards = sum(index.shards for index in found)
    if len(checkpoints) != shards:
        names = ",".join(index.name for index in found)
        raise illegal_argument(
            "Target configured with wait_for_checkpoints must search the same number of shards as checkpoints "
            f"provided. [{len(checkpoints)}] checkpoints provided. Target [{','.join(item.indices)}] which resolved "
            f"to index [{names}] has [{shards}] shards."
        )
    by_shard = [index for index in found for _ in range(index.shards)]
    for index, checkpoint in zip(by_shard, checkpoints, strict=True):
        if checkpoint >= index.next_seq_no:
            raise _unissued(index, checkpoint)


def _unissued(index: Index, checkpoint: int) -> EngineError:
    reason = (
        "Cannot wait for unissued seqNo checkpoint "
        f"[wait_for_checkpoint={checkpoint}, max_issued_seqNo={index.next_seq_no - 1}]"
    )
    return all_shards_failed(index, illegal_argument(reason), illegal_argument(reason, illegal_argument(reason)))


def _plan_line(engine: Engine, line: bytes) -> Plan:
    body = _parse_line(engine, line) if line.strip() else {}
    try:
        return plan_search(body, _EMPTY)
    except EngineError as error:
        if "line" not in error.members:
            raise
    return plan_search(body, scan(line))


def _parse_line(engine: Engine, line: bytes) -> dict[str, Any]:
    try:
        document = parse(line)
    except JsonSyntaxError as error:
        failure = syntax_error(engine, line, error)
        raise failure from error
    if not isinstance(document, dict):
        raise EngineError(400, "parsing_exception", "Expected [START_OBJECT] but found [START_ARRAY]", line=1, col=1)
    return document


def _from_query(call: Call) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name in ("size", "from"):
        if name in call.query:
            body[name] = integer(call.query, name, 0)
    if "sort" in call.query:
        body["sort"] = [_sort_word(word) for word in call.query["sort"].split(",")]
    return body


def _sort_word(word: str) -> Any:
    name, _, direction = word.partition(":")
    return {name: direction or "asc"}


def _shape(call: Call) -> dict[str, bool]:
    return {
        "typed_keys": flag(call.query, "typed_keys"),
        "total_as_int": flag(call.query, "rest_total_hits_as_int"),
    }
