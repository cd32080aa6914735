"""Answers that cannot be read as a whole, read item by item: which one is to blame, and can it stand for itself?

An item that has an error of its own, as each search of a multi search has, is replaced by one, so that its neighbours are had. Any
other list is an error as a whole that names the item: a page from which one is missing would look complete.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
import orjson

from searchway.contract.records import Field, Operation
from searchway.errors import Failure
from searchway.transcode import cutting, jsontext
from searchway.transcode.answer import UNREADABLE, Answer, malformed
from searchway.transcode.compiler import Functions
from searchway.transcode.members import either_raw

_BAD_GATEWAY: Final = 502
_ERROR: Final = "error"


def standing_alone(operation: Operation) -> Field | None:
    """Return the list of an operation's answer whose items have an error of their own."""
    for field in operation.response.fields:
        shape = field.shape
        if field.repeated and shape is not None and _ERROR in shape.by_name:
            cause = shape.by_name[_ERROR].shape
            if cause is not None and cause.is_cause:
                return field
    return None


class Itemwise:
    """Reads the items of one operation's answers alone."""

    def __init__(self, operation: Operation, functions: Functions) -> None:
        """Take what reads whole answers."""
        self._functions = functions
        self._standing = standing_alone(operation)
        self._items = operation.items

    def replace(self, answer: Answer) -> bool:
        """Replace the items that cannot be read by errors, and report them; tell whether there were any."""
        field = self._standing
        if field is None or answer.report is None:
            return False
        ways = (field.at, *((key,) for key in field.also))
        try:
            members = dict(cutting.members(answer.bodies[0]))
            key = next(way[0] for way in ways if either_raw(members, (way,)) is not None)
            items = cutting.elements(members[key])
        except (*UNREADABLE, StopIteration):
            return False
        mended = list(self._mended(key, items, answer))
        members[key] = msgspec.Raw(b"[" + b",".join(mended) + b"]")
        answer.bodies = (jsontext.join_members(members),)
        return any(one != bytes(item) for one, item in zip(mended, items, strict=True))

    def _mended(self, key: str, items: Sequence[msgspec.Raw], answer: Answer) -> Iterator[bytes]:
        known = {failure.item for failure in answer.failures}
        for number, item in enumerate(items):
            try:
                self._read(jsontext.join_members({key: b"[" + bytes(item) + b"]"}), answer.keys)
                yield bytes(item)
            except UNREADABLE as error:
                failure = malformed(error).failure
                if str(number) not in known and answer.report is not None:
                    answer.report(_of_item(failure, str(number)))
                yield _stand_in(failure)

    def _read(self, body: bytes, keys: Mapping[str, str]) -> None:
        document: Any = jsontext.members(body) if self._functions.lossless else jsontext.loads(body)
        self._functions.root(document, keys, None, {})

    def place(self, answer: Answer) -> str:
        """Return where the first item of a list stands that cannot be read, as in `policies[3]`; empty where it is not an item's fault."""
        if self._items is None or self._functions.split is None:
            return ""
        try:
            items = [item for body in answer.bodies for item in self._split(body, answer.keys)]
        except UNREADABLE:
            return ""
        odd = (index for index, item in enumerate(items) if not self._is_readable(item, answer.keys))
        return next((f"{self._items.name}[{index}]" for index in odd), "")

    def _split(self, body: bytes, keys: Mapping[str, str]) -> list[Any]:
        document: Any = jsontext.members(body) if self._functions.lossless else jsontext.loads(body)
        assert self._functions.split is not None  # noqa: S101  # looked at before
        return self._functions.split(document, keys)

    def _is_readable(self, item: Any, keys: Mapping[str, str]) -> bool:
        try:
            self._functions.root({}, keys, [item], {})
        except UNREADABLE:
            return False
        return True


def _of_item(failure: Failure, item: str) -> Failure:
    return Failure(code=failure.code, message=failure.message, item=item)


def _stand_in(failure: Failure) -> bytes:
    return orjson.dumps({_ERROR: {"type": "malformed_answer", "reason": failure.message}, "status": _BAD_GATEWAY})
