"""Who may do what not everybody may: those who show a key in a header of its own."""

from collections.abc import Iterable
from hmac import compare_digest

from pydantic import SecretStr

from searchway.graph.callers import Caller


class Permission:
    """Something that everybody may do, or those who show a key.

    Args:
        header: where the key is shown, in lower case.
        keys: the keys.
        everybody: whether it needs none.
    """

    def __init__(self, header: str, keys: Iterable[SecretStr], *, everybody: bool) -> None:
        self._header = header
        self._keys = [key.get_secret_value().encode() for key in keys]
        self._everybody = everybody

    def covers(self, caller: Caller) -> bool:
        """Tell whether a caller may."""
        if self._everybody:
            return True
        shown = caller.headers.get(self._header, "").encode()
        return any([compare_digest(shown, key) for key in self._keys])  # noqa: C419  # always all of them: the time tells nothing
