"""Compare the GraphQL schema with that of the last release: what would break clients is printed, and the exit status is 1.

`check.py [RELEASED [PRESENT]]` compares other files. What breaks is for GraphQL Inspector to say, which runs in Node.js.
"""

import shutil
import sys
from pathlib import Path

from searchway.graph.graphiql.build import BuildError, find_node, install_packages

HERE = Path(__file__).parent
RELEASED = HERE.parent / "released.graphql"
PRESENT = HERE.parent / "schema.graphql"
PROGRAM = "breaking.mjs"


def breaking(released: Path, present: Path) -> list[str]:
    """Return the changes between two schemas that break clients.

    Raises:
        BuildError: there is no Node.js, a package cannot be had, or a file is no schema.
    """
    node = find_node()
    home = install_packages(HERE, node, name="schema-compatibility")
    shutil.copy(HERE / PROGRAM, home)
    return node.run("node", PROGRAM, str(released.resolve()), str(present.resolve()), cwd=home).splitlines()


def main(arguments: list[str]) -> int:
    """Compare, and print what breaks."""
    released, present = [*map(Path, arguments), *(RELEASED, PRESENT)[len(arguments) :]]
    try:
        found = breaking(released, present)
    except BuildError as error:
        found = [str(error)]
    sys.stderr.writelines(f"{present.name}: {change}\n" for change in found)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
