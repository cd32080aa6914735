"""Trusted documents: read from manifests when the gateway starts, valid for the schema, and planned.

Must not know HTTP, nor how calls are made.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from graphql import GraphQLError

from searchway.errors import SettingsError
from searchway.graph.documents import Document
from searchway.graph.manifests import Entry, ManifestError, find_manifests, read_manifest
from searchway.graph.reading import DocumentReader
from searchway.graph.refusals import RequestError

_PREFIX = "sha256:"
"""What the draft of GraphQL over HTTP writes before a hash, and manifests do not."""
_MOST_PROBLEMS = 50


class TrustedDocuments:
    """Documents that requests name.

    Args:
        documents: the documents, by their names in the manifests.
    """

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = {name.removeprefix(_PREFIX): document for name, document in documents.items()}

    def __len__(self) -> int:
        """Return how many names there are."""
        return len(self._documents)

    def get(self, name: str) -> Document | None:
        """Return the document of a name, None if there is none."""
        return self._documents.get(name.removeprefix(_PREFIX))


def read_trusted(path: Path, reader: DocumentReader) -> TrustedDocuments:
    """Read the documents of a manifest, or of all manifests of a folder.

    Args:
        path: the file or folder.
        reader: reads documents.

    Raises:
        SettingsError: a manifest cannot be used, or a document is not valid for the schema; has a line for each.
    """
    documents = _Documents(reader)
    try:
        for file in find_manifests(path):
            documents.add(file)
    except ManifestError as error:
        documents.problems.append(str(error))
    if problems := documents.problems:
        more = len(problems) - _MOST_PROBLEMS
        shown = [*problems[:_MOST_PROBLEMS], *([f"{more} more problems"] if more > 0 else [])]
        raise SettingsError("\n".join(f"documents: {problem}" for problem in shown))
    return TrustedDocuments(documents.read)


class _Documents:
    """Those that were read, and what was wrong."""

    def __init__(self, reader: DocumentReader) -> None:
        self.read: dict[str, Document] = {}
        self.problems: list[str] = []
        self._reader = reader
        self._entries: dict[str, Entry] = {}

    def add(self, file: Path) -> None:
        """Add the documents of a manifest."""
        for entry in read_manifest(file):
            if isinstance(entry, ManifestError):
                self.problems.append(str(entry))
                continue
            same = self._entries.setdefault(entry.id.removeprefix(_PREFIX), entry)
            if same is entry:
                self._read(entry)
            elif same.text != entry.text:
                self.problems.append(f"{entry}: expected the document that {same.file} has under this name")

    def _read(self, entry: Entry) -> None:
        try:
            document = self.read[entry.id] = self._reader.read(entry.text)
            document.prepare()
        except RequestError as error:
            self.problems += _said(entry, error)


def _said(entry: Entry, error: RequestError) -> Iterator[str]:
    return (f"{entry}{_line(one)}: {' '.join(one.message.split())}" for one in error.errors)


def _line(error: GraphQLError) -> str:
    places = error.locations or ()
    return f", line {places[0].line}, column {places[0].column}" if places else ""
