"""The actions of a data stream modification, read as OpenSearch does, of whose strictness only the outer part is its own.

See https://docs.opensearch.org/latest/im-plugin/data-streams/.
"""

from typing import Any

from searchway.sandbox.call import Call
from searchway.sandbox.errors import EngineError, illegal_argument, invalid_request
from searchway.sandbox.jsontext import Positions, parse, scan, token
from searchway.sandbox.modificationbody import ADD, REMOVE, Action, unparsable


def read_opensearch_actions(call: Call) -> list[Action]:
    """Read a modification's body.

    Raises:
        EngineError: in the words of the engine.
    """
    if not call.body.strip():
        raise EngineError(400, "parse_exception", "request body is required")
    body = parse(call.body)
    if not isinstance(body, dict):
        raise illegal_argument("expected an object with an [actions] array")
    for key, value in body.items():
        if key != "actions" or not isinstance(value, list):
            raise illegal_argument(f"unexpected field [{key}], only [actions] is supported")
    at = scan(call.body)
    actions = [_action(item, at, ("actions", place)) for place, item in enumerate(body.get("actions", ()))]
    if not actions:
        raise invalid_request("at least one data stream action must be specified")
    return actions


def _action(item: Any, at: Positions, path: tuple[str | int, ...]) -> Action:
    if not isinstance(item, dict):
        raise unparsable(at.values[path], f"[data_stream_action] Expected START_OBJECT but was: {token(item)}")
    if not item:
        unset = (
            '"org.opensearch.action.admin.indices.datastream.DataStreamAction.dataStream()" because "action" is null'
        )
        raise EngineError(500, "null_pointer_exception", f"Cannot invoke {unset}")
    for kind in item:
        if kind not in (ADD, REMOVE):
            raise unparsable(at.names[(*path, kind)], f"[data_stream_action] unknown field [{kind}]")
    kind, fields = list(item.items())[-1]  # the last one counts
    where = (*path, kind)
    if not isinstance(fields, dict):
        wrong = f"[data_stream_action] {kind} doesn't support values of type: {token(fields)}"
        raise unparsable(at.values[where], wrong)
    _check_fields(kind, fields, at, where)
    return Action(kind=kind, data_stream=fields["data_stream"], index=fields["index"])


def _check_fields(kind: str, fields: dict[str, Any], at: Positions, path: tuple[str | int, ...]) -> None:
    outer = f"[data_stream_action] failed to parse field [{kind}]"
    for name, value in fields.items():
        where = at.values[(*path, name)]
        if name not in ("data_stream", "index"):
            raise unparsable(where, outer, unparsable(at.names[(*path, name)], f"[{kind}] unknown field [{name}]"))
        if not isinstance(value, str):
            wrong = f"[{kind}] {name} doesn't support values of type: {token(value)}"
            raise unparsable(where, outer, unparsable(where, wrong))
    for name in ("data_stream", "index"):
        if name not in fields:
            raise unparsable(at.ends[path], outer, illegal_argument(f"Required [{name}]"))
