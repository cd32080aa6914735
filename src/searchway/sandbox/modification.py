"""A data stream modification carried out: all of its actions, or none.

See https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-modify-data-stream.
"""

from searchway.sandbox.cluster import Cluster, DataStream, Index
from searchway.sandbox.errors import EngineError, illegal_argument
from searchway.sandbox.indices import drop_index
from searchway.sandbox.modificationbody import ADD, DELETE, Action

# The release from which Elasticsearch tells foreign indices apart.
_NAMES_STREAM = 9
_DATE_TYPES = frozenset({"date", "date_nanos"})


def apply_actions(cluster: Cluster, actions: list[Action]) -> None:
    """Apply every action, or none.

    Raises:
        EngineError: for the first action that cannot be applied; nothing has changed then.
    """
    before = [(stream, stream.indices, stream.failures) for stream in cluster.data_streams.values()]
    try:
        for action in actions:
            _apply(cluster, action)
    except EngineError:
        for stream, indices, failures in before:
            stream.indices, stream.failures = indices, failures
        raise
    for action in actions:
        if action.kind == DELETE:
            drop_index(cluster, action.index)


def _apply(cluster: Cluster, action: Action) -> None:
    stream = cluster.data_streams.get(action.data_stream)
    if stream is None:
        raise illegal_argument(f"data stream [{action.data_stream}] not found")
    held = stream.failures if action.failure_store else stream.indices
    if action.kind != ADD:
        held = _without(cluster, stream, held, action.index)
    elif _check_addable(cluster, stream, action):
        at = len(held) - 1 if cluster.engine.is_opensearch else 0  # before the write index, or before all
        held = [*held[:at], action.index, *held[at:]]
    if action.failure_store:
        stream.failures = held
    else:
        stream.indices = held


def _check_addable(cluster: Cluster, stream: DataStream, action: Action) -> bool:
    """Tell whether the index has to be added; false if it is there already."""
    name, index = action.index, cluster.indices.get(action.index)
    if index is None:
        raise illegal_argument(f"index [{name}] not found")
    owner = cluster.stream_of(name)
    if owner == stream.name and name in (stream.failures if action.failure_store else stream.indices):
        return False
    if cluster.engine.is_opensearch:
        _check_for_opensearch(stream, index, owner)
    else:
        _check_for_elasticsearch(stream, index, owner)
    return True


def _check_for_elasticsearch(stream: DataStream, index: Index, owner: str | None) -> None:
    refused = f"cannot add index [{index.name}] to data stream [{stream.name}]"
    if owner is not None:
        kind = "failure store" if index.name in stream.failures else "backing"
        raise illegal_argument(f"{refused} because it is already a {kind} index on data stream [{owner}]")
    if index.aliases:
        raise illegal_argument(f"{refused} until its alias [{', '.join(index.aliases)}] is removed")
    timestamp = _timestamp(index)
    if timestamp is None:
        raise illegal_argument(f"backing index [{index.name}] must have mappings for a timestamp field")
    if timestamp not in _DATE_TYPES:
        expected = "[date,date_nanos] is expected"
        raise illegal_argument(f"data stream timestamp field [@timestamp] is of type [{timestamp}], but {expected}")


def _check_for_opensearch(stream: DataStream, index: Index, owner: str | None) -> None:
    if owner is not None:
        claimed = f"but is claimed by [{owner}] and [{stream.name}]"
        raise illegal_argument(
            f"index [{index.name}] cannot be a backing index of more than one data stream, {claimed}"
        )
    if _timestamp(index) not in _DATE_TYPES:
        lacks = "it does not have a [@timestamp] field mapped as a date type"
        raise illegal_argument(f"index [{index.name}] cannot be added as a backing index because {lacks}")


def _timestamp(index: Index) -> str | None:
    found: str | None = (index.mappings.get("properties") or {}).get("@timestamp", {}).get("type")
    return found


def _without(cluster: Cluster, stream: DataStream, held: list[str], name: str) -> list[str]:
    if name not in cluster.indices or name not in held:
        raise illegal_argument(_missing(cluster, stream, name))
    if stream.indices[-1] == name:
        last = cluster.engine.is_opensearch and stream.indices == [name]
        why = "the last backing index; delete the data stream instead" if last else "the write index"
        raise illegal_argument(
            f"cannot remove backing index [{name}] of data stream [{stream.name}] because it is {why}"
        )
    return [index for index in held if index != name]


def _missing(cluster: Cluster, stream: DataStream, name: str) -> str:
    if cluster.engine.is_opensearch:
        return f"index [{name}] is not part of data stream [{stream.name}]"
    named = cluster.engine.major >= _NAMES_STREAM
    return f"index [{name}] not found" + (f" in data stream [{stream.name}]" if named else "")
