"""Calls that are known in advance to come together: those that stand side by side in one document, or in one array of requests.

What joins calls need not guess by the clock whether more will come: it waits until each of them has joined or is known not to.
"""

from collections.abc import Callable, Sequence


class Cohort:
    """Calls of one operation that set out together."""

    def __init__(self, size: int) -> None:
        self._missing = size
        self._then: list[Callable[[], None]] = []
        self.members: Sequence[Expected] = [Expected(self) for _ in range(size)]
        """One for each of them."""

    @property
    def is_complete(self) -> bool:
        """Whether all have joined or are known not to."""
        return not self._missing

    def when_complete(self, then: Callable[[], None]) -> None:
        """Call this when the last one has joined, or is known not to."""
        self._then.append(then)

    def settled(self) -> None:
        """Count one that is waited for no longer; each member says it once."""
        self._missing -= 1
        if not self._missing:
            for then in self._then:
                then()


class Expected:
    """One call of a cohort, which others wait for until it is settled."""

    __slots__ = ("_is_settled", "cohort")

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        """Those it set out with."""
        self._is_settled = False

    def settle(self) -> None:
        """Let nobody wait for it: it has joined, or it will not soon: refused, cancelled, queued. Only the first time counts."""
        if not self._is_settled:
            self._is_settled = True
            self.cohort.settled()
