"""Descriptions and messages use the names that GraphQL has, and no others."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLSchema
from graphql.utilities import resolve_schema_coordinate

from searchway.contract.catalog import Catalog
from searchway.contract.records import Pages
from searchway.graph import names
from searchway.graph.prose import described, reword_message

REST_WORDS = {"page_size"}  # a member of the jobs that roll up and transform, too
QUOTED = re.compile(r"`[^`]*`")


def texts(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Yield every description without the line about routes, and where it stands."""
    for element, operation in described(schema):
        lines = (element.description or "").splitlines()
        yield "\n".join(line for line in lines if " · " not in line), f"{operation and operation.name}: {lines}"


def test_names_in_backticks_are_those_of_graphql(schema: GraphQLSchema, catalog: Catalog) -> None:
    rpcs = {operation.rpc for operation in catalog.operations.values()}
    quoted = [(name, where) for text, where in texts(schema) for name in QUOTED.findall(text)]
    assert len(quoted) > 20
    wrong = [one for one in quoted if "_" in one[0] or one[0].strip("`") in rpcs]
    assert wrong == []


def test_names_of_the_contract_stand_in_backticks(schema: GraphQLSchema, catalog: Catalog) -> None:
    told = {operation.rpc for operation in catalog.operations.values() if re.search("[a-z][A-Z]", operation.rpc)}
    told |= {
        field.name for operation in catalog.operations.values() for field in operation.request if "_" in field.name
    }
    wrong = [
        (word, where)
        for text, where in texts(schema)
        for word in re.findall(r"(?<![\w.])\w+(?![\w.]*=)", QUOTED.sub("", text))
        if word in told and word not in REST_WORDS
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("coordinate", "expected"),
    [
        ("FleetQueries.search(body:)", "With `first` or `after` it must have a sort"),
        ("FleetQueries.search(body:)", "`uniqueField`, _id where"),
        ("FleetQueries.search(first:)", "this and `after` there are no pages"),
        ("Subscription.rulesStreamRules(pageToken:)", "`nextPageToken` of a rule that was streamed"),
        ("Subscription.rulesStreamRules(pageToken:)", "a page of `rules.rules` ends"),
        ("Policy.seqNo", "`ifSeqNo` of `ismUpdatePolicy`"),
    ],
)
def test_descriptions_are_reworded(schema: GraphQLSchema, coordinate: str, expected: str) -> None:
    element: Any = resolve_schema_coordinate(schema, coordinate)
    described_element = getattr(element, "field_argument", None) or element.field
    assert expected in described_element.description


def test_arguments_tell_that_a_page_may_be_shorter(schema: GraphQLSchema, catalog: Catalog) -> None:
    lists = [one for one in catalog.operations.values() if one.paging]
    for operation in lists:
        family: Any = schema.type_map[names.family_type(operation)]
        first = family.fields[names.query_field(operation)].args["first"]
        bounded = operation.paging is not None and operation.paging.pages is not Pages.WHOLE
        assert ("limits.max_page_size" in first.description) is bounded, operation.name
        assert ("all if absent" in first.description) is not bounded, operation.name
    assert len(lists) == 6


@pytest.mark.parametrize(
    ("operation", "message", "expected"),
    [
        (
            "fleet.Search",
            "must not be given where page_size or page_token is",
            "must not be given where first or after is",
        ),
        ("fleet.Search", "ends in unique_field of the request", "ends in uniqueField of the request"),
        ("fleet.Search", "needs header.wait_for_checkpoints", "needs header.waitForCheckpoints"),
        ("fleet.StreamHits", "where page_size or page_token is", "where pageSize or pageToken is"),
        ("ism.UpdatePolicy", "if_seq_no is given alone", "ifSeqNo is given alone"),
        ("ism.UpdatePolicy", "'if_seq_no' and min_widget stay", "'if_seq_no' and min_widget stay"),
    ],
)
def test_messages_name_fields_as_graphql_does(catalog: Catalog, operation: str, message: str, expected: str) -> None:
    assert reword_message(message, catalog.operation(operation)) == expected
