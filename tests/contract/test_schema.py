"""Holds the committed GraphQL schema and its examples against what the proto files say, and runs each example on the sandbox."""

import json
import re
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from graphql import OperationDefinitionNode, build_schema, parse, validate

from harness.faces import events
from searchway.contract.catalog import load
from searchway.contract.records import Engine, Operation
from searchway.graph.app import create_app
from searchway.graph.schema import print_sdl
from searchway.server.gateway import open_gateway
from searchway.settings import Settings

FOLDER: Final = Path(__file__).parents[2] / "graphql"
SDL: Final = FOLDER / "schema.graphql"
EXAMPLES: Final = sorted((FOLDER / "examples").glob("*.graphql"))
_VARIABLES: Final = re.compile(r"^# variables: (.+)$", re.MULTILINE)


def example_name(operation: Operation) -> str:
    return operation.family + re.sub(r"(?=[A-Z])", "_", operation.rpc).lower()


GENERAL: Final = [FOLDER / "examples" / "clusters.graphql"]
"""Examples of no single operation."""
OPERATIONS: Final = {example_name(operation): operation for operation in load().operations.values()}


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.stem)
def example(request: pytest.FixtureRequest) -> Path:
    assert isinstance(request.param, Path)
    return request.param


def test_committed_schema_is_the_derived_one() -> None:
    assert SDL.read_text(encoding="utf-8") == print_sdl(load()), "run `make generate`"


def test_every_family_has_examples_and_they_are_of_operations() -> None:
    shown = {OPERATIONS[path.stem].family for path in EXAMPLES if path not in GENERAL}
    assert shown == {operation.family for operation in OPERATIONS.values()}


def test_every_stream_has_an_example() -> None:
    streams = {name for name, operation in OPERATIONS.items() if operation.streaming}
    assert streams <= {path.stem for path in EXAMPLES}


def test_example_has_one_operation_named_as_its_file(example: Path) -> None:
    """Code generators take a folder only if each operation has a name of its own."""
    definitions = parse(example.read_text(encoding="utf-8")).definitions
    names = [one.name.value if one.name else None for one in definitions if isinstance(one, OperationDefinitionNode)]
    assert names == ["".join(word.capitalize() for word in example.stem.split("_"))]


def test_example_is_valid(example: Path) -> None:
    assert validate(build_schema(SDL.read_text(encoding="utf-8")), parse(example.read_text(encoding="utf-8"))) == []


async def test_example_runs_on_the_sandbox(example: Path) -> None:
    operation = OPERATIONS.get(example.stem)
    clusters = {engine: {"sandbox": engine} for engine in ([_engine_of(operation)] if operation else Engine)}
    settings = Settings.model_validate({"clusters": clusters, "list_clusters": True})
    async with open_gateway(settings) as gateway:
        app = create_app(gateway.engine, gateway.catalog, gateway.settings)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
            more = await started_task(client) if example.stem == "tasks_get_task" else {}
            ask = stream if operation and operation.streaming else post
            answers = await ask(client, example, more)
    assert answers
    for answer in answers:
        assert "errors" not in answer
        assert leaves(answer["data"])


def _engine_of(operation: Operation) -> Engine:
    engines = [availability.engine for availability in operation.engines]
    return Engine.ELASTICSEARCH if Engine.ELASTICSEARCH in engines else Engine.OPENSEARCH


async def started_task(client: httpx.AsyncClient) -> dict[str, Any]:
    (answer,) = await post(client, FOLDER / "examples" / "enrich_execute_policy.graphql", {})
    return {"taskId": answer["data"]["enrichExecutePolicy"]["task"]}


async def post(client: httpx.AsyncClient, example: Path, more: dict[str, Any]) -> list[Any]:
    """Return the one response to an example."""
    return [(await client.post("/graphql", json=request(example, more))).json()]


async def stream(client: httpx.AsyncClient, example: Path, more: dict[str, Any]) -> list[Any]:
    """Return the responses to a subscription, which must end."""
    accept = {"accept": "text/event-stream"}
    *found, end = events((await client.post("/graphql", json=request(example, more), headers=accept)).text)
    assert end == ("complete", None)
    return [response for _, response in found]


def request(example: Path, more: dict[str, Any]) -> dict[str, Any]:
    text, variables = read(example)
    return {"query": text, "variables": variables | more}


def read(example: Path) -> tuple[str, dict[str, Any]]:
    text = example.read_text(encoding="utf-8")
    said = _VARIABLES.search(text)
    return text, json.loads(said[1]) if said else {}


def leaves(value: Any) -> list[Any]:
    """Return the values of a result that are something."""
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in leaves(one)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in leaves(one)]
    return [] if value is None else [value]
