"""Enrich policies, Elasticsearch's: storing, reading, deleting, executing.

See https://www.elastic.co/docs/api/doc/elasticsearch/group/endpoint-enrich. Executing builds a real
enrich index out of the source indices; it takes as long as the sandbox was told, and a policy that
is being executed refuses a second execution.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson

from searchway.sandbox.call import ACKNOWLEDGED, Call, Reply
from searchway.sandbox.cluster import Cluster, Options
from searchway.sandbox.documents import save
from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import EngineError, illegal_argument, not_found
from searchway.sandbox.jsontext import read_body, scan
from searchway.sandbox.parameters import check_times, flag
from searchway.sandbox.root import start_task
from searchway.sandbox.router import Privilege, Route, route
from searchway.sandbox.shapes import EnrichBody, check

_KINDS = ("match", "geo_match", "range")
_TIMES = "master_timeout"
_COMPLETE = {"phase": "COMPLETE"}


@dataclass(slots=True, kw_only=True)
class EnrichPolicy:
    """A stored policy."""

    name: str
    kind: str
    # Its definition as it was given.
    body: dict[str, Any]
    # Epoch seconds until which an execution holds the policy's lock.
    locked_until: float = 0.0


def routes(engine: Engine) -> list[Route]:
    """Return the routes of this family."""
    if not engine.is_elasticsearch:
        return []
    manage = Privilege(action="cluster:admin/xpack/enrich/put", granted_by=("manage_enrich", "manage", "all"))
    execute = Privilege(action="cluster:admin/xpack/enrich/execute", granted_by=("manage_enrich", "manage", "all"))
    return [
        route("PUT", "/_enrich/policy/{name}", put_policy, _TIMES, manage),
        route("GET", "/_enrich/policy", get_policies, _TIMES, manage),
        route("GET", "/_enrich/policy/{name}", get_policies, _TIMES, manage),
        route("DELETE", "/_enrich/policy/{name}", delete_policy, _TIMES, manage),
        route("PUT POST", "/_enrich/policy/{name}/_execute", execute_policy, f"{_TIMES} wait_for_completion", execute),
    ]


def put_policy(cluster: Cluster, call: Call) -> Reply:
    """Store a new policy.

    Raises:
        EngineError: for an unknown kind, a missing member, a missing source index or an existing name.
    """
    name = call.variables["name"]
    kind, body = _read(cluster.engine, call)
    for index in _listed(body["indices"]):
        cluster.resolve([index], Options(allow_no_indices=False))
    if name in cluster.enrich:
        raise EngineError(400, "resource_already_exists_exception", f"policy [{name}] already exists")
    if name != name.lower():
        raise illegal_argument(f"Invalid policy name [{name}], must be lowercase")
    cluster.enrich[name] = EnrichPolicy(name=name, kind=kind, body=body)
    return ACKNOWLEDGED


def get_policies(cluster: Cluster, call: Call) -> Reply:
    """Return the named policies that exist, all without names."""
    names = call.names("name") or sorted(cluster.enrich)
    found = [cluster.enrich[name] for name in names if name in cluster.enrich]
    return Reply(body={"policies": [{"config": {each.kind: {"name": each.name, **each.body}}} for each in found]})


def delete_policy(cluster: Cluster, call: Call) -> Reply:
    """Forget a policy.

    Raises:
        EngineError: resource_not_found_exception, or a conflict while it is being executed.
    """
    name = call.variables["name"]
    policy = cluster.enrich.get(name)
    if policy is None:
        raise not_found(f"policy [{name}] not found")
    _check_unlocked(cluster, policy)
    del cluster.enrich[name]
    return ACKNOWLEDGED


async def execute_policy(cluster: Cluster, call: Call) -> Reply:
    """Build a policy's enrich index, before answering or as a task.

    Raises:
        EngineError: for a missing policy, or one that is being executed.
    """
    check_times(call.query, "master_timeout")
    wait = flag(call.query, "wait_for_completion", default=True)
    name = call.variables["name"]
    policy = cluster.enrich.get(name)
    if policy is None:
        raise not_found(f"policy [{name}] does not exist")
    _check_unlocked(cluster, policy)
    policy.locked_until = cluster.clock() + cluster.enrich_seconds
    index = _build(cluster, policy)
    description = f"executing enrich policy [{name}] creating new enrich index [{index}]"
    task = start_task(cluster, "policy_execution", description, cluster.enrich_seconds, _COMPLETE)
    task.status = {"phase": "RUNNING", "step": "FORCE_MERGE"}
    if not wait:
        return Reply(body={"task": task.identity})
    if cluster.enrich_seconds:
        await asyncio.sleep(cluster.enrich_seconds)
        policy.locked_until = 0.0
    return Reply(body={"status": _COMPLETE})


def _check_unlocked(cluster: Cluster, policy: EnrichPolicy) -> None:
    if cluster.clock() < policy.locked_until:
        reason = f"Could not obtain lock because policy execution for [{policy.name}] is already in progress."
        raise EngineError(429, "es_rejected_execution_exception", reason)


def _build(cluster: Cluster, policy: EnrichPolicy) -> str:
    """Write the enrich index out of the source indices' documents; return its name."""
    name = f".enrich-{policy.name}-{cluster.now()}"
    settings = {"index.number_of_replicas": "0", "index.blocks.write": "true", "index.hidden": "true"}
    index = cluster.add_index(name, settings, {}, {f".enrich-{policy.name}": {}})
    fields = [policy.body["match_field"], *_listed(policy.body["enrich_fields"])]
    for source in cluster.resolve(_listed(policy.body["indices"])):
        for document in source.documents.values():
            chosen: dict[str, Any] = {field: document.fields[field] for field in fields if field in document.fields}
            save(index, document.key, orjson.dumps(chosen))
    for other in [each for each in cluster.indices.values() if f".enrich-{policy.name}" in each.aliases]:
        if other is not index:
            del cluster.indices[other.name]
    return name


def _read(engine: Engine, call: Call) -> tuple[str, dict[str, Any]]:
    document = check(dict[str, EnrichBody], read_body(engine, call))
    for kind in document:
        if kind not in _KINDS:
            at = scan(call.body).names[(kind,)]
            reason = f"unsupported policy type [{kind}], supported types are [{', '.join(_KINDS)}]"
            raise EngineError(400, "parsing_exception", reason, line=at.line, col=at.column)
    empty: tuple[str, dict[str, Any]] = ("", {})
    kind, body = next(iter(document.items()), empty)
    missing = [name for name in ("indices", "match_field", "enrich_fields") if name not in body]
    if missing:
        raise illegal_argument(f"Required [{', '.join(missing)}]")
    shown = {key: body[key] for key in ("indices", "query", "match_field", "enrich_fields") if key in body}
    return kind, {**shown, "indices": _listed(body["indices"])}


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
