"""The example documents that the package brings, each with the operation that it is of.

    ism_get_policy.graphql      # A policy, with the numbers that an update asks for.
                                # variables: {"policyId": "log-retention"}
                                query IsmGetPolicy …

A file is called as its operation, family first; one of no single operation may have any other name. Its first comment says what it
shows, without one the operation's own does, and a comment may give variables.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from searchway.contract.catalog import Catalog
from searchway.contract.records import Operation

GENERAL = "general"
"""The family of examples of no single operation."""

_VARIABLES = re.compile(r"^# variables: (.+)\n", re.MULTILINE)
_COMMENT = re.compile(r"(?:^# ?.*\n)+", re.MULTILINE)
_KIND = re.compile(r"^(query|mutation|subscription)\b", re.MULTILINE)
_SENTENCE = re.compile(r"[^.?!]+(?:[.?!](?!\s|$)[^.?!]*)*\??")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A document to try."""

    name: str
    """The name of its file, without the ending."""
    family: str
    """The family of its operation."""
    kind: str
    """query, mutation or subscription."""
    title: str
    """What it shows, in one sentence."""
    query: str
    """The document."""
    variables: Mapping[str, Any]
    """Variables for it."""
    engines: tuple[str, ...]
    """The engines that have its operation; empty for all."""


def read_examples(catalog: Catalog) -> Sequence[Example]:
    """Return the examples: family by family as the contract has them, in the order of its operations, the general ones at the end."""
    operations = {_file_name(operation): operation for operation in catalog.operations.values()}
    names = list(operations)
    found = [entry for entry in (files("searchway.api") / "examples").iterdir() if entry.name.endswith(".graphql")]
    order = {name: number for number, name in enumerate(names)}
    found.sort(key=lambda entry: (order.get(_stem(entry), len(names)), entry.name))
    return [_read(entry, operations.get(_stem(entry))) for entry in found]


def _read(entry: Traversable, operation: Operation | None) -> Example:
    text = entry.read_text(encoding="utf-8")
    variables = _VARIABLES.search(text)
    query = _VARIABLES.sub("", text)
    kind = _KIND.search(query)
    return Example(
        name=_stem(entry),
        family=operation.family if operation else GENERAL,
        kind=kind[1] if kind else "query",
        title=_title(query, operation),
        query=query,
        variables=json.loads(variables[1]) if variables else {},
        engines=tuple(availability.engine.value for availability in operation.engines) if operation else (),
    )


def _title(query: str, operation: Operation | None) -> str:
    """Return the first sentence of what is said of an example."""
    comment = _COMMENT.match(query)
    said = comment[0].replace("# ", "").replace("\n", " ") if comment else operation.comment if operation else ""
    sentence = _SENTENCE.match(said.strip())
    return " ".join(sentence[0].replace("`", "").split()) if sentence else ""


def _file_name(operation: Operation) -> str:
    return operation.family + re.sub(r"(?=[A-Z])", "_", operation.rpc).lower()


def _stem(entry: Traversable) -> str:
    return entry.name.removesuffix(".graphql")
