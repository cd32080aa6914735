"""Reads the examples out of the documentation: fenced blocks, and which block is the answer of which.

A block of language `json` or `text` is the answer of the runnable block before it. In answers `…` stands for anything.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
README: Final = ROOT / "README.md"
CONTRIBUTING: Final = ROOT / ".github" / "CONTRIBUTING.md"
CHANGELOG: Final = ROOT / ".github" / "CHANGELOG.md"
DECISIONS: Final = ROOT / ".github" / "decisions"

RUNNABLE: Final = {"sh", "graphql", "python"}
ANSWERS: Final = {"json", "text"}
OTHERS: Final = {"toml", "proto", "yaml", "py", "console", "go", "ts", "js"}

_FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ANYTHING: Final = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block."""

    path: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line}"

    @property
    def commands(self) -> list[str]:
        """The lines of a shell block, continued ones joined, without comments."""
        lines = self.text.replace("\\\n", " ").splitlines()
        return [line for line in lines if line and not line.startswith("#")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Something to run, and what it answers where the documentation says so."""

    block: Block
    answer: Block | None

    def __str__(self) -> str:
        return str(self.block)


def read_blocks(path: Path) -> list[Block]:
    """Return the blocks of a file in order."""
    text = path.read_text(encoding="utf-8")
    return [
        Block(path=path, line=text.count("\n", 0, found.start()) + 1, language=found[1], text=found[2])
        for found in _FENCE.finditer(text)
    ]


def read_examples(path: Path) -> Iterator[Example]:
    """Yield the runnable blocks of a file, each with its answer."""
    blocks = read_blocks(path)
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if block.language in RUNNABLE:
            is_answered = following is not None and following.language in ANSWERS
            yield Example(block=block, answer=following if is_answered else None)


def matches(expected: Block, actual: str) -> bool:
    """Tell whether an answer is the documented one: as a value if both are JSON, else as text."""
    if expected.language == "json":
        try:
            return _is_like(json.loads(expected.text), json.loads(actual))
        except ValueError:
            pass
    return re.fullmatch(_pattern(expected.text.strip()), actual.strip(), re.DOTALL) is not None


def _is_like(expected: Any, actual: Any) -> bool:
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(_is_like(value, actual[key]) for key, value in expected.items())
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(_is_like, expected, actual))
    if isinstance(expected, str) and _ANYTHING in expected:
        return re.fullmatch(_pattern(expected), str(actual), re.DOTALL) is not None
    return bool(expected == actual)


def _pattern(text: str) -> str:
    return ".*".join(map(re.escape, text.split(_ANYTHING)))
