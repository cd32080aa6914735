"""What a call came to, before it takes a face's form: the cluster's bytes, the part of the items wanted, and what the gateway adds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from searchway.errors import Applied, Failure, MalformedAnswerError
from searchway.transcode.depth import NestingError
from searchway.transcode.values import FieldError

CLUSTER: Final = ""
"""Under this name, which no field has, the name of the cluster is among the keys of an answer."""
UNREADABLE: Final = (ValueError, TypeError, AttributeError, LookupError, RecursionError)
"""What reading an answer raises that is not of the documented shape."""


def malformed(error: Exception, *, at: str = "", applied: Applied = Applied.UNSPECIFIED) -> MalformedAnswerError:
    """Return the call's error for one that reading its answer raised, which says what is safe to tell.

    Args:
        error: what was raised.
        at: the place of the item to blame.
        applied: what it means for a write, where that does not follow from its status.
    """
    known = str(error) if isinstance(error, FieldError | NestingError) else ""
    return MalformedAnswerError.of_shape(": ".join(filter(None, (at, known))), applied=applied)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where in the whole list the items of an answer stand."""

    window: slice
    """The part of the items at hand that belongs to the page."""
    cursor: Callable[[int], str]
    """The cursor of the page's i-th item: where to go on after it."""
    has_next: bool
    """Whether there are items after the page."""
    has_previous: bool = False
    """Whether there are items before the page."""
    total: int | None = None
    """The number of all items, where it is known."""
    next_token: str = ""
    """Where to go on after the page; empty on the last one."""


Paginate = Callable[[Sequence[Any]], Page]
"""Makes the page, given all items at hand, each as the server gave it: an element, or key and value of a map."""


@dataclass(slots=True, kw_only=True)
class Answer:
    """A successful answer."""

    bodies: tuple[bytes, ...]
    """The JSON of the cluster, of several upstream pages in order. What is not an item is read from the first."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """The name of the cluster as `CLUSTER`; and the request's own texts by field name, where the answer needs them."""
    local: Mapping[str, Any] = field(default_factory=dict)
    """The values of fields that the gateway fills in itself, as plain documents by field name."""
    failures: Sequence[Failure] = ()
    """The items that failed where the work was done only in part; also among `local`, as documents."""
    paginate: Paginate | None = None
    """How the items are paged; None if all of them are wanted."""
    page: Page | None = None
    """The page, known once the answer has been read."""
    report: Callable[[Sequence[Failure]], None] | None = None
    """Adds items that turned out to have failed while the answer was read; raises for a strict call. None if items have no errors."""


_T = TypeVar("_T")

Read = Callable[[Answer], _T]
"""Makes of an answer what a face needs. Raises CallError if the answer is not of the documented shape."""
