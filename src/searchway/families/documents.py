"""Reading of answers by hooks, which look at a few members only and keep no free JSON."""

from collections.abc import Mapping
from typing import Any

from searchway.errors import MalformedAnswerError
from searchway.transcode import jsontext
from searchway.transcode.answer import malformed


def read_members(body: bytes) -> Mapping[str, object]:
    """Cut an answer that is an object into members that are not read, of which there may be many; an empty one has none.

    Raises:
        MalformedAnswerError: it is not an object.
    """
    try:
        return jsontext.members(body) if body else {}
    except ValueError as error:
        raise malformed(error) from error


def read_object(body: bytes) -> Mapping[str, Any]:
    """Parse an answer that is an object; an empty one has no members.

    Raises:
        MalformedAnswerError: it is not an object.
    """
    try:
        document = jsontext.loads(body) if body else {}
    except ValueError as error:
        raise malformed(error) from error
    if not isinstance(document, Mapping):
        raise MalformedAnswerError.of_shape()
    return document
