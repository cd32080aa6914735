"""What `make check` says of changes of the GraphQL schema since the last release."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.nodejs import node  # noqa: F401  # a fixture

ROOT = Path(__file__).parents[2]
RELEASED = """type Query { policy(id: ID!): Policy, task: String }
type Policy { id: ID!, state: State, version: Int! }
type Mutation { create(input: CreateInput): Policy }
input CreateInput @oneOf { name: String, id: ID }
input Options { name: String }
enum State { HOT COLD }
directive @oneOf on INPUT_OBJECT
"""


def compare(folder: Path, present: str) -> subprocess.CompletedProcess[str]:
    (folder / "released.graphql").write_text(RELEASED)
    (folder / "present.graphql").write_text(present)
    program = ROOT / "graphql" / "compatibility" / "check.py"
    command = [sys.executable, program, folder / "released.graphql", folder / "present.graphql"]
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, timeout=120)  # noqa: S603  # our own


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (", task: String", "", "Field 'task' was removed from object type 'Query'"),
        ("policy(id: ID!)", "policy(id: ID!, cluster: String!)", "Argument 'cluster: String!' added to field 'Query.policy'"),
        ("version: Int!", "version: Int", "Field 'Policy.version' changed type from 'Int!' to 'Int'"),
        ("state: State", "state: String", "Field 'Policy.state' changed type from 'State' to 'String'"),
        ("HOT COLD", "HOT", "Enum value 'COLD' was removed from enum 'State'"),
        ("Options { name: String }", "Options { name: String!}", "Input field 'Options.name' changed type from 'String' to 'String!'"),
        ("Options { name: String }", "Options { name: String, size: Int! }", "Input field 'size' of type 'Int!' was added to input object type 'Options'"),
        ("type Query {", "type Query {{", "present.graphql: node breaking.mjs"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("node")
def test_what_breaks_clients_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in RELEASED
    done = compare(tmp_path, RELEASED.replace(old, new))
    assert (done.returncode, told in done.stderr) == (1, True), done.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("task: String", "task: String, tasks: [String]"),
        ("policy(id: ID!)", "policy(id: ID!, cluster: String)"),
        ("version: Int!", '"The version." version: Int!'),
        ("version: Int!", 'version: Int! @deprecated(reason: "seqNo")'),
        ("Options { name: String }", "Options { name: String, size: Int }"),
        ("HOT COLD", "HOT COLD WARM"),
    ],
)
@pytest.mark.usefixtures("node")
def test_what_breaks_nobody_is_not(tmp_path: Path, old: str, new: str) -> None:
    assert old in RELEASED
    done = compare(tmp_path, RELEASED.replace(old, new))
    assert (done.returncode, done.stderr) == (0, "")
