"""The product information, cluster health, and tasks.

See https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-tasks-get.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from searchway.sandbox.call import Call, Reply
from searchway.sandbox.cluster import Cluster
from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import illegal_argument, invalid_request, not_found
from searchway.sandbox.parameters import flag, seconds
from searchway.sandbox.router import Privilege, Route, route
from searchway.sandbox.wildcards import wildcard

_DEFAULT_WAIT = 30.0
_DETAILS = frozenset({"status", "description"})


@dataclass(slots=True, kw_only=True)
class Task:
    """Work that goes on after its call was answered."""

    identity: str
    action: str
    description: str
    # Epoch seconds of its start and its end.
    started: float
    ends: float
    # What it answers when it is done.
    response: dict[str, Any]
    # What it is doing meanwhile.
    status: dict[str, Any] = field(default_factory=dict)


def routes(engine: Engine) -> list[Route]:
    """Return the routes that every engine has."""
    monitor = Privilege(action="cluster:monitor/main", granted_by=("monitor", "manage", "all"))
    task = Privilege(action="cluster:monitor/task/get", granted_by=("monitor", "manage", "all"))
    tasks = Privilege(action="cluster:monitor/tasks/lists", granted_by=("monitor", "manage", "all"))
    waits = "wait_for_status timeout master_timeout cluster_manager_timeout level local wait_for_nodes"
    shards = "wait_for_active_shards wait_for_no_relocating_shards wait_for_no_initializing_shards wait_for_events"
    del engine
    return [
        route("GET HEAD", "/", get_info, "", monitor),
        route("DELETE", "/", delete_nothing),
        route("GET", "/_cluster/health", get_health, f"{waits} {shards} expand_wildcards", monitor),
        route(
            "GET",
            "/_tasks",
            list_tasks,
            "actions detailed group_by nodes parent_task_id timeout wait_for_completion",
            tasks,
        ),
        route("GET", "/_tasks/{task_id}", get_task, "wait_for_completion timeout", task),
    ]


def get_info(cluster: Cluster, call: Call) -> Reply:
    """Return name, version and motto of the engine."""
    del call
    engine = cluster.engine
    distribution: dict[str, str] = {"distribution": "opensearch"} if engine.is_opensearch else {}
    build = dict(engine.build)
    flavor: dict[str, Any] = {key: build.pop(key) for key in ("build_flavor", "build_type") if key in build}
    stamp = {"build_hash": "0" * 40, "build_date": "2026-01-01T00:00:00.000Z", "build_snapshot": False}
    body = {
        "name": cluster.nodes[0],
        "cluster_name": "sandbox",
        "cluster_uuid": cluster.uuid,
        "version": {**distribution, "number": engine.version, **flavor, **stamp, **build},
        "tagline": engine.tagline,
    }
    return Reply(body=body, pretty=True)


def delete_nothing(cluster: Cluster, call: Call) -> Reply:
    """Refuse to delete an index without a name; the engines list the method for this path.

    Raises:
        EngineError: always.
    """
    del cluster, call
    raise invalid_request("index / indices is missing")


def get_health(cluster: Cluster, call: Call) -> Reply:
    """Return the health of the cluster: yellow while a copy is unassigned."""
    del call
    primaries = sum(index.shards for index in cluster.indices.values())
    active = sum(index.shards * cluster.copies(index) for index in cluster.indices.values())
    wanted = sum(index.shards * (1 + index.replicas) for index in cluster.indices.values())
    body = {
        "cluster_name": "sandbox",
        "status": "green" if active == wanted else "yellow",
        "timed_out": False,
        "number_of_nodes": len(cluster.nodes),
        "number_of_data_nodes": len(cluster.nodes),
        "active_primary_shards": primaries,
        "active_shards": active,
        "relocating_shards": 0,
        "initializing_shards": 0,
        "unassigned_shards": wanted - active,
    }
    return Reply(body=body)


def start_task(cluster: Cluster, action: str, description: str, takes: float, response: dict[str, Any]) -> Task:
    """Start a task that is done after some seconds."""
    cluster.task_count += 1
    started = cluster.clock()
    task = Task(
        identity=f"{cluster.node_id}:{cluster.task_count}",
        action=action,
        description=description,
        started=started,
        ends=started + takes,
        response=response,
    )
    cluster.tasks[task.identity] = task
    return task


async def get_task(cluster: Cluster, call: Call) -> Reply:
    """Return a task's state, waiting for its end if asked to.

    Raises:
        EngineError: for an identity that is none, or one that nobody knows.
    """
    identity = call.variables["task_id"]
    node, _, number = identity.rpartition(":")
    if not node or not number.isdigit():
        raise illegal_argument(f"malformed task id {identity}")
    task = cluster.tasks.get(identity)
    if task is None:
        raise not_found(_missing(cluster, identity, node))
    if flag(call.query, "wait_for_completion"):
        patience = seconds(call.query, "timeout", _DEFAULT_WAIT)
        await _wait_for(cluster, task, patience)
    return Reply(body=_describe(cluster, task))


async def _wait_for(cluster: Cluster, task: Task, patience: float) -> None:
    """Wait until the task has ended by the cluster's clock: a timer may go off before it, and the clock may be set."""
    loop = asyncio.get_running_loop()
    latest = loop.time() + patience
    while (left := min(task.ends - cluster.clock(), latest - loop.time())) > 0:  # noqa: ASYNC110  # time sets no event
        await asyncio.sleep(left)


def list_tasks(cluster: Cluster, call: Call) -> Reply:
    """Return the tasks that run, as a flat list: other groupings are not offered.

    Raises:
        EngineError: for another grouping.
    """
    if call.query.get("group_by") != "none":
        raise illegal_argument("this sandbox lists tasks with group_by=none only")
    patterns = [wildcard(text) for text in call.query.get("actions", "*").split(",")]
    running = [task for task in cluster.tasks.values() if cluster.clock() < task.ends]
    listed = [_describe(cluster, task)["task"] for task in running if any(p.fullmatch(task.action) for p in patterns)]
    if not flag(call.query, "detailed"):
        listed = [{key: value for key, value in task.items() if key not in _DETAILS} for task in listed]
    return Reply(body={"tasks": listed})


def _missing(cluster: Cluster, identity: str, node: str) -> str:
    if node == cluster.node_id:
        return f"task [{identity}] isn't running and hasn't stored its results"
    return (
        f"task [{identity}] belongs to the node [{node}] which isn't part of the cluster "
        "and there is no record of the task"
    )


def _describe(cluster: Cluster, task: Task) -> dict[str, Any]:
    now = cluster.clock()
    completed = now >= task.ends
    node, _, number = task.identity.rpartition(":")
    described = {
        "node": node,
        "id": int(number),
        "type": "transport",
        "action": task.action,
        **({"status": task.status} if task.status and not completed else {}),
        "description": task.description,
        "start_time_in_millis": int(task.started * 1000),
        "running_time_in_nanos": int((min(now, task.ends) - task.started) * 1e9),
        "cancellable": False,
        "headers": {},
    }
    done = {"response": task.response} if completed else {}
    return {"completed": completed, "task": described, **done}
