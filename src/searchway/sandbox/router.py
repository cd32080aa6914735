"""From method and path to a route.

Paths are cut at slashes before decoding, so an encoded slash stays inside its segment. A literal
segment beats a variable, and a template that lacks the method yields to a looser one that has it.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from searchway.sandbox.call import Call, Reply
from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import no_handler, wrong_method

Handler = Callable[[Any, Call], Reply | Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Privilege:
    """What a route asks of its user."""

    # The action's name in the refusal.
    action: str
    # Privileges of which each one grants it.
    granted_by: tuple[str, ...]
    # Path variable naming the indices it is asked on; None for a cluster privilege.
    on_indices: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation at one path."""

    # HTTP methods, several where they mean the same.
    methods: tuple[str, ...]
    # Path with variables in braces, each one whole segment.
    template: str
    # What answers it.
    handler: Handler
    # Query parameters beside those that every operation takes.
    parameters: frozenset[str] = frozenset()
    # None where any known user may.
    privilege: Privilege | None = None


def route(
    methods: str,
    template: str,
    handler: Handler,
    parameters: str = "",
    privilege: Privilege | None = None,
) -> Route:
    """Build a route from words separated by blanks."""
    return Route(
        methods=tuple(methods.split()),
        template=template,
        handler=handler,
        parameters=frozenset(parameters.split()),
        privilege=privilege,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Template:
    """The routes of one path template."""

    segments: tuple[str | None, ...]
    names: tuple[str, ...]
    by_method: dict[str, Route]

    def match(self, segments: list[str]) -> dict[str, str] | None:
        values = []
        for expected, segment in zip(self.segments, segments, strict=True):
            if expected is None and segment:
                values.append(segment)
            elif expected != segment:
                return None
        return dict(zip(self.names, values, strict=True))


class Router:
    """Finds the route of a path; templates are tried the most literal first."""

    def __init__(self, engine: Engine, routes: Iterable[Route]) -> None:
        self._engine = engine
        self._by_length: dict[int, list[_Template]] = {}
        for each in routes:
            template = self._template(each.template)
            template.by_method.update(dict.fromkeys(each.methods, each))
        for templates in self._by_length.values():
            templates.sort(key=lambda template: [segment is None for segment in template.segments])

    def find(self, method: str, raw_path: str) -> tuple[Route, dict[str, str]]:
        """Return the route and its decoded path variables.

        Raises:
            TextError: 405 for a path with other methods, 400 for one without any.
        """
        matched = []
        for template, variables in self._matches(raw_path):
            if (found := template.by_method.get(method)) is not None:
                return found, variables
            matched.append(template)
        if not matched:
            raise no_handler(raw_path, method)
        raise wrong_method(raw_path, method, self._methods(matched))

    def allowed(self, raw_path: str) -> list[str]:
        """Return the methods of a path in the engine's order; empty for an unknown one."""
        return self._methods([template for template, _ in self._matches(raw_path)])

    def _matches(self, raw_path: str) -> Iterator[tuple[_Template, dict[str, str]]]:
        segments = [unquote(segment) for segment in raw_path.strip("/").split("/")]
        for template in self._by_length.get(len(segments), []):
            variables = template.match(segments)
            if variables is not None:
                yield template, variables

    def _methods(self, templates: list[_Template]) -> list[str]:
        known = {method for template in templates for method in template.by_method}
        return [method for method in self._engine.methods if method in known]

    def _template(self, text: str) -> _Template:
        parts = text.strip("/").split("/")
        segments = tuple(None if part.startswith("{") else part for part in parts)
        templates = self._by_length.setdefault(len(parts), [])
        for template in templates:
            if template.segments == segments:
                return template
        names = tuple(part[1:-1] for part in parts if part.startswith("{"))
        template = _Template(segments=segments, names=names, by_method={})
        templates.append(template)
        return template
