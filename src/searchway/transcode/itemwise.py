"""Answers that cannot be read as a whole, read item by item to find the invalid ones.

Where items have an error field of their own, as each search of a multi search has, an invalid item is replaced by an error item and the
valid ones are kept. Any other list fails as a whole and the error names the item: a page without it would look complete.
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


def fallible_items(operation: Operation) -> Field | None:
    """Return the list of an operation's answer whose items have an error field of their own; None if there is none."""
    for field in operation.response.fields:
        shape = field.shape
        if field.repeated and shape is not None and _ERROR in shape.by_name:
            cause = shape.by_name[_ERROR].shape
            if cause is not None and cause.is_cause:
                return field
    return None


class Itemwise:
    """Reads the items of one operation's answers one by one."""

    def __init__(self, operation: Operation, functions: Functions) -> None:
        """Take the functions that read whole answers."""
        self._functions = functions
        self._fallible = fallible_items(operation)
        self._items = operation.items

    def replace(self, answer: Answer) -> bool:
        """Replace invalid items by error items, and report them as failures; tell whether there were any."""
        field = self._fallible
        if field is None or answer.report is None:
            return False
        ways = (field.at, *((key,) for key in field.also))
        try:
            members = dict(cutting.members(answer.bodies[0]))
            key = next(way[0] for way in ways if either_raw(members, (way,)) is not None)
            items = cutting.elements(members[key])
        except (*UNREADABLE, StopIteration):
            return False
        invalid = dict(self._invalid(key, items, answer))
        known = {failure.item for failure in answer.failures}
        answer.report([_of_item(one, str(number)) for number, one in invalid.items() if str(number) not in known])
        mended = (_error_item(invalid[n]) if n in invalid else bytes(item) for n, item in enumerate(items))
        members[key] = msgspec.Raw(b"[" + b",".join(mended) + b"]")
        answer.bodies = (jsontext.join_members(members),)
        return bool(invalid)

    def _invalid(self, key: str, items: Sequence[msgspec.Raw], answer: Answer) -> Iterator[tuple[int, Failure]]:
        for number, item in enumerate(items):
            try:
                self._read(jsontext.join_members({key: b"[" + bytes(item) + b"]"}), answer.keys)
            except UNREADABLE as error:
                yield number, malformed(error).failure

    def _read(self, body: bytes, keys: Mapping[str, str]) -> None:
        document: Any = jsontext.members(body) if self._functions.lossless else jsontext.loads(body)
        self._functions.root(document, keys, None, {})

    def place(self, answer: Answer) -> str:
        """Return the path of the first invalid item of a list, as in `policies[3]`; empty if every item is valid."""
        if self._items is None or self._functions.split is None:
            return ""
        try:
            items = [item for body in answer.bodies for item in self._split(body, answer.keys)]
        except UNREADABLE:
            return ""
        invalid = (index for index, item in enumerate(items) if not self._is_readable(item, answer.keys))
        return next((f"{self._items.name}[{index}]" for index in invalid), "")

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


def _error_item(failure: Failure) -> bytes:
    return orjson.dumps({_ERROR: {"type": "malformed_answer", "reason": failure.message}, "status": _BAD_GATEWAY})
