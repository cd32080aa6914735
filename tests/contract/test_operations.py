"""What must hold for every operation, however many there will be."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from harness.cases import case_file, read_cases
from searchway.contract.catalog import load
from searchway.contract.records import Engine, Field, Kind, Operation, Role, Shape, Words
from searchway.families import WATCHES

OPERATIONS: Final = list(load().operations.values())
FAILURE: Final = "searchway.api.errors.v1.ApiError"
EVERY = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)


def add_shapes(shape: Shape, seen: dict[str, Shape], *, is_request: bool) -> None:
    if shape.name not in seen:
        seen[shape.name] = shape
        for field in shape.fields:
            if field.shape is not None and not (is_request and field.output_only):
                add_shapes(field.shape, seen, is_request=is_request)


def all_shapes(side: str) -> dict[str, Shape]:
    seen: dict[str, Shape] = {}
    for operation in OPERATIONS:
        add_shapes(getattr(operation, side), seen, is_request=side == "request")
    return seen


SHAPES: Final = all_shapes("request") | all_shapes("response")
ENUMS: Final = {f.words.name: f.words for shape in SHAPES.values() for f in shape.fields if f.words is not None}


@EVERY
def test_it_has_a_case_file(operation: Operation) -> None:
    assert case_file(operation).is_file()


@EVERY
def test_it_is_commented_with_the_link_of_its_documentation(operation: Operation) -> None:
    assert operation.comment
    assert operation.link.startswith("https://")


@EVERY
def test_it_has_engines_and_routes(operation: Operation) -> None:
    assert operation.engines
    assert operation.bindings
    assert len({engine.engine for engine in operation.engines}) == len(operation.engines)


@EVERY
def test_its_cases_run_on_each_of_its_engines(operation: Operation) -> None:
    run = {case.engine for case in read_cases() if case.operation is operation}
    prefixes = {engine.prefix: engine.engine for engine in operation.engines}
    assert set(prefixes.values()) <= run


@EVERY
def test_its_cases_show_success_and_failure(operation: Operation) -> None:
    steps = [step for case in read_cases() if case.operation is operation for step in case.steps]
    assert any(step.gives is not None or step.streams for step in steps)
    assert any(step.fails is not None for step in steps)


@EVERY
def test_each_route_takes_fields_of_the_request(operation: Operation) -> None:
    for binding in operation.bindings:
        assert set(binding.path.variables) <= operation.request.by_name.keys()
        assert binding.body in {"", "*", *operation.request.by_name}
        assert binding.response_body in {"", *operation.response.by_name}


@EVERY
def test_its_paging_names_what_there_is(operation: Operation) -> None:
    if operation.paging is None:
        return
    assert operation.items is not None
    assert operation.items.repeated
    assert {"page_size", "page_token"} <= operation.request.by_name.keys()
    assert "next_page_token" in operation.response.by_name


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_no_two_fields_share_a_key(shape: Shape) -> None:
    ways = [way for field in shape.fields for way in ways_of(field)]
    assert len(ways) == len(set(ways))


def ways_of(field: Field) -> Iterator[tuple[str, ...]]:
    if field.role in {Role.MEMBER, Role.QUERY} and field.key_from is None:
        yield field.at
        yield from ((*field.at[:-1], key) for key in field.also)


@pytest.mark.parametrize("words", ENUMS.values(), ids=ENUMS)
def test_the_words_of_an_enum_differ(words: Words) -> None:
    assert len(set(words.words.values())) == len(words.words)
    assert len(set(words.names.values())) == len(words.names)


def test_every_engine_has_operations() -> None:
    assert {engine.engine for operation in OPERATIONS for engine in operation.engines} == set(Engine)


def reached(shape: Shape, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield message and field of everything that plain values hold."""
    for name, value in values.items():
        if (field := shape.by_name.get(name)) is None:
            continue
        yield shape.name, name
        if field.kind is Kind.MESSAGE and field.shape is not None:
            items = value if field.repeated else [value]
            for item in items:
                yield from reached(field.shape, item) if isinstance(item, Mapping) else ()


def all_fields(side: str) -> set[tuple[str, str]]:
    is_request = side == "request"
    shapes = [shape for shape in all_shapes(side).values() if shape.name != FAILURE]
    return {(shape.name, f.name) for shape in shapes for f in shape.fields if not (is_request and f.output_only)}


STEPS: Final = [(case.operation, step) for case in read_cases() for step in case.steps]
TAKEN: Final = {x for operation, step in STEPS if step.exchanges for x in reached(operation.request, step.values)}
ANSWERS: Final = [(operation, one) for operation, step in STEPS for one in (step.gives or {}, *(step.streams or ()))]
GIVEN: Final = {x for operation, one in ANSWERS for x in reached(operation.response, one)}


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.stream_of], ids=lambda operation: operation.name)
def test_a_stream_takes_what_its_pages_take_and_gives_their_items(operation: Operation) -> None:
    pages = load().operation(operation.stream_of)
    assert operation.streaming
    assert not pages.streaming
    assert pages.items is not None
    assert not pages.items.is_map
    assert pages.items.role is Role.MEMBER
    assert operation.streamed.shape is pages.items.shape
    assert {"next_page_token", operation.streamed.name} == operation.response.by_name.keys()
    assert {f.name: kind_of(f) for f in operation.request} == {f.name: kind_of(f) for f in pages.request}
    assert operation.bindings == pages.bindings
    assert not any(binding.response_body for binding in operation.bindings)


def kind_of(field: Field) -> tuple[Any, ...]:
    return (field.kind, field.repeated, field.required, field.role, field.shape, field.at)


@EVERY
def test_only_streams_stream(operation: Operation) -> None:
    assert operation.streaming == (bool(operation.stream_of) or operation.name in WATCHES)


@pytest.mark.parametrize(("message", "field"), sorted(all_fields("request")))
def test_every_input_field_is_sent_by_a_case(message: str, field: str) -> None:
    assert (message, field) in TAKEN


@pytest.mark.parametrize(("message", "field"), sorted(all_fields("response")))
def test_every_field_of_an_answer_is_read_by_a_case(message: str, field: str) -> None:
    assert (message, field) in GIVEN
