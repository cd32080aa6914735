from typing import Any

import pytest

from searchway.sandbox import Sandbox, create_sandbox
from searchway.sandbox.engines import EngineName
from unit.sandbox.asgi import ask

ISM = "/_plugins/_ism"
STATE = {"name": "a", "actions": [], "transitions": []}


def policy(**members: Any) -> dict[str, Any]:
    return {"policy": {"description": "d", "default_state": "a", "states": [STATE], **members}}


def with_action(action: dict[str, Any]) -> dict[str, Any]:
    return policy(states=[{**STATE, "actions": [action]}])


async def managed(*indices: str) -> Sandbox:
    sandbox = create_sandbox("opensearch")
    await ask(sandbox, f"PUT {ISM}/policies/p", policy())
    for index in indices:
        await ask(sandbox, f"PUT /{index}")
        await ask(sandbox, f"POST {ISM}/add/{index}", {"policy_id": "p"})
    return sandbox


@pytest.mark.parametrize(
    ("action", "stored"),
    [
        ({"delete": {}}, {"retry": {"count": 3, "backoff": "exponential", "delay": "1m"}, "delete": {}}),
        (
            {"retry": {"count": 1, "backoff": "linear"}, "timeout": "1h", "read_only": {}},
            {"timeout": "1h", "retry": {"count": 1, "backoff": "linear", "delay": "1m"}, "read_only": {}},
        ),
        (
            {"rollover": {"min_size": "1gb", "copy_alias": True}},
            {
                "retry": {"count": 3, "backoff": "exponential", "delay": "1m"},
                "rollover": {"min_size": "1gb", "copy_alias": True},
            },
        ),
        (
            {"allocation": {"require": {"box": "warm"}}},
            {
                "retry": {"count": 3, "backoff": "exponential", "delay": "1m"},
                "allocation": {"require": {"box": "warm"}, "include": {}, "exclude": {}, "wait_for": False},
            },
        ),
    ],
)
async def test_defaults_of_actions_are_filled_in(action: dict[str, Any], stored: dict[str, Any]) -> None:
    sandbox = create_sandbox("opensearch")
    created = await ask(sandbox, f"PUT {ISM}/policies/p", with_action(action))
    assert created.document["policy"]["policy"]["states"][0]["actions"] == [stored]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (with_action({"retry": {"backoff": "linear"}, "delete": {}}), "ActionRetry count is null"),
        (
            with_action({"retry": {"count": 1, "backoff": "no"}, "delete": {}}),
            "No enum constant ActionRetry.Backoff.NO",
        ),
        (with_action({"timeout": "1h"}), "ActionConfig inside state is null"),
        (policy(states=[{"actions": []}]), "State name is null"),
        (policy(states=[{**STATE, "x": 1}]), "Invalid field: [x] found in State."),
        (policy(states=[{**STATE, "transitions": [{}]}]), "Transition state name is null"),
        (
            policy(
                states=[{**STATE, "transitions": [{"state_name": "a", "conditions": {"min_size": "1b", "cron": {}}}]}]
            ),
            "Cannot provide more than one Transition condition",
        ),
        ([], "Failed to parse object: expecting token of type [FIELD_NAME] but found [START_ARRAY]"),
    ],
)
async def test_policies_that_are_refused(body: Any, reason: str) -> None:
    answer = await ask(create_sandbox("opensearch"), f"PUT {ISM}/policies/p", body)
    assert (answer.status, answer.reason) == (400, reason)


async def test_a_deleted_policys_version_counts_on() -> None:
    sandbox = await managed()
    await ask(sandbox, f"DELETE {ISM}/policies/p")
    again = await ask(sandbox, f"PUT {ISM}/policies/p", policy())
    assert (again.status, again.document["_version"]) == (201, 3)


async def test_templates_of_one_priority_must_not_overlap() -> None:
    sandbox = create_sandbox("opensearch")
    template = {"index_patterns": ["tm-*"], "priority": 7}
    await ask(sandbox, f"PUT {ISM}/policies/tm", policy(ism_template=template))
    clash = await ask(sandbox, f"PUT {ISM}/policies/tm2", policy(ism_template=[template]))
    other = await ask(sandbox, f"PUT {ISM}/policies/tm3", policy(ism_template={**template, "priority": 8}))
    assert clash.document["error"]["caused_by"]["type"] == "exception"
    assert clash.reason == (
        "New policy tm2 has an ISM template with index pattern [tm-*] matching existing policy templates, "
        "please use a different priority than 7"
    )
    assert other.status == 201
    await ask(sandbox, "PUT /tm-1")
    assert sandbox.state.managed["tm-1"].policy_id == "tm3"


async def test_identities_of_any_kind_stay_one_segment() -> None:
    sandbox = create_sandbox("opensearch")
    for raw in ("a%2Fb", "%C3%BC", "x%3Fpretty", "%2e%2e"):
        answer = await ask(sandbox, f"PUT {ISM}/policies/{raw}", policy())
        assert (answer.status, answer.headers["location"][:24]) == (201, "/_plugins/_ism/policies/")
    assert set(sandbox.state.policies) == {"a/b", "ü", "x?pretty", ".."}


async def test_the_listing_pages_sorts_and_searches() -> None:
    sandbox = create_sandbox("opensearch")
    for name in ("b", "a", "c"):
        await ask(sandbox, f"PUT {ISM}/policies/{name}", policy(description=f"about {name}{name}"))
    listing = (await ask(sandbox, f"GET {ISM}/policies?sortOrder=desc&size=2&from=1")).document
    assert [each["_id"] for each in listing["policies"]] == ["b", "a"]
    assert listing["total_policies"] == 3
    found = (await ask(sandbox, f"GET {ISM}/policies?queryString=aa%20c")).document
    assert [each["_id"] for each in found["policies"]] == ["a", "c"]


async def test_explaining_right_after_adding() -> None:
    sandbox = await managed("i")
    await ask(sandbox, "PUT /other")
    answer = (await ask(sandbox, f"GET {ISM}/explain/i,other,nosuch?validate_action=true")).document
    assert set(answer) == {"i", "other", "total_managed_indices"}
    assert answer["total_managed_indices"] == 1
    assert answer["i"]["policy_id"] == answer["i"]["index.plugins.index_state_management.policy_id"] == "p"
    assert answer["other"] == {
        "index.plugins.index_state_management.policy_id": None,
        "index.opendistro.index_state_management.policy_id": None,
        "enabled": None,
        "validate": {"validation_message": "Starting Validation", "validation_status": "passed"},
    }


async def test_explaining_all_pages_the_managed_ones() -> None:
    sandbox = await managed("c", "a", "b")
    page = (await ask(sandbox, f"GET {ISM}/explain?size=2&from=1&sortOrder=desc")).document
    assert list(page) == ["b", "a", "total_managed_indices"]
    assert page["total_managed_indices"] == 3
    assert "policy" in (await ask(sandbox, f"GET {ISM}/explain?show_policy=true")).document["a"]


@pytest.mark.parametrize(
    ("criteria", "keys", "total"),
    [
        ({"policy_id": "p"}, {"i", "free"}, 1),
        ({"policy_id": "q"}, {"i", "free"}, 0),
        ({"state": "a"}, {"i", "free"}, 1),
        ({"state": "b"}, {"free"}, 0),
        ({"failed": False}, {"i", "free"}, 1),
    ],
)
async def test_filters_of_explain(criteria: dict[str, Any], keys: set[str], total: int) -> None:
    sandbox = await managed("i")
    await ask(sandbox, "PUT /free")
    sandbox.run_ism_jobs()
    answer = (await ask(sandbox, f"POST {ISM}/explain/i,free", {"filter": criteria})).document
    assert answer.pop("total_managed_indices") == total
    assert set(answer) == keys


async def test_removing_keeps_templates_from_taking_an_index_again() -> None:
    sandbox = await managed("i")
    answer = (await ask(sandbox, f"POST {ISM}/remove/i")).document
    assert answer == {"updated_indices": 1, "failures": False, "failed_indices": []}
    assert sandbox.state.indices["i"].settings["index.plugins.index_state_management.auto_manage"] == "false"


async def test_open_distro_speaks_its_own_dialect() -> None:
    sandbox = create_sandbox("opendistro")
    base = "/_opendistro/_ism"
    created = await ask(sandbox, f"PUT {base}/policies/p", with_action({"rollover": {"min_doc_count": 5}}))
    await ask(sandbox, "PUT /i")
    await ask(sandbox, f"POST {base}/add/i", {"policy_id": "p"})
    explained = (await ask(sandbox, f"GET {base}/explain/i")).document
    deleted = (await ask(sandbox, f"DELETE {base}/policies/p")).document
    assert created.headers["location"] == f"{base}/policies/p"
    assert created.document["policy"]["policy"]["states"][0]["actions"] == [{"rollover": {"min_doc_count": 5}}]
    assert explained["i"]["index.opendistro.index_state_management.policy_id"] == "p"
    assert "total_managed_indices" not in explained
    assert (deleted["_type"], deleted["result"]) == ("_doc", "deleted")


@pytest.mark.parametrize(("engine", "status"), [("opensearch", 200), ("opendistro", 200), ("elasticsearch", 400)])
async def test_who_has_the_old_prefix(engine: EngineName, status: int) -> None:
    assert (await ask(create_sandbox(engine), "GET /_opendistro/_ism/policies")).status == status
