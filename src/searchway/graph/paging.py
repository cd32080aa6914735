"""Makes a Relay connection of a page of items: what of it is selected, and how the answer is put together.

https://relay.dev/graphql/connections.htm
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from graphql import GraphQLObjectType, get_named_type
from graphql.execution.collect_fields import FieldDetailsList

from searchway.contract.records import Field, Operation
from searchway.contract.selection import Selected, Selection
from searchway.transcode.answer import Answer, Page

Write = Callable[[dict[str, Any], Page, int], Any]
"""Makes one value of a connection, given what was read, the page, and the number of its items."""

# Under this key the items are read if no node is selected: only their number counts. No GraphQL name looks like it.
_COUNTED = "#"
_BEYOND_INT = 2**31


class Collector(Protocol):
    """Knows what a document selects."""

    def subfields(
        self, parent: GraphQLObjectType, details: FieldDetailsList, /
    ) -> Iterable[tuple[str, str, FieldDetailsList]]:
        """Yield the fields selected of an object: the key in the result, the field's name, and its nodes."""

    def selected(self, parent: GraphQLObjectType, name: str, out: str, details: FieldDetailsList, /) -> Selected:
        """Return the selection of one field of an answer."""


class ConnectionPlan:
    """How the answer of one paged call becomes its connection."""

    def __init__(
        self, collector: Collector, operation: Operation, parent: GraphQLObjectType, details: FieldDetailsList
    ) -> None:
        assert operation.items is not None  # noqa: S101  # the operation is paged
        self._collector = collector
        self._items: Field = operation.items
        self._fields: list[Selected] = []
        self._writers = [
            (out, self._writer(parent, out, name, nodes)) for out, name, nodes in collector.subfields(parent, details)
        ]
        self._counted = next((one.out for one in self._fields if one.field is self._items), None)
        if self._counted is None:
            self._counted = _COUNTED
            self._fields.append(Selected(self._items, _COUNTED, Selection(()) if self._items.shape else None))
        self.selection = Selection(tuple(self._fields))
        """What is selected of the operation's answer, under keys of its own."""
        del self._collector  # it knows the executor, which knows itself: no plan may keep that from going at once

    def finish(self, data: dict[str, Any], answer: Answer) -> dict[str, Any]:
        """Make the connection of what was read."""
        count = len(data[self._counted])  # type: ignore[index]  # set by the constructor
        page = answer.page or _whole(count)
        return {out: write(data, page, count) for out, write in self._writers}

    def _writer(self, parent: GraphQLObjectType, out: str, name: str, details: FieldDetailsList) -> Write:
        if name == "__typename":
            return _constant(parent.name)
        if name == "edges":
            return self._edges(get_named_type(parent.fields[name].type), details)
        if name == "pageInfo":
            return self._page_info(get_named_type(parent.fields[name].type), details)
        if name == "totalCount":
            return _total_count
        self._fields.append(self._collector.selected(parent, name, out, details))
        return lambda data, _page, _count: data[out]

    def _edges(self, edge: GraphQLObjectType, details: FieldDetailsList) -> Write:
        fields = self._collector.subfields(edge, details)
        outs = [out for out, _, _ in fields]
        columns = [self._column(edge, name, nodes) for _, name, nodes in fields]
        if len(columns) == 1:
            return lambda data, page, count: [{outs[0]: value} for value in columns[0](data, page, count)]

        def write(data: dict[str, Any], page: Page, count: int) -> list[dict[str, Any]]:
            if not columns:
                return [{} for _ in range(count)]
            if len(columns) == 1:  # a node alone, as most ask
                out = outs[0]
                return [{out: value} for value in columns[0](data, page, count)]
            rows = zip(*(column(data, page, count) for column in columns), strict=True)
            return [dict(zip(outs, row, strict=True)) for row in rows]

        return write

    def _column(self, edge: GraphQLObjectType, name: str, details: FieldDetailsList) -> Write:
        """Write one field of all edges."""
        if name == "__typename":
            return lambda _data, _page, count: [edge.name] * count
        if name == "cursor":
            return lambda _data, page, count: [page.cursor(index) for index in range(count)]
        key = str(len(self._fields))
        self._fields.append(self._collector.selected(edge, name, key, details))
        return lambda data, _page, _count: data[key]

    def _page_info(self, info: GraphQLObjectType, details: FieldDetailsList) -> Write:
        fields = self._collector.subfields(info, details)
        writers = [(out, _constant(info.name) if name == "__typename" else _PAGE_INFO[name]) for out, name, _ in fields]
        return lambda data, page, count: {out: write(data, page, count) for out, write in writers}


_PAGE_INFO: dict[str, Write] = {
    "hasNextPage": lambda _data, page, _count: page.has_next,
    "hasPreviousPage": lambda _data, page, _count: page.has_previous,
    "startCursor": lambda _data, page, count: (page.cursor(0) or None) if count else None,
    "endCursor": lambda _data, page, count: (page.cursor(count - 1) or None) if count else None,
}


def _total_count(_data: dict[str, Any], page: Page, _count: int) -> int | None:
    """Return the number of all items if it is an Int: https://spec.graphql.org/October2021/#sec-Int."""
    return page.total if page.total is not None and page.total < _BEYOND_INT else None


def _constant(value: str) -> Write:
    return lambda _data, _page, _count: value


def _whole(count: int) -> Page:
    """Return the page that is everything."""
    return Page(window=slice(None), cursor=str, has_next=False, total=count)
