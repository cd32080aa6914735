"""The actions of a data stream modification, read as strictly as Elasticsearch does.

See https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-modify-data-stream.
"""

from dataclasses import dataclass
from typing import Any

from searchway.sandbox.call import Call
from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import EngineError, illegal_argument
from searchway.sandbox.jsontext import JsonSyntaxError, Positions, parse, scan, syntax_error, token
from searchway.sandbox.parameters import missing_body

ADD = "add_backing_index"
REMOVE = "remove_backing_index"
DELETE = "delete_backing_index"
# The release from which Elasticsearch deletes backing indices.
_DELETES = (9, 5)
# The release from which missing members are told.
_CHECKS_NULL = 9
_FIELDS = ("data_stream", "index", "failure_store")
_LIST = "[data_stream_actions] failed to parse field [actions]"


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
    body = _body(engine, call)
    at = scan(call.body)
    for key in body:
        if key != "actions":
            raise unparsable(at.names[(key,)], f"[data_stream_actions] unknown field [{key}]")
    if "actions" not in body:
        raise illegal_argument("Required [actions]")
    listed = body["actions"]
    if not isinstance(listed, list):
        reason = f"[data_stream_actions] actions doesn't support values of type: {token(listed)}"
        raise unparsable(at.values[("actions",)], reason)
    actions = [_action(engine, item, at, ("actions", place)) for place, item in enumerate(listed)]
    if not actions:
        raise illegal_argument("no data stream actions specified, at least one must be specified")
    return actions


def _body(engine: Engine, call: Call) -> dict[str, Any]:
    if not call.body.strip():
        raise missing_body()
    try:
        body = parse(call.body)
    except JsonSyntaxError as error:
        failure = syntax_error(engine, call.body, error)
        if len(error.opened) > 1:
            raise unparsable(error.opened[1], _LIST, failure) from error
        raise failure from error
    if not isinstance(body, dict):
        raise unparsable("1:1", f"[data_stream_actions] Expected START_OBJECT but was: {token(body)}")
    return body


def _action(engine: Engine, item: Any, at: Positions, path: tuple[str | int, ...]) -> Action:
    if not isinstance(item, dict):
        inner = unparsable(at.values[path], f"[data_stream_action] Expected START_OBJECT but was: {token(item)}")
        raise unparsable(at.values[path], _LIST, inner)
    if not item:
        reason = (
            'Cannot invoke "org.elasticsearch.cluster.metadata.DataStreamAction.getDataStream()" '
            'because "action" is null'
        )
        raise EngineError(500, "null_pointer_exception", reason)
    for kind in item:
        if kind not in _kinds(engine):
            inner = unparsable(at.names[(*path, kind)], f"[data_stream_action] unknown field [{kind}]")
            raise unparsable(at.values[(*path, kind)], _LIST, inner)
    if len(item) > 1:
        raise _too_many(list(item)[1], at, path)
    kind, fields = next(iter(item.items()))
    _check_fields(kind, fields, at, (*path, kind))
    if "index" not in fields or "data_stream" not in fields:
        raise _incomplete(engine)
    store = str(fields.get("failure_store", False)).lower() == "true"
    return Action(kind=kind, data_stream=fields["data_stream"], index=fields["index"], failure_store=store)


def _kinds(engine: Engine) -> tuple[str, ...]:
    return (ADD, REMOVE, DELETE) if engine.release >= _DELETES else (ADD, REMOVE)


def _incomplete(engine: Engine) -> EngineError:
    if engine.major < _CHECKS_NULL:
        return EngineError(500, "null_pointer_exception", None)
    return illegal_argument("index [null] not found")


def _check_fields(kind: str, fields: Any, at: Positions, path: tuple[str | int, ...]) -> None:
    if not isinstance(fields, dict):
        where = at.values[path]
        raise _within(kind, where, unparsable(where, f"[{kind}] Expected START_OBJECT but was: {token(fields)}"))
    for name, value in fields.items():
        where = at.values[(*path, name)]
        if name not in _FIELDS:
            unknown = unparsable(at.names[(*path, name)], f"[{kind}] unknown field [{name}]")
            raise _within(kind, where, unknown)
        if name != "failure_store" and not isinstance(value, str):
            reason = f"[{kind}] {name} doesn't support values of type: {token(value)}"
            raise _within(kind, where, unparsable(where, reason))


def _too_many(kind: str, at: Positions, path: tuple[str | int, ...]) -> EngineError:
    last = at.ends[(*path, kind)]
    reason = "too many data stream operations declared on operation entry"
    built = "Failed to build [data_stream_action] after last required field arrived"
    inner = EngineError(400, "x_content_parse_exception", built, cause=illegal_argument(reason))
    return _within(kind, last, inner)


def _within(kind: str, where: Any, inner: EngineError) -> EngineError:
    outer = unparsable(where, f"[data_stream_action] failed to parse field [{kind}]", inner)
    return unparsable(where, _LIST, outer)


def unparsable(where: Any, reason: str, cause: EngineError | None = None) -> EngineError:
    """Return the 400 of a body that cannot be parsed at a place."""
    return EngineError(400, "x_content_parse_exception", f"[{where}] {reason}", cause=cause)
