"""The event loop by hand: tests say when it goes on, and it goes on until nothing is left to do."""

import asyncio

_ENOUGH = 30


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(_ENOUGH):
        await asyncio.sleep(0)
