"""How many connections that stay open there are: bounded, since each holds memory for as long as its client likes."""

from collections.abc import Iterator
from contextlib import contextmanager


class TooManyOpenError(Exception):
    """There are as many as there may be."""


class Openings:
    """Counts them.

    Args:
        most: how many there may be.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.count = 0
        """How many there are."""

    @contextmanager
    def open(self) -> Iterator[None]:
        """Count one while the block runs.

        Raises:
            TooManyOpenError: there are too many.
        """
        if self.count >= self._most:
            raise TooManyOpenError(f"at most {self._most} event streams and WebSockets are open at the same time")
        self.count += 1
        try:
            yield
        finally:
            self.count -= 1
