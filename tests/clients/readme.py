"""Commands and programs of the README, for the tests that run them."""

import os
import subprocess
import sys
from pathlib import Path

from docs.blocks import README, read_blocks

COMMAND_SECONDS = 280
DOCUMENTED = "127.0.0.1:8080"


def commands(*words: str) -> str:
    """Return the commands of the README among which these are."""
    consoles = [f"\n{text}" for text in blocks("console")]
    (found,) = [text for text in consoles if all(f"\n{word} " in text for word in words)]
    return found


def program(package: str) -> str:
    """Return the JavaScript of the README that imports from a package."""
    (found,) = [text for text in blocks("js") if f" from '{package}';" in text]
    return found


def blocks(language: str) -> list[str]:
    return [block.text for block in read_blocks(README) if block.language == language]


def shell(text: str, folder: Path, *tools: Path) -> str:
    """Run lines in a folder, with .venv and other tools on the PATH; return what they print."""
    folders = [Path(sys.executable).parent, *tools]
    path = os.pathsep.join([*map(str, folders), os.environ["PATH"]])
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", text],
        cwd=folder,
        env={**os.environ, "PATH": path, "GOFLAGS": "-mod=readonly -buildvcs=false"},
        capture_output=True,
        text=True,
        check=False,
        timeout=COMMAND_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
