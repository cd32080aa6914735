from typing import Any

import pytest

from searchway.contract.catalog import load
from searchway.errors import InvalidArgumentError
from searchway.transcode import inputs
from searchway.transcode.checks import check_message, suggest
from searchway.transcode.jsontext import JsonText


def check(name: str, values: dict[str, Any]) -> None:
    shape = load().operation(name).request
    check_message(shape, inputs.build(shape, values))


POLICY = {"description": "d", "default_state": "a", "states": [{"name": "a"}]}


def policy(percentage: Any) -> dict[str, Any]:
    """Return a policy that shrinks to a percentage of the shards."""
    shrink = {"shrink": {"percentage_of_source_shards": percentage}}
    return {"policy_id": "p", "policy": {**POLICY, "states": [{"name": "a", "actions": [shrink]}]}}


@pytest.mark.parametrize("duration", ["30s", "1.5h", "500ms", "10micros", "7nanos", "1d", "2m", "0", "-1"])
def test_duration_of_the_engines_passes(duration: str) -> None:
    check("cat.ListAllocation", {"master_timeout": duration})


@pytest.mark.parametrize("duration", ["30", "30 s", "s", "1w", "1M", "-5s", "", "1e3s", "٣s"])
def test_text_that_is_no_duration_is_refused(duration: str) -> None:
    with pytest.raises(InvalidArgumentError, match="length of time") as caught:
        check("cat.ListAllocation", {"master_timeout": duration})
    assert caught.value.failure.field == "master_timeout"


@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        ("security.PutRole", {"role": {}}, "name"),
        ("security.PutRole", {"name": "", "role": {}}, "name"),
        ("security.PutRole", {"name": "r", "role": {"indices": [{"privileges": ["read"]}]}}, "role.indices[0].names"),
        ("ism.UpdatePolicy", {"policy_id": "p", "policy": POLICY, "if_seq_no": 1}, "if_primary_term"),
        ("indices.ModifyDataStream", {"actions": []}, "actions"),
        ("indices.ModifyDataStream", {"actions": [{}]}, "actions[0]"),
    ],
)
def test_missing_input_is_named(name: str, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidArgumentError, match=r"is required") as caught:
        check(name, values)
    assert caught.value.failure.field == field


@pytest.mark.parametrize("text", ["{", '{"a":1}}, {"injected": true', "NaN", ""])
def test_text_that_is_not_json_never_gets_into_a_body(text: str) -> None:
    with pytest.raises(InvalidArgumentError, match="is not JSON") as caught:
        check("security.PutRole", {"name": "r", "role": {"metadata": JsonText(text)}})
    assert caught.value.failure.field == "role.metadata"


def test_unknown_field_numbers_are_refused_at_every_depth() -> None:
    shape = load().operation("security.PutRole").request
    message = inputs.build(shape, {"name": "r", "role": {}})
    message.role.MergeFromString(b"\xa2\x06\x01x")  # field 100, a text
    with pytest.raises(InvalidArgumentError, match=r"unknown field number 100 in .*RoleDescriptor") as caught:
        check_message(shape, message)
    assert caught.value.failure.field == "role"


def test_enum_numbers_that_mean_nothing_are_refused() -> None:
    shape = load().operation("security.PutRole").request
    for number in (0, 99):
        message = inputs.build(shape, {"name": "r", "role": {}})
        message.refresh = number
        with pytest.raises(InvalidArgumentError, match="expected one of TRUE"):
            check_message(shape, message)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), float("1e400")])
def test_numbers_that_json_has_not_are_refused(number: float) -> None:
    with pytest.raises(InvalidArgumentError, match=f"expected a finite number, got {number}") as caught:
        check("ism.CreatePolicy", policy(number))
    assert caught.value.failure.field == "policy.states[0].actions[0].shrink.percentage_of_source_shards"


@pytest.mark.parametrize("number", [0.0, -0.5, 5e-324, 1.7976931348623157e308])
def test_numbers_that_json_has_pass(number: float) -> None:
    check("ism.CreatePolicy", policy(number))


@pytest.mark.parametrize(
    ("name", "known", "said"),
    [
        ("nmae", ["name", "role"], "did you mean name?"),
        ("xyz", ["b", "a"], "expected one of a, b"),
        ("x", [], "none is taken here"),
    ],
)
def test_suggestion_names_the_nearest_or_all(name: str, known: list[str], said: str) -> None:
    assert suggest(name, known) == said
