"""How many connections that stay open there are: bounded, since each holds memory for as long as its client likes."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class TooManyOpenError(Exception):
    """There are as many as there may be."""


class Openings:
    """Counts them.

    Args:
        most: how many there may be.
        each: how many of one peer.
    """

    def __init__(self, most: int, each: int) -> None:
        self._most = most
        self._each = each
        self._peers: Counter[str] = Counter()

    @contextmanager
    def open(self, peer: str) -> Iterator[None]:
        """Count one of a peer while the block runs.

        Raises:
            TooManyOpenError: there are too many.
        """
        self._check(peer)
        self._peers[peer] += 1
        try:
            yield
        finally:
            self._peers[peer] -= 1
            if not self._peers[peer]:
                del self._peers[peer]

    def _check(self, peer: str) -> None:
        opened = "event streams and WebSockets are open at the same time"
        if self._peers[peer] >= self._each:
            raise TooManyOpenError(f"at most {self._each} {opened} from one address (limits.graphql_streams_per_peer)")
        if self._peers.total() >= self._most:
            raise TooManyOpenError(f"at most {self._most} {opened} (limits.graphql_streams)")
