import asyncio
import time
from typing import Any

import pytest

from searchway.sandbox import Sandbox, create_sandbox
from unit.sandbox.asgi import ask

MATCH = {"match": {"indices": "users", "match_field": "email", "enrich_fields": ["name"]}}


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


async def with_policy(**options: Any) -> Sandbox:
    sandbox = create_sandbox("elasticsearch", **options)
    await ask(sandbox, "PUT /users/_doc/1", {"email": "a@example.org", "name": "Ada", "secret": 1})
    await ask(sandbox, "PUT /_enrich/policy/p", MATCH)
    return sandbox


async def test_executing_builds_the_enrich_index() -> None:
    sandbox = await with_policy()
    answer = await ask(sandbox, "PUT /_enrich/policy/p/_execute")
    assert answer.document == {"status": {"phase": "COMPLETE"}}
    hits = (await ask(sandbox, "GET /.enrich-p/_search")).document["hits"]["hits"]
    assert [hit["_source"] for hit in hits] == [{"email": "a@example.org", "name": "Ada"}]


async def test_executing_again_replaces_the_index() -> None:
    clock = Clock()
    sandbox = await with_policy(clock=clock)
    for _ in range(2):
        clock.now += 1
        await ask(sandbox, "POST /_enrich/policy/p/_execute")
    assert len([name for name in sandbox.state.indices if name.startswith(".enrich-p-")]) == 1


async def test_a_task_runs_and_holds_the_lock_until_it_is_done() -> None:
    clock = Clock()
    sandbox = await with_policy(enrich_seconds=60.0, clock=clock)
    task = (await ask(sandbox, "PUT /_enrich/policy/p/_execute?wait_for_completion=false")).document["task"]
    running = (await ask(sandbox, f"GET /_tasks/{task}")).document
    locked = await ask(sandbox, "PUT /_enrich/policy/p/_execute")
    assert (running["completed"], running["task"]["status"]["phase"]) == (False, "RUNNING")
    assert (locked.status, locked.document["error"]["type"]) == (429, "es_rejected_execution_exception")
    assert locked.reason == "Could not obtain lock because policy execution for [p] is already in progress."
    clock.now += 61
    done = (await ask(sandbox, f"GET /_tasks/{task}")).document
    assert (done["completed"], done["response"]) == (True, {"phase": "COMPLETE"})
    again = await ask(sandbox, "PUT /_enrich/policy/p/_execute?wait_for_completion=false")
    assert again.status == 200


async def test_a_blocking_execution_blocks_a_second_one() -> None:
    sandbox = await with_policy(enrich_seconds=0.05)
    execute = "PUT /_enrich/policy/p/_execute"
    first, second = await asyncio.gather(ask(sandbox, execute), ask(sandbox, execute))
    assert (first.status, second.status) == (200, 429)
    assert (await ask(sandbox, execute)).status == 200


async def test_tasks_that_run_are_listed_by_action() -> None:
    clock = Clock()
    sandbox = await with_policy(enrich_seconds=60.0, clock=clock)
    task = (await ask(sandbox, "PUT /_enrich/policy/p/_execute?wait_for_completion=false")).document["task"]
    target = "GET /_tasks?group_by=none&detailed=true&actions=policy_*"
    (listed,) = (await ask(sandbox, target)).document["tasks"]
    assert f"{listed['node']}:{listed['id']}" == task
    assert listed["description"].startswith("executing enrich policy [p] creating new enrich index [.enrich-p-")
    (short,) = (await ask(sandbox, "GET /_tasks?group_by=none")).document["tasks"]
    assert not {"description", "status"} & short.keys()
    assert (await ask(sandbox, "GET /_tasks?group_by=none&actions=other")).document == {"tasks": []}
    clock.now += 61
    assert (await ask(sandbox, target)).document == {"tasks": []}
    assert (await ask(sandbox, "GET /_tasks")).status == 400


async def test_waiting_for_a_task_ends_with_the_task() -> None:
    sandbox = await with_policy(enrich_seconds=0.05)
    task = (await ask(sandbox, "PUT /_enrich/policy/p/_execute?wait_for_completion=false")).document["task"]
    answer = await ask(sandbox, f"GET /_tasks/{task}?wait_for_completion=true&timeout=60s")
    assert answer.document["completed"] is True


async def test_waiting_for_a_task_goes_by_the_clusters_clock() -> None:
    sandbox = await with_policy(enrich_seconds=0.02, clock=lambda: time.monotonic() / 2)  # timers go off too early
    task = (await ask(sandbox, "PUT /_enrich/policy/p/_execute?wait_for_completion=false")).document["task"]
    answer = await ask(sandbox, f"GET /_tasks/{task}?wait_for_completion=true&timeout=60s")
    assert answer.document["completed"] is True


@pytest.mark.parametrize(
    ("request_line", "body", "status", "reason"),
    [
        ("PUT /_enrich/policy/nosuch/_execute", None, 404, "policy [nosuch] does not exist"),
        ("DELETE /_enrich/policy/nosuch", None, 404, "policy [nosuch] not found"),
        ("PUT /_enrich/policy/p", MATCH, 400, "policy [p] already exists"),
        ("PUT /_enrich/policy/q", {"match": {"indices": "users"}}, 400, "Required [match_field, enrich_fields]"),
        ("PUT /_enrich/policy/q", {"nope": {}}, 400, "unsupported policy type [nope], supported types are"),
        ("PUT /_enrich/policy/q", {"match": {**MATCH["match"], "indices": "gone"}}, 404, "no such index [gone]"),
        ("PUT /_enrich/policy/p/_execute?wait_for_completion=maybe", None, 400, "Failed to parse value [maybe]"),
        ("GET /_tasks/nonsense", None, 400, "malformed task id nonsense"),
        ("GET /_tasks/node:1", None, 404, "task [node:1] belongs to the node [node] which isn't part of the cluster"),
    ],
)
async def test_failures(request_line: str, body: Any, status: int, reason: str) -> None:
    answer = await ask(await with_policy(), request_line, body)
    assert answer.status == status
    assert answer.reason.startswith(reason)


async def test_a_finished_task_of_another_time_is_gone() -> None:
    sandbox = await with_policy()
    answer = await ask(sandbox, f"GET /_tasks/{sandbox.state.node_id}:99")
    assert answer.reason.endswith("isn't running and hasn't stored its results")


async def test_policies_are_listed_and_deleted() -> None:
    sandbox = await with_policy()
    [policy] = (await ask(sandbox, "GET /_enrich/policy")).document["policies"]
    assert policy["config"]["match"] == {"name": "p", **MATCH["match"], "indices": ["users"]}
    assert (await ask(sandbox, "DELETE /_enrich/policy/p")).status == 200
    assert (await ask(sandbox, "GET /_enrich/policy/p")).document == {"policies": []}
