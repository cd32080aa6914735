"""Replays what real servers were asked and holds the sandbox's answers against theirs.

The recordings are tables of Elasticsearch 8.19.21, OpenSearch 3.6.0 with its state management plugin and
OpenSearch 3.9.0, each run from its first step to its last. The sandbox's clock begins at the moment of the
recording, so names that hold their day match on every day. What differs from run to run stands in
angle brackets. A step without an answer only moves the state on: there the real server lagged behind
its own write by a refresh, which the sandbox does not do.
"""

import json
import re
import time
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from searchway.sandbox import User, create_sandbox
from unit.sandbox.asgi import ask

RECORDED = {path.stem: path for path in sorted((Path(__file__).parent / "recorded").glob("*.yaml"))}
PLACEHOLDERS = {
    "<uuid>": r"[\w-]{22}",
    "<millis>": r"\d{13}",
    "<number>": r"\d+",
    "<count>": r"\d+",
    "<size>": r"\d+(\.\d)?([kmgtp]?b)?",
    "<any>": ".*",
}
USERS = {
    "gateway": User(password="gateway-secret"),
    "reader": User(password="gateway-secret", roles=("monitor_only",)),
}


def matches(expected: Any, actual: Any) -> bool:
    if isinstance(expected, dict):
        return (
            isinstance(actual, dict)
            and expected.keys() == actual.keys()
            and all(matches(expected[key], actual[key]) for key in expected)
        )
    if isinstance(expected, list):
        return (
            isinstance(actual, list) and len(expected) == len(actual) and all(map(matches, expected, by_index(actual)))
        )
    if isinstance(expected, str) and any(placeholder in expected for placeholder in PLACEHOLDERS):
        return re.fullmatch(pattern_of(expected), str(actual)) is not None
    return bool(expected == actual)


def pattern_of(expected: str) -> str:
    pattern = re.escape(expected)
    for placeholder, regex in PLACEHOLDERS.items():
        pattern = pattern.replace(re.escape(placeholder), regex)
    return pattern


def by_index(items: list[Any]) -> list[Any]:
    """The engine lists failed indices in no order; the recordings have them by name."""
    named = items and all(isinstance(item, dict) and "index_name" in item for item in items)
    if named and "reason" in items[0]:
        return sorted(items, key=lambda item: str(item["index_name"]))
    return items


def clock_from(start: datetime) -> Callable[[], float]:
    """A clock that runs on from a moment, however the clock of the machine is set or moved."""
    ahead = start.timestamp() - time.monotonic()
    return lambda: ahead + time.monotonic()


@cache
def recording_of(name: str) -> Any:
    return yaml.safe_load(RECORDED[name].read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", RECORDED)
async def test_answers_as_the_real_server_did(name: str) -> None:
    recording = recording_of(name)
    users = USERS if recording["secured"] else None
    played = {"version": recording.get("version"), "clock": clock_from(recording["recorded"])}
    sandbox = create_sandbox(recording["engine"], users=users, **played)
    differences = []
    for step in recording["steps"]:
        answer = await ask(sandbox, step["request"], step.get("body", ""), step.get("headers", {}))
        same = answer.status == step["status"]
        if "answer" in step:
            same = same and matches(json.loads(step["answer"]), json.loads(answer.body))
        if "text" in step:
            same = same and answer.body.decode().split() == step["text"].split()
        if not same:
            differences.append((step["note"], step["request"], step["status"], answer.status, answer.body))
    assert not differences


def test_recordings_compare_nearly_every_step() -> None:
    steps = [step for name in RECORDED for step in recording_of(name)["steps"]]
    compared = [step for step in steps if "answer" in step or "text" in step]
    assert len(steps) > 400
    assert len(compared) > 0.85 * len(steps)
