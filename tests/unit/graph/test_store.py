"""Documents and plans are remembered by what they weigh, and large ones are read beside the event loop."""

import asyncio
import itertools
import threading
from typing import Any

import pytest
from graphql import GraphQLSchema

from searchway.errors import Code
from searchway.graph.documents import Document
from searchway.graph.plan import Plan
from searchway.graph.reading import DocumentReader
from searchway.graph.refusals import RequestError
from searchway.graph.store import DocumentStore
from searchway.settings import LimitSettings

ALLOCATION = "{ cat { allocation { totalCount } } }"
LARGE = "{ cat { " + " ".join(f"a{n}: allocation {{ totalCount }}" for n in range(100)) + " } }"
KIB = 1024


def store(schema: GraphQLSchema, **limits: Any) -> DocumentStore:
    return DocumentStore(schema, LimitSettings(**limits), introspection=True)


def plan_of(document: Document, **variables: object) -> Plan:
    operation = document.operation(None)
    return document.plan(operation, variables, document.variables(operation, variables))


async def test_a_document_is_read_once(schema: GraphQLSchema) -> None:
    documents = store(schema)
    for text in (ALLOCATION, LARGE):
        assert await documents.get(text) is await documents.get(text)


async def test_a_large_document_is_read_once_for_all_who_ask_at_the_same_time(schema: GraphQLSchema) -> None:
    documents = store(schema)
    one, other = await asyncio.gather(documents.get(LARGE), documents.get(LARGE))
    assert one is other


async def test_documents_used_last_are_kept(schema: GraphQLSchema) -> None:
    weight = (await store(schema).get(ALLOCATION)).weight
    documents = store(schema, document_memory=3 * weight)
    first = await documents.get(ALLOCATION)
    others = [await documents.get(ALLOCATION + mark) for mark in (" ", "  ")]
    assert await documents.get(ALLOCATION) is first
    await documents.get(ALLOCATION + "   ")
    assert await documents.get(ALLOCATION) is first
    assert await documents.get(ALLOCATION + " ") is not others[0]


async def test_documents_that_are_too_heavy_are_not_kept(schema: GraphQLSchema) -> None:
    documents = store(schema, document_memory=1)
    assert await documents.get(ALLOCATION) is not await documents.get(ALLOCATION)


async def test_plans_differ_only_by_conditions(schema: GraphQLSchema) -> None:
    text = "query ($n: Int, $more: Boolean!) { cat { allocation(first: $n) { totalCount edges @include(if: $more) { cursor } } } }"
    document = await store(schema).get(text)
    assert plan_of(document, n=1, more=True) is plan_of(document, n=2, more=True)
    assert plan_of(document, n=1, more=True) is not plan_of(document, n=1, more=False)


async def test_the_plans_of_all_conditions_weigh_no_more_than_allowed(schema: GraphQLSchema) -> None:
    """Documents with six conditions have 64 plans each: they must count, however few documents there are."""
    documents = store(schema, document_memory=2000 * KIB)
    variables = " ".join(f"$v{n}: Boolean!" for n in range(6))
    conditional = " ".join(f"x{n}: allocation @include(if: $v{n}) {{ totalCount }}" for n in range(6))
    made: list[Plan] = []
    for number in range(4):
        rest = " ".join(f"d{number}a{n}: allocation {{ totalCount edges {{ cursor }} }}" for n in range(30))
        document = await documents.get(f"query({variables}) {{ cat {{ {conditional} {rest} }} }}")
        for values in itertools.product((True, False), repeat=6):
            made.append(plan_of(document, **{f"v{n}": value for n, value in enumerate(values)}))
            assert documents.weight <= 2000 * KIB
    assert sum(plan.weight for plan in made) > 10 * 2000 * KIB


async def test_a_plan_weighs_as_many_fields_as_it_has(schema: GraphQLSchema) -> None:
    def text(fields: int) -> str:
        return "{ cat { " + " ".join(f"a{n}: allocation {{ totalCount }}" for n in range(fields)) + " } }"

    small, large = plan_of(await store(schema).get(text(10))), plan_of(await store(schema).get(text(100)))
    assert 9 * small.weight < large.weight < 11 * small.weight


async def test_what_is_known_of_the_schema_weighs(schema: GraphQLSchema) -> None:
    documents = store(schema)
    document = await documents.get("{ __schema { types { name description } } }")
    before = documents.weight
    operation = document.operation(None)
    description = await documents.describe(document, operation, {}, document.variables(operation, {}))
    assert description.size > KIB
    assert documents.weight >= before + description.size
    assert plan_of(document).description is description


async def test_a_large_document_does_not_hold_the_loop(schema: GraphQLSchema, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is read, others are answered: the reader waits here until the loop has done something else."""
    loop_went_on = threading.Event()
    read = DocumentReader.read

    def wait(reader: DocumentReader, text: str) -> Document:
        if text == LARGE:
            assert loop_went_on.wait(60)
        return read(reader, text)

    monkeypatch.setattr(DocumentReader, "read", wait)
    documents = store(schema)
    reading = asyncio.create_task(documents.get(LARGE))
    await documents.get(ALLOCATION)
    assert not reading.done()
    loop_went_on.set()
    assert (await reading).weight > 0


async def test_a_bounded_number_of_large_documents_waits(
    schema: GraphQLSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    read = DocumentReader.read

    def wait(reader: DocumentReader, text: str) -> Document:
        assert go_on.wait(60)
        return read(reader, text)

    monkeypatch.setattr(DocumentReader, "read", wait)
    documents = store(schema, documents_waiting=2)
    tasks = [asyncio.create_task(documents.get(LARGE + " " * n)) for n in range(5)]
    await asyncio.wait(tasks[3:])  # one is read, two wait
    go_on.set()
    *read_at_last, one, other = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(document, Document) for document in read_at_last)
    for error in (one, other):
        assert isinstance(error, RequestError)
        assert (error.code, "limits.documents_waiting" in str(error)) == (Code.RESOURCE_EXHAUSTED, True)


async def test_a_caller_that_leaves_does_not_take_the_document_from_another(schema: GraphQLSchema) -> None:
    documents = store(schema)
    leaving, staying = (asyncio.create_task(documents.get(LARGE)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).weight > 0
    assert leaving.cancelled()
