"""A state management policy: what the plugin takes, and the form it fills in and stores.

Pure. See https://docs.opensearch.org/latest/im-plugin/ism/policies/.
"""

from typing import Any

from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import EngineError, illegal_argument
from searchway.sandbox.shapes import ActionBody, check
from searchway.sandbox.wordlist import words

_POLICY_FIELDS = frozenset(
    words("""policy_id description last_updated_time schema_version error_notification default_state states ism_template
    user""")
)
_KINDS = frozenset(
    words("""alias allocation close convert_index_to_remote delete force_merge index_priority notification open read_only
    read_write replica_count rollover rollup search_only shrink snapshot stop_replication transform custom""")
)
_CONDITIONS = frozenset(words("""min_index_age min_doc_count min_size cron min_rollover_age no_alias min_state_age"""))
# The release of OpenSearch from which a policy may have several templates.
_TEMPLATE_LISTS = (1, 1)
_RETRY = {"count": 3, "backoff": "exponential", "delay": "1m"}
_BACKOFFS = frozenset({"exponential", "constant", "linear"})
_KIND_DEFAULTS: dict[str, dict[str, Any]] = {
    "rollover": {"copy_alias": False},
    "allocation": {"require": {}, "include": {}, "exclude": {}, "wait_for": False},
}


def read_policy(given: dict[str, Any], policy_id: str, now: int, engine: Engine) -> dict[str, Any]:
    """Return a policy as the plugin stores it.

    Args:
        given: the policy as sent.
        policy_id: its identity out of the path.
        now: epoch milliseconds.
        engine: whose plugin it is: OpenSearch's writes the defaults of actions into them, and takes several templates.

    Raises:
        EngineError: illegal_argument_exception for whatever is missing, unknown or inconsistent; parsing_exception for a list of templates
            where the plugin takes none.
    """
    fills = engine.is_opensearch
    _refuse_unknown(given, _POLICY_FIELDS, "Policy")
    for name in ("description", "default_state"):
        if given.get(name) is None:
            raise illegal_argument(f"{name} is null")
    states = [_state(state, fills=fills) for state in given.get("states") or []]
    _check_states(states, given["default_state"])
    return {
        "policy_id": policy_id,
        "description": given["description"],
        "last_updated_time": now,
        "schema_version": 1,
        "error_notification": given.get("error_notification"),
        "default_state": given["default_state"],
        "states": states,
        "ism_template": _templates(given.get("ism_template"), now, takes_lists=_takes_lists(engine)),
    }


def answered(policy: dict[str, Any], engine: Engine) -> dict[str, Any]:
    """Return a stored policy as the plugin answers it: where there can be one template alone, it is no list."""
    templates = policy["ism_template"]
    return policy if _takes_lists(engine) or not templates else {**policy, "ism_template": templates[0]}


def _takes_lists(engine: Engine) -> bool:
    return engine.is_opensearch and engine.release >= _TEMPLATE_LISTS


def action_kind(action: dict[str, Any]) -> str:
    """Return the kind of an action, the member that is neither timeout nor retry."""
    return next(name for name in action if name not in {"timeout", "retry"})


def _state(given: dict[str, Any], *, fills: bool) -> dict[str, Any]:
    _refuse_unknown(given, frozenset({"name", "actions", "transitions"}), "State")
    if given.get("name") is None:
        raise illegal_argument("State name is null")
    return {
        "name": given["name"],
        "actions": [_action(action, fills=fills) for action in given.get("actions") or []],
        "transitions": [_transition(transition) for transition in given.get("transitions") or []],
    }


def _action(given: dict[str, Any], *, fills: bool) -> dict[str, Any]:
    check(ActionBody, given)
    for name in given:
        if name not in _KINDS and name not in {"timeout", "retry"}:
            raise illegal_argument(f"Invalid field: [{name}] found in Actions.")
    if all(name in {"timeout", "retry"} for name in given):
        raise illegal_argument("ActionConfig inside state is null")
    kind = action_kind(given)
    if not isinstance(given[kind], dict):
        raise illegal_argument(f"Invalid value of [{kind}] found in Actions.")
    timeout = {"timeout": given["timeout"]} if "timeout" in given else {}
    if not fills:
        return {**timeout, **({"retry": _retry(given["retry"])} if "retry" in given else {}), kind: given[kind]}
    body = {**_KIND_DEFAULTS.get(kind, {}), **given[kind]}
    ordered = {name: body[name] for name in [*given[kind], *body]}
    return {**timeout, "retry": _retry(given.get("retry") or _RETRY), kind: ordered}


def _retry(given: dict[str, Any]) -> dict[str, Any]:
    if given.get("count") is None:
        raise illegal_argument("ActionRetry count is null")
    retry = {**_RETRY, **given}
    if retry["backoff"] not in _BACKOFFS:
        raise illegal_argument(f"No enum constant ActionRetry.Backoff.{str(retry['backoff']).upper()}")
    return {name: retry[name] for name in _RETRY}


def _transition(given: dict[str, Any]) -> dict[str, Any]:
    _refuse_unknown(given, frozenset({"state_name", "conditions"}), "Transition")
    if given.get("state_name") is None:
        raise illegal_argument("Transition state name is null")
    conditions = given.get("conditions") or {}
    _refuse_unknown(conditions, _CONDITIONS, "conditions")
    if len(conditions) > 1:
        raise illegal_argument("Cannot provide more than one Transition condition")
    return {"state_name": given["state_name"], **({"conditions": conditions} if conditions else {})}


def _check_states(states: list[dict[str, Any]], default_state: str) -> None:
    names = [state["name"] for state in states]
    if not names:
        raise illegal_argument("Policy must contain at least one State")
    if len(set(names)) < len(names):
        raise illegal_argument("Policy cannot have duplicate state names")
    for state in states:
        for transition in state["transitions"]:
            if transition["state_name"] not in names:
                raise illegal_argument(
                    f"Policy contains a transition in state={state['name']} pointing to a nonexistent "
                    f"state={transition['state_name']}"
                )
    if default_state not in names:
        raise illegal_argument("Policy must have a valid default state")


def _templates(given: Any, now: int, *, takes_lists: bool) -> list[dict[str, Any]] | None:
    if given is None:
        return None
    if isinstance(given, list) and not takes_lists:
        found = "expecting token of type [START_OBJECT] but found [START_ARRAY]"
        raise EngineError(400, "parsing_exception", f"Failed to parse object: {found}")
    listed = [given] if isinstance(given, dict) else given
    return [_template(template, now) for template in listed]


def _template(given: dict[str, Any], now: int) -> dict[str, Any]:
    _refuse_unknown(given, frozenset({"index_patterns", "priority", "last_updated_time"}), "ISMTemplate")
    priority = int(given.get("priority", 0))
    if priority < 0:
        raise illegal_argument("Requires priority to be >= 0")
    if not given.get("index_patterns"):
        raise illegal_argument("Requires at least one index pattern")
    return {"index_patterns": given["index_patterns"], "priority": priority, "last_updated_time": now}


def _refuse_unknown(given: dict[str, Any], known: frozenset[str], where: str) -> None:
    for name in given:
        if name not in known:
            raise illegal_argument(f"Invalid field: [{name}] found in {where}.")


def template_clash(policy_id: str, pattern: list[str], priority: int) -> EngineError:
    """Return the 400 of a template that another policy's overlaps at the same priority."""
    reason = (
        f"New policy {policy_id} has an ISM template with index pattern [{', '.join(pattern)}] matching existing "
        f"policy templates, please use a different priority than {priority}"
    )
    cause = EngineError(400, "exception", f"java.lang.IllegalArgumentException: {reason}")
    return EngineError(400, "index_management_exception", reason, cause=cause)
