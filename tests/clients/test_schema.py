"""The schema as text, read by the parsers that tools are made with: each builds it, and finds in it what the gateway serves."""

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from searchway.contract import catalog
from searchway.graph.graphiql.build import Node, install_packages
from searchway.graph.schema import build_schema, core_schema
from servers import artifacts
from servers.toolchain import OLDEST_JAVA, MissingToolError, Toolchain, find_toolchain
from tools.missing import missing

HERE = Path(__file__).parent / "schema"
SCHEMA = Path(__file__).parents[2] / "graphql" / "schema.graphql"


@pytest.fixture(scope="session")
def java() -> Toolchain:
    try:
        return find_toolchain()
    except MissingToolError as error:
        missing(str(error))


@pytest.fixture(scope="session")
def elements() -> list[str]:
    """The fields of all types, and the input types of which exactly one field is given."""
    return sorted(_elements())


def _elements() -> Iterator[str]:
    for name, kind in core_schema(build_schema(catalog.load())).type_map.items():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType) and name[:2] != "__":
            yield from (f"{name}.{field}" for field in kind.fields)
            if isinstance(kind, GraphQLInputObjectType) and kind.is_one_of:
                yield f"{name} @oneOf"


@pytest.mark.parametrize("release", ["graphql-15", "graphql-16", "graphql-17"])
def test_graphql_js(node: Node, elements: list[str], release: str) -> None:
    home = install_packages(HERE, node, name="schema")
    shutil.copy(HERE / "graphql-js.mjs", home)
    printed = node.run("node", "graphql-js.mjs", release, str(SCHEMA), cwd=home)
    assert sorted(printed.splitlines()) == elements


@pytest.mark.parametrize(
    ("program", "pins"), [("GraphqlJava", "graphql-java.xml"), ("ApolloKotlin", "apollo-kotlin.xml")]
)
def test_parsers_of_the_jvm(java: Toolchain, elements: list[str], program: str, pins: str) -> None:
    digest = hashlib.sha256((HERE / pins).read_bytes()).hexdigest()[:12]
    libs = artifacts.libraries(java, HERE / pins, f"{program}-{digest}")
    source = (HERE / f"{program}.java").read_text(encoding="utf-8")
    classes = artifacts.compiled(java, source, program, libs=libs, release=OLDEST_JAVA)
    command = [java.java("java"), "-cp", f"{classes}:{libs}/*", program, str(SCHEMA)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(done.stdout.splitlines()) == elements
