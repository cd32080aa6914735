"""What it takes to find the next in turn does not grow with those who cannot have one."""

import asyncio
from collections.abc import Hashable

import pytest

from searchway.engine.fairqueue import FairQueue, Waiter


class Asked:
    """Answers what the queue asks, and counts."""

    def __init__(self, full: str, kept_out: set[int]) -> None:
        self._full = full
        self._kept_out = kept_out
        self.count = 0

    def has_room(self, cluster: str) -> bool:
        self.count += 1
        return cluster != self._full

    def is_kept_out(self, _cluster: str, principal: Hashable) -> bool:
        self.count += 1
        return principal in self._kept_out


def waiter(cluster: str, principal: Hashable) -> Waiter:
    return Waiter(cluster, principal, asyncio.get_running_loop().create_future())


@pytest.mark.parametrize("waiting", [10, 1000])
async def test_those_behind_a_full_cluster_are_not_looked_at(waiting: int) -> None:
    queue, asked = FairQueue(), Asked("full", set())
    for number in range(waiting):
        queue.push(waiter("full", number))
    queue.push(last := waiter("free", "p"))
    assert queue.pop(asked.has_room, asked.is_kept_out) is last
    assert queue.pop(asked.has_room, asked.is_kept_out) is None
    assert asked.count <= 4


@pytest.mark.parametrize("waiting", [10, 1000])
async def test_of_a_principal_that_has_its_share_one_call_is_looked_at(waiting: int) -> None:
    queue, asked = FairQueue(), Asked("", {0})
    for _ in range(waiting):
        queue.push(waiter("a", 0))
    queue.push(last := waiter("a", 1))
    assert queue.pop(asked.has_room, asked.is_kept_out) is last
    assert asked.count <= 3


async def test_nothing_is_kept_of_those_who_wait_no_more() -> None:
    queue, asked = FairQueue(), Asked("", set())
    waiters = [waiter(cluster, principal) for cluster in "ab" for principal in range(10) for _ in range(3)]
    for one in waiters:
        queue.push(one)
    for one in waiters[::2]:
        queue.discard(one)
        queue.discard(one)
    while queue.pop(asked.has_room, asked.is_kept_out):
        pass
    assert queue.size == 0
    assert not any(value for value in vars(queue).values() if isinstance(value, dict))
