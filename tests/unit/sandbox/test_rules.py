import uuid
from typing import Any

import pytest

from searchway.sandbox import Sandbox, create_sandbox
from unit.sandbox.asgi import ask

RULES = "/_rules/workload_group"


def rule(number: int, **members: Any) -> dict[str, Any]:
    return {"description": f"rule {number}", "index_pattern": [f"i{number}-*"], "workload_group": "g", **members}


async def filled(count: int, **options: Any) -> Sandbox:
    sandbox = create_sandbox("opensearch", clock=lambda: 1_700_000_000.5, **options)
    for number in range(count):
        answer = await ask(sandbox, f"PUT {RULES}", rule(number))
        assert answer.status == 200
    return sandbox


async def pages(sandbox: Sandbox, after: str | None) -> list[list[str]]:
    found = []
    while True:
        query = "" if after is None else f"?search_after={after}"
        page = (await ask(sandbox, f"GET {RULES}{query}")).document
        found.append([each["id"] for each in page["rules"]])
        if "search_after" not in page:
            return found
        [after] = page["search_after"]


async def test_a_created_rule_is_the_answer() -> None:
    sandbox = await filled(0)
    answer = (await ask(sandbox, f"PUT {RULES}", {**rule(1), "id": "mine", "extra": 5})).document
    assert uuid.UUID(answer["id"]).version == 3
    assert {key: answer[key] for key in answer if key != "id"} == {
        **rule(1),
        "updated_at": "2023-11-14T22:13:20.500Z",
    }


async def test_the_same_content_has_the_same_identity() -> None:
    first, second = await filled(3), await filled(3)
    assert list(first.state.rules) == list(second.state.rules)


async def test_paging_from_the_first_page_loses_rules_as_the_engine_does() -> None:
    sandbox = await filled(120)
    found = await pages(sandbox, None)
    distinct = {identity for page in found for identity in page}
    assert found[0] == list(sandbox.state.rules)[:50]
    assert found[1] == sorted(found[1])
    assert len(distinct) < 120


async def test_paging_from_below_every_identity_finds_all() -> None:
    found = await pages(await filled(120), "0")
    assert [len(page) for page in found] == [50, 50, 20]
    assert len({identity for page in found for identity in page}) == 120


async def test_a_full_last_page_is_followed_by_an_empty_one() -> None:
    assert [len(page) for page in await pages(await filled(50), "0")] == [50, 0]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("index_pattern=i1-*", 1),
        ("index_pattern=i1-*,i2-*", 2),
        ("index_pattern=i*", 0),
        ("principal.username=ada", 1),
        ("principal.username=ada&index_pattern=i1-*", 0),
    ],
)
async def test_filters_match_stored_values_exactly(query: str, count: int) -> None:
    sandbox = await filled(3)
    await ask(sandbox, f"PUT {RULES}", rule(9, principal={"username": ["ada"], "role": ["x", "x"]}))
    assert len((await ask(sandbox, f"GET {RULES}?{query}")).document["rules"]) == count


async def test_updating_keeps_what_is_not_sent() -> None:
    sandbox = await filled(2)
    identity = next(iter(sandbox.state.rules))
    renamed = (await ask(sandbox, f"PUT {RULES}/{identity}", {"description": "new", "index_pattern": []})).document
    assert (renamed["id"], renamed["description"], renamed["index_pattern"]) == (identity, "new", ["i0-*"])
    replaced = (await ask(sandbox, f"PUT {RULES}/{identity}", {"principal": {"role": ["r"]}})).document
    assert "index_pattern" not in replaced
    assert (replaced["description"], replaced["principal"]) == ("new", {"role": ["r"]})


async def test_reading_one_gives_a_list() -> None:
    sandbox = await filled(1)
    [identity] = sandbox.state.rules
    assert (await ask(sandbox, f"GET {RULES}/{identity}")).document == {"rules": [sandbox.state.rules[identity]]}


async def test_deleting_an_unknown_rule_is_not_acknowledged() -> None:
    sandbox = await filled(1)
    [identity] = sandbox.state.rules
    assert (await ask(sandbox, f"DELETE {RULES}/{identity}")).document == {"acknowledged": True}
    gone = await ask(sandbox, f"DELETE {RULES}/{identity}")
    assert (gone.status, gone.document) == (200, {"acknowledged": False})


@pytest.mark.parametrize(
    ("request_line", "body", "status", "reason"),
    [
        (f"GET {RULES}/nosuch", None, 404, "Rule with ID nosuch not found."),
        (f"PUT {RULES}/nosuch", {}, 404, "Rule with ID nosuch not found."),
        ("GET /_rules/nosuch", None, 404, "Couldn't find a feature type with name: nosuch. Make sure you have registered it."),
        (f"PUT {RULES}", {"index_pattern": ["x"], "workload_group": "g"}, 500, "Cannot compute ID: required fields are missing."),
        (f"PUT {RULES}", {"description": "d", "workload_group": "g"}, 400, "org.opensearch.common.ValidationException: Validation Failed: 1: Rule should have at least 1"),
        (f"PUT {RULES}", rule(5, index_pattern=["i0-*", "other"]), 400, "Duplicate rule exists under id "),
        (f"PUT {RULES}", rule(5, index_pattern=[str(n) for n in range(11)]), 400, "org.opensearch.common.ValidationException"),
        (f"PUT {RULES}", rule(5, index_pattern=["x" * 101]), 400, "org.opensearch.common.ValidationException"),
        (f"PUT {RULES}", rule(5, description="x" * 257), 400, "org.opensearch.common.ValidationException"),
        (f"PUT {RULES}", rule(5, nosuch=["x"]), 400, "nosuch is not a valid attribute within the workload_group feature."),
        (f"GET {RULES}?nosuch=1", None, 400, "request [/_rules/workload_group] contains unrecognized parameter: [nosuch]"),
    ],
)  # fmt: skip
async def test_failures(request_line: str, body: Any, status: int, reason: str) -> None:
    answer = await ask(await filled(1), request_line, body)
    assert answer.status == status
    assert answer.reason.startswith(reason)


async def test_rules_are_created_with_put_alone() -> None:
    answer = await ask(create_sandbox("opensearch"), f"POST {RULES}", rule(1))
    assert (answer.status, answer.headers["allow"]) == (405, "GET,PUT")


async def test_before_the_first_rule() -> None:
    sandbox = create_sandbox("opensearch")
    assert (await ask(sandbox, f"GET {RULES}")).document == {"rules": []}
    assert (await ask(sandbox, f"PUT {RULES}/x", {})).reason == "Index .wlm_rules does not exist."


async def test_workload_groups_can_be_checked() -> None:
    sandbox = create_sandbox("opensearch", workload_groups=[])
    refused = await ask(sandbox, f"PUT {RULES}", rule(1))
    group = (await ask(sandbox, "PUT /_wlm/workload_group", {"name": "analytics"})).document["_id"]
    assert refused.document["error"]["caused_by"]["type"] == "validation_exception"
    assert refused.reason.endswith("Validation Failed: 1: g is not a valid workload group id.;")
    assert (await ask(sandbox, f"PUT {RULES}", rule(1, workload_group=group))).status == 200


async def test_there_is_a_most() -> None:
    sandbox = await filled(200)
    assert (await ask(sandbox, f"PUT {RULES}", rule(200))).status == 429
