from typing import Any

import pytest

from searchway.sandbox import Sandbox, create_sandbox
from unit.sandbox.asgi import ask

ISM = "/_plugins/_ism"
FAILS = {
    "description": "fails",
    "default_state": "hot",
    "states": [
        {
            "name": "hot",
            "actions": [{"retry": {"count": 0}, "rollover": {"min_doc_count": 1}}],
            "transitions": [{"state_name": "end"}],
        },
        {"name": "end", "actions": [], "transitions": []},
    ],
}
WORKS = {
    "description": "ok",
    "default_state": "a",
    "states": [
        {
            "name": "a",
            "actions": [{"read_only": {}}, {"replica_count": {"number_of_replicas": 0}}],
            "transitions": [{"state_name": "b", "conditions": {"min_doc_count": 1}}],
        },
        {"name": "b", "actions": [], "transitions": [{"state_name": "c", "conditions": {"min_index_age": "9d"}}]},
        {"name": "c", "actions": [{"delete": {}}], "transitions": []},
    ],
}


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sandbox(clock: Clock) -> Sandbox:
    made = create_sandbox("opensearch", clock=clock)
    for name, policy in (("fail", FAILS), ("ok", WORKS)):
        await ask(made, f"PUT {ISM}/policies/{name}", {"policy": policy})
        await ask(made, f"PUT /{name}-1")
        await ask(made, f"POST {ISM}/add/{name}-1", {"policy_id": name})
    return made


async def explained(sandbox: Sandbox, index: str) -> Any:
    return (await ask(sandbox, f"GET {ISM}/explain/{index}")).document[index]


def run(sandbox: Sandbox, times: int) -> None:
    for _ in range(times):
        sandbox.run_ism_jobs()


async def test_before_the_first_run_there_is_no_state(sandbox: Sandbox) -> None:
    entry = await explained(sandbox, "fail-1")
    assert "state" not in entry
    assert entry["enabled"] is True


async def test_a_failing_action_ends_disabled(sandbox: Sandbox) -> None:
    run(sandbox, 2)
    entry = await explained(sandbox, "fail-1")
    assert entry["action"] == {
        "name": "rollover",
        "start_time": 1_700_000_000_000,
        "index": 0,
        "failed": True,
        "consumed_retries": 0,
        "last_retry_time": 0,
    }
    assert (entry["step"]["name"], entry["step"]["step_status"]) == ("attempt_rollover", "failed")
    assert entry["retry_info"] == {"failed": False, "consumed_retries": 0}
    assert entry["info"] == {"message": "Missing rollover_alias index setting [index=fail-1]"}
    assert (entry["enabled"], entry["rolled_over"]) == (True, False)
    run(sandbox, 1)
    assert (await explained(sandbox, "fail-1"))["enabled"] is False


async def test_retrying_in_part(sandbox: Sandbox) -> None:
    run(sandbox, 3)
    answer = (await ask(sandbox, f"POST {ISM}/retry/fail-1,ok-1", {"state": "hot"})).document
    assert (answer["updated_indices"], answer["failures"]) == (1, True)
    assert [each["reason"] for each in answer["failed_indices"]] == ["This index is not in failed state."]
    entry = await explained(sandbox, "fail-1")
    assert (entry["transition_to"], "state" in entry) == ("hot", False)
    assert entry["info"] == {"message": "Pending retry of failed managed index"}
    again = (await ask(sandbox, f"POST {ISM}/retry/fail-1", {"state": "nosuch"})).document
    assert again["failed_indices"][0]["reason"] == "This index is not in failed state."


async def test_retrying_where_it_failed_succeeds_once_the_cause_is_gone(sandbox: Sandbox) -> None:
    run(sandbox, 2)
    await ask(sandbox, "PUT /fail-1/_settings", {"plugins.index_state_management.rollover_alias": "al"})
    assert (await ask(sandbox, f"POST {ISM}/retry/fail-1")).document["updated_indices"] == 1
    run(sandbox, 1)
    assert (await explained(sandbox, "fail-1"))["state"]["name"] == "end"


async def test_actions_have_effect_and_conditions_hold_up(sandbox: Sandbox, clock: Clock) -> None:
    run(sandbox, 3)
    index = sandbox.state.indices["ok-1"]
    assert (index.settings["index.blocks.write"], index.replicas) == ("true", 0)
    run(sandbox, 1)
    waiting = await explained(sandbox, "ok-1")
    assert (waiting["action"]["name"], waiting["step"]["step_status"]) == ("transition", "condition_not_met")
    await ask(sandbox, "PUT /ok-1/_doc/1", {"a": 1})
    run(sandbox, 1)
    assert (await explained(sandbox, "ok-1"))["state"]["name"] == "b"
    clock.now += 10 * 86400
    run(sandbox, 2)
    assert "ok-1" not in sandbox.state.indices
    assert "ok-1" not in sandbox.state.managed


async def test_a_policy_without_more_to_do_is_completed(sandbox: Sandbox) -> None:
    await ask(sandbox, "PUT /fail-1/_settings", {"plugins.index_state_management.rollover_alias": "al"})
    run(sandbox, 4)
    entry = await explained(sandbox, "fail-1")
    assert (entry["policy_completed"], entry["enabled"]) == (True, True)
    run(sandbox, 1)
    assert (await explained(sandbox, "fail-1"))["enabled"] is False


@pytest.mark.parametrize(("include", "updated"), [([{"state": "a"}], 1), ([{"state": "zzz"}], 0), ([], 1)])
async def test_changing_only_what_is_in_a_state(sandbox: Sandbox, include: list[dict[str, str]], updated: int) -> None:
    run(sandbox, 1)
    body = {"policy_id": "fail", "include": include}
    answer = (await ask(sandbox, f"POST {ISM}/change_policy/ok-1", body)).document
    assert answer == {"updated_indices": updated, "failures": False, "failed_indices": []}
    assert (await explained(sandbox, "ok-1"))["policy_id"] == "ok"
    run(sandbox, 1)
    assert (await explained(sandbox, "ok-1"))["policy_id"] == ("fail" if updated else "ok")


async def test_a_change_goes_on_in_the_given_state(sandbox: Sandbox) -> None:
    await ask(sandbox, f"POST {ISM}/change_policy/ok-1", {"policy_id": "fail", "state": "end"})
    run(sandbox, 1)
    assert (await explained(sandbox, "ok-1"))["state"]["name"] == "end"


async def test_a_deleted_policy_cannot_be_loaded(sandbox: Sandbox) -> None:
    await ask(sandbox, f"DELETE {ISM}/policies/ok")
    run(sandbox, 1)
    entry = await explained(sandbox, "ok-1")
    assert (entry["retry_info"]["failed"], entry["info"]) == (True, {"message": "Fail to load policy: ok"})
