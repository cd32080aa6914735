"""The REST routes of each engine, and which of them a path reaches: the engines prefer a literal segment to a variable one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from searchway.contract.catalog import load
from searchway.contract.records import Engine, Operation

_TABLES: Final = Path(__file__).parents[1] / "contract" / "routes"
_VARIABLE: Final = "{}"

Route = tuple[str, ...]
"""The segments of a path; a variable is `{}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The routes of an engine."""

    known: frozenset[Route]

    @property
    def words(self) -> list[str]:
        """Every literal that stands in a route."""
        return sorted({segment for route in self.known for segment in route} - {_VARIABLE})

    def reached(self, path: str) -> Route | None:
        """Return the route that an engine takes for an encoded path."""
        segments = path.removeprefix("/").split("/")
        fitting = [route for route in self.known if _fits(route, segments)]
        return min(fitting, key=lambda route: [part == _VARIABLE for part in route], default=None)


@cache
def routes(engine: Engine) -> Routes:
    """Return the routes that an engine documents, and those of its operations in the contract."""
    own = {route_of(o, number, engine) for o in load().operations.values() for number in _numbers(o, engine)}
    return Routes(known=frozenset(own | set(_documented(engine))))


def route_of(operation: Operation, number: int, engine: Engine) -> Route:
    """Return one of the routes of an operation, as the engine has it."""
    path, found = operation.bindings[number].path, operation.availability(engine)
    assert found
    written = operation.engines[0].prefix
    return _route(str(path.replace_prefix(written, found.prefix) if written else path))


def _numbers(operation: Operation, engine: Engine) -> range:
    return range(len(operation.bindings) if operation.availability(engine) else 0)


def _documented(engine: Engine) -> list[Route]:
    if engine is Engine.OPENDISTRO:
        return [_renamed(route) for route in _documented(Engine.OPENSEARCH)]
    lines = (_TABLES / f"{engine.value}.txt").read_text(encoding="utf-8").splitlines()
    return [_route(line) for line in lines if not line.startswith("#")]


def _renamed(route: Route) -> Route:
    return tuple("_opendistro" if segment == "_plugins" else segment for segment in route)


def _route(path: str) -> Route:
    return tuple(re.sub(r"\{\w*\}", _VARIABLE, path).removeprefix("/").split("/"))


def _fits(route: Route, segments: Sequence[str]) -> bool:
    pairs = zip(route, segments, strict=False)
    return len(route) == len(segments) and all(part in (_VARIABLE, segment) for part, segment in pairs)
