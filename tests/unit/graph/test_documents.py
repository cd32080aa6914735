from typing import Any

import pytest
from graphql import GraphQLSchema

from searchway.graph.documents import Document
from searchway.graph.reading import DocumentReader
from searchway.graph.refusals import RequestError
from searchway.settings import LimitSettings

PART = 'BackingIndex: {dataStream: "a", index: "b"}'
ALLOCATION = "{ cat { allocation { totalCount } } }"

POLICY_OF_WARMING = '{description: "d", defaultState: "a", states: [{name: "a", actions: [{warmMigration: {}}]}]}'


def read(schema: GraphQLSchema, text: str, introspection: bool = True, **limits: Any) -> Document:
    return DocumentReader(schema, LimitSettings(**limits), introspection=introspection).read(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "Syntax Error"),
        ("", "Syntax Error"),
        ("{ cat { allocatoin { totalCount } } }", "Did you mean 'allocation'?"),
        ("{ ism { policy { id } } }", "(policyId:)' of type 'String!' is required"),
        ('mutation { ismDeletePolicy(input: {policyId: "a", id: 1}) { policyId } }', "unknown field 'id'"),
        ('mutation { mlFlushJob(input: {jobId: "a", advanceTme: "1"}) { flushed } }', "Did you mean 'advanceTime'?"),
        (
            'mutation { securityPutRole(input: {name: "a", refresh: WAIT, role: {}}) { created } }',
            "Expected one of FALSE, TRUE, WAIT_FOR",
        ),
        ("{ ism { policies(first: 1.5) { totalCount } } }", "Int cannot represent non-integer value: 1.5"),
        (
            f"mutation {{ indicesModifyDataStream(input: {{actions: [{{add{PART}, remove{PART}}}]}}) {{ acknowledged }} }}",
            "exactly one field",
        ),
        ("{ fleet { multiSearch(searches: [{body: {sort: desc}}]) { took } } }", "needs quotes"),
        (
            f'mutation {{ ismCreatePolicy(input: {{policyId: "p", policy: {POLICY_OF_WARMING}}}) {{ policy {{ policyId }} }} }}',
            "What is not declared goes into 'extra', as one JSON object.",
        ),
        (
            'mutation { indicesCreateIndex(input: {index: "i", aliases: {logs: {}}}) { index { name } } }',
            "goes into 'name'.",
        ),
        (
            "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }",
            "introspection depth",
        ),
    ],
)
def test_bad_documents_are_refused_with_what_to_do(schema: GraphQLSchema, text: str, problem: str) -> None:
    with pytest.raises(RequestError) as refused:
        read(schema, text)
    assert problem in str(refused.value)


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        ({"query_depth": 2}, r"3 levels deep; at most 2 .*query_depth"),
        ({"query_tokens": 5}, r"more than 5 tokens; at most 5 .*query_tokens"),
        ({"query_aliases": 1}, r"2 aliases; at most 1 .*query_aliases"),
        ({"query_characters": 9}, r"54 characters; at most 9 .*query_characters"),
    ],
)
def test_limits_hold(schema: GraphQLSchema, limits: dict[str, Any], problem: str) -> None:
    with pytest.raises(RequestError, match=problem):
        read(schema, "{ a: cat { allocation { totalCount } } b: __typename }", **limits)


def test_long_chains_of_fragments_are_read(schema: GraphQLSchema) -> None:
    chain = " ".join(f"fragment F{n} on Query {{...F{n + 1}}}" for n in range(150))
    text = f"{{...F0}} {chain} fragment F150 on Query {{__typename}}"
    assert read(schema, text, query_fragments=200).weight > 0


def test_chains_of_fragments_that_validation_cannot_follow_are_refused(schema: GraphQLSchema) -> None:
    chain = " ".join(f"fragment F{n} on Query {{...F{n + 1}}}" for n in range(3000))
    with pytest.raises(RequestError, match=r"nested too deeply|Validation aborted"):
        read(
            schema,
            f"{{...F0}} {chain} fragment F3000 on Query {{__typename}}",
            query_tokens=100_000,
            query_fragments=10_000,
            query_fields=10_000,
        )


def test_only_the_first_errors_suggest_names(schema: GraphQLSchema) -> None:
    with pytest.raises(RequestError) as refused:
        read(schema, "{ cat { " + " ".join(f"allocatoin{n}: allocatoin" for n in range(5)) + " } }")
    assert ["Did you mean" in error.message for error in refused.value.errors] == [True, True, True, False, False]


def test_fragments_in_a_circle_are_all_that_is_said(schema: GraphQLSchema) -> None:
    with pytest.raises(RequestError) as refused:
        read(schema, "{ ...A nothing } fragment A on Query { ...B } fragment B on Query { ...A }")
    assert [error.message for error in refused.value.errors] == ["Cannot spread fragment 'A' within itself via 'B'."]


def test_introspection_can_be_switched_off(schema: GraphQLSchema) -> None:
    for text in ("{ __schema { types { name } } }", '{ __type(name: "Query") { name } }'):
        with pytest.raises(RequestError, match="disabled"):
            read(schema, text, introspection=False)
    with pytest.raises(RequestError) as refused:
        read(schema, "{ cat { allocatoin { totalCount } } }", introspection=False)
    assert "Did you mean" not in str(refused.value)
    read(schema, "{ __typename }", introspection=False)


def test_operation_is_chosen_by_name(schema: GraphQLSchema) -> None:
    document = read(schema, "query A { __typename } query B { __typename }")
    assert document.operation("B").name.value == "B"  # type: ignore[union-attr]
    with pytest.raises(RequestError, match="Must provide operation name"):
        document.operation(None)
    with pytest.raises(RequestError, match="Unknown operation named 'C'"):
        document.operation("C")


def plan_of(document: Document, **variables: object) -> object:
    operation = document.operation(None)
    return document.plan(operation, variables, document.variables(operation, variables))


def test_plans_differ_only_by_conditions(schema: GraphQLSchema) -> None:
    text = "query ($n: Int, $more: Boolean!) { cat { allocation(first: $n) { totalCount edges @include(if: $more) { cursor } } } }"
    document = read(schema, text)
    assert plan_of(document, n=1, more=True) is plan_of(document, n=2, more=True)
    assert plan_of(document, n=1, more=True) is not plan_of(document, n=1, more=False)


@pytest.mark.parametrize(
    ("given", "problem"),
    [({}, "non-null type 'Int!' to be provided"), ({"n": "x"}, "Int cannot represent"), ({"n": 2**31}, "32-bit")],
)
def test_variables_are_checked(schema: GraphQLSchema, given: dict[str, object], problem: str) -> None:
    document = read(schema, "query ($n: Int!) { cat { allocation(first: $n) { totalCount } } }")
    with pytest.raises(RequestError, match=problem):
        document.variables(document.operation(None), given)


UNDECLARED = {"name": "a", "actions": [{"warmMigration": {}}]}


def test_variables_with_undeclared_members_are_told_where_they_go(schema: GraphQLSchema) -> None:
    policy = 'policy: {description: "d", defaultState: "a", states: $s}'
    text = f'mutation($s: [StateInput!]!) {{ ismCreatePolicy(input: {{policyId: "p", {policy}}}) {{ policy {{ policyId }} }} }}'
    document = read(schema, text)
    with pytest.raises(RequestError, match="What is not declared goes into 'extra'"):
        document.variables(document.operation(None), {"s": [UNDECLARED]})


def test_hints_are_not_given_where_the_schema_is_not_told(schema: GraphQLSchema) -> None:
    text = 'mutation { ismCreatePolicy(input: {policyId: "p", policy: {x: 1}}) { policy { policyId } } }'
    with pytest.raises(RequestError) as refused:
        read(schema, text, introspection=False)
    assert "goes into" not in str(refused.value)
