"""Brings server artifacts and our compiled Java into the cache, each made whole or not at all.

Everything is named by Maven coordinates and fetched by the machine's own `mvn`, whatever it is configured for.
"""

import hashlib
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers.toolchain import Toolchain

DEPENDENCY_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"
SECONDS_BETWEEN_LINES = 5


class ArtifactError(Exception):
    """Something could not be fetched or compiled; the message ends with what the tool said."""


def unpacked(tools: Toolchain, coordinates: str, folder: str) -> Path:
    """Return the cached content of an archive, fetched and unpacked on the first call.

    Raises:
        ArtifactError: Maven failed.
    """
    return _fetched(tools, folder, f"{DEPENDENCY_PLUGIN}:unpack", f"-Dartifact={coordinates}")


def libraries(tools: Toolchain, project: Path, folder: str, *properties: str) -> Path:
    """Return the cached folder with the jars that a pom.xml lists, and theirs, fetched on the first call.

    Raises:
        ArtifactError: Maven failed.
    """
    goal = f"{DEPENDENCY_PLUGIN}:copy-dependencies"
    return _fetched(tools, folder, goal, f"--file={project}", "-DincludeScope=runtime", *properties)


def compiled(tools: Toolchain, source: str, name: str, *, libs: Path, release: int) -> Path:
    """Return the cached folder of classes compiled from the text of one Java file against the jars in `libs`.

    Raises:
        ArtifactError: the compiler refused it.
    """
    digest = hashlib.sha256(f"{release} {libs} {source}".encode()).hexdigest()[:12]
    home = tools.cache / f"classes-{name}-{digest}"
    if home.is_dir():
        return home
    with _scratch(home) as (work, result):
        file = work / f"{name}.java"
        file.write_text(source)
        options = ["--release", str(release), "-nowarn", "-proc:none", "-cp", f"{libs}/*", "-d", str(result)]
        _run_quietly([tools.java("javac"), *options, str(file)])
    return home


def _fetched(tools: Toolchain, folder: str, goal: str, *arguments: str) -> Path:
    home = tools.cache / folder
    if home.is_dir():
        return home
    with _scratch(home) as (work, result):
        command = [str(tools.maven), "--batch-mode", f"-Dmaven.repo.local={work}/repository", goal, *arguments]
        _run_with_progress([*command, f"-DoutputDirectory={result}"], tools, work, folder)
    return home


def _run_with_progress(command: list[str], tools: Toolchain, work: Path, name: str) -> None:
    log = work / "maven.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=work, env=_environment(tools))
    try:
        while process.poll() is None:
            print(f"==> Downloading {name}: {_megabytes(work / 'repository')} MB so far", flush=True)
            _wait(process, SECONDS_BETWEEN_LINES)
    finally:
        process.terminate()
        process.wait()
    if process.returncode:
        raise ArtifactError(f"Maven could not fetch {name}: {_first_error(log)}")


def _environment(tools: Toolchain) -> dict[str, str]:
    return {**os.environ, "JAVA_HOME": str(tools.java_home)}


def _wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        time.sleep(0.1)


def _megabytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) // 1_000_000


def _first_error(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line for line in lines if "ERROR" in line), lines[-1] if lines else "it said nothing")


def _run_quietly(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ArtifactError(f"{Path(command[0]).name} failed:\n{done.stderr[-2000:]}")


@contextmanager
def _scratch(home: Path) -> Iterator[tuple[Path, Path]]:
    """Give a folder to work in and one that becomes `home` at the end, if no error ended the block."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=".partial-") as scratch:
        result = Path(scratch) / "result"
        result.mkdir()
        yield Path(scratch), result
        if not home.is_dir():  # two sessions may have made it at the same time
            result.rename(home)
