"""Reading in small pieces, so that what one read brings is never worked on further than somebody wants it."""

from collections.abc import Callable

PIECE = 4096
"""The most bytes that are parsed before somebody asks whether to go on."""


class Pieces:
    """Bytes that were received and not parsed.

    Args:
        parse: takes a piece.
        wanted: whether another piece is wanted now.
    """

    __slots__ = ("_offset", "_parse", "_wanted", "data")

    def __init__(self, parse: Callable[[bytes], None], wanted: Callable[[], bool]) -> None:
        self._parse = parse
        self._wanted = wanted
        self.data = b""
        """What was received and is not wholly parsed."""
        self._offset = 0

    def add(self, data: bytes) -> None:
        """Take what was received, and parse as much as is wanted."""
        self.data = self.data[self._offset :] + data if self.data else data
        self._offset = 0
        self.advance()

    def advance(self) -> None:
        """Parse as much as is wanted now."""
        while self.data and self._wanted():
            piece = self.data[self._offset : self._offset + PIECE]
            self._offset += PIECE
            if self._offset >= len(self.data):
                self.clear()
            self._parse(piece)

    def take(self) -> bytes:
        """Return what was not parsed, and forget it."""
        rest = self.data[self._offset :]
        self.clear()
        return rest

    def clear(self) -> None:
        """Forget what was not parsed."""
        self.data, self._offset = b"", 0
