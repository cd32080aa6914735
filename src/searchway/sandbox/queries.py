"""Queries as predicates over documents.

The query language's common part: match_all, match_none, term, terms, match, range, exists, prefix,
wildcard, ids, bool and constant_score. Strings without a keyword mapping are analysed: lower-cased
words. See https://www.elastic.co/docs/reference/query-languages/query-dsl/querydsl.
"""

import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

from searchway.sandbox.cluster import Document, Index
from searchway.sandbox.errors import EngineError
from searchway.sandbox.jsontext import Position, Positions
from searchway.sandbox.wildcards import wildcard

Predicate = Callable[[Index, Document], bool]

_WORDS = re.compile(r"\w+")
_BOUNDS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_EXACT_TYPES = frozenset({"keyword", "constant_keyword", "wildcard", "ip", "version"})


def compile_query(query: dict[str, Any], at: Positions, path: tuple[str | int, ...] = ("query",)) -> Predicate:
    """Return the predicate of a query; `at` and `path` say where it stands in the body.

    Raises:
        EngineError: parsing_exception for an unknown or empty query.
    """
    if not isinstance(query, dict):
        raise _malformed("query malformed, must start with start_object", at.values.get(path))
    if not query:
        raise _malformed("query malformed, empty clause found", at.values.get(path))
    kind, body = next(iter(query.items()))
    place = at.values.get((*path, kind))
    compiler = _COMPILERS.get(kind)
    if compiler is None:
        unknown = EngineError(400, "named_object_not_found_exception", f"[{place}] unknown field [{kind}]")
        raise _malformed(f"unknown query [{kind}]", place, unknown)
    if not isinstance(body, dict):
        raise _malformed(f"[{kind}] query malformed, no start_object after query name", place)
    try:
        return compiler(body, at, (*path, kind))
    except (AttributeError, TypeError, ValueError) as error:
        raise _malformed(f"[{kind}] query malformed", place) from error


def field_values(document: Document, name: str) -> list[Any]:
    """Return all values of a dotted field, arrays flattened; `.keyword` is the exact form."""
    found = list(_values(document.fields, name.split(".")))
    if not found and name.endswith(".keyword"):
        return list(_values(document.fields, name.split(".")[:-1]))
    return found


def is_exact(index: Index, name: str) -> bool:
    """Tell whether strings of a field are kept whole instead of being cut into words."""
    if name.endswith(".keyword"):
        return True
    mapping: dict[str, Any] = index.mappings
    for part in name.split("."):
        mapping = (mapping.get("properties") or {}).get(part) or {}
    return mapping.get("type") in _EXACT_TYPES


def _values(value: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _values(item, path)
    elif not path:
        if value is not None:
            yield value
    elif isinstance(value, dict):
        for length in range(1, len(path) + 1):
            name = ".".join(path[:length])
            if name in value:
                yield from _values(value[name], path[length:])


def _malformed(reason: str, at: Position | None, cause: EngineError | None = None) -> EngineError:
    line, column = at or (1, 1)
    return EngineError(400, "parsing_exception", reason, cause=cause, line=line, col=column)


def _one_field(body: dict[str, Any], inner: str) -> tuple[str, Any, dict[str, Any]]:
    """Return field, value and options of a query on one field, in its short or its long form."""
    name, value = next((item for item in body.items() if item[0] not in {"boost", "_name"}), ("", None))
    if isinstance(value, dict):
        return name, value.get(inner), value
    return name, value, {}


def _constant(result: bool) -> Predicate:
    return lambda _index, _document: result


def _match_all(_body: dict[str, Any], _at: Positions, _path: Any) -> Predicate:
    return _constant(True)


def _match_none(_body: dict[str, Any], _at: Positions, _path: Any) -> Predicate:
    return _constant(False)


def _ids(body: dict[str, Any], _at: Positions, _path: Any) -> Predicate:
    wanted = frozenset(body.get("values", []))
    return lambda _index, document: document.key in wanted


def _term(body: dict[str, Any], _at: Positions, _path: Any) -> Predicate:
    name, value, _ = _one_field(body, "value")
    return lambda index, document: _has(index, document, name, [value])


def _terms(body: dict[str, Any], _at: Positions, _path: Any) -> Predicate:
    name, values, _ = _one_field(body, "value")
    wanted = list(values or [])
    return lambda index, document: _has(index, document, name, wanted)


def _has(index: Index, document: Document, name: str, wanted: list[Any]) -> bool:
    if name == "_id":
        return document.key in wanted
    exact = is_exact(index, name)
    return any(_same(value, want, exact=exact) for value in field_values(document, name) for want in wanted)


def _same(value: Any, want: Any, *, exact: bool) -> bool:
    if isinstance(value, str) and not exact:
        return str(want) in _tokens(value)
    if isinstance(value, bool):
        return value is want or str(want) == str(value).lower()
    return bool(value == want) or str(value) == str(want)


def _tokens(text: str) -> list[str]:
    return _WORDS.findall(text.lower())


def _match(body: dict[str, Any], _at: Positions, _path: Any) -> Predicate:
    name, value, options = _one_field(body, "query")
    words = _tokens(str(value))
    combine = all if str(options.get("operator", "or")).lower() == "and" else any

    def test(index: Index, document: Document) -> bool:
        if not isinstance(value, str) or is_exact(index, name):
            return _has(index, document, name, [value])
        return combine(_has(index, document, name, [word]) for word in words)

    return test


def _range(body: dict[str, Any], _at: Positions, _path: Any) -> Predicate:
    name, bounds = next(iter(body.items()), ("", {}))
    limits = [(_BOUNDS[key], bound) for key, bound in bounds.items() if key in _BOUNDS and bound is not None]
    return lambda _index, document: any(
        all(_compare(test, value, bound) for test, bound in limits) for value in field_values(document, name)
    )


def _compare(test: Callable[[Any, Any], bool], value: Any, bound: Any) -> bool:
    try:
        return test(value, bound)
    except TypeError:
        return test(str(value), str(bound))


def _exists(body: dict[str, Any], _at: Positions, _path: Any) -> Predicate:
    name = body.get("field", "")
    return lambda _index, document: bool(field_values(document, name))


def _prefix(body: dict[str, Any], _at: Positions, _path: Any) -> Predicate:
    name, value, _ = _one_field(body, "value")
    return _on_text(name, lambda text: text.startswith(str(value)))


def _wildcard(body: dict[str, Any], _at: Positions, _path: Any) -> Predicate:
    name, value, options = _one_field(body, "value")
    pattern = wildcard(str(value if value is not None else options.get("wildcard", "")))
    return _on_text(name, pattern.fullmatch)


def _on_text(name: str, test: Callable[[str], bool]) -> Predicate:
    def matches(index: Index, document: Document) -> bool:
        for value in field_values(document, name):
            words = [str(value)] if is_exact(index, name) else _tokens(str(value))
            if any(map(test, words)):
                return True
        return False

    return matches


def _constant_score(body: dict[str, Any], at: Positions, path: tuple[str | int, ...]) -> Predicate:
    return compile_query(body.get("filter", {}), at, (*path, "filter"))


def _bool(body: dict[str, Any], at: Positions, path: tuple[str | int, ...]) -> Predicate:
    required = [*_clauses(body, "must", at, path), *_clauses(body, "filter", at, path)]
    excluded = _clauses(body, "must_not", at, path)
    optional = _clauses(body, "should", at, path)
    least = int(body.get("minimum_should_match", 0 if required or not optional else 1))
    return lambda index, document: (
        all(test(index, document) for test in required)
        and not any(test(index, document) for test in excluded)
        and sum(test(index, document) for test in optional) >= least
    )


def _clauses(body: dict[str, Any], name: str, at: Positions, path: tuple[str | int, ...]) -> list[Predicate]:
    given = body.get(name, [])
    if isinstance(given, dict):
        return [compile_query(given, at, (*path, name))]
    return [compile_query(clause, at, (*path, name, place)) for place, clause in enumerate(given)]


_COMPILERS: dict[str, Callable[[dict[str, Any], Positions, tuple[str | int, ...]], Predicate]] = {
    "match_all": _match_all,
    "match_none": _match_none,
    "ids": _ids,
    "term": _term,
    "terms": _terms,
    "match": _match,
    "range": _range,
    "exists": _exists,
    "prefix": _prefix,
    "wildcard": _wildcard,
    "bool": _bool,
    "constant_score": _constant_score,
}
