"""What an answer must look like to be one: a login page's JSON, a proxy's empty body or another API's answer is no success.

The contract says it: members that are always there, and the names that there can be. Must not know what is selected, since members
that are always there are sent whatever is.
"""

import re
from collections.abc import Container, Mapping
from functools import cache

from searchway.contract.records import Field, Paging, Role, Shape
from searchway.transcode import jsontext
from searchway.transcode.depth import NestingError

_FIRST_NAME = re.compile(rb'\s*\{\s*"([^"\\]*)"\s*:')


class Expected:
    """The look of one kind of answer."""

    def __init__(self, shape: Shape, paging: Paging | None = None, *, is_write: bool = False) -> None:
        """Take the message, what else stands in the answer for pages, and whether it tells of a write, which is never empty."""
        self._may_be_empty = not is_write
        self._fields = shape.by_name
        members = [field for field in shape.fields if field.role is Role.MEMBER]
        self._always = [_names(field) for field in members if field.required]
        is_open = any(field.role in {Role.EXTRA, Role.SPREAD} for field in shape.fields)
        counted = {way[0] for way in (paging.total, paging.next) if way} if paging else set()
        self._declared = frozenset(counted).union(*map(_names, members))
        self._known = None if is_open else self._declared

    def check(self, document: Mapping[str, object]) -> None:
        """Check the members of an answer.

        Raises:
            ValueError: something that is always there is missing, or nothing is there that can be.
        """
        if any(not _is_any_in(names, document) for names in self._always):
            raise ValueError("a member is missing that is always there")
        if not document and self._may_be_empty:
            return
        if self._known is not None and not _is_any_in(self._known, document):
            raise ValueError("none of the members is known")

    def begins(self, body: bytes, name: str = "") -> bool:
        """Tell whether an answer that cannot be read begins as one does: with a member that the contract knows.

        Args:
            body: the answer.
            name: the field whose value it is, if it is not the message itself.
        """
        if name:
            shape = self._fields[name].shape
            return shape is not None and expected(shape).begins(body)
        found = _FIRST_NAME.match(body)
        return found is not None and found[1].decode(errors="replace") in self._declared

    def check_value(self, name: str, body: bytes) -> None:
        """Check an answer that is the value of one field as a whole.

        Raises:
            ValueError: it is not of the field's kind, or its members are not.
        """
        field = self._fields[name]
        if field.repeated:
            if not body.lstrip().startswith(b"["):
                raise ValueError("expected a list")
        elif field.shape is not None:
            expected(field.shape).check(_members(body))


@cache
def expected(shape: Shape, paging: Paging | None = None, *, is_write: bool = False) -> Expected:
    """Return the look of answers of a shape, in pages or not, made once."""
    return Expected(shape, paging, is_write=is_write)


def _members(body: bytes) -> Mapping[str, object]:
    try:
        return jsontext.members(body)
    except NestingError:
        raise
    except ValueError as error:
        raise ValueError("expected an object") from error


def _names(field: Field) -> frozenset[str]:
    return frozenset(way[0] for way in (field.at, *((key,) for key in field.also)) if way)


def _is_any_in(names: frozenset[str], document: Container[str]) -> bool:
    return any(name in document for name in names)
