"""The rows of tables, typed while they are parsed.

The cells of a table are text. A decoder made for the columns turns them into numbers as it goes, several times faster than a
reader that looks at each one. What it does not take (sizes with units, of older nodes) is left to that reader.
"""

import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Any

import msgspec

from searchway.contract.records import Field, Kind, Role, Shape
from searchway.transcode.pieces import PIECE_BYTES, read_array
from searchway.transcode.values import INT_RANGE, LONG_RANGE

RowDecoder = Callable[[bytes], list[Any]]
"""Parses a table into objects that have the cells as attributes; raises `ValueError` where a cell is not what its column promises."""


def _whole(between: tuple[int, int]) -> Any:
    return Annotated[int, msgspec.Meta(ge=between[0], le=between[1])]


_TYPES: Mapping[Kind, Any] = MappingProxyType(
    {
        Kind.STRING: str,
        Kind.INT: _whole(INT_RANGE),
        Kind.LONG: _whole(LONG_RANGE),
        Kind.DOUBLE: Annotated[float, msgspec.Meta(ge=-sys.float_info.max, le=sys.float_info.max)],
    }
)


@lru_cache
def row_decoder(shape: Shape, longs: tuple[int, int] = LONG_RANGE) -> RowDecoder | None:
    """Return what parses a table of these columns, None if a column is more than a plain value.

    Args:
        shape: the columns.
        longs: the whole numbers of 64 bits that it takes; a table with others is left to the reader.
    """
    if not all(_is_plain(field) for field in shape.fields):
        return None
    types = {**_TYPES, Kind.LONG: _whole(longs)}
    columns = [(cell(f), types[f.kind] | None, msgspec.field(default=None, name=f.at[0])) for f in shape.fields]
    row = msgspec.defstruct("Row", columns, gc=False)
    decode = msgspec.json.Decoder(list[row], strict=False).decode  # type: ignore[valid-type]  # made at run time
    return lambda body: decode(body) if len(body) <= PIECE_BYTES else read_array(body, decode)


def cell(field: Field) -> str:
    """Return the attribute under which a row has the column's cell."""
    return f"c{field.number}"


def _is_plain(field: Field) -> bool:
    return field.kind in _TYPES and field.role is Role.MEMBER and not field.repeated and len(field.at) == 1
