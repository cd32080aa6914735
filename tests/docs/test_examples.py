"""Runs every example of the documentation against the demo, and holds the documented answer against the real one."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from docs.blocks import (
    ANSWERS,
    CONTRIBUTING,
    OTHERS,
    README,
    RUNNABLE,
    Block,
    Example,
    matches,
    read_blocks,
    read_examples,
)
from docs.conftest import Demo
from docs.running import run, started, wait_for_text

# Commands that set the machine up, or that need what a test machine has not; `test_layout` holds what they name.
SET_UP: Final = ("make", "docker", "pre-commit", ".")
_STATUS: Final = re.compile(r"# exits with (\d+)$", re.MULTILINE)
_HEADERS: Final = re.compile(r"^# headers: (.+)$", re.MULTILINE)

Shell = Callable[[str, int], str]
FILES: Final = (README, CONTRIBUTING)
EXAMPLES: Final = [example for path in FILES for example in read_examples(path)]


def is_set_up(block: Block) -> bool:
    return all(command.split()[0] in SET_UP for command in block.commands)


def is_service(block: Block) -> bool:
    return block.commands[-1].startswith("searchway serve")


def of_language(language: str) -> list[Example]:
    return [example for example in EXAMPLES if example.block.language == language]


SHELL: Final = [example for example in of_language("sh") if not is_set_up(example.block)]
COMMANDS: Final = [example for example in SHELL if not is_service(example.block)]
SERVICES: Final = [example.block for example in SHELL if is_service(example.block)]


def check(example: Example, actual: str) -> None:
    if example.answer is not None:
        assert matches(example.answer, actual), f"{example} answers\n{actual}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_block_is_of_a_kind_that_is_held(path: Path) -> None:
    assert {block.language for block in read_blocks(path)} <= RUNNABLE | ANSWERS | OTHERS


def test_there_are_examples_of_every_kind() -> None:
    assert COMMANDS
    assert SERVICES
    assert of_language("graphql")
    assert of_language("python")


@pytest.mark.parametrize("example", COMMANDS, ids=str)
def test_a_command(example: Example, demo: Demo, shell: Shell) -> None:
    status = _STATUS.search(example.block.text)
    check(example, demo.documented(shell(demo.here(example.block.text), int(status[1]) if status else 0)))


@pytest.mark.parametrize("example", of_language("graphql"), ids=str)
def test_a_query(example: Example, demo: Demo) -> None:
    said = _HEADERS.search(example.block.text)
    headers: dict[str, str] = json.loads(said[1]) if said else {}
    asked = {"query": example.block.text}
    answer = httpx.post(f"http://{demo.http}/graphql", json=asked, headers=headers, trust_env=False)
    check(example, answer.text)


@pytest.mark.parametrize("example", of_language("python"), ids=str)
def test_a_program(example: Example, demo: Demo, environment: dict[str, str]) -> None:
    check(example, run([sys.executable, "-W", "error", "-c", demo.here(example.block.text)], environment))


@pytest.mark.parametrize("block", SERVICES, ids=str)
def test_a_way_to_serve(block: Block, environment: dict[str, str], tmp_path: Path) -> None:
    output = tmp_path / "output.txt"
    text = re.sub(r"(--(?:http|grpc)) \S+", r"\1 127.0.0.1:0", block.text)
    told = {**environment, "SEARCHWAY_HTTP": "127.0.0.1:0", "SEARCHWAY_GRPC": "127.0.0.1:0"}
    with started(["bash", "-euc", text], told, output) as process:
        wait_for_text('"listening"', process, output)


def pasted(demo: Demo) -> list[str]:
    return re.findall(r"^  (\S.+)$", demo.printed, re.MULTILINE)


def test_the_demo_says_what_it_does_and_what_to_paste(demo: Demo) -> None:
    assert "==> Starting the gateway on the sandbox" in demo.printed
    assert [command.split()[0] for command in pasted(demo)] == ["curl", ".venv/bin/searchway", "grpcurl"]


@pytest.mark.parametrize("number", range(3))
def test_what_the_demo_prints_works_when_pasted(number: int, demo: Demo, shell: Shell) -> None:
    answer: Any = json.loads(shell(pasted(demo)[number], 0))
    assert "node-1" in json.dumps(answer)


def test_the_first_queries_are_those_that_the_demo_prints(demo: Demo) -> None:
    documented = [command for example in COMMANDS for command in example.block.commands]
    assert {demo.documented(command).removeprefix(".venv/bin/") for command in pasted(demo)} <= set(documented)


def test_the_log_line_is_a_real_one(demo: Demo, environment: dict[str, str]) -> None:
    (documented,) = [json.loads(b.text) for b in read_blocks(README) if '"event": "call"' in b.text]
    run(["searchway", "call", "--at", demo.grpc, documented["operation"]], environment)
    lines = [json.loads(line) for line in demo.printed.splitlines() if line.startswith('{"')]
    (real, *_) = [line for line in lines if line.get("operation") == documented["operation"]]
    assert real.keys() == documented.keys()


def test_a_wrong_answer_is_seen() -> None:
    said = Block(path=README, line=1, language="json", text='{"a": [1, "x…"]}')
    assert matches(said, '{"a":[1,"xyz"]}')
    assert not matches(said, '{"a":[1,"yz"]}')
    assert not matches(said, '{"a":[1,"xyz"],"b":2}')
    text = Block(path=README, line=1, language="text", text="GET /a\n…\nend")
    assert matches(text, "GET /a\nmore\nend\n")
    assert not matches(text, "GET /b\nmore\nend")


def test_a_failing_command_is_seen(environment: dict[str, str]) -> None:
    with pytest.raises(AssertionError):
        run(["bash", "-c", "exit 3"], environment)
