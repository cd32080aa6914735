"""A request message as an HTTP request: the choice of the route, the path, the query and the body.

    message --checks--> binding --> path  (variables, escaped one by one)
                                --> query (what is neither in the path nor in the body)
                                --> body  (JSON, or a line for each header and body: NDJSON)

The way back is `response`.
"""

from collections.abc import Iterable
from typing import Any

import orjson

from searchway.contract.records import Binding, Engine, Field, Form, Operation, Role, Shape
from searchway.contract.selection import Selection
from searchway.contract.template import PathTemplate, Variable
from searchway.errors import InvalidArgumentError
from searchway.transcode import params, projection
from searchway.transcode.bodies import BodyWriter
from searchway.transcode.checks import check_message, is_given
from searchway.transcode.paths import path_argument
from searchway.transcode.remembered import Remembered
from searchway.wire import HttpRequest

Pairs = tuple[tuple[str, str], ...]

_JSON = "application/json"
_NDJSON = "application/x-ndjson"


# What is remembered of reads: up to which size of the message in bytes, how much together, and what each weighs, measured.
_LARGEST = 1024
_MOST_BYTES = 16 * 1024 * 1024
_BYTES_PER_REQUEST = 3_000
_BYTES_PER_FIELD = 200


def encode(
    operation: Operation,
    message: Any,
    *,
    engine: Engine | None = None,
    selection: Selection | None = None,
    more_query: Pairs = (),
) -> HttpRequest:
    """Return the HTTP request for a call.

    Args:
        operation: what is called.
        message: its request message.
        engine: whose paths are used; the first engine of the operation if it is not known.
        selection: what is wanted of the answer; a read asks the cluster for no more than that.
        more_query: pairs that paging adds.

    Raises:
        InvalidArgumentError: the message breaks a rule of the contract; names the field.
    """
    if not operation.read_only:
        return _encode(operation, message, engine, selection, more_query)
    packed = message.SerializeToString(deterministic=True)
    if len(packed) > _LARGEST:
        return _encode(operation, message, engine, selection, more_query)
    return _encode_again(operation, packed, engine, selection, more_query)


def _encode_again(
    operation: Operation, packed: bytes, engine: Engine | None, selection: Selection | None, more_query: Pairs
) -> HttpRequest:
    """Encode a read, or remember how it was: the same ones come again and again."""
    key = (operation, packed, engine, selection, more_query)
    found = _encoded.get(key)
    if found is None:
        found = _encode(operation, operation.request.cls.FromString(packed), engine, selection, more_query)
        fields = selection.size if selection is not None else 0
        _encoded.put(key, found, _BYTES_PER_REQUEST + 2 * len(packed) + _BYTES_PER_FIELD * fields)
    return found


_encoded: Remembered[tuple[Operation, bytes, Engine | None, Selection | None, Pairs], HttpRequest] = Remembered(
    _MOST_BYTES
)


def _encode(
    operation: Operation, message: Any, engine: Engine | None, selection: Selection | None, more_query: Pairs
) -> HttpRequest:
    check_message(operation.request, message)
    binding = _choose(operation, message)
    in_path = frozenset(binding.path.variables)
    query = [
        *params.query_pairs(operation, message, _query_fields(operation, binding)),
        *operation.query,
        *more_query,
    ]
    body, content_type = _body(operation, binding, message, in_path)
    path = _path(operation, binding, message, engine)
    query += projection.pushdown(operation, selection, query, len(path))
    return HttpRequest(method=binding.method, path=path, query=tuple(query), body=body, content_type=content_type)


def _choose(operation: Operation, message: Any) -> Binding:
    """Take the first route whose variables all have a value: the most specific is listed first."""
    fields = operation.request.by_name
    for binding in operation.bindings:
        if all(_filled(fields[name], message) for name in binding.path.variables):
            return binding
    missing = next(n for n in operation.bindings[-1].path.variables if not _filled(fields[n], message))
    raise InvalidArgumentError(missing, "must not be empty, it is part of the path")


def _filled(field: Field, message: Any) -> bool:
    return is_given(field, message) and bool(getattr(message, field.name))


def _path(operation: Operation, binding: Binding, message: Any, engine: Engine | None) -> str:
    fields = operation.request.by_name
    variables = [segment for segment in binding.path.segments if isinstance(segment, Variable)]
    values = {v.field: path_argument(fields[v.field], v, getattr(message, v.field)) for v in variables}
    return _prefixed(operation, binding.path, engine).expand(values)


def _prefixed(operation: Operation, template: PathTemplate, engine: Engine | None) -> PathTemplate:
    found = operation.availability(engine) if engine else None
    written = operation.engines[0].prefix if operation.engines else ""
    if found is None or found.prefix == written:
        return template
    return template.replace_prefix(written, found.prefix)


def _query_fields(operation: Operation, binding: Binding) -> list[Field]:
    """Return what stands in the query: never a variable of any route, which is there only to be empty."""
    in_paths = {name for each in operation.bindings for name in each.path.variables}
    left = [f for f in operation.request.fields if f.name not in in_paths and f.role is not Role.LOCAL]
    if binding.body == "*":
        return [f for f in left if f.role is Role.QUERY]
    return [f for f in left if f.name != binding.body]


def _body(
    operation: Operation, binding: Binding, message: Any, in_path: frozenset[str]
) -> tuple[bytes | None, str | None]:
    if not binding.body:
        return None, None
    writer = BodyWriter(params.request_keys(operation.request, message), operation.reserved_keys)
    if operation.form is Form.NDJSON:
        return _ndjson(writer, operation, binding, message), _NDJSON
    if binding.body == "*":
        return orjson.dumps(writer.document(operation.request, message, without=in_path)), _JSON
    field = operation.request.by_name[binding.body]
    assert field.shape is not None  # noqa: S101  # a body is a message
    return orjson.dumps(writer.document(field.shape, getattr(message, field.name), f"{field.name}.")), _JSON


def _ndjson(writer: BodyWriter, operation: Operation, binding: Binding, message: Any) -> bytes:
    """Write each item's messages, header and body, on a line each; a message that is all of the body is the only item."""
    if binding.body == "*":
        return _lines(writer, operation.request, message)
    field = operation.request.by_name[binding.body]
    assert field.shape is not None  # noqa: S101  # a body is a message
    items = enumerate(getattr(message, field.name))
    return b"".join(_lines(writer, field.shape, item, f"{field.name}[{index}].") for index, item in items)


def _lines(writer: BodyWriter, shape: Shape, item: Any, path: str = "") -> bytes:
    document = writer.document(shape, item, path)
    return b"".join(_line(document.get(part.at[-1], {})) for part in shape.fields if part.role is Role.MEMBER)


def _line(document: Any) -> bytes:
    # A raw line break inside the caller's JSON can only be white space: strings hold none.
    return orjson.dumps(document).replace(b"\r", b" ").replace(b"\n", b" ") + b"\n"


def methods(bindings: Iterable[Binding]) -> list[str]:
    """Return the routes as they are documented, for example `PUT /{index}/_shrink/{target}`."""
    return [f"{binding.method} {binding.path}" for binding in bindings]
