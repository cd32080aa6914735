"""Deadlines that are met on purpose, without a guess at how fast the machine is."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

_T = TypeVar("_T")

GROWING: Final = (0.05, 0.5, 5.0, 50.0)
"""Seconds until a deadline: each longer time is for a machine on which too little happened in the one before."""


async def meet_deadline(attempt: Callable[[float], Awaitable[_T]], is_far_enough: Callable[[], bool]) -> _T:
    """Return what came of an attempt whose deadline was met late enough.

    Args:
        attempt: does something that a deadline ends, given the seconds until then.
        is_far_enough: tells whether all had happened by then that has to come before.
    """
    for seconds in GROWING:
        outcome = await attempt(seconds)
        if is_far_enough():
            return outcome
    raise AssertionError("the machine is too slow for any deadline")
