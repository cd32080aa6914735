from typing import Any

import pytest

from searchway.sandbox import create_sandbox
from unit.sandbox.asgi import ask

FULL = {
    "cluster": ["monitor", "cluster:admin/x"],
    "global": {"application": {"manage": {"applications": ["x"]}}},
    "indices": [
        {
            "names": "logs",
            "privileges": ["read", "indices:data/read/x"],
            "field_security": {"grant": [], "except": []},
            "query": {"term": {"a": 1}},
        }
    ],
    "applications": [{"application": "a", "privileges": ["p"], "resources": ["*"]}],
    "run_as": ["bob"],
    "metadata": {"v": 1},
    "transient_metadata": {"enabled": False},
    "remote_indices": [{"clusters": ["c"], "names": ["a"], "privileges": ["read"]}],
    "remote_cluster": [{"clusters": ["c"], "privileges": ["monitor_stats"]}],
    "description": "d",
}


async def test_a_role_is_read_back_in_its_normal_form() -> None:
    sandbox = create_sandbox("elasticsearch")
    await ask(sandbox, "PUT /_security/role/r", FULL)
    role = (await ask(sandbox, "GET /_security/role/r")).document["r"]
    assert role["indices"] == [
        {
            "names": ["logs"],
            "privileges": ["read", "indices:data/read/x"],
            "field_security": {"grant": [], "except": []},
            "query": '{"term":{"a":1}}',
            "allow_restricted_indices": False,
        }
    ]
    assert role["transient_metadata"] == {"enabled": True}
    for field in ("cluster", "global", "applications", "run_as", "metadata", "remote_cluster", "description"):
        assert role[field] == FULL[field]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"global": []}, "failed to parse role [r]. expected an object for field [global] but found [START_ARRAY]"),
        ({"cluster": "all"}, "failed to parse role [r]"),
        ({"cluster": [1]}, "failed to parse role [r]"),
        ({"indices": {}}, "failed to parse indices privileges for role [r]. expected field [indices] value to be an array"),
        ({"indices": ["x"]}, "failed to parse indices privileges for role [r]. expected field [indices]"),
        ({"indices": [{"names": ["a"], "privileges": "read"}]}, "failed to parse role [r]"),
        ({"indices": [{"names": ["a"]}]}, "failed to parse indices privileges for role [r]. missing required [privileges]"),
        ({"indices": [{"names": ["a"], "privileges": [], "x": 1}]}, "failed to parse indices privileges for role [r]. unexpected field [x]"),
        ({"indices": [{"names": ["a"], "privileges": [], "field_security": {}}]}, "failed to parse indices privileges for role [r]. [field_security] must not be empty."),
        ({"applications": [{"application": "a"}]}, "failed to parse application privileges for role [r]. missing required [privileges]"),
        ({"remote_cluster": [{"clusters": ["c"]}]}, "failed to parse remote_cluster for role [r]. missing required [privileges]"),
        ({"remote_cluster": [{"clusters": ["c"], "privileges": ["read"]}]}, "Validation Failed: 1: Invalid privileges found for remote cluster"),
        ({"description": 5}, "failed to parse role [r]. expected field [description] value to be a string"),
        ({"description": "x" * 1001}, "Validation Failed: 1: Role description must be less than 1000 characters."),
    ],
)  # fmt: skip
async def test_definitions_that_are_refused(body: Any, reason: str) -> None:
    sandbox = create_sandbox("elasticsearch")
    answer = await ask(sandbox, "PUT /_security/role/r", body)
    assert answer.status == 400
    assert answer.reason.startswith(reason)
    assert not sandbox.state.roles


async def test_all_complaints_come_together() -> None:
    body = {"cluster": ["a", "b"], "metadata": {"_x": 1}}
    reason = (await ask(create_sandbox("elasticsearch"), "PUT /_security/role/superuser", body)).reason
    for number, part in enumerate(("privilege [a]", "privilege [b]", "keys may not start with [_]", "is reserved"), 1):
        assert f" {number}: " in reason
        assert part in reason


async def test_bulk_outcomes_and_a_noop_that_is_written_otherwise() -> None:
    sandbox = create_sandbox("elasticsearch")
    await ask(sandbox, "POST /_security/role", {"roles": {"a": {"cluster": ["all"]}, "b": {}}})
    roles = {"a": {"cluster": ["all"], "indices": []}, "b": {"cluster": ["all"]}, "c": {}, " d": {}}
    answer = (await ask(sandbox, "POST /_security/role?refresh=false", {"roles": roles})).document
    assert {key: answer[key] for key in ("noop", "updated", "created")} == {
        "noop": ["a"],
        "updated": ["b"],
        "created": ["c"],
    }
    assert answer["errors"]["details"][" d"]["type"] == "validation_exception"


async def test_a_broken_role_stores_none_of_its_neighbours() -> None:
    sandbox = create_sandbox("elasticsearch")
    answer = await ask(sandbox, "POST /_security/role", {"roles": {"good": {}, "bad": {"cluster": "x"}}})
    assert answer.status == 400
    assert not sandbox.state.roles


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ([], "[1:1] [bulk_update_roles_request_payload] Expected START_OBJECT but was: START_ARRAY"),
        ({"roles": []}, "[1:11] [bulk_update_roles_request_payload] roles doesn't support values of type: START_ARRAY"),
        ({"roles": {"a": 5}}, "[1:17] [bulk_update_roles_request_payload] failed to parse field [roles]"),
    ],
)
async def test_bulk_bodies_that_cannot_be_read(body: Any, reason: str) -> None:
    answer = await ask(create_sandbox("elasticsearch"), "POST /_security/role", body)
    assert (answer.status, answer.reason) == (400, reason)


async def test_several_roles_are_read_at_once() -> None:
    sandbox = create_sandbox("elasticsearch")
    for name in ("a", "b", "c"):
        await ask(sandbox, f"PUT /_security/role/{name}", {})
    assert set((await ask(sandbox, "GET /_security/role/a,c,zzz")).document) == {"a", "c"}
    assert set((await ask(sandbox, "GET /_security/role")).document) == {"a", "b", "c"}
