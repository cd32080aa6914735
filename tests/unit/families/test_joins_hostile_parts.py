"""Whatever stands in one member's part of a joined answer, the other members get their own."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.contract.catalog import load
from searchway.errors import CallError
from searchway.families.joins import JOINS, Part
from searchway.transcode import inputs
from searchway.transcode.answer import Answer
from searchway.transcode.response import Dialect, reader

DEEP: Final = 3000
HOSTILE: Final = [
    r'"\ud83d"', r'{"\udc00":1}', "[" * DEEP + "]" * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP, "9" * 200, "9" * 5000, "1e400",
    "NaN", "-Infinity", "null", "[]", "{}", "7", "true", '"text"', '"]}, {["', '"\\\\"', "[[],{}]", '{"hits":7}', '{"error":7}',
    '{"error":{"type":5,"reason":["x"]},"status":"x"}', '{"hits":{"hits":[{"_source":NaN}]},"status":200}', "01", "nul", "+",
]  # fmt: skip
ANY_JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda x: st.lists(x) | st.dictionaries(st.text(), x),
).map(json.dumps)
PARTS: Final = st.sampled_from(HOSTILE) | ANY_JSON
GOOD_HITS: Final = (
    '{"took":3,"hits":{"total":{"value":1,"relation":"eq"},"hits":[{"_index":"i","_id":"%d"}]},"status":200}'
)
GOOD_INDEX: Final = '{"index":"i%d","index.plugins.index_state_management.policy_id":"p"}'


def search_body(parts: Mapping[int, str], count: int) -> str:
    answers = [parts.get(n, GOOD_HITS % n) for n in range(count)]
    return f'{{"took":1,"responses":[{",".join(answers)}]}}'


def explain_body(parts: Mapping[int, str], count: int) -> str:
    entries = [f'"i{n}":{parts.get(n, GOOD_INDEX % n)}' for n in range(count)]
    return f'{{{",".join(entries)},"total_managed_indices":{count}}}'


def role_body(parts: Mapping[int, str], count: int) -> str:
    created = [f"r{n}" for n in range(count) if n not in parts]
    details = ",".join(f'"r{n}":{part}' for n, part in parts.items())
    return f'{{"created":{json.dumps(created)},"errors":{{"count":{len(parts)},"details":{{{details}}}}}}}'


VALUES: Final[Mapping[str, Callable[[int], dict[str, Any]]]] = {
    "fleet.Search": lambda _: {"body": {}},
    "fleet.MultiSearch": lambda _: {"searches": [{"body": {}}]},
    "ism.ExplainIndices": lambda n: {"indices": [f"i{n}"]},
    "security.PutRole": lambda n: {"name": f"r{n}", "role": {}},
}
BODIES: Final[Mapping[str, Callable[[Mapping[int, str], int], str]]] = {
    "fleet.Search": search_body,
    "fleet.MultiSearch": search_body,
    "ism.ExplainIndices": explain_body,
    "security.PutRole": role_body,
}


def split(name: str, parts: Mapping[int, str], count: int) -> list[Part]:
    operation = load().operation(name)
    messages = [inputs.build(operation.request, VALUES[name](number)) for number in range(count)]
    return list(JOINS[name].split(operation, messages, BODIES[name](parts, count).encode()))


def read(name: str, part: Part, dialect: Dialect) -> Any:
    """Read a part as its member does; an error stands for itself."""
    if not isinstance(part, bytes):
        return part
    operation = load().operation(name)
    try:
        found = reader(operation, None, dialect).read(Answer(bodies=(part,)))
        return operation.response.cls(**found).SerializeToString() if dialect is Dialect.PROTO else orjson.dumps(found)
    except CallError as error:
        return error


def test_every_kind_is_here() -> None:
    assert VALUES.keys() == BODIES.keys() == JOINS.keys()


@pytest.mark.parametrize("name", JOINS)
@given(
    st.integers(2, 4).flatmap(
        lambda n: st.tuples(st.just(n), st.dictionaries(st.integers(0, n - 1), PARTS, max_size=n - 1))
    )
)
def test_a_hostile_part_is_of_its_own_member(name: str, drawn: tuple[int, dict[int, str]]) -> None:
    count, hostile = drawn
    found, expected = split(name, hostile, count), split(name, {}, count)
    assert len(found) == count
    for number in set(range(count)) - hostile.keys():
        assert found[number] == expected[number]
    for number in hostile:
        for dialect in Dialect:
            assert read(name, found[number], dialect) is not None or found[number] is None


@pytest.mark.parametrize("name", JOINS)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_part_that_cannot_be_read_is_an_error_on_every_face(name: str, hostile: str) -> None:
    part = split(name, {1: hostile}, 3)[1]
    over_grpc, *others = (read(name, part, dialect) for dialect in Dialect)
    for other in others:
        assert isinstance(over_grpc, CallError) == isinstance(other, CallError)
        if isinstance(over_grpc, CallError):
            assert str(over_grpc) == str(other)
