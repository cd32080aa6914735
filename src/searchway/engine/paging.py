"""Lists page by page, whatever the server's own paging is like.

    WHOLE   the server gives everything at once: fetched once, sliced here
    OFFSET  the server takes an offset and a size
    AFTER   the server goes on after a key, in pages of its own size: as many are fetched as the page needs, never more
    SORT    the server goes on after the values that an item was sorted by, in an order that the caller's own JSON names

Where the first page of a server is not to be trusted (rules come unsorted, so later pages miss some), the first page is asked for like
the later ones, after a key that is below every other.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from searchway.contract.records import Operation, Pages, Paging
from searchway.engine.tokens import ListTokens, Position
from searchway.errors import CallError, Code, Failure, InvalidArgumentError
from searchway.transcode.answer import UNREADABLE, Answer, Page, malformed
from searchway.transcode.items import member_of, raw_items
from searchway.transcode.members import either, either_raw, members_of, parsed
from searchway.transcode.values import FieldError, long_of

PAGE_FIELDS = ("page_size", "page_token")
"""The request fields of every list that say which page is wanted."""

_EXACTLY = "eq"  # https://www.elastic.co/docs/reference/elasticsearch/rest-apis/search-your-data#track-total-hits

Pairs = tuple[tuple[str, str], ...]
Fetch = Callable[[Pairs], Awaitable[bytes]]
"""Sends the request with more pairs (of the query, or SORT: members of the caller's JSON) and gives the body of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSizes:
    """The bounds of a page."""

    default: int
    """Where the caller names no number."""
    largest: int
    """A larger number is taken for this one, as AIP-158 asks: https://google.aip.dev/158."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """What the caller wants of the list."""

    size: int | None
    """The number of items; None if the caller names none."""
    token: str
    """Where to begin; empty for the beginning."""
    last: int | None = None
    """How many items to keep, counted from the end; only where the whole list is at hand."""
    before: str = ""
    """Where to end; empty for the end of the list; only where the whole list is at hand."""

    def __post_init__(self) -> None:
        for name, size in (("page_size", self.size), ("last", self.last)):
            if size is not None and size < 0:
                raise InvalidArgumentError(name, f"expected a number of items, got {size}")

    @property
    def is_page(self) -> bool:
        """Whether the caller wants a page at all, rather than what is given to those who ask for none."""
        return self.size is not None or bool(self.token)

    @classmethod
    def of(cls, message: Any) -> "PageRequest":
        """Read it from a request message, where a size of 0 is none: https://google.aip.dev/158.

        Raises:
            InvalidArgumentError: the size is negative.
        """
        size, token = message.page_size or None, message.page_token
        return cls(size=size, token=token) if size or token else _ANY

    def cut(self, start: int, stop: int) -> slice:
        """Return what is wanted of the items between two places: the first of them, and of these the last.

        https://relay.dev/graphql/connections.htm#sec-Pagination-algorithm
        """
        stop = max(start, stop)
        if self.size is not None:
            stop = min(stop, start + self.size)
        if self.last is not None:
            start = max(start, stop - self.last)
        return slice(start, stop)


_ANY = PageRequest(size=None, token="")
"""What most calls want: no page of a certain size or place."""


class Pager:
    """Fetches one page of one list."""

    def __init__(self, operation: Operation, tokens: ListTokens, sizes: PageSizes) -> None:
        assert operation.paging is not None and operation.items is not None  # noqa: S101, PT018  # only lists get here
        self._operation = operation
        self._paging: Paging = operation.paging
        self._items = operation.items
        self._tokens = tokens
        self._sizes = sizes

    async def fetch(self, wanted: PageRequest, fetch: Fetch) -> Answer:
        """Fetch the page.

        Raises:
            InvalidArgumentError: the token cannot be used.
            CallError: FAILED_PRECONDITION, the caller's order does not tell the items apart.
        """
        if self._paging.pages is Pages.SORT and not wanted.is_page:
            return await self._unpaged(fetch)
        position = self._position(wanted)
        if self._paging.pages is Pages.WHOLE:
            return await self._whole(wanted, _offset(position), fetch)
        if self._paging.pages is Pages.OFFSET:
            return await self._by_offset(self._size(wanted), _offset(position), fetch)
        if self._paging.pages is Pages.SORT:
            return await self._sorted(self._size(wanted), str(position), fetch)
        return await self._after(self._size(wanted), str(position), fetch)

    def first_pairs(self, wanted: PageRequest) -> Pairs:
        """Return the pairs of the first request that `fetch` makes.

        Raises:
            InvalidArgumentError: the token cannot be used.
        """
        position, paging = self._position(wanted), self._paging
        if paging.pages is Pages.WHOLE or (paging.pages is Pages.SORT and not wanted.is_page):
            return ()
        if paging.pages is Pages.OFFSET:
            return ((paging.start, str(_offset(position))), (paging.size, str(max(self._size(wanted), 1))))
        if paging.pages is Pages.SORT:
            return self._sorted_pairs(self._size(wanted), str(position))
        return ((paging.start, str(position)),)

    def _position(self, wanted: PageRequest) -> Position:
        return self._tokens.read(wanted.token) if wanted.token else self._paging.origin

    def _size(self, wanted: PageRequest) -> int:
        return min(self._sizes.default if wanted.size is None else wanted.size, self._sizes.largest)

    async def _whole(self, wanted: PageRequest, start: int, fetch: Fetch) -> Answer:
        end = _offset(self._tokens.read(wanted.before, "before")) - 1 if wanted.before else None
        body = await fetch(())

        def paginate(items: Sequence[Any]) -> Page:
            total = len(items)
            window = wanted.cut(start, total if end is None else min(end, total))
            return self._page(window, window.start, window.stop, total=total)

        return Answer(bodies=(body,), paginate=paginate)

    async def _by_offset(self, size: int, start: int, fetch: Fetch) -> Answer:
        body = await fetch(((self._paging.start, str(start)), (self._paging.size, str(max(size, 1)))))
        total = _count(body, self._paging.total)

        def paginate(items: Sequence[Any]) -> Page:
            count = min(len(items), size)
            is_over = count == 0 < size  # whatever the number of all says: deletions, or what the caller may not see
            return self._page(slice(0, count), start, start + count, total=start if is_over else total)

        return Answer(bodies=(body,), paginate=paginate)

    async def _after(self, size: int, key: str, fetch: Fetch) -> Answer:
        start, more = key, True
        bodies: list[bytes] = []
        keys: list[str] = []
        while more and len(keys) < max(size, 1):
            body = await fetch(((self._paging.start, key),))
            following = _peek(body, self._paging.next)
            found = self._keys(body)
            bodies.append(body)
            keys += found
            more = bool(following) and bool(found)
            key = str(following)
        has_next = more or len(keys) > size
        keys = keys[:size]

        def paginate(_items: Sequence[Any]) -> Page:
            return Page(
                window=slice(0, len(keys)),
                cursor=lambda index: self._tokens.sign(keys[index]),
                has_next=has_next,
                has_previous=start != self._paging.origin,
                next_token=self._tokens.sign(keys[-1]) if has_next and keys else "",
            )

        return Answer(bodies=tuple(bodies), paginate=paginate)

    async def _unpaged(self, fetch: Fetch) -> Answer:
        """Fetch what the caller's JSON alone chooses: nobody can go on from it, but it may be known that there is more."""
        body = await fetch(())
        total = self._exact_total(body)

        def paginate(items: Sequence[Any]) -> Page:
            has_next = total is not None and len(items) < total
            return Page(window=slice(None), cursor=lambda _index: "", has_next=has_next, total=total)

        return Answer(bodies=(body,), paginate=paginate)

    async def _sorted(self, size: int, after: str, fetch: Fetch) -> Answer:
        """Fetch one item more than the page has, which tells whether there is another page, and whether it can be told apart."""
        body = await fetch(self._sorted_pairs(size, after))
        keys = self._sort_values(body)
        if len(set(keys)) < len(keys):
            raise _torn()
        count = min(len(keys), size)
        has_next = len(keys) > size
        total = self._exact_total(body)

        def paginate(_items: Sequence[Any]) -> Page:
            return Page(
                window=slice(0, count),
                cursor=lambda index: self._tokens.sign(keys[index]),
                has_next=has_next,
                has_previous=after != self._paging.origin,
                total=total,
                next_token=self._tokens.sign(keys[count - 1]) if has_next and count else "",
            )

        return Answer(bodies=(body,), paginate=paginate)

    def _exact_total(self, body: bytes) -> int | None:
        """Return the number of all items; None where the server gives a bound, or nothing."""
        relation, total = _peek_all(body, (self._paging.relation, self._paging.total))
        return total if relation == _EXACTLY and isinstance(total, int) else None

    def _sorted_pairs(self, size: int, after: str) -> Pairs:
        start = ((self._paging.start, after),) if after else ()
        return ((self._paging.size, str(size + 1)), *start)

    def _sort_values(self, body: bytes) -> list[str]:
        """Return the values that each item was sorted by, as the text that the server wrote."""
        shape = self._items.shape
        assert shape is not None  # noqa: S101  # items that are sorted are messages
        field = shape.by_name[self._paging.key]
        return [member_of(item, field).decode() for item in raw_items(self._operation, body)]

    def _keys(self, body: bytes) -> list[str]:
        """Return the keys of the items, by which the server goes on."""
        shape = self._items.shape
        assert shape is not None  # noqa: S101  # items that have a key are messages
        field = shape.by_name[self._paging.key]
        ways = (field.at, *((key,) for key in field.also))
        try:
            return [str(either(item, ways)) for item in _peek(body, self._items.at) or []]
        except UNREADABLE as error:
            raise malformed(error) from error

    def _page(self, window: slice, start: int, stop: int, *, total: int | None) -> Page:
        has_next = total is None or stop < total
        return Page(
            window=window,
            cursor=lambda index: self._tokens.sign(start + index + 1),
            has_next=has_next,
            has_previous=start > 0,
            total=total,
            next_token=self._tokens.sign(stop) if has_next else "",
        )


def _torn() -> CallError:
    problem = "two items sort alike, so that pages could lose one; expected an order that ends in a unique field"
    return CallError(Failure(code=Code.FAILED_PRECONDITION, message=problem))


def _offset(position: Position) -> int:
    return position if isinstance(position, int) else 0


def _count(body: bytes, way: tuple[str, ...]) -> int | None:
    try:
        return long_of(_peek(body, way), "total_size")
    except FieldError as error:
        raise malformed(error) from error


def _peek(body: bytes, way: tuple[str, ...]) -> Any:
    return _peek_all(body, (way,))[0]


def _peek_all(body: bytes, ways: Sequence[tuple[str, ...]]) -> list[Any]:
    try:
        document = members_of(msgspec.Raw(body) if body else None)
        return [parsed(either_raw(document, (way,))) for way in ways]
    except UNREADABLE as error:
        raise malformed(error) from error
