"""Answers as plain values, by readers that are compiled once for an operation and a selection.

Both faces read with the same compiler, each in its own dialect. Must know nothing of where answers come from.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from searchway.contract.records import Operation
from searchway.contract.selection import Selection
from searchway.errors import Applied, MalformedAnswerError
from searchway.transcode import jsontext
from searchway.transcode.answer import UNREADABLE, Answer, Page, malformed
from searchway.transcode.compiler import Compiler, Dialect
from searchway.transcode.expected import expected
from searchway.transcode.itemwise import Itemwise
from searchway.transcode.remembered import Remembered

__all__ = ["Dialect", "Reader", "reader"]

# What a reader weighs, and what each field that is selected adds, measured; and what all that are remembered may weigh.
_BYTES_PER_READER = 8_000
_BYTES_PER_FIELD = 1_000
_MOST_BYTES = 32 * 1024 * 1024


class Reader:
    """Reads the answers of one operation for one selection."""

    def __init__(
        self, operation: Operation, selection: Selection | None, dialect: Dialect, *, is_clean: bool = False
    ) -> None:
        self._functions = Compiler(operation, dialect, is_clean=is_clean).compile(selection)
        self._itemwise = Itemwise(operation, self._functions)
        self._is_write = not operation.read_only
        self._wrap = operation.whole.name if operation.whole else ""
        self._expected = expected(operation.response, operation.paging, is_write=not operation.read_only)

    def read(self, answer: Answer) -> dict[str, Any]:
        """Return what is selected of the answer, and set the answer's page if it is paged.

        Raises:
            MalformedAnswerError: the answer is not JSON, or not of the shape that the contract promises.
        """
        try:
            return self._read_table(answer) or self._read_document(answer)
        except UNREADABLE as error:
            if self._itemwise.replace(answer):
                return self.read(answer)
            raise self._malformed(error, answer) from error

    def _malformed(self, error: Exception, answer: Answer) -> MalformedAnswerError:
        """Return the call's error. Whether a write was applied is unknown if the answer may not be from an engine, but from a proxy."""
        is_foreign = self._is_write and not self._expected.begins(answer.bodies[0], self._wrap)
        applied = Applied.UNKNOWN if is_foreign else Applied.UNSPECIFIED
        return malformed(error, at=self._itemwise.place(answer), applied=applied)

    def _read_table(self, answer: Answer) -> dict[str, Any] | None:
        """Read an answer whose rows can be parsed at once; return None of others."""
        if self._functions.table is None:
            return None
        decode, root = self._functions.table
        try:
            rows = [row for body in answer.bodies for row in decode(body)]
        except (ValueError, RecursionError):
            return None
        items = _page_items(rows, answer)
        return root({}, answer.keys, items, _local(answer))

    def _read_document(self, answer: Answer) -> dict[str, Any]:
        documents = [self._parse(body) for body in answer.bodies]
        self._expected.check(documents[0])
        items = self._items(documents, answer)
        return self._functions.root(documents[0], answer.keys, items, _local(answer))

    def _items(self, documents: list[Any], answer: Answer) -> list[Any] | None:
        split = self._functions.split
        if split is None:
            return None
        return _page_items([item for document in documents for item in split(document, answer.keys)], answer)

    def _parse(self, body: bytes) -> Any:
        lossless = self._functions.lossless
        if self._wrap:
            self._expected.check_value(self._wrap, body)
            return {self._wrap: msgspec.Raw(body) if lossless else jsontext.loads(body)}
        if lossless:
            return jsontext.members(body)
        if not body.lstrip().startswith(b"{"):  # however deep it is
            raise TypeError("expected an object")
        return jsontext.loads(body)


def _page_items(items: list[Any], answer: Answer) -> list[Any]:
    """Find the page if there is one, and return its items."""
    if answer.paginate is None:
        return items
    answer.page = answer.paginate(items)
    return items[answer.page.window]


def _local(answer: Answer) -> Mapping[str, Any]:
    return answer.local if answer.page is None else {**answer.local, **_page_fields(answer.page)}


def _page_fields(page: Page) -> dict[str, Any]:
    return {"next_page_token": page.next_token or None, "total_size": page.total}


_readers: Remembered[tuple[Operation, Selection | None, Dialect], Reader] = Remembered(_MOST_BYTES)


def reader(operation: Operation, selection: Selection | None, dialect: Dialect) -> Reader:
    """Return the reader for an operation and a selection, compiled at most once while it is in use."""
    key = (operation, selection, dialect)
    found = _readers.get(key)
    if found is None:
        found = Reader(operation, selection, dialect)
        _readers.put(key, found, _BYTES_PER_READER + _BYTES_PER_FIELD * (selection.size if selection else 0))
    return found
