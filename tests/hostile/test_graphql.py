"""No GraphQL document, no variables and no question about the schema cost more than a bounded amount of work, whatever they ask.

Work is counted in function calls, which are the same under every load. A tenth of a microsecond to half of one each: 100,000 calls hold
the loop for 50 ms at worst.
"""

import gc
import json
import weakref
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from itertools import product
from typing import Any, Final

import httpx
import pytest
import pytest_asyncio

from hostile.documents import ATTACKS
from hostile.work import counted, held
from searchway.contract.catalog import Catalog, load
from searchway.graph.app import create_app
from searchway.graph.reading import DocumentReader
from searchway.graph.refusals import RequestError
from searchway.graph.schema import build_schema, core_schema
from searchway.graph.store import DocumentStore
from searchway.settings import LimitSettings, Settings
from unit.graph.engine_double import EngineDouble

CATALOG: Final[Catalog] = load()
SCHEMA: Final = core_schema(build_schema(CATALOG))
SIZES: Final = (100, 600, 6_400)
"""Around what the limits allow, and far beyond."""
GIGANTIC: Final = 130_000
MOST_ON_THE_LOOP: Final = 100_000
MOST_IN_ALL: Final = 1_000_000
"""The parser takes 30 calls a token, validation up to ten times as many: documents of `limits.query_tokens` in the background."""
LARGEST_ANSWER: Final = 1024 * 1024


@pytest.fixture(scope="module")
def reader() -> DocumentReader:
    return DocumentReader(SCHEMA, LimitSettings(), introspection=True)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings.model_validate({"clusters": {"a": {"nodes": ["http://cluster:9200"]}}})
    transport = httpx.ASGITransport(create_app(EngineDouble(), CATALOG, settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as opened:
        await opened.post("/graphql", json={"query": "{ __typename }"})  # what is made once is made before the count
        yield opened


def read(reader: DocumentReader, text: str) -> None:
    """Read a document and plan its operations, as far as it comes."""
    with suppress(RequestError):
        document = reader.read(text)
        for operation in document.operations.values():
            given, values = document.bind(operation, b"")
            document.plan(operation, given, values)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_reading_a_document_is_bounded_work(reader: DocumentReader, attack: Callable[[int], str]) -> None:
    for size in SIZES:
        with counted() as work:
            read(reader, attack(size))
        assert work.calls <= MOST_IN_ALL, size


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_work_grows_no_faster_than_the_document(reader: DocumentReader, attack: Callable[[int], str]) -> None:
    """Fragments of fragments and copies of copies must not multiply."""
    works: list[int] = []
    lengths: list[int] = []
    for size in (40, 80):
        text = attack(size)
        read(reader, text)
        with counted() as work:
            read(reader, text)
        works.append(work.calls)
        lengths.append(len(text))
    assert works[1] <= 2 * works[0] * max(lengths[1] / lengths[0], 1.5)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
@pytest.mark.asyncio(loop_scope="session")
async def test_no_document_holds_the_loop(client: httpx.AsyncClient, attack: Callable[[int], str]) -> None:
    for size in (*SIZES, GIGANTIC):
        content = json.dumps({"query": attack(size)}).encode()
        async with held() as loop:
            answer = await client.post("/graphql", content=content, headers={"content-type": "application/json"})
        assert loop.longest <= MOST_ON_THE_LOOP, size
        assert answer.status_code in {200, 413}
        assert len(answer.content) <= LARGEST_ANSWER
        assert b'"INTERNAL"' not in answer.content


def variables(value: str, definition: str = "JSON") -> bytes:
    query = json.dumps(f"query($v: {definition}) {{ __typename }}")
    return f'{{"query": {query}, "variables": {{"v": {value}}}}}'.encode()


def array(items: Iterable[str]) -> str:
    return f"[{','.join(items)}]"


def record(items: Iterable[str]) -> str:
    return f"{{{','.join(items)}}}"


VARIABLES: Final[dict[str, Callable[[int], bytes]]] = {
    "a list of free JSON": lambda n: variables(array(["1"] * n)),
    "free JSON that is one long text": lambda n: variables(json.dumps("x," * n)),
    "free JSON of escapes": lambda n: variables('"%s"' % (r"\u0041" * n)),
    "free JSON with lone surrogates": lambda n: variables('"%s"' % (r"\ud83d " * n)),
    "free JSON in a list": lambda n: variables(array(["1"] * n), "[JSON]"),
    "whole numbers": lambda n: variables(array(["1"] * n), "[Int]"),
    "wrong whole numbers": lambda n: variables(array(['"x"'] * n), "[Int]"),
    "one number of many digits": lambda n: variables("1" * n, "Int"),
    "one long text for a number": lambda n: variables('"%s"' % ("1" * n), "Long"),
    "members that nothing declares": lambda n: variables(
        record(f'"clustr{i}": 1' for i in range(n)), "RoleDescriptorInput"
    ),
    "the same member again and again": lambda n: variables(record(['"cluster": ["a"]'] * n), "RoleDescriptorInput"),
    "one member of a long name": lambda n: variables('{"%s": 1}' % ("cluster" * n), "RoleDescriptorInput"),
    "a long enum word": lambda n: variables('"%s"' % ("WAIT_FOR" * n), "Refresh"),
    "lists inside of lists": lambda n: variables("[" * n + "]" * n),
    "lists inside of lists of a type": lambda n: variables("[" * n + "]" * n, "[Int]"),
    "objects inside of objects": lambda n: variables('{"a":' * n + "1" + "}" * n, "RoleDescriptorInput"),
    "lists that do not end": lambda n: variables("[" * n),
    "variables that nothing defines": lambda n: variables("1, " + ", ".join(f'"v{i}": 1' for i in range(n))),
}


@pytest.mark.parametrize("attack", VARIABLES.values(), ids=VARIABLES.keys())
@pytest.mark.asyncio(loop_scope="session")
async def test_no_variables_hold_the_loop(client: httpx.AsyncClient, attack: Callable[[int], bytes]) -> None:
    for size in (100, 10_000, GIGANTIC):
        content = attack(size)
        async with held() as loop:
            answer = await client.post("/graphql", content=content, headers={"content-type": "application/json"})
        assert loop.longest <= MOST_ON_THE_LOOP, size
        assert answer.status_code in {200, 400}
        assert len(answer.content) <= LARGEST_ANSWER
        assert b'"INTERNAL"' not in answer.content


async def test_remembered_plans_do_not_multiply() -> None:
    """Six conditions make 64 plans of each document: what is remembered counts by what it weighs."""
    store = DocumentStore(SCHEMA, LimitSettings(document_memory=4 * 1024 * 1024), introspection=True)
    definitions = " ".join(f"$v{n}: Boolean!" for n in range(6))
    conditional = " ".join(f"x{n}: allocation @include(if: $v{n}) {{ totalCount }}" for n in range(6))
    for number in range(4):
        rest = " ".join(f"d{number}a{n}: allocation {{ edges {{ node {{ node shards }} }} }}" for n in range(90))
        document = await store.get(f"query({definitions}) {{ cat {{ {conditional} {rest} }} }}")
        operation = document.operation(None)
        for chosen in product((True, False), repeat=6):
            given: dict[str, Any] = {f"v{n}": value for n, value in enumerate(chosen)}
            document.plan(operation, given, document.variables(operation, given))
            assert store.weight <= 4 * 1024 * 1024


async def test_remembered_documents_leave_little_to_the_garbage_collector() -> None:
    """A full collection looks through all objects at once and holds every thread, half a microsecond to one for each."""
    store = DocumentStore(SCHEMA, LimitSettings(), introspection=True)
    fields = " ".join(f"a{n}: allocation {{ edges {{ node {{ node shards }} }} }}" for n in range(100))
    gc.collect()
    before = len(gc.get_objects())
    for number in range(80):
        document = await store.get(f"query q{number} {{ cat {{ {fields} }} }}")
        operation = document.operation(None)
        document.plan(operation, {}, document.variables(operation, {}))
    gc.collect()
    assert len(gc.get_objects()) - before <= MOST_ON_THE_LOOP


async def test_a_document_that_is_dropped_leaves_nothing_to_the_garbage_collector() -> None:
    store = DocumentStore(SCHEMA, LimitSettings(document_memory=1), introspection=True)
    for text in ("{ __typename }", "{ cat { allocation { totalCount } } }"):
        document = await store.get(text)
        operation = document.operation(None)
        document.plan(operation, {}, document.variables(operation, {}))
        gone = [weakref.ref(one) for one in (document.node, operation, operation.selection_set)]
        gc.collect()  # what validation left behind
        gc.disable()
        del document, operation
        is_gone = [one() for one in gone] == [None] * 3
        gc.enable()
        assert is_gone
