"""Finds every regular expression of the gateway, with the ways in which it is used, in the source itself."""

import ast
import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import searchway
from searchway.transcode.judgement import TABLE

ROOT = Path(searchway.__file__).parent
_USES = {"search", "match", "fullmatch", "sub", "finditer", "findall", "split"}
_ANCHORED = {"match", "fullmatch"}


@dataclass(frozen=True)
class Use:
    """A regular expression and the way it is used."""

    place: str
    pattern: re.Pattern[Any]
    method: str

    @property
    def run(self) -> Callable[[Any], object]:
        """What the use does to a text; whatever looks at every place of it is a search for all matches."""
        if self.method in _ANCHORED:
            return self.pattern.match if self.method == "match" else self.pattern.fullmatch
        if self.method == "sub":
            return lambda text: self.pattern.sub(text[:0], text)
        return self.pattern.findall

    def text(self, text: str) -> str | bytes:
        """Return a text of the kind that the pattern is for."""
        return text.encode() if isinstance(self.pattern.pattern, bytes) else text


def uses() -> Iterator[Use]:
    """Yield every use in the package, generated files aside."""
    for path in sorted(ROOT.rglob("*.py")):
        if "api" not in path.relative_to(ROOT).parts:
            yield from _uses_in(path)
    for row in TABLE:
        yield Use(f"judgement of {row.of or row.type or row.why}", row.pattern, "search")


def _uses_in(path: Path) -> Iterator[Use]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    place = str(path.relative_to(ROOT))
    compiled = {name for name, value in _assigned(tree) if _called(value) == "compile"}
    for name in sorted(compiled):
        module = ".".join(["searchway", *path.relative_to(ROOT).with_suffix("").parts])
        pattern = getattr(importlib.import_module(module), name)
        for method in _methods(tree, name):
            yield Use(f"{place}: {name}.{method}", pattern, method)
    for node in ast.walk(tree):
        method = _called(node)
        if method in _USES and isinstance(node, ast.Call):
            yield Use(f"{place}:{node.lineno}", re.compile(ast.literal_eval(node.args[0])), method)


def unknown() -> Iterator[str]:
    """Yield where patterns are compiled that `uses` does not find: those made of anything but the source's own text."""
    for path in sorted(ROOT.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = [value for _, value in _assigned(tree)]
        for node in ast.walk(tree):
            if _called(node) == "compile" and node not in known:
                yield str(path.relative_to(ROOT))


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr | None]]:
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((target.id, node.value) for target in targets if isinstance(target, ast.Name))


def _called(node: ast.AST | None) -> str:
    """Return the function of `re` that an expression calls; empty if it calls none."""
    function = node.func if isinstance(node, ast.Call) else None
    ours = isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "re"
    return function.attr if ours and isinstance(function, ast.Attribute) else ""


def _methods(tree: ast.Module, name: str) -> set[str]:
    """Return how a compiled pattern is used: by name, or by the parameter that it is handed over as."""
    parameters = {
        argument.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for argument in node.args.args
        if argument.annotation is not None and "Pattern" in ast.unparse(argument.annotation)
    }
    found = {
        (node.value.id, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in _USES
    }
    direct = {method for owner, method in found if owner == name}
    handed_over = {method for owner, method in found if owner in parameters}
    return direct or handed_over or {"findall"}  # the most that can be done with it
