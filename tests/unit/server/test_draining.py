import asyncio
from itertools import count

import pytest

from searchway.readiness import Readiness
from searchway.server import draining
from searchway.server.draining import drain

HOUR = 3600.0


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "QUIET_SECONDS", 0.01)


async def test_it_is_short_where_nobody_probes_and_nothing_comes() -> None:
    readiness = Readiness()
    await asyncio.wait_for(drain(readiness, lambda: 7, HOUR), 30)
    assert not readiness.ready


async def test_it_lasts_until_a_probe_was_told() -> None:
    readiness = Readiness()
    readiness.probe("readyz")
    draining_now = asyncio.ensure_future(drain(readiness, lambda: 7, HOUR))
    await readiness.until_withdrawn()
    done, _ = await asyncio.wait([draining_now], timeout=0.1)
    assert not done
    assert not readiness.probe("check")
    done, _ = await asyncio.wait([draining_now], timeout=0.1)
    assert not done  # another kind of balancer
    assert not readiness.probe("readyz")
    await asyncio.wait_for(draining_now, 30)


async def test_it_lasts_while_requests_come() -> None:
    arrivals = [1, 2, 3, 4, 4, 5]
    seen = iter(arrivals)
    await asyncio.wait_for(drain(Readiness(), lambda: next(seen), HOUR), 30)
    assert next(seen) == 5  # it saw the same number twice, and looked no more


async def test_it_ends_after_its_time_whatever_comes() -> None:
    numbers = count()
    await asyncio.wait_for(drain(Readiness(), lambda: next(numbers), 0.05), 30)
    assert next(numbers) > 1


async def test_a_gateway_that_shall_not_drain_does_not() -> None:
    readiness = Readiness()
    readiness.probe("readyz")
    await asyncio.wait_for(drain(readiness, lambda: 7, 0), 30)
    assert not readiness.ready
