"""Holds the contract against the public documents: whatever they name is found in the protos by its REST keys."""

from typing import Final

import pytest

from contract.case_keys import is_in_a_case, is_path_in_a_case
from contract.documents import Document, read_documents, split_keys
from contract.rest_keys import bare_route, find, routes, variables
from searchway.contract.catalog import load
from searchway.contract.records import Field, Operation

DOCUMENTS: Final = {document.operation: document for document in read_documents()}
ITEMS: Final = [
    (name, section, item)
    for name, document in DOCUMENTS.items()
    for section, item in document
    if section in {"query", "body", "response"}
]
EXCEPTIONS: Final = [(name, item) for name, document in DOCUMENTS.items() for item in document.exceptions]
WORDS: Final = [(name, item) for name, document in DOCUMENTS.items() for item in document.words]
REQUIRED: Final = [(name, item) for name, document in DOCUMENTS.items() for item in document.required]


def contract(name: str) -> Operation:
    return load().operation(name)


@pytest.fixture(params=list(DOCUMENTS.values()), ids=list(DOCUMENTS))
def document(request: pytest.FixtureRequest) -> Document:
    assert isinstance(request.param, Document)
    return request.param


def test_every_documented_operation_is_typed_in() -> None:
    assert len(DOCUMENTS) == 23


def test_every_path_is_bound(document: Document) -> None:
    documented = set(map(bare_route, document.items["paths"]))
    assert documented
    assert documented <= routes(contract(document.operation))


def test_path_parameters_are_those_of_the_paths(document: Document) -> None:
    assert set(document.items["path"]) == frozenset().union(*map(variables, document.items["paths"]))


@pytest.mark.parametrize(("name", "section", "item"), ITEMS)
def test_every_parameter_and_member_is_in_the_contract(name: str, section: str, item: str) -> None:
    assert find(contract(name), section, split_keys(item)) is not None


@pytest.mark.parametrize(("name", "section", "item"), ITEMS)
def test_every_parameter_and_member_is_in_a_case(name: str, section: str, item: str) -> None:
    assert is_in_a_case(name, section, split_keys(item))


def test_every_path_is_in_a_case(document: Document) -> None:
    missing = [route for route in document.items["paths"] if not is_path_in_a_case(document.operation, route)]
    assert not missing


@pytest.mark.parametrize(
    ("name", "section", "keys"),
    [
        ("security.PutRole", "body", ("indices", "nosuch")),
        ("security.PutRole", "query", ("nosuch",)),
        ("ism.GetPolicy", "response", ("policy", "states", "actions", "nosuch")),
        ("rules.ListRules", "response", ("rules", "*", "more")),
    ],
)
def test_what_no_case_has_is_not_found_in_one(name: str, section: str, keys: tuple[str, ...]) -> None:
    assert not is_in_a_case(name, section, keys)
    assert not is_path_in_a_case(name, "GET /nosuch/{id}")


@pytest.mark.parametrize(("name", "item"), REQUIRED)
def test_what_must_be_given_is_required(name: str, item: str) -> None:
    assert item in DOCUMENTS[name].items["body"]
    found = find(contract(name), "body", split_keys(item))
    assert isinstance(found, Field)
    assert found.required


@pytest.mark.parametrize(("name", "item"), WORDS)
def test_an_enum_has_the_documented_words(name: str, item: str) -> None:
    section, _, way = item.partition(".")
    assert way in DOCUMENTS[name].items[section]
    found = find(contract(name), section, split_keys(way))
    assert isinstance(found, Field)
    assert found.words is not None
    assert set(found.words.words.values()) == DOCUMENTS[name].words[item]


@pytest.mark.parametrize(("name", "item"), EXCEPTIONS)
def test_an_exception_is_documented_and_needed(name: str, item: str) -> None:
    section, _, way = item.partition(".")
    assert way in DOCUMENTS[name].items[section]
    assert DOCUMENTS[name].exceptions[item]
    assert find(contract(name), section, split_keys(way)) is None


@pytest.mark.parametrize(
    ("name", "section", "item"),
    [
        ("security.PutRole", "body", "role"),  # the body is the role itself
        ("security.PutRole", "body", "refresh"),
        ("security.PutRole", "body", "indices.nosuch"),
        ("security.PutRole", "body", "indices.names.more"),
        ("security.PutRole", "body", "metadata.a.b"),
        ("security.PutRole", "query", "name"),  # a variable of the path
        ("security.PutRole", "query", "role"),
        ("security.PutRole", "response", "created"),
        ("security.BulkPutRole", "body", "strict"),  # the gateway's own
        ("security.BulkPutRole", "body", "roles.cluster"),  # a map's entries have a key
        ("security.BulkPutRole", "response", "failures"),
        ("fleet.MultiSearch", "response", "items"),
        ("cat.ListAllocation", "response", "disk_used"),  # the proto's name is not the key
        ("cat.ListAllocation", "query", "columns"),
        ("tasks.GetTask", "response", "nosuch"),  # `extra` takes it, which is not the same as having it
    ],
)
def test_what_is_not_in_the_contract_is_not_found(name: str, section: str, item: str) -> None:
    assert find(contract(name), section, split_keys(item)) is None


@pytest.mark.parametrize(
    ("item", "keys"),
    [
        ("roles", ("roles",)),
        ("roles.*.indices", ("roles", "*", "indices")),
        (r"*.index\.policy_id", ("*", "index.policy_id")),
    ],
)
def test_a_way_is_split_at_its_dots(item: str, keys: tuple[str, ...]) -> None:
    assert split_keys(item) == keys


@pytest.mark.parametrize(
    ("route", "bare"),
    [
        ("GET /_cat/allocation/{node_id}", "GET /_cat/allocation/{}"),
        ("PUT {index}", "PUT /{}"),
        ("POST _opendistro/_ism/add/{index}", "POST /_opendistro/_ism/add/{}"),
    ],
)
def test_a_route_is_compared_without_its_names(route: str, bare: str) -> None:
    assert bare_route(route) == bare
