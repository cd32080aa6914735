"""Makes the functions that `response` reads with: shapes and selections in, Python functions out.

    def f3(m, q, k=None):     # m: the value, q: the request's own texts, k: the key where it is an entry of a map
        g = m.get
        return {'index': k, 'enabled': (v if (v := g('enabled')).__class__ is bool else boolean(v)), 'info': f4(g('info'), q)}

There are two kinds of functions, after what they are given: `plain` ones take parsed values, `lossless` ones take JSON text and cut it
into members, so that free JSON is handed on byte for byte. Names of fields and keys enter the source as literals only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

import orjson

from searchway.contract.records import Field, Form, Kind, Operation, Role, Shape
from searchway.contract.selection import Selected, Selection
from searchway.transcode import jsontext, members, values
from searchway.transcode.answer import CLUSTER
from searchway.transcode.causes import redact_raw, redact_texts
from searchway.transcode.depth import DEEPEST, check_depth
from searchway.transcode.identity import write_identity
from searchway.transcode.redaction import redact
from searchway.transcode.rows import RowDecoder, cell, row_decoder


class Dialect(Enum):
    """The form that values take for a face."""

    PROTO = "proto"
    """For the constructor of a protobuf message."""
    JSON = "json"
    """For plain JSON, every number as it is."""
    GRAPH = "graph"
    """For a GraphQL result; whole numbers that JavaScript would round are texts."""
    GRAPH_TEXT = "graph_text"
    """For a GraphQL result in which all whole numbers of 64 bits are texts."""


Root = Callable[[Any, Mapping[str, str], list[Any] | None, Mapping[str, Any]], dict[str, Any]]
"""Reads the whole document, given its members, the request's texts, the items of the page, and what the gateway adds."""
Split = Callable[[Any, Mapping[str, str]], list[Any]]
"""Takes the paged items out of a document: elements, or pairs of key and value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Functions:
    """What a reader reads with."""

    root: Root
    """Reads the document."""
    split: Split | None
    """Splits off the items; None if there are none."""
    lossless: bool
    """Whether both take text."""
    table: tuple[RowDecoder, Root] | None
    """Of a table, what parses its rows at once, if that can be, and what reads a document that has them as items."""


_CONVERTERS: Mapping[Kind, tuple[str, str]] = MappingProxyType(
    {
        Kind.STRING: ("text", "str"),
        Kind.ENUM: ("text", "str"),  # what a server answers is open: its word arrives as it is
        Kind.BOOL: ("boolean", "bool"),
        Kind.INT: ("int_of", "int"),
        Kind.LONG: ("long_of", "int"),
        Kind.DOUBLE: ("fraction", "float"),
    }
)
_RANGES = MappingProxyType({Kind.INT: values.INT_RANGE, Kind.LONG: values.LONG_RANGE})
_EXACT = MappingProxyType({**_RANGES, Kind.LONG: values.EXACT_RANGE})
_ALONE = frozenset({Role.VALUE, Role.KEY})
_OUTSIDE = frozenset({Role.KEY, Role.GIVEN, Role.IDENTITY})


def is_lossless(shape: Shape, selection: Selection | None, seen: frozenset[Shape] = frozenset()) -> bool:
    """Tell whether free JSON is selected anywhere below, so that the text must be kept."""
    if shape in seen:
        return False
    return any(
        one.field.kind is Kind.JSON
        or (one.field.shape is not None and is_lossless(one.field.shape, one.selection, seen | {shape}))
        for one in selected_fields(shape, selection)
        if one.field.role is not Role.LOCAL
    )


def selected_fields(shape: Shape, selection: Selection | None) -> tuple[Selected, ...]:
    """Return what is selected of the shape: every field under its own name where nothing is said."""
    if selection is not None:
        return selection.fields
    return tuple(Selected(field, field.name) for field in shape.fields)


class Compiler:
    """Compiles the functions of one reader."""

    def __init__(self, operation: Operation, dialect: Dialect, *, is_clean: bool = False) -> None:
        """Take what is read.

        Args:
            operation: its answers are read.
            dialect: for which face.
            is_clean: whether the error objects in them are redacted already.
        """
        self._operation = operation
        self._dialect = dialect
        self._writes_text = dialect is Dialect.GRAPH_TEXT
        self._ranges = _EXACT if dialect is Dialect.GRAPH else _RANGES
        self._table = operation.form is Form.TABLE
        self._names: dict[str, Any] = {
            **{name: getattr(members, name) for name in dir(members) if not name.startswith("_")},
            **{name: getattr(values, name) for name in ("text", "int_of", "long_text", "boolean", "fraction")},
            "long_of": values.exact_long if dialect is Dialect.GRAPH else values.long_of,
            "dumps": orjson.dumps,
            "free": _free_message if dialect is Dialect.PROTO else _fragment,
            "identity": write_identity,
            "Raw": members.Raw,
            "redact": redact,
            "redacted": redact_texts,
            "redacted_raw": _redacted_raw,
            "texts": _strings_message if dialect is Dialect.PROTO else _strings,
        }
        self._is_clean = is_clean  # also while what is below an error object is written, which is cleaned as a whole
        self._functions: dict[tuple[Any, ...], str] = {}
        self._source: list[str] = []

    def compile(self, selection: Selection | None) -> Functions:
        """Return the functions for a selection."""
        shape, items = self._operation.response, self._operation.items
        lossless = is_lossless(shape, selection)
        display = self._display(selection, shape, lambda one: self._root_field(one, shape, lossless))
        self._define("root", "m, q, items, local", [_GET, f"return {display}"])
        if items is not None:
            self._define("split", "m, q", [_GET, f"return {self._raw_items(items, shape, lossless)}"])
        decode = self._define_table(selection)
        exec(compile("\n".join(self._source), f"<{self._operation.name}>", "exec"), self._names)  # noqa: S102  # our own source
        names = self._names
        table = (decode, names["table"]) if decode else None
        return Functions(root=names["root"], split=names.get("split"), lossless=lossless, table=table)

    def _define_table(self, selection: Selection | None) -> RowDecoder | None:
        """Define the reader of a table whose rows are typed already; return what parses them, None if nothing does."""
        shape, items = self._operation.response, self._operation.items
        if not self._table or items is None or items.shape is None:
            return None
        decode = row_decoder(items.shape, self._ranges[Kind.LONG])
        if decode is not None:
            display = self._display(selection, shape, lambda one: self._table_field(one, shape))
            self._define("table", "m, q, items, local", [_GET, f"return {display}"])
        return decode

    def _table_field(self, one: Selected, shape: Shape) -> str:
        if one.field is not self._operation.items or one.field.shape is None:
            return self._root_field(one, shape, lossless=False)
        row = self._display(one.selection, one.field.shape, lambda column: self._cell(column.field))
        return f"[{row} for x in items]"

    def _cell(self, column: Field) -> str:
        source = f"x.{cell(column)}"
        return self._scalar(column, source) if column.kind is Kind.LONG and self._writes_text else source

    def _define(self, name: str, parameters: str, body: list[str]) -> None:
        self._source.append("\n".join([f"def {name}({parameters}):", *(f"    {line}" for line in body)]))

    def _root_field(self, one: Selected, shape: Shape, lossless: bool) -> str:
        field = one.field
        if field.role is Role.LOCAL:
            return self._value(one, f"local.get({field.name!r})", lossless=False)
        if field is self._operation.items:
            return self._each(one, "items", lossless)
        return self._member(one, shape, lossless)

    def _raw_items(self, items: Field, shape: Shape, lossless: bool) -> str:
        raw = "_raw" if lossless else ""
        if items.role is Role.SPREAD:
            return self._spread(items, shape, lossless)
        take = "entries" if items.is_map else "listed"
        return f"{take}{raw}({self._get(items, lossless)})"

    def _member(self, one: Selected, shape: Shape, lossless: bool) -> str:
        """Write the expression for a field of a message whose members are `m`."""
        field = one.field
        if field.role in _OUTSIDE:
            return self._outside(one, shape, lossless)
        if field.role is Role.SPREAD:
            return self._each(one, self._spread(field, shape, lossless), lossless)
        if field.role is Role.EXTRA:
            kind = self._entry_kind(shape.spread)
            rest = f"rest{'_raw' if lossless else ''}(m, {self._declared(shape)}, {kind})"
            return f"(None if (v := {rest}) is None else free(v))"
        if lossless and not self._below_is_lossless(one):
            return self._value(one, f"parsed({self._get(field, lossless)})", lossless=False)
        return self._value(one, self._get(field, lossless), lossless=lossless)

    def _outside(self, one: Selected, shape: Shape, lossless: bool) -> str:
        """Write the expression for a field that is no member of the object: its key, what the request gave, what identifies it."""
        if one.field.role is Role.KEY:
            return "k"
        if one.field.role is Role.GIVEN:
            return self._value(one, f"q.get({one.field.name!r})", lossless=False)
        return self._identity(one, shape, lambda part: self._member(part, shape, lossless))

    def _identity(self, one: Selected, shape: Shape, write: Callable[[Selected], str]) -> str:
        assert shape.entity is not None  # noqa: S101  # by its role
        parts = "".join(f"{write(Selected(field, field.name))}, " for field in one.field.key)
        return f"identity(q.get({CLUSTER!r}), {shape.entity.name!r}, ({parts}))"

    def _below_is_lossless(self, one: Selected) -> bool:
        field = one.field
        return field.kind is Kind.JSON or (field.shape is not None and is_lossless(field.shape, one.selection))

    def _get(self, field: Field, lossless: bool) -> str:
        if field.key_from:
            return f"g(q.get({field.key_from!r}))"
        within = field.within if not self._operation.read_only else ""
        ways = ((*field.at, within), *field.ways) if within else field.ways
        if ways == ((field.at[0],),) or (self._table and len(field.at) == 1):  # a table is asked for canonical names
            return f"g({field.at[0]!r})"
        return f"either{'_raw' if lossless else ''}(m, {ways!r})"

    def _value(self, one: Selected, source: str, *, lossless: bool) -> str:
        """Write the expression that turns what stands at the source into the field's value."""
        field = one.field
        raw = "_raw" if lossless else ""
        if field.is_map:
            return self._each(one, f"entries{raw}({source})", lossless)
        if field.repeated:
            return self._each(one, f"listed{raw}({source})", lossless)
        return self._single(one, source, lossless)

    def _single(self, one: Selected, source: str, lossless: bool) -> str:
        field = one.field
        if field.kind is Kind.MESSAGE:
            source = f"present({source})" if lossless else source
            return f"(None if (v := {source}) is None else {self._message(one, lossless)}(v, q))"
        if field.kind is Kind.JSON:
            return f"(None if (v := {source}) is None else free({'v' if lossless else 'dumps(v)'}))"
        if field.kind is Kind.STRINGS:
            return f"(None if (v := {source}) is None else texts(v, {field.name!r}))"
        return self._scalar(field, source)

    def _scalar(self, field: Field, source: str) -> str:
        if field.words is not None and self._dialect is Dialect.PROTO:
            numbers = {word: number for number, word in field.words.words.items()}
            return f"(None if (v := {source}) is None else {numbers!r}.get(text(v, {field.name!r})))"
        if field.name == _REASON and not self._is_clean:
            return f"(None if (v := {source}) is None else redact(text(v, {field.name!r})))"
        if field.kind is Kind.LONG and self._writes_text:
            return f"long_text({source}, {field.name!r})"
        convert, cls = _CONVERTERS[field.kind]
        low, high = self._ranges.get(field.kind, ("", ""))
        in_range = f" and {low} <= v <= {high}" if field.kind in self._ranges else ""
        return f"(v if (v := {source}).__class__ is {cls}{in_range} or v is None else {convert}(v, {field.name!r}))"

    def _each(self, one: Selected, source: str, lossless: bool) -> str:
        """Write the list of a repeated field, whose elements are at hand: of a map and of a spread, pairs."""
        field = one.field
        if field.is_map:
            return f"[{self._message(one, lossless)}(x, q, y) for y, x in {source}]"
        if field.kind is Kind.MESSAGE:
            return f"[{self._message(one, lossless)}(x, q) for x in {source}]"
        present = "present(x)" if lossless else "x"
        given = "" if field.kind is Kind.JSON else f" if {present} is not None"  # elsewhere null is absence
        return f"[{self._single(one, 'x', lossless)} for x in {source}{given}]"

    def _spread(self, field: Field, shape: Shape, lossless: bool) -> str:
        name = "spread_raw" if lossless else "spread"
        return f"{name}(m, {self._declared(shape)}, {self._entry_kind(field)})"

    def _entry_kind(self, spread: Field | None) -> str:
        """Return the type of a spread map's values, by which they are told from other undeclared members."""
        if spread is None or spread.shape is None:
            return "None"
        value = spread.shape.value
        return "dict" if value is None else "list" if value.repeated else "str"

    def _declared(self, shape: Shape) -> str:
        known = shape.declared_keys
        name = f"D{len(self._names)}"
        name = next((n for n, v in self._names.items() if v == known and n.startswith("D")), name)
        self._names[name] = known
        given = [f.key_from for f in shape.fields if f.key_from]
        return f"{name} | {{{', '.join(f'q.get({key!r})' for key in given)}}}" if given else name

    def _message(self, one: Selected, lossless: bool) -> str:
        """Return the name of the function that reads the field's message."""
        shape = one.field.shape
        assert shape is not None  # noqa: S101  # by its kind
        key = (shape, one.selection, lossless, self._is_clean)
        if key not in self._functions:
            name = self._functions[key] = f"f{len(self._functions)}"  # before its body, which may call it
            self._define(name, "m, q, k=None", self._message_body(shape, one.selection, lossless))
        return self._functions[key]

    def _message_body(self, shape: Shape, selection: Selection | None, lossless: bool) -> list[str]:
        if shape.value is None:
            return self._object_body(shape, selection, lossless)
        alone = self._display(selection, shape, lambda one: self._alone(one, shape, lossless))
        if all(field.role in _ALONE for field in shape.fields):
            return [f"return {alone}"]
        is_object = "is_object_raw(m)" if lossless else "m.__class__ is dict"
        return [f"if not {is_object}: return {alone}", *self._object_body(shape, selection, lossless)]

    def _object_body(self, shape: Shape, selection: Selection | None, lossless: bool) -> list[str]:
        outside, self._is_clean = self._is_clean, self._is_clean or shape.is_cause
        display = self._display(selection, shape, lambda one: self._member(one, shape, lossless))
        self._is_clean = outside
        clean = [f"m = redacted{'_raw' if lossless else ''}(m)"] if shape.is_cause and not outside else []
        return [*clean, *(["m = members_of(m)"] if lossless else []), _GET, f"return {display}"]

    def _display(self, selection: Selection | None, shape: Shape, write: Callable[[Selected], str]) -> str:
        pairs = [f"{one.out!r}: {write(one)}" for one in selected_fields(shape, selection)]
        for out, value, place in reversed(selection.constants if selection else ()):
            pairs.insert(place, f"{out!r}: {value!r}")
        return f"{{{', '.join(pairs)}}}"

    def _alone(self, one: Selected, shape: Shape, lossless: bool) -> str:
        """Write the expression for a field of a message whose whole JSON `m` is its VALUE field."""
        if one.field.role is Role.KEY:
            return "k"
        if one.field.role is Role.IDENTITY:
            return self._identity(one, shape, lambda part: self._alone(part, shape, lossless))
        if one.field.role is not Role.VALUE:
            return "None"
        if lossless and not self._below_is_lossless(one):
            return self._value(one, "parsed(m)", lossless=False)
        return self._value(one, "m", lossless=lossless)


_GET = "g = m.get"
_SHALLOW = 2 * DEEPEST  # texts of so few bytes need no look at their depth, and most are so short
_REASON = "reason"  # of whatever message: the engine's own sentence, in which nodes and their addresses stand


def _redacted_raw(text: Any) -> members.Raw:
    return members.Raw(redact_raw(bytes(text)))


def _fragment(text: Any) -> orjson.Fragment:
    raw = bytes(text)  # orjson takes no other kind of buffer
    if len(raw) > _SHALLOW or not raw.isascii():
        jsontext.check_exact(raw)
    return orjson.Fragment(raw)


def _free_message(text: Any) -> dict[str, str]:
    raw = bytes(text)
    if len(raw) > _SHALLOW:
        check_depth(raw)
    return {"text": raw.decode()}


def _strings(value: Any, field: str) -> list[str]:
    return [text for one in members.listed(value) if (text := values.text(one, field)) is not None]


def _strings_message(value: Any, field: str) -> dict[str, list[str]]:
    return {"values": _strings(value, field)}
