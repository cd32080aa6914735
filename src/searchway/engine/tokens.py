"""Page tokens: opaque, signed, and good only for the list they were given for.

A token holds the position in the list and a digest of what the list is: operation, cluster and filters. The page size and the caller's
credentials are not part of it, since both may change between pages. The tokens of one page are all signed by one reading of the clock, so
that tokens of one position are equal.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from secrets import token_urlsafe
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from searchway.contract.records import Operation
from searchway.errors import InvalidArgumentError

Position = int | str
"""An offset, or the key of the last item seen."""

_NOT_FILTERS = ("page_size", "page_token", "strict")


class Tokens:
    """Signs and reads page tokens."""

    def __init__(self, keys: Sequence[str], *, max_age: int, clock: Callable[[], float] = time.time) -> None:
        """Take the keys, of which the first signs and all are accepted; a random one if there are none.

        Args:
            keys: secrets that gateways have in common.
            max_age: seconds for which a token is good.
            clock: seconds since the epoch.
        """
        # The library signs with the last key, the settings name the newest first.
        ordered = list(reversed(keys)) or [token_urlsafe(32)]
        self._serializer = URLSafeSerializer(ordered, salt="searchway.page")
        self._max_age = max_age
        self._clock = clock

    def of(self, operation: Operation, cluster: str, message: Any) -> "ListTokens":
        """Return the tokens of one list."""
        return ListTokens(self, operation, cluster, message)

    def now(self) -> int:
        """Return the second since the epoch, which a page's tokens are signed with."""
        return int(self._clock())

    def sign(self, digest: str, position: Position, moment: int) -> str:
        """Return the token for a position, good from a moment on."""
        return str(self._serializer.dumps([digest, position, moment]))

    def read(self, digest: str, token: str, field: str = "page_token") -> Position:
        """Return the position of a token that the caller gave as `field`.

        A token from the future is taken: the clock of the gateway that signed it is ahead of ours.

        Raises:
            InvalidArgumentError: the token is not ours, is of another list, or too old.
        """
        try:
            found, position, moment = self._serializer.loads(token)
        except (BadData, ValueError, TypeError) as error:
            raise InvalidArgumentError(field, "was not made by this gateway, or was changed") from error
        if self.now() - moment > self._max_age:
            raise InvalidArgumentError(field, "has expired; begin with the first page")
        if found != digest:
            raise InvalidArgumentError(field, "belongs to a list of another operation, cluster or filter")
        return position  # type: ignore[no-any-return]  # what sign put there


@dataclass(frozen=True)
class ListTokens:
    """The tokens of one page of a list."""

    tokens: Tokens
    """Who signs."""
    operation: Operation
    """What gives the list."""
    cluster: str
    """Whose list it is."""
    message: Any
    """The request message, whose filters decide what is in it."""

    @cached_property
    def digest(self) -> str:
        """What the list is; most calls have it on one page and never ask."""
        return _digest(self.operation, self.cluster, self.message)

    @cached_property
    def moment(self) -> int:
        """When the page was made."""
        return self.tokens.now()

    def sign(self, position: Position) -> str:
        """Return the token for a position; the same one each time."""
        return self.tokens.sign(self.digest, position, self.moment)

    def read(self, token: str, field: str = "page_token") -> Position:
        """Return the position of a token. See `Tokens.read`."""
        return self.tokens.read(self.digest, token, field)


def _digest(operation: Operation, cluster: str, message: Any) -> str:
    filters = operation.request.cls()
    filters.CopyFrom(message)
    for name in _NOT_FILTERS:
        if name in operation.request.by_name:
            filters.ClearField(name)
    parts = (operation.name.encode(), cluster.encode(), filters.SerializeToString(deterministic=True))
    return blake2b(b"\0".join(parts), digest_size=9).hexdigest()
