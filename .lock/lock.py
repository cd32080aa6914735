"""Write the lock files in `.lock/` from pyproject.toml, or say whether they are out of date.

`lock.py` resolves every set with uv (network needed; `--upgrade` takes the newest versions) and `lock.py --check` compares a digest of the
dependencies only, so that it is instant and works offline. The files name versions and hashes, never an index.
"""

import hashlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

LOCKS = Path(__file__).parent
ROOT = LOCKS.parent
DIGEST = LOCKS / "inputs.sha256"

SETS = {
    "dev": [
        "pyproject.toml",
        "--group",
        "dev",
    ],  # first: the others take its versions, so that one environment fits all
    "run": ["pyproject.toml"],
    "demo": ["pyproject.toml", "--group", "build"],
    "node": ["--group", "node"],
    "ci": ["--group", "ci"],
}
COMPILE = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
PLAIN = ["--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]


def digest() -> str:
    """Return the digest of everything in pyproject.toml that the locks depend on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    inputs = [project["project"]["dependencies"], project["dependency-groups"], SETS]
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def compile_set(name: str, arguments: list[str]) -> None:
    """Resolve one set into its file."""
    constraints = [] if name == "dev" else ["--constraints", ".lock/dev.txt"]
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv[1:] else []
    command = [*COMPILE, *PLAIN, *arguments, *constraints, *upgrade, "--output-file", f".lock/{name}.txt"]
    subprocess.run(command, cwd=ROOT, check=True)


def main() -> int:
    """Lock, or check with `--check`; the exit status says whether all is well."""
    if "--check" in sys.argv[1:]:
        if DIGEST.exists() and DIGEST.read_text(encoding="utf-8").strip() == digest():
            return 0
        sys.stderr.write("pyproject.toml and .lock/ disagree: run `make lock` and commit the result\n")
        return 1
    for name, arguments in SETS.items():
        sys.stdout.write(f"==> Locking {name}\n")
        compile_set(name, arguments)
    DIGEST.write_text(digest() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
