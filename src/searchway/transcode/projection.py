"""The selection on its way to the cluster, so that bytes nobody asked for never travel: `h=` of a table, else `filter_path`.

What a filter must not do (all of it measured): objects, list elements and map entries in which nothing matches vanish, so every
level keeps a field that is always there or is fetched whole; free JSON is rendered anew, so nothing is filtered where some is selected.
https://www.elastic.co/docs/reference/elasticsearch/rest-apis/common-options#common-options-response-filtering
"""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from urllib.parse import quote

from searchway.contract.records import Field, Form, Operation, Role, Shape
from searchway.contract.selection import Selected, Selection
from searchway.errors import InvalidArgumentError
from searchway.transcode.checks import suggest
from searchway.transcode.compiler import is_lossless

# Longer request lines are refused (4,096 bytes is the engines' default).
# https://www.elastic.co/docs/reference/elasticsearch/configuration-reference/networking-settings
_LONGEST_LINE = 4096
_BESIDE = len("DELETE  HTTP/1.1\r\n")

# Nothing of the answer.
_UNREAD = frozenset({Role.LOCAL, Role.GIVEN})

Pairs = list[tuple[str, str]]


def pushdown(operation: Operation, selection: Selection | None, query: Pairs, path_length: int) -> Pairs:
    """Return the query pairs that make the cluster's answer as small as the selection allows."""
    if operation.form is Form.TABLE:
        return [*_columns(operation, selection, query), ("format", "json"), ("bytes", "b")]
    if selection is None or not operation.read_only or is_lossless(operation.response, selection):
        return []
    if operation.is_list_of_one:
        return []  # the answer has a list around it
    paths = _paths(operation, selection)
    if not paths:
        return []
    value = ",".join(sorted(paths))
    line = (
        _BESIDE + path_length + sum(len(key) + len(quote(text)) + 2 for key, text in [*query, ("filter_path", value)])
    )
    return [("filter_path", value)] if line < _LONGEST_LINE else []


def _columns(operation: Operation, selection: Selection | None, query: Pairs) -> Pairs:
    """Choose the columns, by canonical names, that are both selected and asked for."""
    items = operation.items
    assert items is not None and items.shape is not None  # noqa: S101, PT018  # a table has rows
    wanted = _selected_columns(items, selection)
    asked = [field for key, text in query if key == "h" for field in _asked_columns(items.shape, text)]
    for text in (text for key, text in query if key == "s"):
        _check_sort(items.shape, text)
    query[:] = [pair for pair in query if pair[0] != "h"]
    if not asked and wanted is None:
        return []
    chosen = [f for f in items.shape.fields if (wanted is None or f in wanted) and (not asked or f in asked)]
    return [("h", ",".join(f.at[0] for f in chosen) or _anchor(items.shape))]


def _asked_columns(rows: Shape, text: str) -> Iterator[Field]:
    for pattern in text.split(","):
        found = [f for f in rows.fields if any(fnmatchcase(name, pattern) for name in _names(f))]
        if not found:
            raise _unknown_column("columns", pattern, rows)
        yield from found


def _check_sort(rows: Shape, text: str) -> None:
    for key in text.split(","):
        name, _, direction = key.partition(":")
        if not any(name in _names(f) for f in rows.fields):
            raise _unknown_column("sort", name, rows)
        if direction not in {"", "asc", "desc"}:
            raise InvalidArgumentError("sort", f"{key!r}: expected :asc or :desc behind the column")


def _names(column: Field) -> tuple[str, ...]:
    return (column.at[0], *column.also)


def _unknown_column(field: str, name: str, rows: Shape) -> InvalidArgumentError:
    return InvalidArgumentError(field, f"{name!r}: unknown column; {suggest(name, [f.at[0] for f in rows.fields])}")


def _selected_columns(items: Field, selection: Selection | None) -> frozenset[Field] | None:
    if selection is None:
        return None
    chosen = [one for one in selection.fields if one.field is items]
    if any(one.selection is None for one in chosen):
        return None
    return frozenset(s.field for one in chosen if one.selection for s in one.selection.fields)


def _anchor(shape: Shape) -> str:
    return next((f.at[0] for f in shape.fields if f.required), shape.fields[0].at[0])


def _paths(operation: Operation, selection: Selection) -> frozenset[str]:
    """Return the filter's paths; none if all of the answer is needed."""
    shape, chosen = _answered(operation, selection)
    if chosen is None:
        return frozenset()
    fields = [*chosen, *_always(shape, chosen, operation.items)]
    paths = [path for one in fields for path in _field_paths(one)]
    if "*" in paths:
        return frozenset()
    paging = (operation.paging.next, operation.paging.total) if operation.paging else ()
    return frozenset([*paths, *(".".join(_escape(key) for key in way if not key.isdigit()) for way in paging if way)])


def _answered(operation: Operation, selection: Selection) -> tuple[Shape, Sequence[Selected] | None]:
    """Return the message that the REST answer is, and what is selected of it; None for all of it."""
    whole = operation.whole
    if whole is None or whole.shape is None:
        return operation.response, selection.fields
    below = [one.selection for one in selection.fields if one.field is whole]
    return whole.shape, None if None in below else [child for one in below if one for child in one.fields]


def _always(shape: Shape, selected: Sequence[Selected], items: Field | None) -> Iterator[Selected]:
    """Yield what judgement and paging read although nobody selected it."""
    chosen = {one.field for one in selected}
    for field in shape.fields:
        if field not in chosen and (field.required or field is items or _holds_causes(field)):
            yield Selected(field, field.name, Selection(()) if field.shape else None)


def _holds_causes(field: Field) -> bool:
    return field.shape is not None and any(f.shape is not None and f.shape.is_cause for f in field.shape.fields)


def _field_paths(one: Selected) -> list[str]:
    """Return the paths of a field, seen from its message; `*` where all of the message is needed."""
    field = one.field
    if field.role is Role.IDENTITY:
        return [path for part in field.key for path in _field_paths(Selected(part, part.name))]
    if field.role in _UNREAD:
        return []
    if field.role in {Role.EXTRA, Role.VALUE, Role.KEY} or field.key_from:
        return ["*"]
    if field.role is Role.SPREAD:
        return _below("*", one)
    return [
        path for way in field.ways for path in _below(".".join(_escape(key) for key in way if not key.isdigit()), one)
    ]


def _below(prefix: str, one: Selected) -> list[str]:
    """Return the paths under a field; the field alone where all of it is needed."""
    shape = one.field.shape
    if shape is None or one.selection is None or shape.value is not None:
        return [prefix]
    inside = f"{prefix}.*" if one.field.is_map and one.field.role is not Role.SPREAD else prefix
    fields = [child for child in one.selection.fields if not _is_key(child.field)]
    anchors = [f for f in shape.fields if f.required and f.role is Role.MEMBER]
    if not anchors:
        return [prefix]  # an object in which nothing matches would vanish
    fields += [Selected(f, f.name) for f in shape.fields if f is anchors[0] or (f.shape and f.shape.is_cause)]
    paths = [path for child in fields for path in _field_paths(child)]
    return [prefix] if "*" in paths or not paths else [f"{inside}.{path}" for path in paths]


def _is_key(field: Field) -> bool:
    """Tell whether a field needs nothing but the key of the map entry that its message is."""
    return field.role is Role.KEY or (field.role is Role.IDENTITY and all(map(_is_key, field.key)))


def _escape(key: str) -> str:
    return key.replace("\\", "\\\\").replace(".", "\\.")
