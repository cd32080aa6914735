import asyncio

import pytest

from searchway.upstream.limit import TimeLimit

NEVER = 1000.0


async def hang() -> None:
    await asyncio.get_running_loop().create_future()


async def test_work_that_ends_in_time_is_left_in_peace() -> None:
    with TimeLimit(NEVER):
        await asyncio.sleep(0)
    assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]  # it is one


async def test_time_that_is_over_ends_the_work() -> None:
    with pytest.raises(TimeoutError), TimeLimit(0.001):
        await hang()
    assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]
    await asyncio.sleep(0)


async def test_work_can_be_ended_from_elsewhere_at_any_time_and_once() -> None:
    async def work() -> None:
        with TimeLimit(NEVER) as limit:
            for _ in range(2):
                asyncio.get_running_loop().call_soon(limit.end)
            await hang()

    with pytest.raises(TimeoutError):
        await work()
    await asyncio.sleep(0)


async def test_cancellation_goes_on_as_one() -> None:
    async def work() -> None:
        with TimeLimit(NEVER):
            await hang()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_cancellation_at_the_same_moment_as_the_end_goes_on() -> None:
    limits: list[TimeLimit] = []

    async def work() -> None:
        with TimeLimit(NEVER) as limit:
            limits.append(limit)
            await hang()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    limits[0].end()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelling() == 1


async def test_an_error_of_the_work_is_its_own() -> None:
    async def work() -> None:
        with TimeLimit(NEVER) as limit:
            limit.end()
            try:
                await hang()
            except asyncio.CancelledError:
                raise LookupError from None

    with pytest.raises(LookupError), TimeLimit(NEVER):
        raise LookupError
    with pytest.raises(LookupError):
        await work()
    assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]


def test_it_needs_a_task() -> None:
    async def outside() -> None:
        failed = asyncio.get_running_loop().create_future()

        def enter() -> None:
            try:
                with TimeLimit(1):
                    pass
            except RuntimeError as error:
                failed.set_exception(error)

        asyncio.get_running_loop().call_soon(enter)
        await failed

    with pytest.raises(RuntimeError, match="inside a task"):
        asyncio.run(outside())
