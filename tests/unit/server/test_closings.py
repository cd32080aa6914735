import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from searchway.server.closings import Closings


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    with capture_logs() as found:
        yield found


def told(lines: list[Any]) -> list[tuple[str, int]]:
    assert {(line["event"], line["log_level"], line["face"]) for line in lines} <= {
        ("connections refused or closed", "info", "http")
    }
    return [(line["reason"], line["times"]) for line in lines]


async def test_a_flood_writes_no_flood_of_lines(lines: list[Any]) -> None:
    counted = Counter[str]()
    closings = Closings(lambda reason: counted.update([reason]))
    for _ in range(10_000):
        closings.note("host")
    closings.note("pings")
    assert told(lines) == [("host", 1), ("pings", 1)]
    closings.close()
    assert told(lines)[2:] == [("host", 9999)]
    assert counted == {"host": 10_000, "pings": 1}


async def test_what_came_meanwhile_is_told_after_a_time(lines: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchway.server.closings.EVERY_SECONDS", 0.0)
    closings = Closings(lambda _reason: None)
    for _ in range(3):
        closings.note("host")
    assert told(lines) == [("host", 1)]
    await turns()
    assert told(lines) == [("host", 1), ("host", 2)]
    await turns()
    closings.note("host")
    assert told(lines)[2:] == [("host", 1)]
    closings.close()


async def turns() -> None:
    """Let the loop turn until timers without time have run, and those that these set."""
    for _ in range(4):
        await asyncio.sleep(0)
