import re
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    get_introspection_query,
    graphql_sync,
    is_specified_scalar_type,
)

from searchway.contract.catalog import Catalog, load
from searchway.graph import names
from searchway.graph.schema import print_sdl
from searchway.graph.types import contract_of


def field_of(schema: GraphQLSchema, path: str) -> Any:
    head, _, tail = path.partition(".")
    if not tail:
        roots = {**schema.mutation_type.fields, **schema.subscription_type.fields}  # type: ignore[union-attr]
        return roots[head]
    return schema.query_type.fields[head].type.of_type.fields[tail]  # type: ignore[union-attr]


def arguments(schema: GraphQLSchema, path: str) -> dict[str, str]:
    return {name: str(argument.type) for name, argument in field_of(schema, path).args.items()}


@pytest.mark.parametrize("name", sorted(load().operations))
def test_every_operation_has_its_field(schema: GraphQLSchema, catalog: Catalog, name: str) -> None:
    operation = catalog.operation(name)
    field = field_of(schema, names.face_field(operation))
    assert contract_of(field) is operation
    assert not isinstance(field.type, GraphQLNonNull), "one failure must not erase its neighbours"
    assert operation.comment.split()[0] in field.description
    assert operation.link in field.description


def test_reads_take_their_request_as_arguments(schema: GraphQLSchema) -> None:
    assert arguments(schema, "ism.policy") == {"policyId": "String!"}
    assert arguments(schema, "ism.explainIndices") == {
        "indices": "[String!]!",
        "showPolicy": "Boolean",
        "validateAction": "Boolean",
        "local": "Boolean",
        "masterTimeout": "String",
        "strict": "Boolean",
        "first": "Int",
        "after": "String",
        "last": "Int",
        "before": "String",
    }


def test_streams_are_subscriptions_with_their_request_as_arguments(schema: GraphQLSchema, catalog: Catalog) -> None:
    assert schema.subscription_type is not None
    streams = {one.name for one in catalog.operations.values() if one.streaming}
    assert {contract_of(field).name for field in schema.subscription_type.fields.values()} == streams
    assert arguments(schema, "rulesStreamRules") == {
        "featureType": "String!",
        "cluster": "String",
        "filters": "[RuleFilterInput!]",
        "pageSize": "Int",
        "pageToken": "String",
    }


def test_writes_take_one_input(schema: GraphQLSchema) -> None:
    assert arguments(schema, "securityPutRole") == {"input": "SecurityPutRoleInput!", "cluster": "String"}
    given = schema.type_map["SecurityPutRoleInput"]
    assert isinstance(given, GraphQLInputObjectType)
    assert {n: str(f.type) for n, f in given.fields.items()} == {
        "name": "String!",
        "refresh": "Refresh",
        "role": "RoleDescriptorInput!",
    }


def test_lists_are_connections(schema: GraphQLSchema) -> None:
    assert str(field_of(schema, "ism.explainIndices").type) == "IsmExplainIndicesConnection"
    assert {n: str(f.type) for n, f in schema.type_map["IsmExplainIndicesConnection"].fields.items()} == {  # type: ignore[attr-defined]
        "edges": "[IsmExplainIndicesEdge!]!",
        "pageInfo": "PageInfo!",
        "totalCount": "Int",
        "totalManagedIndices": "Int",
        "missing": "[String!]",
        "failures": "[ApiError!]",
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Policy.seqNo", "Long"),
        ("Action.delete", "Empty"),
        ("Action.extra", "JSON"),
        ("Action.rollover", "RolloverAction"),
        ("ActionInput.delete", "Empty"),
        ("FieldSecurityInput.grant", "[String!]"),
        ("Hit.source", "JSON"),
        ("ErrorCause.causedBy", "ErrorCause"),
        ("ErrorCause.suppressed", "[ErrorCause!]"),
        ("ActionRetryInput.backoff", "Backoff"),
        ("ActionRetry.backoff", "String"),
    ],
)
def test_kinds_have_their_types(schema: GraphQLSchema, path: str, expected: str) -> None:
    owner, _, name = path.partition(".")
    graphql_type: Any = schema.type_map[owner]
    assert str(graphql_type.fields[name].type) == expected


def test_only_a_pure_choice_is_one_of(schema: GraphQLSchema) -> None:
    chosen = {n for n, t in schema.type_map.items() if isinstance(t, GraphQLInputObjectType) and t.is_one_of}
    assert {"ConditionsInput", "DataStreamActionInput"} <= chosen
    assert "ActionInput" not in chosen


def test_enums_are_upper_case_without_prefix(schema: GraphQLSchema) -> None:
    refresh = schema.type_map["Refresh"]
    assert isinstance(refresh, GraphQLEnumType)
    assert set(refresh.values) == {"TRUE", "FALSE", "WAIT_FOR"}


@pytest.mark.parametrize("name", sorted(load().operations))
def test_deprecation_reaches_the_schema(schema: GraphQLSchema, catalog: Catalog, name: str) -> None:
    operation = catalog.operation(name)
    assert bool(field_of(schema, names.face_field(operation)).deprecation_reason) is operation.deprecated


def test_every_type_and_field_is_described(schema: GraphQLSchema) -> None:
    own = [
        t
        for n, t in schema.type_map.items()
        if not n.startswith("__") and n not in {"String", "Int", "Float", "Boolean"}
    ]
    fields = [
        f"{t}.{n}" for t in own if isinstance(t, GraphQLObjectType) for n, f in t.fields.items() if not f.description
    ]
    assert [str(t) for t in own if not t.description] == []
    assert fields == []


def test_sdl_is_the_schema(schema: GraphQLSchema, catalog: Catalog) -> None:
    printed = print_sdl(catalog)
    assert set(build_schema(printed).type_map) == set(schema.type_map)
    assert printed.endswith("\ndirective @oneOf on INPUT_OBJECT\n")
    assert " \n" not in printed


def test_the_schema_is_described(schema: GraphQLSchema, catalog: Catalog) -> None:
    assert schema.description
    assert build_schema(print_sdl(catalog)).description == schema.description


def test_scalars_name_what_they_are_specified_by(schema: GraphQLSchema) -> None:
    own = {t for t in schema.type_map.values() if isinstance(t, GraphQLScalarType) and not is_specified_scalar_type(t)}
    assert {t.name: t.specified_by_url for t in own} == {
        "JSON": "https://www.rfc-editor.org/rfc/rfc8259",
        "Empty": "https://protobuf.dev/programming-guides/json/",
        "Long": "scalars.md#long",
    }


def test_page_of_the_scalars_stands_beside_the_schema(schema: GraphQLSchema) -> None:
    text = (Path(__file__).parents[3] / "graphql" / "scalars.md").read_text(encoding="utf-8")
    own = {
        n for n, t in schema.type_map.items() if isinstance(t, GraphQLScalarType) and not is_specified_scalar_type(t)
    }
    assert set(re.findall(r"^## (\w+)$", text, re.MULTILINE)) == own


def test_introspection_works_with_everything_it_can_ask(schema: GraphQLSchema) -> None:
    question = get_introspection_query(input_value_deprecation=True, one_of=True, specified_by_url=True)
    assert graphql_sync(schema, question).errors is None
    lists = '{ __type(name: "RoleDescriptor") { fields { type { kind isOneOf ofType { isOneOf } } } } }'
    assert graphql_sync(schema, lists).errors is None
