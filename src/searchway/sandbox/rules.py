"""OpenSearch's rules, which give requests a feature value by their attributes.

See https://docs.opensearch.org/latest/tuning-your-cluster/availability-and-recovery/rule-based-autotagging/rule-lifecycle-api/.
Kept is the engine's misordering: a first page is in insertion order, and its cursor is the last
identity of that, although later pages are sorted by identity.
"""

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Any

from searchway.sandbox.call import ACKNOWLEDGED, Call, Reply
from searchway.sandbox.cluster import Cluster, new_uuid
from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import EngineError, illegal_argument, not_found
from searchway.sandbox.jsontext import read_body, token
from searchway.sandbox.router import Privilege, Route, route
from searchway.sandbox.shapes import check

_FEATURE = "workload_group"
_ATTRIBUTE = "index_pattern"
_PRINCIPAL = "principal"
_PRINCIPAL_KEYS = ("username", "role")
_FILTERS = (_ATTRIBUTE, *(f"{_PRINCIPAL}.{key}" for key in _PRINCIPAL_KEYS))
_PAGE = 50
_MAX_VALUES, _MAX_CHARACTERS, _MAX_DESCRIPTION, _MAX_RULES = 10, 100, 256, 200

Rule = dict[str, Any]


def routes(engine: Engine) -> list[Route]:
    """Return the routes of this family."""
    if not engine.is_opensearch:
        return []
    write = Privilege(action="cluster:admin/opensearch/rule/_create", granted_by=("manage", "all"))
    read = Privilege(action="cluster:admin/opensearch/rule/_get", granted_by=("monitor", "manage", "all"))
    return [
        route("PUT", "/_rules/{feature_type}", create_rule, "", write),
        route("GET", "/_rules/{feature_type}", list_rules, f"search_after {' '.join(_FILTERS)}", read),
        route("PUT", "/_rules/{feature_type}/{id}", update_rule, "", write),
        route("GET", "/_rules/{feature_type}/{id}", get_rule, "", read),
        route("DELETE", "/_rules/{feature_type}/{id}", delete_rule, "", write),
        route("PUT", "/_wlm/workload_group", create_workload_group, "", write),
    ]


def create_rule(cluster: Cluster, call: Call) -> Reply:
    """Create a rule, its identity made from its content.

    Raises:
        EngineError: for missing or bad members, an unknown workload group or a duplicate.
    """
    _check_feature(call)
    given = _read(cluster, call)
    if given.get("description") is None or given.get(_FEATURE) is None:
        raise EngineError(500, "illegal_state_exception", "Cannot compute ID: required fields are missing.")
    if not _attributes(given):
        raise _invalid("Rule should have at least 1 attribute requirement")
    _check_value(cluster, given)
    if len(cluster.rules) >= _MAX_RULES:
        reason = f"Rule creation failed. The maximum of {_MAX_RULES} rules for {_FEATURE} is reached."
        raise EngineError(429, "rejected_execution_exception", reason)
    _check_duplicate(cluster, given, None)
    rule = {"id": _identity(given), **given, "updated_at": _timestamp(cluster)}
    cluster.rules[rule["id"]] = rule
    return Reply(body=rule)


def update_rule(cluster: Cluster, call: Call) -> Reply:
    """Change a rule; what is not sent stays, but attributes are replaced all together.

    Raises:
        EngineError: for an unknown identity, bad members or a duplicate.
    """
    _check_feature(call)
    given = _read(cluster, call)
    identity = call.variables["id"]
    if not cluster.rules:
        raise not_found("Index .wlm_rules does not exist.")
    old = _rule(cluster, identity)
    kept = old if not _attributes(given) else {key: old[key] for key in ("description", _FEATURE)}
    merged = {key: value for key, value in kept.items() if key not in {"id", "updated_at"}} | given
    _check_value(cluster, merged)
    _check_duplicate(cluster, merged, identity)
    rule = {"id": identity, **merged, "updated_at": _timestamp(cluster)}
    cluster.rules[identity] = rule
    return Reply(body=rule)


def get_rule(cluster: Cluster, call: Call) -> Reply:
    """Return one rule, in a list.

    Raises:
        EngineError: resource_not_found_exception.
    """
    _check_feature(call)
    return Reply(body={"rules": [_rule(cluster, call.variables["id"])]})


def list_rules(cluster: Cluster, call: Call) -> Reply:
    """Return a page of the rules that match, with a cursor unless it is the last.

    Raises:
        EngineError: resource_not_found_exception for an unknown feature type.
    """
    _check_feature(call)
    found = [rule for rule in cluster.rules.values() if _matches(rule, call)]
    after = call.query.get("search_after")
    if after is not None:
        found = sorted((rule for rule in found if rule["id"] > after), key=lambda rule: str(rule["id"]))
    page = found[:_PAGE]
    cursor = {"search_after": [page[-1]["id"]]} if len(page) == _PAGE else {}
    return Reply(body={"rules": page, **cursor})


def delete_rule(cluster: Cluster, call: Call) -> Reply:
    """Delete a rule; an unknown one is answered with `acknowledged` false.

    Raises:
        EngineError: resource_not_found_exception for an unknown feature type.
    """
    _check_feature(call)
    found = cluster.rules.pop(call.variables["id"], None)
    return ACKNOWLEDGED if found else Reply(body={"acknowledged": False})


def create_workload_group(cluster: Cluster, call: Call) -> Reply:
    """Create a workload group that rules can name.

    Raises:
        EngineError: for a missing name.
    """
    body = read_body(cluster.engine, call)
    if not isinstance(body, dict) or not body.get("name"):
        raise illegal_argument("WorkloadGroup.name can't be null or empty")
    identity = new_uuid()
    if cluster.workload_groups is not None:
        cluster.workload_groups.add(identity)
    return Reply(body={"_id": identity, **body, "updated_at": cluster.now()})


def _check_feature(call: Call) -> None:
    name = call.variables["feature_type"]
    if name != _FEATURE:
        raise not_found(f"Couldn't find a feature type with name: {name}. Make sure you have registered it.")


def _rule(cluster: Cluster, identity: str) -> Rule:
    rule = cluster.rules.get(identity)
    if rule is None:
        raise not_found(f"Rule with ID {identity} not found.")
    return rule


def _matches(rule: Rule, call: Call) -> bool:
    for name in _FILTERS:
        wanted = call.query.get(name)
        outer, _, inner = name.partition(".")
        values = rule.get(outer, {}).get(inner, []) if inner else rule.get(outer, [])
        if wanted is not None and not set(wanted.split(",")) & set(values):
            return False
    return True


def _read(cluster: Cluster, call: Call) -> Rule:
    """Return description, attributes and feature value of a body; scalars that are none are passed over."""
    body = read_body(cluster.engine, call)
    if not isinstance(body, dict):
        reason = f"[1:1] Expected START_OBJECT but was: {token(body)}"
        raise EngineError(400, "x_content_parse_exception", reason)
    rule: Rule = {}
    for name, value in body.items():
        if name == _PRINCIPAL and isinstance(value, dict):
            check(dict[str, list[str]], value, "x_content_parse_exception")
            rule[name] = {key: _values(key, each) for key, each in value.items() if key in _PRINCIPAL_KEYS}
        elif name == _ATTRIBUTE and isinstance(value, list):
            rule[name] = _values(name, value)
        elif isinstance(value, list | dict):
            reason = f"{name} is not a valid attribute within the {_FEATURE} feature."
            raise EngineError(400, "x_content_parse_exception", reason)
        elif name in {"description", _FEATURE} and value is not None:
            rule[name] = str(value)
    _check_description(rule)
    order = ("description", _ATTRIBUTE, _PRINCIPAL, _FEATURE)
    return {name: rule[name] for name in order if rule.get(name) not in (None, [], {})}


def _values(name: str, values: list[Any]) -> list[str]:
    """Return the distinct values of an attribute."""
    distinct = list(dict.fromkeys(str(value) for value in values))
    if len(distinct) > _MAX_VALUES:
        raise _invalid(
            f"Each attribute can only have a maximum of {_MAX_VALUES} values. The input attribute {name} exceeds this limit."
        )
    if any(not value or len(value) > _MAX_CHARACTERS for value in distinct):
        raise _invalid(f"Attribute value [{name}] is invalid (empty or exceeds {_MAX_CHARACTERS} characters)")
    return distinct


def _check_description(rule: Rule) -> None:
    if len(rule.get("description", "")) > _MAX_DESCRIPTION:
        raise _invalid(f"Rule description cannot exceed {_MAX_DESCRIPTION} characters.")


def _check_value(cluster: Cluster, rule: Rule) -> None:
    group = rule[_FEATURE]
    if cluster.workload_groups is not None and group not in cluster.workload_groups:
        raise _invalid(f"{group} is not a valid workload group id.")


def _check_duplicate(cluster: Cluster, rule: Rule, identity: str | None) -> None:
    """Refuse a rule whose attributes overlap another's; the engine looks at its first page alone."""
    wanted = _attributes(rule)
    for other in list(cluster.rules.values())[:_PAGE]:
        theirs = _attributes(other)
        same = theirs.keys() == wanted.keys() and all(set(theirs[name]) & set(wanted[name]) for name in wanted)
        if same and other["id"] != identity:
            raise illegal_argument(f"Duplicate rule exists under id {other['id']}")


def _attributes(rule: Rule) -> dict[str, list[str]]:
    flat = {_ATTRIBUTE: rule.get(_ATTRIBUTE, [])}
    flat |= {f"{_PRINCIPAL}.{key}": values for key, values in rule.get(_PRINCIPAL, {}).items()}
    return {name: values for name, values in flat.items() if values}


def _invalid(complaint: str) -> EngineError:
    reason = f"Validation Failed: 1: {complaint};"
    cause = EngineError(400, "validation_exception", reason)
    return illegal_argument(f"org.opensearch.common.ValidationException: {reason}", cause)


def _identity(rule: Rule) -> str:
    """Return the name-based UUID of a rule's content: the same content has the same one."""
    name = f"{rule['description']}|{_FEATURE}|{_attributes(rule)}|{rule[_FEATURE]}"
    digest = hashlib.md5(name.encode(), usedforsecurity=False).digest()
    return str(uuid.UUID(bytes=digest, version=3))


def _timestamp(cluster: Cluster) -> str:
    moment = datetime.fromtimestamp(cluster.now() / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
