"""What a family adds where no option of the contract can say it: a few moments of a call, each with a default that adds nothing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from searchway.contract.records import Operation
from searchway.errors import Failure

Follow = Callable[[str, Mapping[str, Any]], Awaitable[Sequence[Failure]]]
"""Calls another operation by name with plain values, for the same caller; gives the items that failed. Raises CallError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A call that the cluster has answered with success."""

    operation: Operation
    """What was called."""
    message: Any
    """The request message."""
    body: bytes
    """The answer."""
    follow: Follow
    """How to call another operation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a family makes of an answer."""

    failures: Sequence[Failure] = ()
    """The items that failed where the work was done only in part."""
    local: Mapping[str, Any] | None = None
    """Values of response fields that the cluster does not give."""
    is_applied: bool = True
    """Whether a write with failures did anything at all."""


class Hook:
    """The moments of a call. A family overrides those it needs."""

    def prepare(self, message: Any) -> Any:
        """Return the message that is sent in place of the caller's; must not change the caller's.

        Raises:
            InvalidArgumentError: no engine would understand it.
        """
        return message

    def needs(self, message: Any) -> Mapping[str, str]:
        """Return the operations that `follow` will call, by the field of the message that asks for each."""
        del message
        return {}

    def check_pages(self, message: Any) -> None:
        """Check that the list can be paged, where the caller's own JSON says how it is sorted.

        Raises:
            InvalidArgumentError: it cannot; says what the order lacks.
        """
        del message

    def read(self, done: Done) -> Outcome:
        """Read the answer for what was not done; large ones are read in a thread. What this raises of another shape becomes the call's error.

        Raises:
            CallError: the answer looks like a success and is not one.
        """
        del done
        return Outcome()

    async def follow(self, done: Done, outcome: Outcome) -> Outcome:
        """Call what comes after, and return what the answer and these calls come to."""
        del done
        return outcome
