"""What the public documents say of each operation, as typed in by hand under `documented/`.

Knows the YAML files alone; must not know the contract that is held against them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

FOLDER = Path(__file__).with_name("documented")
SECTIONS = ("paths", "path", "query", "body", "response")
_KEY = re.compile(r"(?:\\.|[^.\\])+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is documented of one operation."""

    operation: str
    """Family and rpc, as in `security.PutRole`."""
    items: Mapping[str, tuple[str, ...]]
    """What is documented, by section."""
    required: tuple[str, ...]
    """The members of the body that must be given."""
    words: Mapping[str, frozenset[str]]
    """All the words that a parameter or member takes, by section and item joined with a dot."""
    exceptions: Mapping[str, str]
    """Why an item is not in the contract, by section and item joined with a dot."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Iterate over the sections and items that the contract must have."""
        for section, items in self.items.items():
            yield from ((section, item) for item in items if f"{section}.{item}" not in self.exceptions)


def read_documents() -> Iterator[Document]:
    """Read every document; raises ValueError for an operation or a section that is there twice or by a wrong name."""
    seen: set[str] = set()
    for file in sorted(FOLDER.glob("*.yaml")):
        for operation, told in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            if operation in seen or (wrong := told.keys() - {*SECTIONS, "required", "words", "except"}):
                raise ValueError(f"{file.name}: {operation}: {wrong if operation not in seen else 'there twice'}")
            seen.add(operation)
            yield _document(operation, told)


def split_keys(item: str) -> tuple[str, ...]:
    """Split the way to a member into its keys; a dot with a backslash before it belongs to its key."""
    return tuple(re.sub(r"\\(.)", r"\1", key) for key in _KEY.findall(item))


def _document(operation: str, told: Mapping[str, object]) -> Document:
    return Document(
        operation=operation,
        items={section: _texts(told[section]) for section in SECTIONS},
        required=_texts(told.get("required", [])),
        words={item: frozenset(_texts(words)) for item, words in _mapping(told.get("words", {})).items()},
        exceptions={item: str(reason) for item, reason in _mapping(told.get("except", {})).items()},
    )


def _texts(told: object) -> tuple[str, ...]:
    if not isinstance(told, list) or not all(isinstance(text, str) for text in told):
        raise ValueError(f"not a list of texts: {told}")
    return tuple(told)


def _mapping(told: object) -> Mapping[str, object]:
    if not isinstance(told, dict):
        raise ValueError(f"not a mapping: {told}")  # noqa: TRY004  # the file is wrong, not the program
    return told
