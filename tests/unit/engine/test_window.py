import asyncio
from itertools import count

import pytest

from searchway.engine.window import Window


class Crowd:
    """Some who come, one a turn."""

    def __init__(self, number: int) -> None:
        self._left = number
        self.there = 1

    async def come(self) -> None:
        while self._left:
            self._left -= 1
            self.there += 1
            await asyncio.sleep(0)

    def size(self) -> int:
        return self.there


@pytest.mark.parametrize("number", [0, 1, 20])
async def test_it_waits_while_every_turn_brings_more(number: int) -> None:
    crowd = Crowd(number)
    coming = asyncio.create_task(crowd.come())
    await Window(60, clock=lambda: 0.0).wait(crowd.size)
    assert crowd.there == number + 1
    await coming


@pytest.mark.parametrize(("seconds", "came"), [(0, 2), (3, 4)])
async def test_it_never_waits_longer_than_the_bound(seconds: float, came: int) -> None:
    crowd = Crowd(20)
    coming = asyncio.create_task(crowd.come())
    clock = count()  # a second for every look
    await Window(seconds, clock=lambda: float(next(clock))).wait(crowd.size)
    assert crowd.there == came
    await coming
