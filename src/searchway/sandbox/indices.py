"""Indices: creating, reading, changing settings, deleting.

See https://www.elastic.co/docs/api/doc/elasticsearch/group/endpoint-indices.
"""

from typing import Any

from searchway.sandbox.call import ACKNOWLEDGED, Call, Reply
from searchway.sandbox.cluster import Cluster, Index, Options
from searchway.sandbox.errors import EngineError, already_exists, illegal_argument
from searchway.sandbox.jsontext import read_map
from searchway.sandbox.parameters import active_shards, check_times, flag
from searchway.sandbox.router import Privilege, Route, route
from searchway.sandbox.settings import (
    check_counts,
    check_index_name,
    check_settings,
    flatten_settings,
    nest,
    read_aliases,
)
from searchway.sandbox.shapes import IndexBody, check
from searchway.sandbox.wordlist import words

_OPTIONS = "expand_wildcards allow_no_indices ignore_unavailable local master_timeout cluster_manager_timeout"
_CREATE = "wait_for_active_shards timeout master_timeout cluster_manager_timeout include_type_name"
_DELETE = "timeout master_timeout cluster_manager_timeout expand_wildcards allow_no_indices ignore_unavailable"
_CREATION_KEYS = ("settings", "mappings", "aliases")


def routes() -> list[Route]:
    """Return the routes of this family; every engine has them."""
    view = Privilege(
        action="indices:admin/get", granted_by=("view_index_metadata", "manage", "all"), on_indices="index"
    )
    create = Privilege(action="indices:admin/create", granted_by=("create_index", "manage", "all"), on_indices="index")
    manage = Privilege(action="indices:admin/settings/update", granted_by=("manage", "all"), on_indices="index")
    delete = Privilege(action="indices:admin/delete", granted_by=("delete_index", "manage", "all"), on_indices="index")
    settings = f"{_OPTIONS} flat_settings include_defaults"
    return [
        route("PUT", "/{index}", create_index, _CREATE, create),
        route("GET HEAD", "/{index}", get_index, f"{settings} include_type_name features", view),
        route("DELETE", "/{index}", delete_index, _DELETE, delete),
        route("GET", "/{index}/_settings", get_settings, settings, view),
        route("PUT", "/{index}/_settings", put_settings, f"{_DELETE} flat_settings preserve_existing", manage),
        route("GET", "/{index}/_mapping", get_mapping, _OPTIONS, view),
        route("GET", "/{index}/_alias", get_alias, _OPTIONS, view),
        route("GET POST", "/{index}/_refresh", refresh, _OPTIONS, view),
    ]


def create_index(cluster: Cluster, call: Call) -> Reply:
    """Create an index with settings, mappings and aliases.

    Raises:
        EngineError: for a bad name, an unknown key or setting, or an index that exists.
    """
    body = check(IndexBody, read_map(cluster.engine, call), "parse_exception")
    for key in body:
        if key not in _CREATION_KEYS:
            raise EngineError(400, "parse_exception", f"unknown key [{key}] for create index")
    check_times(call.query, "timeout", "master_timeout")
    name = call.variables["index"]
    index = make_index(cluster, name, body)
    waited = active_shards(call.query, 1 + index.replicas) <= cluster.copies(index)
    return Reply(body={"acknowledged": True, "shards_acknowledged": waited, "index": name})


def make_index(cluster: Cluster, name: str, body: dict[str, Any]) -> Index:
    """Check and store a new index.

    Raises:
        EngineError: as `create_index`.
    """
    check_index_name(name)
    if name in cluster.indices:
        raise already_exists(name, cluster.indices[name].uuid)
    if name in cluster.data_streams or cluster.members(name):
        raise EngineError(
            400, "invalid_index_name_exception", f"Invalid index name [{name}], already exists as alias", index=name
        )
    settings = new_settings(cluster, body.get("settings") or {})
    aliases = read_aliases(body.get("aliases") or {})
    mappings = body.get("mappings") or {}
    _check_mappings(mappings)
    return cluster.add_index(name, settings, mappings, aliases)


def new_settings(cluster: Cluster, given: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a new index in their normal form; null stands for the default.

    Raises:
        EngineError: for an unknown setting or an impossible number.
    """
    settings = {key: value for key, value in flatten_settings(given).items() if value is not None}
    check_settings(cluster.engine, settings)
    check_counts(settings)
    return settings


def get_index(cluster: Cluster, call: Call) -> Reply:
    """Return aliases, mappings and settings of each index."""
    found = cluster.resolve(call.names("index"), options(call))
    body = {
        index.name: {"aliases": index.aliases, "mappings": index.mappings, "settings": _shown(index, call)}
        for index in found
    }
    return Reply(body=body)


def get_settings(cluster: Cluster, call: Call) -> Reply:
    """Return the settings of each index, nested or flat."""
    found = cluster.resolve(call.names("index"), options(call))
    return Reply(body={index.name: {"settings": _shown(index, call)} for index in found})


def get_mapping(cluster: Cluster, call: Call) -> Reply:
    """Return the mappings of each index."""
    found = cluster.resolve(call.names("index"), options(call))
    return Reply(body={index.name: {"mappings": index.mappings} for index in found})


def get_alias(cluster: Cluster, call: Call) -> Reply:
    """Return the aliases of each index."""
    found = cluster.resolve(call.names("index"), options(call))
    return Reply(body={index.name: {"aliases": index.aliases} for index in found})


def put_settings(cluster: Cluster, call: Call) -> Reply:
    """Change settings; null takes one away.

    Raises:
        EngineError: for an unknown setting, or one that is fixed at creation.
    """
    body = read_map(cluster.engine, call)
    given = flatten_settings(body.get("settings", body))
    check_settings(cluster.engine, given)
    check_counts(given)
    found = cluster.resolve(call.names("index"), options(call))
    if "index.number_of_shards" in given:
        names = ", ".join(f"[{index.name}/{index.uuid}]" for index in found)
        fixed = "final" if cluster.engine.is_opensearch else "non dynamic"
        raise illegal_argument(f"Can't update {fixed} settings [[index.number_of_shards]] for open indices [{names}]")
    for index in found:
        change_settings(index, given)
    return ACKNOWLEDGED


def change_settings(index: Index, given: dict[str, Any]) -> None:
    """Apply flat settings to an index; None takes one away."""
    merged = {**index.settings, **given}
    if merged.get("index.number_of_replicas") is None:
        merged["index.number_of_replicas"] = "1"
    index.settings = {key: value for key, value in sorted(merged.items()) if value is not None}


def delete_index(cluster: Cluster, call: Call) -> Reply:
    """Delete indices.

    Raises:
        EngineError: for a missing one, an alias, or the write index of a data stream.
    """
    found = cluster.resolve(call.names("index"), options(call))
    for index in found:
        stream = cluster.stream_of(index.name)
        if stream and cluster.data_streams[stream].indices[-1] == index.name:
            raise illegal_argument(
                f"index [{index.name}] is the write index for data stream [{stream}] and cannot be deleted"
            )
    for index in found:
        drop_index(cluster, index.name)
    return ACKNOWLEDGED


def drop_index(cluster: Cluster, name: str) -> None:
    """Forget an index and everything that hangs on it."""
    del cluster.indices[name]
    cluster.managed.pop(name, None)
    for stream in cluster.data_streams.values():
        stream.indices = [each for each in stream.indices if each != name]
        stream.failures = [each for each in stream.failures if each != name]


def refresh(cluster: Cluster, call: Call) -> Reply:
    """Refresh indices: every write is visible at once here, so this counts shards."""
    found = cluster.resolve(call.names("index"), options(call))
    total = sum(index.shards * (1 + index.replicas) for index in found)
    active = sum(index.shards * cluster.copies(index) for index in found)
    return Reply(body={"_shards": {"total": total, "successful": active, "failed": 0}})


def options(call: Call) -> Options:
    """Return how a call wants missing names treated.

    Raises:
        EngineError: for words that are none.
    """
    words = call.query.get("expand_wildcards", "open").split(",")
    return read_options(words, call.query)


def read_options(words: list[str], query: Any) -> Options:
    """Return index options out of wildcard words and flags.

    Raises:
        EngineError: for words that are none.
    """
    for word in words:
        if word not in {"all", "open", "closed", "hidden", "none"}:
            raise illegal_argument(f"No valid expand wildcard value [{word}]")
    return Options(
        ignore_unavailable=flag(query, "ignore_unavailable"),
        allow_no_indices=flag(query, "allow_no_indices", default=True),
        expand="none" not in words,
    )


def _shown(index: Index, call: Call) -> dict[str, Any]:
    return index.settings if flag(call.query, "flat_settings") else nest(index.settings)


_FIELD_TYPES = frozenset(
    words("""alias binary boolean byte completion constant_keyword date date_nanos dense_vector double double_range
    flat_object flattened float float_range geo_point geo_shape half_float histogram integer integer_range ip
    ip_range join keyword knn_vector long long_range match_only_text nested object percolator rank_feature
    scaled_float search_as_you_type short text token_count unsigned_long version wildcard""")
)


def _check_mappings(mappings: dict[str, Any]) -> None:
    for name, field in (mappings.get("properties") or {}).items():
        kind = field.get("type", "object")
        if not isinstance(kind, str) or kind not in _FIELD_TYPES:
            reason = f"No handler for type [{kind}] declared on field [{name}]"
            inner = EngineError(400, "mapper_parsing_exception", reason)
            raise EngineError(400, "mapper_parsing_exception", f"Failed to parse mapping [_doc]: {reason}", cause=inner)
