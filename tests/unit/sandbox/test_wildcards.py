import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.sandbox.wildcards import wildcard


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("logs-*", "logs-1", True),
        ("logs-*", "logs-", True),
        ("logs-*", "log", False),
        ("*", "", True),
        ("a*a", "a", False),
        ("a*b*c", "aXbYbZc", True),
        ("logs.1", "logsX1", False),
        ("", "", True),
    ],
)
def test_patterns(pattern: str, text: str, fits: bool) -> None:
    assert wildcard(pattern).fullmatch(text) is fits


@given(pattern=st.text("ab*\n", max_size=8), text=st.text("ab\n", max_size=12))
def test_means_what_the_regular_expression_means(pattern: str, text: str) -> None:
    expected = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL)
    assert wildcard(pattern).fullmatch(text) is (expected is not None)
