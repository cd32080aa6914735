"""The first phase of stopping: not ready any more, still serving, until callers have gone elsewhere.

ready --signal--> draining --> stopping --> stopped
                  not ready,   no new        what was in flight
                  serving      connections   has ended
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from searchway.readiness import Readiness

QUIET_SECONDS = 1.0
"""How long no request may have come for callers to count as gone."""


async def drain(readiness: Readiness, arrivals: Callable[[], int], seconds: float) -> None:
    """Withdraw readiness and return when no calls are to be expected any more, or after `seconds` at the latest.

    None are expected when no request came for a second, and balancers know: a probe has been told, or there were none lately.
    """
    readiness.withdraw()
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await readiness.until_noticed()
            await _until_quiet(arrivals, QUIET_SECONDS)


async def _until_quiet(arrivals: Callable[[], int], seconds: float) -> None:
    before = -1
    while before != (now := arrivals()):
        before = now
        await asyncio.sleep(seconds)
