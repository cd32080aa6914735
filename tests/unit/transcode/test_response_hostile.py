"""Answers with anything in any place: both dialects read them alike, what they give can be written, and nothing but the typed error is raised."""

import json
from collections.abc import Mapping
from typing import Any, Final

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.cases import Case, read_cases
from searchway.contract.catalog import load
from searchway.contract.records import Operation
from searchway.errors import MalformedAnswerError
from searchway.transcode import inputs, jsontext, params
from searchway.transcode.answer import Answer
from searchway.transcode.response import Dialect, reader

_PLACE: Final = "@place@"
SCALARS: Final = st.sampled_from(
    [
        r'"\ud83d"', r'"x\udc00"', r'{"\ud83d":null}', "9" * 200, "-" + "9" * 5000, "1e400", "-1e400", "1E2", "0.1", "-0", "NaN", "Infinity",
        "null", "true", "[]", "{}", "[null]", "[[]]", '[{"a":null},5,"x"]', '""', '"5"', '"5gb"', '"1e400"', '"NaN"', '"9223372036854775808"',
        "9223372036854775807", "9223372036854775808", "-9223372036854775809", "2147483648", "18446744073709551616", "1.5", "01", "nul",
        "[" * 400 + "]" * 400, "[" * 600 + "]" * 600, "[" * 2000 + "]" * 2000, '{"caused_by":' * 300 + "{}" + "}" * 300,
        '{"type":5,"reason":{},"caused_by":[],"root_cause":7}', '{"a":{"a":[{"a":1e400}]}}',
    ]
)  # fmt: skip
TEXTS: Final = st.text(alphabet=st.characters(exclude_categories=()), max_size=5).map(json.dumps)
JSON: Final = st.recursive(
    SCALARS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]")
        | st.lists(st.tuples(TEXTS, inner), max_size=3).map(
            lambda pairs: f"{{{','.join(f'{k}:{v}' for k, v in pairs)}}}"
        )
    ),
    max_leaves=4,
)
OPERATIONS: Final = list(load().unary.values())


def answers_of(operation: Operation) -> list[Case]:
    """Return the cases of an operation that have a JSON answer."""
    cases = [
        case
        for case in read_cases()
        if case.operation is operation and case.steps[0].gives is not None and case.is_message
    ]
    return [case for case in cases if case.steps[0].exchanges and case.steps[0].exchanges[0].answer[:1] in {b"{", b"["}]


def ways(value: Any) -> list[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(), *((key, *way) for key, inner in pairs for way in ways(inner))]


def replaced(value: Any, way: tuple[Any, ...]) -> Any:
    if not way:
        return _PLACE
    copy = value.copy()
    copy[way[0]] = replaced(value[way[0]], way[1:])
    return copy


def read(operation: Operation, body: bytes, keys: Mapping[str, str], dialect: Dialect) -> Any:
    """Read an answer and write what was read, as the face of the dialect does; an error is its text."""
    try:
        found = reader(operation, None, dialect).read(Answer(bodies=(body,), keys=keys))
    except MalformedAnswerError as error:
        return str(error)
    if dialect is Dialect.PROTO:
        return operation.response.cls.FromString(operation.response.cls(**found).SerializeToString())
    return jsontext.parse(orjson.dumps(found))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_all_dialects_read_anything_alike(operation: Operation, data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(answers_of(operation)))
    document = jsontext.loads(case.steps[0].exchanges[0].answer)
    way = data.draw(st.sampled_from(ways(document)))
    hostile = data.draw(JSON)
    body = json.dumps(replaced(document, way)).replace(f'"{_PLACE}"', hostile).encode()
    keys = params.request_keys(operation.request, inputs.build(operation.request, case.steps[0].values))
    over_grpc, *others = (read(operation, body, keys, dialect) for dialect in Dialect)
    for other in others:
        assert isinstance(over_grpc, str) == isinstance(other, str), (over_grpc, other)
        if isinstance(over_grpc, str):
            assert over_grpc == other
