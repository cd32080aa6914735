"""What a mode must come to: code, what is known of a write, and how often the cluster is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from faults.kinds import Kind

TRIES: Final = 2
"""How often a read is sent where it may be sent again."""


@dataclass(frozen=True, kw_only=True)
class Yields:
    """What each kind of call must come to."""

    code: str = "OK"
    applied: str = ""
    """What writes say of themselves: any of these words, none for a success."""
    again: bool = False
    """Whether reads are sent again."""
    alone: bool = False
    """Whether it may be one member's fault, so that joined calls are made again one by one: none was carried out."""
    arrives: bool = True
    """Whether the cluster reads requests at all."""
    hangs: bool = False
    """Whether only the caller's deadline ends it."""
    but: Mapping[str, "Yields"] = field(default_factory=dict)
    """The kinds of calls for which it is something else."""

    def of(self, kind: str) -> "Yields":
        """Return what it is for a kind of calls."""
        return self.but.get(kind, self)

    def asked(self, kind: Kind) -> tuple[int, ...]:
        """Return how often the cluster may have been asked for a call."""
        if not self.arrives:
            return (0,)
        if kind.reads and self.again:
            return (TRIES,)
        return (1, 2) if self.alone and len(kind.inputs) > 1 else (1,)

    def except_for(self, kinds: str, other: "Yields") -> "Yields":
        """Return the same with another outcome for some kinds of calls."""
        return replace(self, but={**self.but, **dict.fromkeys(kinds.split(), other)})


OK: Final = Yields()
"""The answer is taken."""
LOST: Final = Yields(code="UNAVAILABLE", applied="UNKNOWN", again=True)
"""The connection ended without a whole answer."""
LATE: Final = Yields(code="DEADLINE_EXCEEDED", applied="UNKNOWN", hangs=True)
"""No answer comes."""
FOREIGN: Final = Yields(code="INTERNAL", applied="UNKNOWN")
"""An answer that no cluster would give."""
ODD: Final = Yields(code="INTERNAL", applied="YES UNKNOWN")
"""An answer of which nobody can tell whether a cluster gave it."""
UNREADABLE: Final = Yields(code="INTERNAL", applied="YES", but={"joined": ODD})
"""A success of the cluster that cannot be read."""
TOO_LARGE: Final = Yields(code="RESOURCE_EXHAUSTED", applied="UNKNOWN")
"""An answer above the limit."""


def refused(code: str, *, again: bool = False, alone: bool = False) -> Yields:
    """Return what a refusal comes to: nothing was done."""
    return Yields(code=code, applied="NO", again=again, alone=alone)


def failed(code: str, *, again: bool = False) -> Yields:
    """Return what an error comes to that says nothing of what was done."""
    return Yields(code=code, applied="UNKNOWN", again=again)
