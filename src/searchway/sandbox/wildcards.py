"""Patterns in which `*` stands for anything, matched in time linear in the text: callers choose both."""

from functools import lru_cache


class Wildcard:
    """A pattern; find out with `fullmatch` whether a whole text fits."""

    __slots__ = ("_first", "_last", "_middle", "_pattern")

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._first, *rest = pattern.split("*")
        self._last = rest.pop() if rest else None
        self._middle = [part for part in rest if part]

    def fullmatch(self, text: str) -> bool:
        """Tell whether the whole text fits: each part is taken where it comes first, which leaves the most for the others."""
        if self._last is None:
            return text == self._pattern
        end = len(text) - len(self._last)
        at = len(self._first)
        if at > end or not (text.startswith(self._first) and text.endswith(self._last)):
            return False
        for part in self._middle:
            found = text.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True


@lru_cache(maxsize=512)
def wildcard(pattern: str) -> Wildcard:
    """Return the pattern, made once."""
    return Wildcard(pattern)
