"""What must hold for any values and any selection: bodies give their values back, and asking for less never changes what is read."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.cases import good_case, read_cases
from harness.plain import plain_message
from searchway.contract.catalog import load
from searchway.contract.records import Field, Form, Kind, Operation, Role, Shape
from searchway.contract.selection import Selected, Selection
from searchway.engine.merging import own_answer
from searchway.sandbox.filtering import apply_filter, parse_filter
from searchway.transcode import inputs, jsontext, params
from searchway.transcode.answer import Answer
from searchway.transcode.jsontext import JsonText
from searchway.transcode.request import encode
from searchway.transcode.response import Dialect, Reader, reader
from searchway.wire import HttpResponse

OPERATIONS: Final = load().operations.values()
WRITES: Final = [o for o in OPERATIONS if o.bindings[0].body and o.form is Form.JSON]
LIMITS: Final = settings(max_examples=25)
READS: Final = [o for o in load().unary.values() if o.read_only and o.form is not Form.TABLE]

# --- Values of any message ---


def object_text(members: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{orjson.dumps(key).decode()}: {value}" for key, value in members.items()) + "}"


TEXTS: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NAMES: Final = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=","), min_size=1, max_size=8)
NUMBERS: Final = st.sampled_from(
    ["0", "-0", "1E2", "0.10", "0.10000000000000000555", "12345678901234567890123", "1e400"]
)
JSON: Final = st.recursive(
    st.one_of(NUMBERS, st.sampled_from(["null", "true", "false"]), TEXTS.map(lambda t: orjson.dumps(t).decode())),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]"),
        st.dictionaries(TEXTS, inner, max_size=3).map(object_text),
    ),
    max_leaves=6,
)


def members_text(members: Mapping[str, str]) -> JsonText:
    """Write an object whose members go elsewhere one by one: the white space between them is not kept."""
    return JsonText("{" + ",".join(f"{orjson.dumps(key).decode()}:{value}" for key, value in members.items()) + "}")


def undeclared(shape: Shape) -> st.SearchStrategy[str]:
    known = {key for f in shape.fields for key in (f.at[0], *f.also) if f.role is not Role.EXTRA}
    return NAMES.filter(lambda name: name not in known)


def values_of(shape: Shape, without: frozenset[str] = frozenset()) -> st.SearchStrategy[dict[str, Any]]:
    """Make plain values of a message that every check lets pass."""
    fields = [f for f in shape.fields if not f.output_only and f.role is not Role.LOCAL and f.name not in without]
    alone = {f.name: field_values(shape, f) for f in fields if f.oneof is None}
    required = {name: values for name, values in alone.items() if is_required(shape, shape.by_name[name])}
    optional = {name: values for name, values in alone.items() if name not in required}
    plain = st.fixed_dictionaries(required, optional=optional)
    choices = [f for f in fields if f.oneof is not None]
    if not choices:
        return plain
    chosen = st.sampled_from(choices).flatmap(lambda f: field_values(shape, f).map(lambda value: {f.name: value}))
    if len(choices) < len(shape.fields):
        chosen = st.one_of(st.just({}), chosen)
    return st.builds(lambda one, other: {**one, **other}, plain, chosen)


def is_required(shape: Shape, field: Field) -> bool:
    return field.required or (field.role in {Role.KEY, Role.VALUE} and shape.key is not None)


def field_values(shape: Shape, field: Field) -> st.SearchStrategy[Any]:
    if field.role is Role.EXTRA:
        return st.dictionaries(undeclared(shape), JSON, min_size=1, max_size=2).map(members_text)
    single = single_values(shape, field)
    if not field.repeated:
        return single
    least = 1 if field.required or field.role is Role.VALUE else 0
    if field.shape is not None and field.shape.key is not None:
        key = field.shape.key.name
        return st.lists(single, min_size=least, max_size=2, unique_by=lambda entry: entry[key])
    return st.lists(single, min_size=least, max_size=2)


def single_values(shape: Shape, field: Field) -> st.SearchStrategy[Any]:
    if field.kind is Kind.MESSAGE:
        assert field.shape is not None
        values = st.deferred(lambda: values_of(field.shape))  # type: ignore[arg-type]  # asserted above
        if field.role is Role.SPREAD:
            key = field.shape.key
            assert key is not None
            return st.builds(lambda one, name: {**one, key.name: name}, values, undeclared(shape))
        return values
    if field.kind is Kind.ENUM:
        assert field.words is not None
        return st.sampled_from(list(field.words.names.values()))
    if field.kind is Kind.STRING:
        return durations() if field.duration else NAMES if field.required or field.role is not Role.MEMBER else TEXTS
    return {
        Kind.BOOL: st.booleans(),
        Kind.INT: st.integers(-(2**31), 2**31 - 1),
        Kind.LONG: st.integers(-(2**63), 2**63 - 1),
        Kind.DOUBLE: st.floats(allow_nan=False, allow_infinity=False),
        Kind.JSON: JSON.map(JsonText),
        Kind.STRINGS: st.lists(TEXTS, max_size=2),
    }[field.kind]


def durations() -> st.SearchStrategy[str]:
    units = st.sampled_from(["nanos", "micros", "ms", "s", "m", "h", "d"])
    return st.one_of(st.sampled_from(["0", "-1"]), st.builds(lambda n, unit: f"{n}{unit}", st.integers(0, 999), units))


def body_reader(operation: Operation) -> tuple[Reader, Shape, frozenset[str]]:
    """Return what reads the body of a request as if it were an answer, its message, and what does not stand in it."""
    binding = operation.bindings[0]
    whole = operation.request
    if binding.body != "*":
        field = whole.by_name[binding.body]
        assert field.shape is not None
        shape, elsewhere = field.shape, frozenset[str]()
    else:
        beside = {f.name for f in whole.fields if f.role in {Role.LOCAL, Role.QUERY}}
        shape, elsewhere = whole, frozenset(binding.path.variables) | beside
    shape = replace(shape, fields=tuple(replace(f, required=False) for f in shape.fields))  # some stand in the path
    bindings = (replace(binding, response_body=""),)
    as_answer = replace(operation, response=shape, paging=None, bindings=bindings, read_only=True)  # which may be empty
    return Reader(as_answer, None, Dialect.PROTO), shape, elsewhere


@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.name)
@LIMITS
@given(data=st.data())
def test_a_body_gives_its_values_back(operation: Operation, data: st.DataObject) -> None:
    read, shape, elsewhere = body_reader(operation)
    path = dict.fromkeys(operation.bindings[0].path.variables, "id")
    values = {n: [v] if operation.request.by_name[n].repeated else v for n, v in path.items()}
    given_values = {**data.draw(values_of(operation.request, frozenset(values))), **values}
    message = inputs.build(operation.request, given_values)
    request = encode(operation, message)
    assert request.body is not None
    keys = params.request_keys(operation.request, message)
    found = shape.cls(**read.read(Answer(bodies=(request.body,), keys=keys)))
    body = operation.bindings[0].body
    sent = message if body == "*" else getattr(message, body)
    expected = {name: value for name, value in plain_message(shape, sent).items() if name not in elsewhere}
    assert {n: v for n, v in plain_message(shape, found).items() if n not in elsewhere} == expected


# --- Selections of any answer ---


def selections(shape: Shape, depth: int = 5) -> st.SearchStrategy[Selection]:
    """Select some fields of a message, as a GraphQL selection set does: of messages always a part."""
    fields = [f for f in shape.fields if f.shape is None or depth > 0] or list(shape.fields)

    def selected(field: Field) -> st.SearchStrategy[Selected]:
        if field.shape is None or field.shape.is_empty:
            return st.just(Selected(field, field.name))
        return selections(field.shape, depth - 1).map(lambda inner: Selected(field, f"{field.name}_", inner))

    chosen = st.lists(st.sampled_from(fields), min_size=1, max_size=4, unique=True)
    return chosen.flatmap(lambda some: st.tuples(*map(selected, some))).map(Selection)


ANSWERS: Final = {
    operation.name: [
        exchange.answer
        for case in read_cases()
        if case.operation is operation
        for step in case.steps
        for exchange in step.exchanges
        if step.gives is not None and exchange.answer
    ]
    for operation in READS
}


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.name)
@LIMITS
@given(data=st.data())
def test_asking_for_less_changes_nothing_of_what_is_read(operation: Operation, data: st.DataObject) -> None:
    selection = data.draw(selections(operation.response))
    message = inputs.build(operation.request, good_case(operation).steps[0].values)
    filtered = dict(encode(operation, message, selection=selection).query).get("filter_path")
    keys = params.request_keys(operation.request, message)
    read = reader(operation, selection, Dialect.GRAPH)
    for sent in ANSWERS[operation.name]:
        less = answer = own_answer(operation, message, HttpResponse(status=200, headers={}, body=sent)).body
        if filtered is not None:
            less = jsontext.dumps(apply_filter(jsontext.parse(answer), parse_filter(filtered))).encode()
        whole = orjson.dumps(read.read(Answer(bodies=(answer,), keys=keys)))
        assert orjson.dumps(read.read(Answer(bodies=(less,), keys=keys))) == whole, filtered


def asks_for_less(operation: Operation) -> bool:
    """A search among others comes whole, and so does a list whose items have nothing that is always there."""
    among_others = operation.batch is not None and bool(operation.batch.into)
    items = operation.items.shape if operation.items else None
    return not among_others and (items is None or any(f.required for f in items.fields))


@pytest.mark.parametrize("operation", [o for o in READS if asks_for_less(o)], ids=lambda operation: operation.name)
def test_there_are_selections_that_ask_for_less(operation: Operation) -> None:
    plain = [f for f in operation.response.fields if f.shape is None and f.kind is not Kind.JSON]
    fields = [f for f in plain if f.role is not Role.LOCAL] or [operation.items or operation.response.fields[0]]
    shape = fields[0].shape
    inner = None if shape is None else Selection((Selected(next(f for f in shape.fields if f.required), "x"),))
    message = inputs.build(operation.request, good_case(operation).steps[0].values)
    request = encode(operation, message, selection=Selection((Selected(fields[0], "x", inner),)))
    assert "filter_path" in dict(request.query)
