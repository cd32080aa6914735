import asyncio
import json
from collections.abc import Mapping
from functools import cache
from random import Random
from typing import Any

import orjson
import pytest
from graphql import ExecutionResult, GraphQLSchema, execute, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from searchway.contract.catalog import Catalog, load
from searchway.contract.records import Shape
from searchway.engine.call import Call
from searchway.graph import names
from searchway.graph.connections import other_fields
from searchway.graph.execution import Execution
from searchway.graph.schema import build_schema, core_schema
from searchway.graph.store import DocumentStore
from searchway.settings import LimitSettings
from searchway.transcode.identity import write_identity
from searchway.transcode.response import Dialect, reader
from unit.graph.documents import Writer
from unit.graph.engine_double import EngineDouble, answer


@cache
def derived_schema() -> GraphQLSchema:
    return core_schema(build_schema(load()))


def store(schema: GraphQLSchema) -> DocumentStore:
    return DocumentStore(schema, LimitSettings(), introspection=True)


async def run(documents: DocumentStore, engine: EngineDouble, text: str, **variables: Any) -> Any:
    document = await documents.get(text)
    operation = document.operation(None)
    values = document.variables(operation, variables)
    execution = Execution(engine, documents.describe, "id", lambda: Call(face="graphql", request_id="id"), 100)
    return orjson.loads(orjson.dumps(await execution.execute(document, operation, variables, values)))


class Resolvers(Mapping[str, Any]):
    """The whole data as plain dicts, for graphql-core to pick from: operations by name, whatever their arguments."""

    def __init__(self, catalog: Catalog) -> None:
        self._found: dict[str, Any] = {}
        for operation in catalog.unary.values():
            path = names.face_field(operation).split(".")
            target = self._found.setdefault(path[0], {}) if len(path) > 1 else self._found
            target[path[-1]] = operation

    def __getitem__(self, name: str) -> Any:
        return self._found[name]

    def __iter__(self) -> Any:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def whole(operation: Any, arguments: Mapping[str, Any]) -> Any:
    """Return everything that an operation answers, as the schema shows it."""
    found = answer(operation, arguments.get("page_size") or 0, arguments.get("feature_type", ""))
    data = reader(operation, None, Dialect.GRAPH).read(found)
    plain = camel(operation.response, data)
    if operation.items is None:
        return plain
    nodes, page = plain[names.camel(operation.items.name)], found.page
    assert page is not None
    return {
        "edges": [{"node": node, "cursor": page.cursor(n)} for n, node in enumerate(nodes)],
        "pageInfo": {
            "hasNextPage": page.has_next,
            "hasPreviousPage": page.has_previous,
            "startCursor": page.cursor(0) if nodes else None,
            "endCursor": page.cursor(len(nodes) - 1) if nodes else None,
        },
        "totalCount": page.total,
        **{names.camel(f.name): plain[names.camel(f.name)] for f in other_fields(operation)},
    }


def camel(shape: Shape, data: Any) -> Any:
    if data is None:
        return None
    entity = shape.entity
    own = {"id": write_identity(None, entity.name, [data.get(f.name) for f in entity.identity.key])} if entity else {}
    return own | {
        names.camel(f.name): (
            data[f.name]
            if f.shape is None or data[f.name] is None
            else [camel(f.shape, one) for one in data[f.name]]
            if f.repeated
            else camel(f.shape, data[f.name])
        )
        for f in shape.fields
        if f.name in data
    }


def standard(schema: GraphQLSchema, catalog: Catalog, text: str, variables: dict[str, Any]) -> Any:
    """Execute with graphql-core alone, field by field."""

    def resolve(source: Any, info: Any, **arguments: Any) -> Any:
        found = source.get(info.field_name)
        return whole(found, arguments) if hasattr(found, "rpc") else found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("searchway.transcode.identity.os.urandom", bytes)  # what has no whole key is new each time
        for graphql_type in schema.type_map.values():
            if not graphql_type.name.startswith("__"):
                for field in getattr(graphql_type, "fields", {}).values():
                    if hasattr(field, "resolve"):
                        patch.setattr(field, "resolve", resolve)
        result = execute(schema, parse(text), Resolvers(catalog), variable_values=variables)
    assert isinstance(result, ExecutionResult)
    assert result.errors is None
    return orjson.loads(orjson.dumps({"data": result.data}))


@given(seed=st.integers(0, 2**32))
@settings(max_examples=200)
def test_result_is_the_standard_executors(seed: int) -> None:
    random, catalog, schema = Random(seed), load(), derived_schema()  # noqa: S311  # repeatable, not secret
    writer = Writer(schema, random)
    text = writer.mutation() if random.random() < 0.3 else writer.query()
    variables = random.choice([{}, {"yes": False}, {"no": True, "yes": True}])
    documents = store(schema)
    expected = standard(schema, catalog, text, variables)
    for _ in range(2):  # the second time from the plan that was kept
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("searchway.transcode.identity.os.urandom", bytes)
            result = asyncio.run(run(documents, EngineDouble(), text, **variables))
        assert json.dumps(result) == json.dumps(expected)  # which has an order
