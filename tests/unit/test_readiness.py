import asyncio

import pytest

from searchway import readiness as module
from searchway.readiness import Readiness


async def is_noticed(readiness: Readiness) -> bool:
    waiting = asyncio.ensure_future(readiness.until_noticed())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    noticed = waiting.done()
    waiting.cancel()
    return noticed


async def test_nobody_has_to_notice_where_nobody_probed() -> None:
    readiness = Readiness()
    readiness.withdraw()
    assert await is_noticed(readiness)


async def test_each_kind_of_probe_has_to_notice() -> None:
    readiness = Readiness()
    assert readiness.probe("readyz")
    assert readiness.probe("watch")
    readiness.withdraw()
    assert not readiness.probe("watch")
    assert not await is_noticed(readiness)
    readiness.withdraw()  # a second time says nothing new
    assert not readiness.probe("readyz")
    assert await is_noticed(readiness)


async def test_probes_of_long_ago_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    readiness = Readiness()
    readiness.probe("readyz")
    monkeypatch.setattr(module, "_RECENT_SECONDS", -1.0)
    readiness.withdraw()
    assert await is_noticed(readiness)
