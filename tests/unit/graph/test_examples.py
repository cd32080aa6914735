"""The examples of the package: all of them, by family, and each with what it says and the operation's engines."""

from itertools import groupby
from pathlib import Path
from typing import Final

import pytest
from graphql import OperationDefinitionNode, parse

from searchway.contract.catalog import load
from searchway.graph.examples import GENERAL, Example, read_examples

FILES: Final = Path(__file__).parents[3] / "graphql" / "examples"
EXAMPLES: Final = read_examples(load())
BY_NAME: Final = {example.name: example for example in EXAMPLES}


def test_every_example_is_there() -> None:
    assert sorted(BY_NAME) == sorted(path.stem for path in FILES.glob("*.graphql"))
    assert len(BY_NAME) == len(EXAMPLES)


def test_families_are_those_of_the_contract_in_its_order() -> None:
    families = [family for family, _ in groupby(example.family for example in EXAMPLES)]
    assert families == [*dict.fromkeys(operation.family for operation in load().operations.values()), GENERAL]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_is_told_as_it_is(example: Example) -> None:
    [operation] = [one for one in parse(example.query).definitions if isinstance(one, OperationDefinitionNode)]
    assert example.kind == operation.operation.value
    assert set(example.variables) <= {one.variable.name.value for one in operation.variable_definitions or ()}
    assert "# variables:" not in example.query
    assert 5 < len(example.title) < 150
    assert not example.title.endswith(".")


@pytest.mark.parametrize(
    ("name", "title", "engines"),
    [
        ("cat_list_allocation", "How full are the disks, and which shards have no node?", 3),
        ("fleet_multi_search", "Two searches in one call", 1),
        ("rules_delete_rule", "Deletes a rule", 1),
        (
            "clusters",
            "Clusters side by side: the argument goes before the header, and without both it is the default cluster",
            0,
        ),
    ],
)
def test_titles_come_from_the_comment_or_from_the_contract(name: str, title: str, engines: int) -> None:
    assert (BY_NAME[name].title, len(BY_NAME[name].engines)) == (title, engines)
