"""Work in the background: one piece at a time, with fair turns, and a bounded number of pieces that wait."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from searchway.graph.background import Background
from searchway.graph.refusals import RequestError


class Gate:
    """Work that begins and ends when the test says so, and notes the order."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self._open = threading.Event()

    def open(self) -> None:
        self._open.set()

    def work(self, name: str) -> Callable[[], str]:
        def do() -> str:
            self._open.wait(60)
            self.order.append(name)
            return name

        return do


async def begin(background: Background, gate: Gate, *names: str) -> list[asyncio.Task[str]]:
    """Begin pieces of work; the first letter of each name is the principal."""
    tasks = [asyncio.create_task(background.run(name[0], gate.work(name))) for name in names]
    await asyncio.sleep(0)
    return tasks


async def test_principals_take_turns() -> None:
    background, gate = Background(10), Gate()
    tasks = await begin(background, gate, "a1", "a2", "a3", "a4", "b1", "c1", "b2")
    gate.open()
    await asyncio.gather(*tasks)
    assert gate.order == ["a1", "a2", "b1", "c1", "a3", "b2", "a4"]


async def test_the_principal_that_waits_with_most_gives_way() -> None:
    background, gate = Background(3), Gate()
    tasks = await begin(background, gate, "a1", "a2", "a3", "a4", "b1", "a5")
    gate.open()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [r if isinstance(r, str) else type(r) for r in results] == [
        "a1",
        "a2",
        "a3",
        RequestError,
        "b1",
        RequestError,
    ]


async def test_a_piece_that_is_given_up_while_it_waits_is_not_done() -> None:
    background, gate = Background(3), Gate()
    first, second, third = await begin(background, gate, "a1", "a2", "a3")
    second.cancel()
    gate.open()
    assert [await first, await third] == ["a1", "a3"]
    assert gate.order == ["a1", "a3"]


async def test_giving_up_the_piece_that_is_worked_on_lets_the_next_begin() -> None:
    background, gate = Background(3), Gate()
    first, second = await begin(background, gate, "a1", "a2")
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    gate.open()
    assert await second == "a2"


async def test_an_error_goes_to_who_brought_the_work() -> None:
    def fail() -> None:
        raise ValueError("mine")

    background = Background(1)
    with pytest.raises(ValueError, match="mine"):
        await background.run("a", fail)
    assert await background.run("a", lambda: 1) == 1
