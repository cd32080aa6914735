"""The actions of a data stream modification: reading them strictly, applying all or none.

See https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-modify-data-stream.
"""

from dataclasses import dataclass
from typing import Any

from searchway.sandbox.call import Call
from searchway.sandbox.cluster import Cluster, DataStream, Index
from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import EngineError, illegal_argument, invalid_request
from searchway.sandbox.indices import drop_index
from searchway.sandbox.jsontext import JsonSyntaxError, Positions, parse, scan, syntax_error, token
from searchway.sandbox.parameters import missing_body

_ADD = "add_backing_index"
_REMOVE = "remove_backing_index"
_DELETE = "delete_backing_index"
# The release from which Elasticsearch deletes backing indices.
_DELETES = (9, 5)
_FIELDS = ("data_stream", "index", "failure_store")
_LIST = "[data_stream_actions] failed to parse field [actions]"
# The release from which missing members and foreign indices are told apart.
_CHECKS_NULL = 9
_DATE_TYPES = frozenset({"date", "date_nanos"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One change of one data stream."""

    # add_backing_index and the like.
    kind: str
    data_stream: str
    index: str
    # Whether it is about the stream's failure store.
    failure_store: bool = False


def read_actions(engine: Engine, call: Call) -> list[Action]:
    """Read a modification's body.

    Raises:
        EngineError: in the words of the engine's strict parser.
    """
    if engine.is_opensearch:
        return _opensearch_actions(call)
    body = _body(engine, call)
    at = scan(call.body)
    for key in body:
        if key != "actions":
            raise _unparsable(at.names[(key,)], f"[data_stream_actions] unknown field [{key}]")
    if "actions" not in body:
        raise illegal_argument("Required [actions]")
    listed = body["actions"]
    if not isinstance(listed, list):
        reason = f"[data_stream_actions] actions doesn't support values of type: {token(listed)}"
        raise _unparsable(at.values[("actions",)], reason)
    actions = [_action(engine, item, at, ("actions", place)) for place, item in enumerate(listed)]
    if not actions:
        raise illegal_argument("no data stream actions specified, at least one must be specified")
    return actions


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
        if action.kind == _DELETE:
            drop_index(cluster, action.index)


def _body(engine: Engine, call: Call) -> dict[str, Any]:
    if not call.body.strip():
        raise missing_body()
    try:
        body = parse(call.body)
    except JsonSyntaxError as error:
        failure = syntax_error(engine, call.body, error)
        if len(error.opened) > 1:
            raise _unparsable(error.opened[1], _LIST, failure) from error
        raise failure from error
    if not isinstance(body, dict):
        raise _unparsable("1:1", f"[data_stream_actions] Expected START_OBJECT but was: {token(body)}")
    return body


def _action(engine: Engine, item: Any, at: Positions, path: tuple[str | int, ...]) -> Action:
    if not isinstance(item, dict):
        inner = _unparsable(at.values[path], f"[data_stream_action] Expected START_OBJECT but was: {token(item)}")
        raise _unparsable(at.values[path], _LIST, inner)
    if not item:
        reason = (
            'Cannot invoke "org.elasticsearch.cluster.metadata.DataStreamAction.getDataStream()" '
            'because "action" is null'
        )
        raise EngineError(500, "null_pointer_exception", reason)
    for kind in item:
        if kind not in _kinds(engine):
            inner = _unparsable(at.names[(*path, kind)], f"[data_stream_action] unknown field [{kind}]")
            raise _unparsable(at.values[(*path, kind)], _LIST, inner)
    if len(item) > 1:
        raise _too_many(list(item)[1], at, path)
    kind, fields = next(iter(item.items()))
    _check_fields(kind, fields, at, (*path, kind))
    if "index" not in fields or "data_stream" not in fields:
        raise _incomplete(engine)
    store = str(fields.get("failure_store", False)).lower() == "true"
    return Action(kind=kind, data_stream=fields["data_stream"], index=fields["index"], failure_store=store)


def _kinds(engine: Engine) -> tuple[str, ...]:
    return (_ADD, _REMOVE, _DELETE) if engine.release >= _DELETES else (_ADD, _REMOVE)


def _incomplete(engine: Engine) -> EngineError:
    if engine.major < _CHECKS_NULL:
        return EngineError(500, "null_pointer_exception", None)
    return illegal_argument("index [null] not found")


def _check_fields(kind: str, fields: Any, at: Positions, path: tuple[str | int, ...]) -> None:
    if not isinstance(fields, dict):
        where = at.values[path]
        raise _within(kind, where, _unparsable(where, f"[{kind}] Expected START_OBJECT but was: {token(fields)}"))
    for name, value in fields.items():
        where = at.values[(*path, name)]
        if name not in _FIELDS:
            unknown = _unparsable(at.names[(*path, name)], f"[{kind}] unknown field [{name}]")
            raise _within(kind, where, unknown)
        if name != "failure_store" and not isinstance(value, str):
            reason = f"[{kind}] {name} doesn't support values of type: {token(value)}"
            raise _within(kind, where, _unparsable(where, reason))


def _too_many(kind: str, at: Positions, path: tuple[str | int, ...]) -> EngineError:
    last = at.ends[(*path, kind)]
    reason = "too many data stream operations declared on operation entry"
    built = "Failed to build [data_stream_action] after last required field arrived"
    inner = EngineError(400, "x_content_parse_exception", built, cause=illegal_argument(reason))
    return _within(kind, last, inner)


def _within(kind: str, where: Any, inner: EngineError) -> EngineError:
    outer = _unparsable(where, f"[data_stream_action] failed to parse field [{kind}]", inner)
    return _unparsable(where, _LIST, outer)


def _unparsable(where: Any, reason: str, cause: EngineError | None = None) -> EngineError:
    return EngineError(400, "x_content_parse_exception", f"[{where}] {reason}", cause=cause)


def _apply(cluster: Cluster, action: Action) -> None:
    stream = cluster.data_streams.get(action.data_stream)
    if stream is None:
        raise illegal_argument(f"data stream [{action.data_stream}] not found")
    held = stream.failures if action.failure_store else stream.indices
    if action.kind != _ADD:
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
    named = cluster.engine.major >= _CHECKS_NULL
    return f"index [{name}] not found" + (f" in data stream [{stream.name}]" if named else "")


def _opensearch_actions(call: Call) -> list[Action]:
    """Read a body as OpenSearch does, of whose strictness only the outer part is its own."""
    if not call.body.strip():
        raise EngineError(400, "parse_exception", "request body is required")
    body = parse(call.body)
    if not isinstance(body, dict):
        raise illegal_argument("expected an object with an [actions] array")
    for key, value in body.items():
        if key != "actions" or not isinstance(value, list):
            raise illegal_argument(f"unexpected field [{key}], only [actions] is supported")
    at = scan(call.body)
    actions = [_opensearch_action(item, at, ("actions", place)) for place, item in enumerate(body.get("actions", ()))]
    if not actions:
        raise invalid_request("at least one data stream action must be specified")
    return actions


def _opensearch_action(item: Any, at: Positions, path: tuple[str | int, ...]) -> Action:
    if not isinstance(item, dict):
        raise _unparsable(at.values[path], f"[data_stream_action] Expected START_OBJECT but was: {token(item)}")
    if not item:
        unset = (
            '"org.opensearch.action.admin.indices.datastream.DataStreamAction.dataStream()" because "action" is null'
        )
        raise EngineError(500, "null_pointer_exception", f"Cannot invoke {unset}")
    for kind in item:
        if kind not in (_ADD, _REMOVE):
            raise _unparsable(at.names[(*path, kind)], f"[data_stream_action] unknown field [{kind}]")
    kind, fields = list(item.items())[-1]  # the last one counts
    where = (*path, kind)
    if not isinstance(fields, dict):
        wrong = f"[data_stream_action] {kind} doesn't support values of type: {token(fields)}"
        raise _unparsable(at.values[where], wrong)
    _check_opensearch_fields(kind, fields, at, where)
    return Action(kind=kind, data_stream=fields["data_stream"], index=fields["index"])


def _check_opensearch_fields(kind: str, fields: dict[str, Any], at: Positions, path: tuple[str | int, ...]) -> None:
    outer = f"[data_stream_action] failed to parse field [{kind}]"
    for name, value in fields.items():
        where = at.values[(*path, name)]
        if name not in ("data_stream", "index"):
            raise _unparsable(where, outer, _unparsable(at.names[(*path, name)], f"[{kind}] unknown field [{name}]"))
        if not isinstance(value, str):
            wrong = f"[{kind}] {name} doesn't support values of type: {token(value)}"
            raise _unparsable(where, outer, _unparsable(where, wrong))
    for name in ("data_stream", "index"):
        if name not in fields:
            raise _unparsable(at.ends[path], outer, illegal_argument(f"Required [{name}]"))
