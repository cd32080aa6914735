"""The actions of a data stream modification: reading them strictly, applying all or none.

See https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-modify-data-stream.
"""

from dataclasses import dataclass
from typing import Any

from searchway.sandbox.call import Call
from searchway.sandbox.cluster import Cluster, DataStream
from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import EngineError, illegal_argument
from searchway.sandbox.jsontext import JsonSyntaxError, Positions, parse, scan, syntax_error, token
from searchway.sandbox.parameters import missing_body

_KINDS = ("add_backing_index", "remove_backing_index")
_FIELDS = ("data_stream", "index", "failure_store")
_LIST = "[data_stream_actions] failed to parse field [actions]"
# The release from which missing members and foreign indices are told apart.
_CHECKS_NULL = 9
_DATE_TYPES = frozenset({"date", "date_nanos"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One change of one data stream."""

    # Whether the index joins the stream; else it leaves.
    adds: bool
    data_stream: str
    index: str


def read_actions(engine: Engine, call: Call) -> list[Action]:
    """Read a modification's body.

    Raises:
        EngineError: in the words of the engine's strict parser.
    """
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
    before = {stream.name: list(stream.indices) for stream in cluster.data_streams.values()}
    try:
        for action in actions:
            _apply(cluster, action)
    except EngineError:
        for name, indices in before.items():
            cluster.data_streams[name].indices = indices
        raise


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
        if kind not in _KINDS:
            inner = _unparsable(at.names[(*path, kind)], f"[data_stream_action] unknown field [{kind}]")
            raise _unparsable(at.values[(*path, kind)], _LIST, inner)
    if len(item) > 1:
        raise _too_many(list(item)[1], at, path)
    kind, fields = next(iter(item.items()))
    _check_fields(kind, fields, at, (*path, kind))
    if "index" not in fields or "data_stream" not in fields:
        raise _incomplete(engine)
    return Action(adds=kind == _KINDS[0], data_stream=fields["data_stream"], index=fields["index"])


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
    if action.adds:
        _add(cluster, stream, action.index)
    else:
        _remove(cluster, stream, action.index)


def _add(cluster: Cluster, stream: DataStream, name: str) -> None:
    index = cluster.indices.get(name)
    if index is None:
        raise illegal_argument(f"index [{name}] not found")
    owner = cluster.stream_of(name)
    if owner == stream.name:
        return
    refused = f"cannot add index [{name}] to data stream [{stream.name}]"
    if owner is not None:
        raise illegal_argument(f"{refused} because it is already a backing index on data stream [{owner}]")
    if index.aliases:
        raise illegal_argument(f"{refused} until its alias [{', '.join(index.aliases)}] is removed")
    kind = (index.mappings.get("properties") or {}).get("@timestamp", {}).get("type")
    if kind is None:
        raise illegal_argument(f"backing index [{name}] must have mappings for a timestamp field")
    if kind not in _DATE_TYPES:
        expected = "[date,date_nanos] is expected"
        raise illegal_argument(f"data stream timestamp field [@timestamp] is of type [{kind}], but {expected}")
    stream.indices = [name, *stream.indices]


def _remove(cluster: Cluster, stream: DataStream, name: str) -> None:
    if name not in cluster.indices or name not in stream.indices:
        named = name in cluster.indices and cluster.engine.major >= _CHECKS_NULL
        where = f" in data stream [{stream.name}]" if named else ""
        raise illegal_argument(f"index [{name}] not found{where}")
    if stream.indices[-1] == name:
        raise illegal_argument(
            f"cannot remove backing index [{name}] of data stream [{stream.name}] because it is the write index"
        )
    stream.indices = [index for index in stream.indices if index != name]
