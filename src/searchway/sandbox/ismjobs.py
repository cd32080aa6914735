r"""The job behind index state management, run when a test or the demo says so.

    no metadata -> state entered -> action 0, 1, ... -> transition -> next state -> ... -> completed
                                        \-> failed -> disabled until a retry

One call is one run of the job on each managed index. Actions that change what this sandbox holds do
so; the others merely succeed. A rollover without an alias fails, as on a real cluster.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from searchway.sandbox.cluster import Cluster, Index
from searchway.sandbox.indices import change_settings, drop_index
from searchway.sandbox.ismindices import Managed
from searchway.sandbox.ismpolicy import action_kind
from searchway.sandbox.parameters import seconds

_ALIAS_SETTINGS = tuple(f"index.{prefix}.index_state_management.rollover_alias" for prefix in ("plugins", "opendistro"))


class _Step(NamedTuple):
    """What a run of the job did on one index."""

    name: str
    status: str
    message: str


def run_jobs(cluster: Cluster) -> None:
    """Run the job once on each index under management."""
    for name, managed in list(cluster.managed.items()):
        if managed.enabled and name in cluster.indices:
            _run(cluster, cluster.indices[name], managed)


def _run(cluster: Cluster, index: Index, managed: Managed) -> None:
    if managed.change is not None:
        _take_change(cluster, index, managed)
    elif managed.metadata is None:
        _enter_policy(cluster, index, managed, None)
    elif "transition_to" in managed.metadata:
        _enter_state(cluster, managed, managed.metadata.pop("transition_to"))
    elif managed.metadata.get("policy_completed") or managed.metadata.get("action", {}).get("failed"):
        managed.enabled = False
    else:
        _advance(cluster, index, managed, managed.metadata)


def _take_change(cluster: Cluster, index: Index, managed: Managed) -> None:
    managed.policy_id, state = managed.change or ("", None)
    managed.change = None
    _enter_policy(cluster, index, managed, state)


def _enter_policy(cluster: Cluster, index: Index, managed: Managed, state: str | None) -> None:
    policy = cluster.policies.get(managed.policy_id)
    if policy is None:
        managed.metadata = {
            "retry_info": {"failed": True, "consumed_retries": 0},
            "info": {"message": f"Fail to load policy: {managed.policy_id}"},
        }
        return
    managed.policy = policy
    document = cluster.indices[".opendistro-ism-config"].documents[managed.policy_id]
    managed.metadata = {
        "policy_seq_no": document.seq_no,
        "policy_primary_term": 1,
        "index_creation_date": index.created,
    }
    _enter_state(cluster, managed, state or policy["default_state"])
    managed.metadata["info"] = {"message": f"Successfully initialized policy: {managed.policy_id}"}


def _enter_state(cluster: Cluster, managed: Managed, name: str) -> None:
    metadata = managed.metadata or {}
    for key in ("action", "step"):
        metadata.pop(key, None)
    metadata["state"] = {"name": name, "start_time": cluster.now()}
    metadata["retry_info"] = {"failed": False, "consumed_retries": 0}
    metadata["info"] = {"message": f"Transitioning to {name}"}


def _advance(cluster: Cluster, index: Index, managed: Managed, metadata: dict[str, Any]) -> None:
    states = {state["name"]: state for state in (managed.policy or {}).get("states", [])}
    state = states.get(metadata.get("state", {}).get("name"))
    if state is None:
        metadata["retry_info"] = {"failed": True, "consumed_retries": 0}
        metadata["info"] = {"message": "Failed to find state in policy"}
        return
    done = metadata.get("action", {}).get("index", -1 if "action" not in metadata else 0)
    following = len(state["actions"]) if done == -1 and "action" in metadata else done + 1
    if following < len(state["actions"]):
        _act(cluster, index, metadata, state["actions"][following], following)
    elif state["transitions"]:
        _transition(cluster, index, managed, metadata, state["transitions"])
    else:
        kept = ("policy_seq_no", "policy_primary_term", "rolled_over", "index_creation_date")
        managed.metadata = {key: metadata[key] for key in kept if key in metadata}
        managed.metadata |= {"policy_completed": True, "retry_info": {"failed": False, "consumed_retries": 0}}


def _act(cluster: Cluster, index: Index, metadata: dict[str, Any], action: dict[str, Any], place: int) -> None:
    kind = action_kind(action)
    failed = kind == "rollover" and not any(name in index.settings for name in _ALIAS_SETTINGS)
    if failed:
        message = f"Missing rollover_alias index setting [index={index.name}]"
    else:
        effect = _EFFECTS.get(kind)
        if effect is not None:
            effect(cluster, index, action[kind])
        message = f"Successfully finished {kind} [index={index.name}]"
    if kind == "rollover":
        metadata["rolled_over"] = not failed
    name = "set_read_only" if kind == "read_only" else f"attempt_{kind}"
    step = _Step(name=name, status="failed" if failed else "completed", message=message)
    _record(cluster, metadata, kind, place, step)


def _transition(
    cluster: Cluster, index: Index, managed: Managed, metadata: dict[str, Any], transitions: list[dict[str, Any]]
) -> None:
    for transition in transitions:
        if _met(cluster, index, transition.get("conditions", {})):
            _enter_state(cluster, managed, transition["state_name"])
            return
    message = f"Evaluating transition conditions [index={index.name}]"
    step = _Step(name="attempt_transition_step", status="condition_not_met", message=message)
    _record(cluster, metadata, "transition", -1, step)


def _met(cluster: Cluster, index: Index, conditions: dict[str, Any]) -> bool:
    if "min_doc_count" in conditions:
        return len(index.documents) >= int(conditions["min_doc_count"])
    if "min_index_age" in conditions:
        return cluster.now() - index.created >= seconds(conditions, "min_index_age", 0.0) * 1000
    return not conditions


def _record(cluster: Cluster, metadata: dict[str, Any], kind: str, place: int, step: _Step) -> None:
    started = {"start_time": cluster.now()}
    state = {"failed": step.status == "failed", "consumed_retries": 0, "last_retry_time": 0}
    metadata["action"] = {"name": kind, **started, "index": place, **state}
    metadata["step"] = {"name": step.name, **started, "step_status": step.status}
    metadata["retry_info"] = {"failed": False, "consumed_retries": 0}
    metadata["info"] = {"message": step.message}


def _block(value: str | None) -> Callable[[Cluster, Index, dict[str, Any]], None]:
    return lambda _cluster, index, _body: change_settings(index, {"index.blocks.write": value})


def _set_replicas(_cluster: Cluster, index: Index, body: dict[str, Any]) -> None:
    change_settings(index, {"index.number_of_replicas": str(body["number_of_replicas"])})


def _delete(cluster: Cluster, index: Index, _body: dict[str, Any]) -> None:
    drop_index(cluster, index.name)


_EFFECTS: dict[str, Callable[[Cluster, Index, dict[str, Any]], None]] = {
    "read_only": _block("true"),
    "read_write": _block(None),
    "replica_count": _set_replicas,
    "delete": _delete,
}
