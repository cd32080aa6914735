"""Shrinking an index into one with fewer shards.

See https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-shrink. Nothing is
waited for: shards that this cluster can never assign are simply not acknowledged.
"""

from typing import Any

from searchway.sandbox.call import Call, Reply
from searchway.sandbox.cluster import Cluster, Document, Index
from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import (
    EngineError,
    already_exists,
    illegal_argument,
    index_not_found,
    invalid_request,
    unrecognized,
)
from searchway.sandbox.indices import change_settings, new_settings
from searchway.sandbox.jsontext import read_body, scan, token
from searchway.sandbox.parameters import active_shards, flag, seconds
from searchway.sandbox.root import start_task
from searchway.sandbox.router import Privilege, Route, route
from searchway.sandbox.settings import check_counts, check_index_name, flatten_settings, read_aliases
from searchway.sandbox.shapes import IndexBody
from searchway.sandbox.shapes import check as check_shape

_PARAMETERS = "wait_for_active_shards timeout master_timeout"
_SIZE_KEYS = {"elasticsearch": "max_primary_shard_size", "opensearch": "max_shard_size"}
# Read only where nobody waits.
_TASK_TIME = "task_execution_timeout"
_WRITE_BLOCK = "index.blocks.write"
_OWN = ("index.creation_date", "index.uuid", "index.provided_name", "index.number_of_shards")


def routes(engine: Engine) -> list[Route]:
    """Return the routes of this family; every engine has them."""
    resize = Privilege(action="indices:admin/resize", granted_by=("manage", "all"), on_indices="index")
    more = {"opensearch": " cluster_manager_timeout wait_for_completion task_execution_timeout copy_settings"}
    more["opendistro"] = " copy_settings"
    return [route("PUT POST", "/{index}/_shrink/{target}", shrink, _PARAMETERS + more.get(engine.name, ""), resize)]


def shrink(cluster: Cluster, call: Call) -> Reply:
    """Make a smaller copy of a write-blocked index.

    Raises:
        EngineError: for a missing or writable source, a bad target, or a factor that does not fit.
    """
    body = _read(cluster.engine, call)
    waits = flag(call.query, "wait_for_completion", default=True)
    if waits and _TASK_TIME in call.query:
        raise unrecognized(call.path, [f"[{_TASK_TIME}]"])
    if call.query.get("copy_settings") == "false":
        raise illegal_argument("parameter [copy_settings] can not be explicitly set to [false]")
    patience = seconds(call.query, "timeout", 30.0)
    seconds(call.query, "master_timeout", 30.0)
    given = flatten_settings(body.get("settings") or {})
    check_counts(given)
    source = _source(cluster, call.variables["index"])
    target = _checked_target(cluster, source, call.variables["target"], given, body)
    settings = _target_settings(cluster, source, given)
    copies = 1 + int(settings.get("index.number_of_replicas", source.replicas))
    wanted = active_shards(call.query, copies)
    index = _copy(cluster, source, target, settings, read_aliases(body.get("aliases") or {}))
    acknowledged = patience != 0
    waited = acknowledged and wanted <= cluster.copies(index)
    answer = {"acknowledged": acknowledged, "shards_acknowledged": waited, "index": target}
    if not waits:
        task = start_task(cluster, "indices:admin/resize", f"shrink from [{source.name}] to [{target}]", 0.0, answer)
        return Reply(body={"task": task.identity})
    return Reply(body=answer)


def _read(engine: Engine, call: Call) -> dict[str, Any]:
    if not call.body.strip():
        return {}
    body = read_body(engine, call)
    if not isinstance(body, dict):
        raise _unparsable(f"[1:1] [resize_request] Expected START_OBJECT but was: {token(body)}")
    known = {"settings", "aliases", _SIZE_KEYS.get(engine.name)}
    for key in body:
        if key not in known:
            raise _unparsable(f"[{scan(call.body).names[(key,)]}] [resize_request] unknown field [{key}]")
    checked: dict[str, Any] = check_shape(IndexBody, body, "x_content_parse_exception")
    return checked


def _unparsable(reason: str) -> EngineError:
    return EngineError(400, "x_content_parse_exception", reason)


def _source(cluster: Cluster, name: str) -> Index:
    found = [] if "*" in name else cluster.members(name)
    if len(found) == 1:
        return found[0]
    if cluster.engine.is_opensearch:
        reason = (
            'Cannot invoke "org.opensearch.cluster.metadata.IndexMetadata.getSettings()" '
            'because "indexMetadata" is null'
        )
        raise EngineError(500, "null_pointer_exception", reason)
    raise index_not_found(name, None)


def _checked_target(cluster: Cluster, source: Index, target: str, given: dict[str, Any], body: dict[str, Any]) -> str:
    _check_shards(cluster.engine, source, given, body)
    check_index_name(target)
    if target in cluster.indices:
        raise already_exists(target, cluster.indices[target].uuid)
    if source.settings.get(_WRITE_BLOCK) != "true":
        must = "must block write operations" if cluster.engine.is_opensearch else "must be read-only"
        reason = f'index {source.name} {must} to resize index. use "index.blocks.write=true"'
        raise EngineError(500, "illegal_state_exception", reason)
    return target


def _check_shards(engine: Engine, source: Index, given: dict[str, Any], body: dict[str, Any]) -> None:
    wanted = given.get("index.number_of_shards")
    if wanted is None:
        return
    size_key = _SIZE_KEYS.get(engine.name, "")
    if size_key in body:
        if engine.is_opensearch:
            raise invalid_request(f"Cannot set {size_key} and index.number_of_shards at the same time!")
        raise illegal_argument(f"Cannot set both index.number_of_shards and {size_key} for the target index")
    if int(wanted) > source.shards:
        raise illegal_argument(
            f"the number of target shards [{wanted}] must be less that the number of source shards [{source.shards}]"
        )
    if source.shards % int(wanted):
        raise illegal_argument(f"the number of source shards [{source.shards}] must be a multiple of [{wanted}]")


def _target_settings(cluster: Cluster, source: Index, given: dict[str, Any]) -> dict[str, Any]:
    new_settings(cluster, given)
    inherited = {key: value for key, value in source.settings.items() if key not in _OWN}
    origin = {"index.resize.source.name": source.name, "index.resize.source.uuid": source.uuid}
    merged = {**inherited, **origin, **given}
    return {key: value for key, value in merged.items() if value is not None}


def _copy(
    cluster: Cluster, source: Index, target: str, settings: dict[str, Any], aliases: dict[str, dict[str, Any]]
) -> Index:
    index = cluster.add_index(target, settings, source.mappings, aliases)
    change_settings(index, {})
    index.documents = {
        key: Document(key=key, source=old.source, seq_no=old.seq_no, version=old.version)
        for key, old in source.documents.items()
    }
    index.next_seq_no = source.next_seq_no
    return index
