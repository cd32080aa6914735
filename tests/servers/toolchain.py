"""Finds what real servers need of the machine: a JDK that is recent enough, and Maven."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST_JAVA = 21
SYSTEM_FOLDERS = (Path("/usr/lib/jvm"), Path("/opt/java"), Path.home() / ".sdkman/candidates/java")


class MissingToolError(Exception):
    """The machine lacks a tool; the message says which, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolchain:
    """The tools, and where downloads are kept."""

    java_home: Path
    maven: Path
    cache: Path

    def java(self, program: str) -> str:
        """Return the path of a program of the JDK."""
        return str(self.java_home / "bin" / program)


def find_toolchain() -> Toolchain:
    """Look for the tools on the PATH, the JDK also in JAVA_HOME and where distributions put it.

    Raises:
        MissingToolError: one is not there.
    """
    maven = shutil.which("mvn")
    if maven is None:
        raise MissingToolError("real servers need Maven: no `mvn` on the PATH")
    return Toolchain(java_home=find_jdk(), maven=Path(maven), cache=cache_folder())


def find_jdk() -> Path:
    """Return the home of a JDK that is recent enough.

    Raises:
        MissingToolError: none is found.
    """
    home = next((home for home in _candidates() if _release(home) >= OLDEST_JAVA), None)
    if home is None:
        raise MissingToolError(f"real servers need a JDK of {OLDEST_JAVA} or later: set JAVA_HOME")
    return home


def cache_folder() -> Path:
    """Return the folder outside the repository in which downloads are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "searchway"


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("JAVA_HOME"):
        yield Path(named)
    if compiler := shutil.which("javac"):
        yield Path(compiler).resolve().parents[1]
    for folder in SYSTEM_FOLDERS:
        yield from sorted(folder.glob("*"), reverse=True)


def _release(home: Path) -> int:
    """Return the feature release of a JDK, 0 if there is no compiler in it."""
    if not (home / "bin/javac").exists():
        return 0
    said = subprocess.run([home / "bin/javac", "-version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"javac (\d+)", said)
    return int(found[1]) if found else 0
