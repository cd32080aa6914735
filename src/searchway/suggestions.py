"""Names that were probably meant, for messages about a name that there is not. Knows nothing of what the names stand for."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

_LONGEST: Final = 100
"""Characters of a name above which nobody mistyped it; comparing takes time by the product of both lengths."""


def closest(name: str, known: Iterable[str], *, most: int = 1, cutoff: float = 0.6) -> list[str]:
    """Return the known names that are most like a name, the best first; none for a name too long to be a slip.

    Args:
        name: what was given.
        known: what there is.
        most: how many to return at most.
        cutoff: how alike they must be, from 0 to 1.
    """
    return get_close_matches(name, known, n=most, cutoff=cutoff) if len(name) <= _LONGEST else []
