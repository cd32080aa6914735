"""Where the contract has something that is documented: finds fields by the keys of the REST document.

Reads the catalogue's records alone. Written for the tests, apart from what the gateway itself makes of the records, so that
no mistake is shared.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from searchway.contract.records import Binding, Field, Form, Kind, Operation, Role, Shape

Keys = tuple[str, ...]
ANY = "*"
_UNSENT = {Role.LOCAL, Role.EXTRA}


class Container:
    """A REST object on the way to a field, which is no field of its own."""


def find(operation: Operation, section: str, keys: Keys) -> Field | Container | None:
    """Return what stands at the keys in a section of the operation's REST form, None if there is nothing."""
    found = _among(_SECTIONS[section](operation), keys)
    return found or _paged(operation, section, keys)


def routes(operation: Operation) -> frozenset[str]:
    """Return the methods and paths of the operation on all its engines, the names of variables left out."""
    return frozenset(map(bare_route, _routes(operation)))


def bare_route(route: str) -> str:
    """Return the route without the names of its variables and with a slash at the beginning of its path."""
    method, path = route.split()
    return f"{method} /{re.sub(r'{[^}]*}', '{}', path).removeprefix('/')}"


def variables(route: str) -> frozenset[str]:
    """Return the names of the variables in a route."""
    return frozenset(re.findall(r"{([^}]*)}", route))


def _routes(operation: Operation) -> Iterator[str]:
    written = operation.engines[0].prefix
    for binding in operation.bindings:
        for prefix in {engine.prefix for engine in operation.engines}:
            yield f"{binding.method} {str(binding.path).replace(written, prefix, 1) if written else binding.path}"


def _in_query(operation: Operation) -> Iterator[Field]:
    binding = _first(operation)
    for field in _beside_path(operation):
        if field.role is Role.QUERY or binding.body not in {ANY, field.name}:
            yield field


def _in_body(operation: Operation) -> Iterable[Field]:
    body = _first(operation).body
    if body == ANY:
        return [field for field in _beside_path(operation) if field.role is not Role.QUERY]
    if not body:
        return []
    shape = _shape(operation.request.by_name[body])
    return _shape(shape.fields[0]) if operation.form is Form.NDJSON else shape


def _in_response(operation: Operation) -> Iterable[Field]:
    whole = _first(operation).response_body
    return _shape(operation.response.by_name[whole]) if whole else operation.response


_SECTIONS = {"query": _in_query, "body": _in_body, "response": _in_response}


def _first(operation: Operation) -> Binding:
    return operation.bindings[0]


def _beside_path(operation: Operation) -> Iterator[Field]:
    taken = {name for binding in operation.bindings for name in binding.path.variables}
    return (field for field in operation.request if field.name not in taken)


def _shape(field: Field) -> Shape:
    if field.shape is None:
        raise ValueError(f"{field.name} is not a message")
    return field.shape


def _among(fields: Iterable[Field], keys: Keys) -> Field | Container | None:
    return next((found for field in fields if (found := _at(field, keys))), None)


def _at(field: Field, keys: Keys) -> Field | Container | None:
    if field.role in _UNSENT:
        return None
    if field.role is Role.SPREAD:
        return _below(field, keys)
    for way in _ways(field):
        if keys[: len(way)] == way:
            return _below(field, keys[len(way) :])
        if way[: len(keys)] == keys:
            return Container()
    return None


def _ways(field: Field) -> Iterator[Keys]:
    if field.key_from:
        yield (f"{{{field.key_from}}}",)
        return
    deeper = ((*field.at, field.within),) if field.within else ()
    for way in (*deeper, *field.ways):
        yield tuple(part for part in way if not part.isdigit())


def _below(field: Field, keys: Keys) -> Field | Container | None:
    """Go on under a field that is found; below free JSON there is nothing but whatever the caller puts there."""
    if not keys or (field.kind is Kind.JSON and keys == (ANY,)):
        return field
    if field.kind is not Kind.MESSAGE:
        return None
    shape = _shape(field)
    if shape.key is None:
        return _among(shape, keys)
    return _in_entry(field, shape, keys[1:]) if keys[0] == ANY else None


def _in_entry(field: Field, shape: Shape, keys: Keys) -> Field | Container | None:
    if not keys:
        return field
    return _below(shape.value, keys) if shape.value else _among(shape, keys)


def _paged(operation: Operation, section: str, keys: Keys) -> Container | None:
    """Find what only the gateway's own paging sends and reads."""
    paging = operation.paging
    if paging is None:
        return None
    own: Mapping[str, tuple[Keys, ...]] = {
        "query": ((paging.start,), (paging.size,)),
        "response": (paging.next[:1], paging.total[:1]),
    }
    return Container() if keys in own.get(section, ()) else None
