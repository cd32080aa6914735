"""Index state management, second part: which index is managed by what.

See https://docs.opensearch.org/latest/im-plugin/ism/api/. These calls succeed in part: what failed is
listed with its reason in an answer of status 200.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from searchway.sandbox.call import Call, Reply
from searchway.sandbox.cluster import Cluster, Index, Options
from searchway.sandbox.errors import EngineError, illegal_argument, invalid_request
from searchway.sandbox.indices import change_settings
from searchway.sandbox.ismexplain import explain
from searchway.sandbox.jsontext import read_body, read_map
from searchway.sandbox.parameters import missing_body
from searchway.sandbox.router import Privilege, Route, route
from searchway.sandbox.shapes import IndexPolicyBody, check
from searchway.sandbox.wildcards import wildcard

_RESTRICTED = (".opendistro", ".plugins-", ".kibana", ".opensearch-")
_ALREADY = "This index already has a policy, use the update policy API to update index policies"
_EXPLAIN = (
    "local master_timeout cluster_manager_timeout size from sortField sortOrder queryString show_policy validate_action"
)


@dataclass(slots=True, kw_only=True)
class Managed:
    """An index under management."""

    policy_id: str
    # The policy as it was when the job first ran, and until it is changed.
    policy: dict[str, Any] | None = None
    # False once the job has nothing left to do.
    enabled: bool = True
    # Runtime state; None before the job's first run.
    metadata: dict[str, Any] | None = None
    # Policy and state to go on with at the job's next run.
    change: tuple[str, str | None] | None = None


def index_routes(base: str) -> list[Route]:
    """Return the routes on indices under one prefix."""
    manage = Privilege(action="cluster:admin/opendistro/ism/managedindex/write", granted_by=("manage", "all"))
    read = Privilege(
        action="cluster:admin/opendistro/ism/managedindex/explain", granted_by=("monitor", "manage", "all")
    )
    found: list[Route] = []
    for name, handler in (("add", add), ("remove", remove), ("change_policy", change), ("retry", retry)):
        found += [route("POST", f"{base}/{name}{rest}", handler, "", manage) for rest in ("", "/{index}")]
    for rest in ("", "/{index}"):
        found.append(route("GET POST", f"{base}/explain{rest}", explain, _EXPLAIN, read))
    return found


def manage_new_index(cluster: Cluster, index: Index) -> None:
    """Put a new index under the policy whose template matches, the highest priority first.

    On Open Distro the index's own setting counts as well; OpenSearch takes the setting and does nothing.
    """
    if index.name.startswith("."):
        return
    asked = index.settings.get("index.opendistro.index_state_management.policy_id")
    if cluster.engine.name == "opendistro" and asked is not None:
        cluster.managed[index.name] = Managed(policy_id=asked)
        return
    matching = [
        (template["priority"], policy["policy_id"])
        for policy in cluster.policies.values()
        for template in policy["ism_template"] or []
        if any(wildcard(pattern).fullmatch(index.name) for pattern in template["index_patterns"])
    ]
    if matching:
        cluster.managed[index.name] = Managed(policy_id=max(matching)[1])


def add(cluster: Cluster, call: Call) -> Reply:
    """Put indices under a policy; an unknown index is passed over.

    Raises:
        EngineError: for a missing index or policy argument, or an unknown policy.
    """
    names = _indices(call, "Missing indices")
    policy_id = check(IndexPolicyBody, read_map(cluster.engine, call)).get("policy_id")
    if policy_id is None:
        raise illegal_argument("Missing policy_id")
    _check_policy(cluster, policy_id)
    failed = []
    found = cluster.resolve(names, Options(ignore_unavailable=True))
    for index in found:
        if index.name.startswith(_RESTRICTED):
            failed.append(_failure(index, "Matches restricted index pattern defined in the cluster setting"))
        elif index.name in cluster.managed:
            failed.append(_failure(index, _ALREADY))
        else:
            cluster.managed[index.name] = Managed(policy_id=policy_id)
    return _result(found, failed)


def remove(cluster: Cluster, call: Call) -> Reply:
    """Take indices out of management, and keep templates from taking them again.

    Raises:
        EngineError: for a missing index argument or unknown indices.
    """
    found = _existing(cluster, call, "Missing indices")
    failed = []
    for index in found:
        if cluster.managed.pop(index.name, None) is None:
            failed.append(_failure(index, "This index does not have a policy to remove"))
        else:
            prefix = "plugins" if cluster.engine.is_opensearch else "opendistro"
            change_settings(index, {f"index.{prefix}.index_state_management.auto_manage": "false"})
    return _result(found, failed)


def change(cluster: Cluster, call: Call) -> Reply:
    """Let managed indices go on with another policy at the job's next run.

    Raises:
        EngineError: for missing arguments, an unknown policy or unknown indices.
    """
    names = _indices(call, "Missing index")
    if not call.body.strip():
        raise missing_body()
    body = check(IndexPolicyBody, read_body(cluster.engine, call))
    for name in body:
        if name not in {"policy_id", "state", "include", "is_safe"}:
            raise illegal_argument(f"Invalid field: [{name}] found in ChangePolicy.")
    if body.get("policy_id") is None:
        raise illegal_argument("ChangePolicy policy id is null")
    found = _resolve(cluster, names)
    _check_policy(cluster, body["policy_id"])
    states = {entry.get("state") for entry in body.get("include") or []}
    failed, passed = [], []
    for index in found:
        managed = cluster.managed.get(index.name)
        if managed is None:
            failed.append(_failure(index, "This index is not being managed"))
        elif states and managed.metadata is not None and _state(managed) not in states:
            passed.append(index)
        else:
            managed.change = (body["policy_id"], body.get("state"))
    return _result([index for index in found if index not in passed], failed)


def retry(cluster: Cluster, call: Call) -> Reply:
    """Let failed indices try again, in the given state or where they failed.

    Raises:
        EngineError: for a missing index argument or unknown indices.
    """
    found = _existing(cluster, call, "Missing indices")
    state = check(IndexPolicyBody, read_map(cluster.engine, call)).get("state")
    failed = []
    for index in found:
        reason = _not_failed(cluster.managed.get(index.name))
        if reason is not None:
            failed.append(_failure(index, reason))
        else:
            _restart(cluster.managed[index.name], state)
    return _result(found, failed)


def _not_failed(managed: Managed | None) -> str | None:
    if managed is None:
        return "This index is not being managed."
    if managed.metadata is None:
        return "This index has no metadata information"
    failed = managed.metadata.get("action", {}).get("failed") or managed.metadata["retry_info"]["failed"]
    return None if failed else "This index is not in failed state."


def _restart(managed: Managed, state: str | None) -> None:
    metadata = dict(managed.metadata or {})
    if state is not None:
        for name in ("state", "action", "step"):
            metadata.pop(name, None)
        metadata["transition_to"] = state
    else:
        metadata["action"] = {**metadata["action"], "failed": False, "consumed_retries": 0}
    metadata["retry_info"] = {"failed": False, "consumed_retries": 0}
    metadata["info"] = {"message": "Pending retry of failed managed index"}
    managed.metadata = metadata
    managed.enabled = True


def _state(managed: Managed) -> str | None:
    state = (managed.metadata or {}).get("state") or {}
    name: str | None = state.get("name")
    return name


def _check_policy(cluster: Cluster, policy_id: str) -> None:
    if policy_id not in cluster.policies:
        raise EngineError(404, "status_exception", f"Could not find policy={policy_id}")


def _indices(call: Call, missing: str) -> list[str]:
    names = call.names("index")
    if not names:
        raise illegal_argument(missing)
    return names


def _existing(cluster: Cluster, call: Call, missing: str) -> list[Index]:
    return _resolve(cluster, _indices(call, missing))


def _resolve(cluster: Cluster, names: list[str]) -> list[Index]:
    found = cluster.resolve(names)
    if not found:
        raise invalid_request("no documents to get")
    return found


def _failure(index: Index, reason: str) -> dict[str, str]:
    return {"index_name": index.name, "index_uuid": index.uuid, "reason": reason}


def _result(found: Iterable[Index], failed: list[dict[str, str]]) -> Reply:
    updated = len(list(found)) - len(failed)
    return Reply(body={"updated_indices": updated, "failures": bool(failed), "failed_indices": failed})
