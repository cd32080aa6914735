import ast
from collections.abc import Iterator
from pathlib import Path

import searchway
from searchway import vocabulary

SOURCES = Path(searchway.__file__).parent
APART = ("api", "sandbox", "vocabulary.py")
"""What is generated, what shares no code with the gateway, and the vocabulary itself."""
OTHER_MEANING = {("transcode/causes.py", vocabulary.AUTHORIZATION)}
"""A member of an engine's error object."""
NAMES = {value for key, value in vars(vocabulary).items() if key.isupper() and isinstance(value, str)}


def literals() -> Iterator[tuple[str, str]]:
    """Yield the header names that modules write as literals, and dictionaries of truth words as `true`."""
    for path in sorted(SOURCES.rglob("*.py")):
        place = path.relative_to(SOURCES)
        if place.parts[0] not in APART:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and node.value in NAMES:
                    yield str(place), str(node.value)
                if isinstance(node, ast.Dict) and "true" in {
                    key.value for key in node.keys if isinstance(key, ast.Constant)
                }:
                    yield str(place), "true"


def test_no_module_has_words_of_its_own() -> None:
    assert set(literals()) == OTHER_MEANING
