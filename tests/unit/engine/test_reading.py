import asyncio
import threading

import pytest

from searchway.engine.reading import AT_ONCE, ITEMS, LARGE, LARGE_TABLE, SMALL, Reading, is_small, split_beside
from searchway.errors import Code, Failure, MalformedAnswerError
from searchway.transcode.answer import Answer

PATIENCE = 30.0


@pytest.mark.parametrize(
    ("sizes", "beside"), [((0,), False), ((LARGE - 1,), False), ((LARGE,), True), ((LARGE // 2, LARGE // 2), True)]
)
async def test_only_large_answers_are_read_beside_the_loop(sizes: tuple[int, ...], *, beside: bool) -> None:
    bodies = tuple(b" " * size for size in sizes)
    found = await Reading().read(lambda _answer: threading.get_ident(), Answer(bodies=bodies))
    assert (found != threading.get_ident()) is beside


@pytest.mark.parametrize(("size", "beside"), [(LARGE, False), (LARGE_TABLE - 1, False), (LARGE_TABLE, True)])
async def test_a_table_is_large_later(size: int, *, beside: bool) -> None:
    answer = Answer(bodies=(b" " * size,))
    found = await Reading().read(lambda _answer: threading.get_ident(), answer, is_table=True)
    assert (found != threading.get_ident()) is beside


@pytest.mark.parametrize(("size", "beside"), [(ITEMS - 1, False), (ITEMS, True)])
async def test_items_that_may_have_failed_are_read_beside_the_loop_earlier(size: int, *, beside: bool) -> None:
    answer = Answer(bodies=(b" " * size,), report=lambda _failures: None)
    found = await Reading().read(lambda _answer: threading.get_ident(), answer)
    assert (found != threading.get_ident()) is beside
    assert (await Reading().run(size, threading.get_ident) != threading.get_ident()) is beside


async def test_others_go_on_while_a_large_answer_is_read() -> None:
    others, reading = threading.Event(), Reading()
    large = asyncio.create_task(reading.read(lambda _answer: others.wait(PATIENCE), Answer(bodies=(b" " * LARGE,))))
    for _ in range(10):
        assert await reading.read(lambda answer: answer.bodies, Answer(bodies=(b"{}",))) == (b"{}",)
        await asyncio.sleep(0)
    others.set()
    assert await large


async def test_an_answer_that_cannot_be_read_is_the_callers_error() -> None:
    def read(_answer: Answer) -> None:
        raise MalformedAnswerError.of_shape()

    for size in (0, LARGE):
        with pytest.raises(MalformedAnswerError):
            await Reading().read(read, Answer(bodies=(b" " * size,)))


@pytest.mark.parametrize(
    ("size", "at_once"), [(SMALL, 100), (SMALL + 1, AT_ONCE // (SMALL + 1) + 1), (AT_ONCE - 1, 2), (LARGE - 1, 1)]
)
async def test_the_loop_has_its_turn_between_answers_that_come_at_the_same_moment(size: int, at_once: int) -> None:
    reading, turn, turns = Reading(), 0, list[int]()
    tasks = [
        asyncio.create_task(reading.read(lambda _answer: turns.append(turn), Answer(bodies=(b" " * size,))))
        for _ in range(100)
    ]
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0)
        turn += 1
    assert len(turns) == 100
    assert max(turns.count(number) for number in set(turns)) == at_once


async def test_only_large_bodies_are_split_beside_the_loop() -> None:
    for size, beside in ((LARGE - 1, False), (LARGE, True)):
        found = await split_beside(b" " * size, lambda more: (threading.get_ident(), more), 7)
        assert (found[0] != threading.get_ident(), found[1]) == (beside, 7)


@pytest.mark.parametrize(
    ("bodies", "failures", "small"),
    [((SMALL,), 0, True), ((SMALL + 1,), 0, False), ((1, 1), 0, False), ((1,), 1, False)],
)
def test_small_answers_have_one_small_body_and_no_failures(
    bodies: tuple[int, ...], failures: int, *, small: bool
) -> None:
    answer = Answer(bodies=tuple(b" " * size for size in bodies))
    answer.failures = (Failure(code=Code.NOT_FOUND, message="m"),) * failures
    assert is_small(answer) is small
