"""Answers as plain values, by readers that are compiled once for an operation and a selection.

Both faces read with the same compiler, each in its own dialect. Must know nothing of where answers come from.
"""

from functools import lru_cache
from typing import Any

import msgspec
import orjson

from searchway.contract.records import Operation
from searchway.contract.selection import Selection
from searchway.errors import MalformedAnswerError
from searchway.transcode import jsontext
from searchway.transcode.answer import Answer, Page
from searchway.transcode.compiler import Compiler, Dialect

__all__ = ["Dialect", "Reader", "reader"]


class Reader:
    """Reads the answers of one operation for one selection."""

    def __init__(self, operation: Operation, selection: Selection | None, dialect: Dialect) -> None:
        self._root, self._split, self._lossless = Compiler(operation, dialect).compile(selection)
        self._wrap = next((b.response_body for b in operation.bindings if b.response_body), "")

    def read(self, answer: Answer) -> dict[str, Any]:
        """Return what is selected of the answer, and set the answer's page if it is paged.

        Raises:
            MalformedAnswerError: the answer is not JSON, or not of the shape that the contract promises.
        """
        try:
            documents = [self._parse(body) for body in answer.bodies]
            items = self._items(documents, answer)
            local = answer.local if answer.page is None else {**answer.local, **_page_fields(answer.page)}
            return self._root(documents[0], answer.keys, items, local)
        except (ValueError, TypeError, AttributeError, msgspec.MsgspecError) as error:
            raise MalformedAnswerError.of_shape() from error

    def _items(self, documents: list[Any], answer: Answer) -> list[Any] | None:
        if self._split is None:
            return None
        items = [item for document in documents for item in self._split(document, answer.keys)]
        if answer.paginate is not None:
            answer.page = answer.paginate(items)
            items = items[answer.page.window]
        return items

    def _parse(self, body: bytes) -> Any:
        if self._wrap:
            return {self._wrap: msgspec.Raw(body) if self._lossless else orjson.loads(body)} if body else {}
        if self._lossless:
            return jsontext.members(body) if body else {}
        document = orjson.loads(body) if body else {}
        if not isinstance(document, dict):
            raise TypeError("expected an object")
        return document


def _page_fields(page: Page) -> dict[str, Any]:
    return {"next_page_token": page.next_token or None, "total_size": page.total}


@lru_cache(maxsize=4096)
def reader(operation: Operation, selection: Selection | None, dialect: Dialect) -> Reader:
    """Return the reader for an operation and a selection, compiled at most once while it is in use."""
    return Reader(operation, selection, dialect)
