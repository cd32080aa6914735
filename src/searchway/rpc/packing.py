"""Values as the bytes of a protobuf message; of large ones in pieces, which one after the other are the same message.

https://protobuf.dev/programming-guides/encoding/#last-one-wins
"""

from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from searchway.transcode import pieces

_LENGTH_DELIMITED = 2


def pack(cls: Any, values: Mapping[str, Any]) -> bytes:
    """Return the bytes of a message. Long lists of the values lose their elements.

    Args:
        cls: the message's class.
        values: what its constructor takes: messages are dicts.

    Raises:
        TypeError: a value has no place in the message.
        ValueError: a value is out of the range of its field.
    """
    return b"".join(_parts(cls, values))


def _parts(cls: Any, values: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the message without what is large, and then what is."""
    fields: Descriptor = cls.DESCRIPTOR
    large = {name: value for name, value in values.items() if _is_large(fields.fields_by_name.get(name), value)}
    small = {name: value for name, value in values.items() if name not in large}
    yield cls(**small).SerializeToString()
    for name, value in large.items():
        field = fields.fields_by_name[name]
        inner: Any = field.message_type
        if value.__class__ is dict:
            yield from _framed(field, pack(inner._concrete_class, value))  # noqa: SLF001  # the class of a descriptor has no other way
            continue
        for group in pieces.groups(value):
            if len(group) == 1:
                yield from _framed(field, pack(inner._concrete_class, group[0]))  # noqa: SLF001  # same
            else:
                yield cls(**{name: group}).SerializeToString()


def _is_large(field: FieldDescriptor | None, value: Any) -> bool:
    """Tell whether a value is a message, or a list of them, of more than a piece."""
    if value.__class__ is not dict and value.__class__ is not list:
        return False
    inner = field.message_type if field is not None else None
    return inner is not None and not inner.GetOptions().map_entry and pieces.size_of(value) > pieces.PIECE


def _framed(field: FieldDescriptor, message: bytes) -> tuple[bytes, bytes, bytes]:
    return _varint(field.number << 3 | _LENGTH_DELIMITED), _varint(len(message)), message


def _varint(number: int) -> bytes:
    """Return a number as protobuf writes it: https://protobuf.dev/programming-guides/encoding/#varints."""
    out = []
    while number > 0x7F:  # noqa: PLR2004  # seven bits a byte
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number))
