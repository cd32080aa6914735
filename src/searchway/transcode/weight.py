"""How many values a message has: encoding takes time by them, and a message of some megabytes can hold millions.

Free JSON is one value, however long: it is checked and sent as the text that it is.
"""

from typing import Any, Final

from searchway.errors import InvalidArgumentError

_MOST_UNKNOWN: Final = 64 * 1024
"""Bytes of unknown fields that are still looked through for the first one's number: each becomes an object of a hundred bytes."""


def check_weight(message: Any, most: int) -> None:
    """Check that a message has no more values than it may, nor much that its descriptor does not declare.

    Raises:
        InvalidArgumentError: it has; names the setting.
    """
    if _values(message, most) > most:
        problem = f"expected at most {most} values in one message (limits.message_values)"
        raise InvalidArgumentError("request", f"{problem}; those inside of free JSON do not count")
    unknown = _unknown_bytes(message)
    if unknown > _MOST_UNKNOWN:
        name = message.DESCRIPTOR.full_name
        raise InvalidArgumentError("request", f"{unknown} bytes are of unknown fields, which {name} does not have")


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
