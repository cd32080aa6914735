"""No regular expression of the gateway takes more than linear time, whatever the text."""

import re
import time
from collections.abc import Iterator
from itertools import product
from re import _parser as parser  # type: ignore[attr-defined]  # what a pattern looks for, without reading its source again
from typing import Any

import pytest

from hostile.patterns import Use, unknown, uses

USES = list(uses())
ALWAYS = " a0.-:/_{}[\"'\\*"
ENDINGS = ("", "\x00", ":", "!")
SMALL, LARGE = 2_000, 16_000
SLACK = 3
"""A quadratic use takes 64 times as long for eight times the text, a linear one 8 times: three times that is neither noise nor square."""
NOTHING = 0.0005
"""Seconds for the large text that are not worth a comparison."""


def test_every_pattern_is_made_of_the_sources_own_text() -> None:
    assert list(unknown()) == ["transcode/judgement.py"]  # the table's, which `uses` has


def test_every_pattern_is_found_with_its_use() -> None:
    places = {use.place.partition(":")[0] for use in USES}
    assert {"transcode/redaction.py", "transcode/checks.py", "graph/scalars.py", "sandbox/jsontext.py"} <= places
    assert len(USES) > 50


def literals(pattern: re.Pattern[Any]) -> str:
    found = dict.fromkeys(_characters(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)))
    return "".join(found)[:8]


def _characters(parsed: Any) -> Iterator[str]:
    for name, argument in parsed:
        if str(name) in {"LITERAL", "NOT_LITERAL"}:
            yield chr(argument)
        yield from _inner(argument)


def _inner(argument: Any) -> Iterator[str]:
    if isinstance(argument, parser.SubPattern):
        yield from _characters(argument)
    elif isinstance(argument, list | tuple):
        for one in argument:
            is_item = isinstance(one, tuple) and len(one) == 2 and str(one[0]).isupper()
            yield from _characters([one]) if is_item else _inner(one)


def seeds(use: Use) -> Iterator[str]:
    own = literals(use.pattern)
    yield from {*ALWAYS, *own}
    yield from ("".join(pair) for pair in product(own[:5], ALWAYS[:6]))
    yield from (
        own,
        f"{own} ",
        f"{own}{{",
        '[Source: (a)"',
        "password ",
        "{a}",
        "1.1.1.1",
        "a.a/",
        "basic ",
        "node a.a.",
    )


def seconds(use: Use, text: str) -> float:
    run, given, best = use.run, use.text(text), float("inf")
    for _ in range(3):
        begin = time.thread_time()
        run(given)
        best = min(best, time.thread_time() - begin)
    return best


@pytest.mark.parametrize("use", USES, ids=lambda use: use.place)
def test_time_grows_with_the_text_and_not_with_its_square(use: Use) -> None:
    for seed, ending in product(sorted(set(seeds(use))), ENDINGS):
        if not seed:
            continue
        short, small, large = (seed * (size // len(seed)) + ending for size in (24, SMALL, LARGE))
        assert seconds(use, short) < 0.05, f"exponential for {short!r}"
        if seconds(use, large) < NOTHING:
            continue
        assert grows_linearly(use, small, large), f"more than linear for {seed!r}…{ending!r}"


def grows_linearly(use: Use, small: str, large: str) -> bool:
    """Tell whether it does in any of several measurements: noise makes a linear use look worse, never a quadratic one better."""
    bound = SLACK * LARGE / SMALL
    return any(seconds(use, large) <= bound * max(seconds(use, small), 1e-6) for _ in range(5))
