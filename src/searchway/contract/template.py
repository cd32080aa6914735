"""Path templates: the part of google.api.http's grammar that REST paths of search engines use.

    Template = "/" Segment { "/" Segment }
    Segment  = LITERAL | "{" FIELD "}"

Grammar: https://github.com/googleapis/googleapis/blob/master/google/api/http.proto
Every variable is one segment. A value is escaped as a whole, so that it can never add a segment or a query.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

_VARIABLE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_LITERAL = re.compile(r"[A-Za-z0-9_.-]+")


class TemplateError(ValueError):
    """A path template of a proto file cannot be read."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A segment that takes the value of a request field."""

    field: str
    """The field's name."""
    leads: bool = False
    """Whether it is the first segment, where each API has its own word."""
    beside: frozenset[str] = frozenset()
    """The literals that other routes have in its place. Known once all routes are: see `PathTemplate.among`."""


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """A path with variables."""

    segments: tuple[str | Variable, ...]
    """Literals and variables, in order."""

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the fields that the path takes, in order."""
        return tuple(segment.field for segment in self.segments if isinstance(segment, Variable))

    def __str__(self) -> str:
        """Print the template as it is written in a proto file."""
        return "".join(f"/{{{s.field}}}" if isinstance(s, Variable) else f"/{s}" for s in self.segments)

    def expand(self, values: Mapping[str, str]) -> str:
        """Return the percent-encoded path for the values, which are already comma lists where a field is a list."""
        return "".join(f"/{escape(values[s.field])}" if isinstance(s, Variable) else f"/{s}" for s in self.segments)

    def among(self, others: Iterable["PathTemplate"]) -> "PathTemplate":
        """Return the template whose variables know the literals that the other routes have in their places."""
        routes = tuple(others)
        return PathTemplate(tuple(self._placed(place, routes) for place in range(len(self.segments))))

    def _placed(self, place: int, routes: "tuple[PathTemplate, ...]") -> str | Variable:
        segment = self.segments[place]
        if not isinstance(segment, Variable):
            return segment
        here = (route.segments[place] for route in routes if route.follows(self.segments[:place]))
        return replace(segment, beside=frozenset(other for other in here if isinstance(other, str)))

    def follows(self, beginning: "tuple[str | Variable, ...]") -> bool:
        """Tell whether a path with these segments at its beginning, and more, can be one of this template."""
        pairs = zip(beginning, self.segments, strict=False)
        fits = all(isinstance(a, Variable) or isinstance(b, Variable) or a == b for a, b in pairs)
        return fits and len(self.segments) > len(beginning)

    def replace_prefix(self, old: str, new: str) -> "PathTemplate":
        """Return the template with other literal segments at its beginning."""
        head, tail = tuple(old.split("/")), tuple(new.split("/"))
        if self.segments[: len(head)] != head:
            raise TemplateError(f"{self} does not begin with /{old}")
        return PathTemplate(tail + self.segments[len(head) :])


def escape(value: str) -> str:
    """Percent-encode one path argument; only the comma of a list and unreserved characters stay.

    https://www.rfc-editor.org/rfc/rfc3986#section-2.3
    """
    return quote(value, safe=",*")


def parse_template(text: str) -> PathTemplate:
    """Parse a template such as `/{index}/_shrink/{target}`.

    Raises:
        TemplateError: the text is not such a template.
    """
    if not text.startswith("/") or text == "/":
        raise TemplateError(f"{text!r} must begin with a slash and have a segment")
    parts = text[1:].split("/")
    return PathTemplate(tuple(_parse_segment(part, text, leads=place == 0) for place, part in enumerate(parts)))


def _parse_segment(part: str, text: str, *, leads: bool) -> str | Variable:
    if found := _VARIABLE.fullmatch(part):
        return Variable(found[1], leads=leads)
    if _LITERAL.fullmatch(part):
        return part
    raise TemplateError(f"{part!r} in {text!r} is neither a literal nor a variable")
