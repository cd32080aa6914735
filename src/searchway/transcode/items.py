"""The items of a list, as the text that the server wrote, apart from the answer that holds them."""

import msgspec

from searchway.contract.records import Field, Operation
from searchway.errors import MalformedAnswerError
from searchway.transcode.answer import malformed
from searchway.transcode.jsontext import join_members
from searchway.transcode.members import either_raw, listed_raw, members_of


def raw_items(operation: Operation, body: bytes) -> list[msgspec.Raw]:
    """Return the items of a paged operation's answer, which must be a JSON list.

    Raises:
        MalformedAnswerError: the answer is not of the promised shape.
    """
    assert operation.items is not None  # noqa: S101  # it is paged
    try:
        return listed_raw(either_raw(members_of(msgspec.Raw(body)), operation.items.ways))
    except ValueError as error:
        raise malformed(error) from error


def member_of(item: msgspec.Raw, field: Field) -> bytes:
    """Return the text of a member that an item must have.

    Raises:
        MalformedAnswerError: it does not.
    """
    try:
        found = either_raw(members_of(item), field.ways)
    except ValueError as error:
        raise malformed(error) from error
    if found is None:
        raise MalformedAnswerError.of_shape()
    return bytes(found)


def alone(operation: Operation, item: msgspec.Raw) -> bytes:
    """Return an item as an answer of the operation that streams it."""
    return join_members({operation.streamed.at[-1]: item})
