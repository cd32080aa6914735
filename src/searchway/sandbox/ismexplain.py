"""What index state management says of indices.

See https://docs.opensearch.org/latest/im-plugin/ism/api/#explain-index. Index names are keys beside a
counter; a policy's identity comes three times. Open Distro knows one of the keys and no counter.
"""

from typing import Any

from searchway.sandbox.call import Call, Reply
from searchway.sandbox.cluster import Cluster, Index, Options
from searchway.sandbox.errors import invalid_request
from searchway.sandbox.ismpolicy import answered
from searchway.sandbox.jsontext import read_body
from searchway.sandbox.parameters import flag, integer, missing_body
from searchway.sandbox.shapes import IndexPolicyBody, check
from searchway.sandbox.wildcards import wildcard

_OPENDISTRO_KEY = "index.opendistro.index_state_management.policy_id"
_PLUGINS_KEY = "index.plugins.index_state_management.policy_id"
_DEFAULT_SIZE = 20


def explain(cluster: Cluster, call: Call) -> Reply:
    """Explain the named indices, or a page of the managed ones.

    Raises:
        EngineError: for names of which none exists, or a POST without a body.
    """
    criteria = _criteria(cluster, call)
    names = call.names("index")
    chosen = _named(cluster, names) if names else _page(cluster, call, criteria)
    entries: dict[str, Any] = {}
    total = 0
    for index in chosen:
        managed = cluster.managed.get(index.name)
        fits = managed is not None and _fits(managed, criteria)
        total += fits
        if fits or managed is None or set(criteria) <= {"policy_id"}:
            entries[index.name] = _entry(cluster, call, index, shown=fits)
    if not names:
        total = sum(_fits(managed, criteria) for managed in cluster.managed.values())
    counter = {"total_managed_indices": total} if cluster.engine.is_opensearch or not names else {}
    return Reply(body={**entries, **counter})


def _criteria(cluster: Cluster, call: Call) -> dict[str, Any]:
    if call.method == "GET":
        return {}
    if not call.body.strip():
        raise missing_body()
    criteria: dict[str, Any] = check(IndexPolicyBody, read_body(cluster.engine, call)).get("filter") or {}
    return criteria


def _named(cluster: Cluster, names: list[str]) -> list[Index]:
    found = cluster.resolve(names, Options(ignore_unavailable=True))
    if not found:
        raise invalid_request("no documents to get")
    return found


def _page(cluster: Cluster, call: Call, criteria: dict[str, Any]) -> list[Index]:
    pattern = wildcard(call.query.get("queryString", "*"))
    names = [name for name, managed in cluster.managed.items() if _fits(managed, criteria) and pattern.fullmatch(name)]
    names.sort(reverse=call.query.get("sortOrder") == "desc")
    start = integer(call.query, "from", 0)
    return [cluster.indices[name] for name in names[start : start + integer(call.query, "size", _DEFAULT_SIZE)]]


def _fits(managed: Any, criteria: dict[str, Any]) -> bool:
    metadata = managed.metadata or {}
    have = {
        "policy_id": managed.policy_id,
        "state": metadata.get("state", {}).get("name"),
        "action_type": metadata.get("action", {}).get("name"),
        "failed": bool(metadata.get("action", {}).get("failed")),
    }
    return all(have.get(name) == wanted for name, wanted in criteria.items())


def _entry(cluster: Cluster, call: Call, index: Index, *, shown: bool) -> dict[str, Any]:
    managed = cluster.managed[index.name] if shown else None
    identity = managed.policy_id if managed else None
    entry = {_PLUGINS_KEY: identity} if cluster.engine.is_opensearch else {}
    entry[_OPENDISTRO_KEY] = identity
    if managed is not None:
        entry |= {"index": index.name, "index_uuid": index.uuid, "policy_id": identity}
        entry |= managed.metadata or {}
    if managed is not None or cluster.engine.is_opensearch:
        entry["enabled"] = managed.enabled if managed else None
    if managed is not None and flag(call.query, "show_policy"):
        policy = managed.policy or cluster.policies.get(managed.policy_id)
        entry["policy"] = answered(policy, cluster.engine) if policy else None
    if flag(call.query, "validate_action"):
        entry["validate"] = _validation(managed)
    return entry


def _validation(managed: Any) -> dict[str, str]:
    metadata = (managed.metadata if managed else None) or {}
    if metadata.get("action", {}).get("failed"):
        return {"validation_message": metadata["info"]["message"], "validation_status": "re_validating"}
    return {"validation_message": "Starting Validation", "validation_status": "passed"}
