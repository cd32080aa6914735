from typing import Any

import pytest

from searchway.contract.catalog import load
from searchway.errors import InvalidArgumentError
from searchway.transcode import inputs, jsontext
from searchway.transcode.jsontext import JsonText

POLICY = {"description": "d", "default_state": "a", "states": [{"name": "a"}]}


def build(name: str, values: dict[str, Any]) -> Any:
    return inputs.build(load().operation(name).request, values)


def test_values_become_a_message() -> None:
    message = build("security.PutRole", {"name": "r", "refresh": "WAIT_FOR", "role": {"run_as": ["a", "b"]}})
    assert (message.name, message.refresh, list(message.role.run_as)) == ("r", message.refresh, ["a", "b"])
    assert message.HasField("refresh")


@pytest.mark.parametrize("word", ["wait_for", "WAIT_FOR"])
def test_enum_is_given_by_name_or_by_rest_word(word: str) -> None:
    assert (
        build("security.PutRole", {"refresh": word}).refresh
        == build("security.PutRole", {"refresh": "WAIT_FOR"}).refresh
    )


@pytest.mark.parametrize(
    ("given", "text"),
    [(JsonText("1E2"), "1E2"), ("a", '"a"'), ({"a": None}, '{"a":null}'), (None, "null"), ([], "[]"), (True, "true")],
)
def test_json_field_takes_text_or_the_value_itself(given: Any, text: str) -> None:
    assert build("security.PutRole", {"role": {"metadata": given}}).role.metadata.text == text


def test_null_is_absence_for_typed_fields() -> None:
    message = build("security.PutRole", {"name": None, "role": {"description": None}})
    assert not message.HasField("name")
    assert message.HasField("role")


def test_empty_list_is_kept_where_it_differs_from_absence() -> None:
    role = build("security.PutRole", {"role": {"indices": [{"field_security": {"grant": []}}]}}).role
    assert role.indices[0].field_security.HasField("grant")
    assert not role.indices[0].field_security.HasField("except")


@pytest.mark.parametrize("given", [{}, True])
def test_message_without_fields_is_given_as_object_or_true(given: Any) -> None:
    policy = {**POLICY, "states": [{"name": "a", "actions": [{"delete": given}]}]}
    message = build("ism.CreatePolicy", {"policy": policy})
    assert message.policy.states[0].actions[0].WhichOneof("kind") == "delete"


def test_item_alone_is_a_list_of_one() -> None:
    assert list(build("cat.ListAllocation", {"columns": "node"}).columns) == ["node"]


@pytest.mark.parametrize(
    ("name", "text", "field"),
    [
        ("ism.UpdatePolicy", '{"if_seq_no":%s}', "if_seq_no"),
        ("cat.ListAllocation", '{"page_size":%s}', "page_size"),
        (
            "ism.CreatePolicy",
            '{"policy":{"states":[{"actions":[{"shrink":{"percentage_of_source_shards":%s}}]}]}}',
            "policy.states[0].actions[0].shrink.percentage_of_source_shards",
        ),
    ],
)
@pytest.mark.parametrize("number", ["9" * 400, "9" * 5000, "-" + "9" * 5000])
def test_numbers_of_many_digits_are_beyond_every_type(name: str, text: str, field: str, number: str) -> None:
    with pytest.raises(InvalidArgumentError, match=f"expected a (whole )?number .*, got {number[:70]}") as caught:
        build(name, jsontext.parse(text % number))
    assert caught.value.failure.field == field


def test_numbers_of_many_digits_stay_whole_in_free_json() -> None:
    text = f'{{"n":{"9" * 5000}}}'
    assert build("security.PutRole", {"role": {"metadata": jsontext.parse(text)}}).role.metadata.text == text


@pytest.mark.parametrize(
    ("name", "values", "field", "problem"),
    [
        ("security.PutRole", {"nam": "r"}, "nam", "did you mean name"),
        ("security.PutRole", {"role": {"clutser": []}}, "role.clutser", "did you mean cluster"),
        ("security.PutRole", {"name": 5}, "name", "expected a text, got 5"),
        ("security.PutRole", {"name": "\ud800"}, "name", "surrogate"),
        ("security.PutRole", {"refresh": "maybe"}, "refresh", "expected one of"),
        ("security.PutRole", {"role": []}, "role", "expected an object"),
        ("cat.ListAllocation", {"local": "yes"}, "local", "expected true or false"),
        ("cat.ListAllocation", {"page_size": 2**31}, "page_size", "expected a whole number"),
        ("cat.ListAllocation", {"page_size": True}, "page_size", "expected a whole number"),
        ("cat.ListAllocation", {"columns": ["a", 1]}, "columns[1]", "expected a text"),
        ("ism.UpdatePolicy", {"if_seq_no": 2**63}, "if_seq_no", "expected a whole number"),
        (
            "indices.ModifyDataStream",
            {"actions": [{"add_backing_index": {}, "remove_backing_index": {}}]},
            "actions[0].remove_backing_index",
            "add_backing_index is given already",
        ),
        ("indices.ShrinkIndex", {"settings": {1, 2}}, "settings", "is not a JSON value"),
    ],
)
def test_wrong_input_is_refused_by_its_path(name: str, values: dict[str, Any], field: str, problem: str) -> None:
    with pytest.raises(InvalidArgumentError, match=problem) as caught:
        build(name, values)
    assert caught.value.failure.field == field


def test_names_of_json_are_taken_as_well() -> None:
    message = build("ism.GetPolicy", {"policyId": "a"})
    assert message.policy_id == "a"
    assert build("ism.CreatePolicy", {"policyId": "a", "policy": {"defaultState": "b"}}).policy.default_state == "b"


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"policyId": "a", "policy_id": "b"}, "policyId: policy_id is given already, which is the same field"),
        ({"policyid": "a"}, "policyid: unknown field; did you mean policy_id?"),
        ({"policy-id": "a"}, "policy-id: unknown field; did you mean policy_id?"),
    ],
)
def test_no_field_is_given_twice_and_a_slip_gets_a_hint(values: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        build("ism.GetPolicy", values)
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("name", "values", "read"),
    [
        ("ism.UpdatePolicy", {"if_seq_no": "-9223372036854775808"}, lambda m: m.if_seq_no == -(2**63)),
        ("cat.ListAllocation", {"page_size": "007"}, lambda m: m.page_size == 7),
        ("cat.ListAllocation", {"local": "true"}, lambda m: m.local is True),
        ("cat.ListAllocation", {"local": "false"}, lambda m: m.HasField("local") and not m.local),
        (
            "ism.CreatePolicy",
            {"policy": {"states": [{"actions": [{"shrink": {"percentage_of_source_shards": "5E-1"}}]}]}},
            lambda m: m.policy.states[0].actions[0].shrink.percentage_of_source_shards == 0.5,
        ),
    ],
)
def test_numbers_and_truth_values_may_stand_in_quotes(name: str, values: dict[str, Any], read: Any) -> None:
    assert read(build(name, values))


@pytest.mark.parametrize("text", ["", " 1", "1 ", "1.0", "0x1", "1_0", "٣", "9223372036854775808", "9" * 5000])
def test_other_texts_are_no_numbers(text: str) -> None:
    with pytest.raises(InvalidArgumentError, match="if_seq_no: expected a whole number"):
        build("ism.UpdatePolicy", {"if_seq_no": text})


@pytest.mark.parametrize("text", ["", "yes", "True", "1", "on"])
def test_other_texts_are_no_truth_values(text: str) -> None:
    with pytest.raises(InvalidArgumentError, match="local: expected true or false"):
        build("cat.ListAllocation", {"local": text})


@pytest.mark.parametrize("text", ["", "NaN", "inf", "1_0", ".5", "1e"])
def test_other_texts_are_no_fractions(text: str) -> None:
    action = {"shrink": {"percentage_of_source_shards": text}}
    with pytest.raises(InvalidArgumentError, match="expected a number"):
        build("ism.CreatePolicy", {"policy": {"states": [{"actions": [action]}]}})


def test_member_that_nobody_declared_is_told_where_it_goes() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        build("ism.CreatePolicy", {"policy": {"states": [{"actions": [{"warm_migration": {}}]}]}})
    assert "; what is not declared goes into extra, as one JSON object" in caught.value.failure.message
    with pytest.raises(InvalidArgumentError, match="; members of any other name go into filters"):
        build("rules.ListRules", {"index_pattern": ["a"]})
    with pytest.raises(InvalidArgumentError, match=r"aliases\[0\].logs: .*; the key of an entry goes into name"):
        build("indices.CreateIndex", {"aliases": {"logs": {}}})


def test_message_that_takes_no_others_gives_no_such_hint() -> None:
    with pytest.raises(InvalidArgumentError, match="unknown field; did you mean description") as caught:
        build("security.PutRole", {"role": {"descriptoin": "d"}})
    assert "goes into" not in caught.value.failure.message
