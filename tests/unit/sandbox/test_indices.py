from typing import Any

import pytest

from searchway.sandbox import create_sandbox
from searchway.sandbox.engines import EngineName
from unit.sandbox.asgi import ask


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("UPPER", "must be lowercase"),
        ("_x", "must not start with '_', '-', or '+'"),
        ("a%2Fb", "must not contain the following characters"),
        ("a,b", "must not contain the following characters"),
        ("a%23b", "must not contain '#'"),
        ("a:b", "must not contain ':'"),
        ("%2e%2e", "must not be '.' or '..'"),
        ("x" * 256, "index name is too long, (256 > 255)"),
    ],
)
async def test_names_that_no_index_may_have(name: str, why: str) -> None:
    answer = await ask(create_sandbox(), f"PUT /{name}")
    assert answer.status == 400
    assert why in answer.reason


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"number_of_shards": 0}, "Failed to parse value [0] for setting [index.number_of_shards] must be >= 1"),
        ({"number_of_replicas": -1}, "Failed to parse value [-1] for setting [index.number_of_replicas] must be >= 0"),
        ({"index": {"number_of_shards": "x"}}, "Failed to parse value [x] for setting [index.number_of_shards]"),
        ({"plugins.index_state_management.policy_id": "p"}, "unknown setting [index.plugins.index_state_management"),
    ],
)
async def test_settings_that_elasticsearch_refuses(settings: dict[str, Any], reason: str) -> None:
    answer = await ask(create_sandbox("elasticsearch"), "PUT /i", {"settings": settings})
    assert answer.status == 400
    assert answer.reason.startswith(reason)


async def test_nested_flat_and_null_settings_mean_the_same() -> None:
    sandbox = create_sandbox()
    forms: list[dict[str, Any]] = [
        {"index": {"blocks": {"write": True}, "number_of_replicas": None}},
        {"index.blocks.write": True, "number_of_replicas": None},
        {"blocks": {"write": True}},
    ]
    for place, settings in enumerate(forms):
        await ask(sandbox, f"PUT /i{place}", {"settings": settings})
        stored = sandbox.state.indices[f"i{place}"].settings
        assert (stored["index.blocks.write"], stored["index.number_of_replicas"]) == ("true", "1")


async def test_aliases_keep_all_their_fields() -> None:
    sandbox = create_sandbox()
    given = {"filter": {"term": {"a": 1}}, "is_hidden": True, "is_write_index": True, "routing": "1"}
    await ask(sandbox, "PUT /i", {"aliases": {"al": given}})
    shown = (await ask(sandbox, "GET /i/_alias")).document["i"]["aliases"]["al"]
    assert shown.pop("index_routing") == shown.pop("search_routing") == "1"
    assert shown == {"filter": {"term": {"a": 1}}, "is_hidden": True, "is_write_index": True}


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("a1", {"a1"}),
        ("a*", {"a1", "a2"}),
        ("a*,-a2", {"a1"}),
        ("both", {"a1", "b1"}),
        ("_all", {"a1", "a2", "b1"}),
        ("*", {"a1", "a2", "b1"}),
        ("nosuch*", set()),
        ("nosuch,a1&ignore_unavailable=true", {"a1"}),
    ],
)
async def test_expressions(expression: str, found: set[str]) -> None:
    sandbox = create_sandbox()
    for name, alias in (("a1", "both"), ("a2", "other"), ("b1", "both")):
        await ask(sandbox, f"PUT /{name}", {"aliases": {alias: {}}})
    names, _, query = expression.partition("&")
    assert set((await ask(sandbox, f"GET /{names}?{query}")).document) == found


async def test_deleting() -> None:
    sandbox = create_sandbox()
    await ask(sandbox, "PUT /a")
    assert (await ask(sandbox, "DELETE /a")).document == {"acknowledged": True}
    assert (await ask(sandbox, "HEAD /a")).status == 404


@pytest.mark.parametrize(("engine", "managed"), [("opensearch", False), ("opendistro", True)])
async def test_the_policy_setting_manages_on_open_distro_alone(engine: EngineName, managed: bool) -> None:
    sandbox = create_sandbox(engine)
    body = {
        "settings": {"opendistro.index_state_management.policy_id": "p"},
        "aliases": {"a": {"is_write_index": True}},
    }
    assert (await ask(sandbox, "PUT /i", body)).status == 200
    assert ("i" in sandbox.state.managed) is managed


async def test_shards_of_an_open_index_are_fixed() -> None:
    sandbox = create_sandbox()
    await ask(sandbox, "PUT /i")
    answer = await ask(sandbox, "PUT /i/_settings", {"index.number_of_shards": 2})
    assert answer.reason.startswith("Can't update final settings [[index.number_of_shards]] for open indices")
