"""How many values a message has: encoding takes time by them, and a message of some megabytes can hold millions.

Free JSON is one value, however long: it is checked and sent as the text that it is.
"""

from typing import Any, Final

from searchway.errors import InvalidArgumentError

_MOST_UNKNOWN: Final = 64 * 1024
"""Bytes of unknown fields that are still looked through for the first one's number: each becomes an object of a hundred bytes."""

_VARINT, _DELIMITED = 0, 2
_FIXED: Final = {1: 8, 5: 4}
_LONGEST_VARINT: Final = 63
"""Bits; a longer one is no number, and would become one that takes ever longer to be added to."""


def check_weight(message: Any, most: int) -> None:
    """Check that a message has no more values than it may, nor much that its descriptor does not declare.

    Raises:
        InvalidArgumentError: it has; names the setting.
    """
    if _values(message, most) > most:
        raise _too_many(most)
    unknown = _unknown_bytes(message)
    if unknown > _MOST_UNKNOWN:
        name = message.DESCRIPTOR.full_name
        raise InvalidArgumentError("request", f"{unknown} bytes are of unknown fields, which {name} does not have")


def check_encoded(descriptor: Any, data: bytes, most: int) -> None:
    """Check the same of a message that is not parsed yet: an empty message takes two bytes there, and a hundred once it is parsed.

    Lists of numbers count as one value here. What is no message at all is left to the parser.

    Args:
        descriptor: the message's descriptor.
        data: the message.
        most: how many values it may have.

    Raises:
        InvalidArgumentError: it has more; names the setting.
    """
    try:
        count = _encoded_values(descriptor, data, most)
    except IndexError:
        return
    if count > most:
        raise _too_many(most)


def _encoded_values(descriptor: Any, data: bytes, most: int) -> int:
    """Count fields, by their form: https://protobuf.dev/programming-guides/encoding."""
    count, left = 0, [(descriptor, 0, len(data))]
    while left:
        inside, position, end = left.pop()
        while position < end and count <= most:
            count += 1
            tag, position = _varint(data, position)
            size, position = _size(tag & 7, data, position)
            field = inside.fields_by_number.get(tag >> 3) if size and tag & 7 == _DELIMITED else None
            if field is not None and field.message_type is not None:
                left.append((field.message_type, position, position + size))
            position += size
    return count


def _size(wire_type: int, data: bytes, position: int) -> tuple[int, int]:
    """Return the bytes of a field's value and where they begin."""
    if wire_type == _DELIMITED:
        return _varint(data, position)
    if wire_type == _VARINT:
        return 0, _varint(data, position)[1]
    return _FIXED.get(wire_type, 0), position


def _varint(data: bytes, position: int) -> tuple[int, int]:
    found, shift = 0, 0
    while (byte := data[position]) & 0x80:
        found |= (byte & 0x7F) << shift
        position, shift = position + 1, min(shift + 7, _LONGEST_VARINT)
    return found | byte << shift, position + 1


def _too_many(most: int) -> InvalidArgumentError:
    problem = f"expected at most {most} values in one message (limits.message_values)"
    return InvalidArgumentError("request", f"{problem}; those inside of free JSON do not count")


def _values(message: Any, most: int) -> int:
    """Count the values, messages and elements of lists among them; stop when there are too many."""
    count, left = 0, [message]
    while left and count <= most:
        for descriptor, value in left.pop().ListFields():
            count += len(value) if descriptor.is_repeated else 1
            if descriptor.message_type is not None and count <= most:
                left.extend(value if descriptor.is_repeated else (value,))
    return count


def _unknown_bytes(message: Any) -> int:
    known = type(message)()
    known.CopyFrom(message)
    known.DiscardUnknownFields()
    return int(message.ByteSize() - known.ByteSize())
