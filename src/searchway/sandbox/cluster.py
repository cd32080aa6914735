"""The state of one sandbox: plain records in dictionaries, and names resolved to indices.

Knows nothing of HTTP. Every family keeps its own store on `Cluster`.
"""

import base64
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import index_not_found, invalid_index_name
from searchway.sandbox.jsontext import parse
from searchway.sandbox.wildcards import wildcard


def new_uuid() -> str:
    """Return an identity of 22 characters as the engines make them."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()


class Document:
    """A stored document; its source stays the bytes that came in."""

    def __init__(self, *, key: str, source: bytes, seq_no: int, version: int) -> None:
        self.key = key
        self.source = source
        self.seq_no = seq_no
        self.version = version

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The source as objects, parsed when first asked for."""
        parsed: dict[str, Any] = parse(self.source)
        return parsed


@dataclass(slots=True, kw_only=True)
class Index:
    """An index with all that the sandbox knows of it."""

    name: str
    uuid: str
    # Identity of the node that its first shard is on.
    node: str
    # Creation time in epoch milliseconds.
    created: int
    # Flat settings, every key with its `index.` prefix, values as the engine prints them.
    settings: dict[str, Any]
    mappings: dict[str, Any]
    aliases: dict[str, dict[str, Any]]
    # In insertion order.
    documents: dict[str, Document] = field(default_factory=dict)
    # The next sequence number of any write.
    next_seq_no: int = 0

    @property
    def shards(self) -> int:
        """Number of primary shards."""
        return int(self.settings["index.number_of_shards"])

    @property
    def replicas(self) -> int:
        """Number of copies of each primary."""
        return int(self.settings["index.number_of_replicas"])


@dataclass(slots=True, kw_only=True)
class DataStream:
    """A data stream over its backing indices, the write index last."""

    name: str
    template: str
    indices: list[str]
    generation: int = 1
    # The indices of its failure store.
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How missing names are treated."""

    # Missing concrete names are left out instead of refused.
    ignore_unavailable: bool = False
    # Patterns that match nothing are left out instead of refused.
    allow_no_indices: bool = True
    # Whether patterns are expanded at all.
    expand: bool = True


@dataclass(slots=True, kw_only=True)
class Cluster:
    """One cluster of one engine."""

    engine: Engine
    # Seconds since the epoch.
    clock: Callable[[], float]
    nodes: list[str]
    # Seconds that an enrich policy's execution takes.
    enrich_seconds: float = 0.0
    node_id: str = field(default_factory=new_uuid)
    uuid: str = field(default_factory=new_uuid)
    indices: dict[str, Index] = field(default_factory=dict)
    templates: dict[str, dict[str, Any]] = field(default_factory=dict)
    data_streams: dict[str, DataStream] = field(default_factory=dict)
    roles: dict[str, dict[str, Any]] = field(default_factory=dict)
    # The stores of the families whose records are their own.
    policies: dict[str, Any] = field(default_factory=dict)
    managed: dict[str, Any] = field(default_factory=dict)
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    enrich: dict[str, Any] = field(default_factory=dict)
    jobs: dict[str, Any] = field(default_factory=dict)
    tasks: dict[str, Any] = field(default_factory=dict)
    # Versions of deleted policies, which go on counting.
    tombstones: dict[str, int] = field(default_factory=dict)
    # Workload groups that rules may name; None takes any.
    workload_groups: set[str] | None = None
    # Called with each index that was created.
    on_create: list[Callable[["Cluster", Index], None]] = field(default_factory=list)
    task_count: int = 0

    def now(self) -> int:
        """Return the time in epoch milliseconds."""
        return int(self.clock() * 1000)

    def add_index(
        self, name: str, settings: dict[str, Any], mappings: dict[str, Any], aliases: dict[str, dict[str, Any]]
    ) -> Index:
        """Store a new index, filling in what the engine does."""
        created = self.now()
        identity = new_uuid()
        filled = {
            "index.creation_date": str(created),
            "index.number_of_replicas": "1",
            "index.number_of_shards": "1",
            "index.provided_name": name,
            "index.uuid": identity,
            **self.engine.index_settings,
            **settings,
        }
        index = Index(
            name=name,
            uuid=identity,
            node=self.node_id,
            created=created,
            settings=dict(sorted(filled.items())),
            mappings=mappings,
            aliases=aliases,
        )
        self.indices[name] = index
        for hook in self.on_create:
            hook(self, index)
        return index

    def resolve(self, names: list[str], options: Options | None = None) -> list[Index]:
        """Return the indices that names, aliases, data streams and patterns stand for, each once.

        Raises:
            EngineError: index_not_found_exception for what does not exist.
        """
        options = options or Options()
        found: dict[str, Index] = {}
        for name in names or ["*"]:
            if name.startswith("-") and found:
                for index in self._matching(name[1:]):
                    found.pop(index.name, None)
                continue
            found.update((index.name, index) for index in self._named(name, options))
        return list(found.values())

    def members(self, name: str) -> list[Index]:
        """Return the indices behind one concrete name; none where it does not exist."""
        if name in self.indices:
            return [self.indices[name]]
        if name in self.data_streams:
            return [self.indices[member] for member in self.data_streams[name].indices]
        return [index for index in self.indices.values() if name in index.aliases]

    def stream_of(self, index: str) -> str | None:
        """Return the data stream that an index backs, or whose failures it keeps."""
        held = ((stream.name, (*stream.indices, *stream.failures)) for stream in self.data_streams.values())
        return next((name for name, indices in held if index in indices), None)

    def copies(self, index: Index) -> int:
        """Return how many copies of a shard this cluster's nodes can hold."""
        return min(len(self.nodes), 1 + index.replicas)

    def _named(self, name: str, options: Options) -> list[Index]:
        if is_pattern(name) and options.expand:
            found = self._matching(name)
            missing = not found and not options.allow_no_indices
        else:
            found = self.members(name)
            if not found and name.startswith("_") and not options.ignore_unavailable:
                raise invalid_index_name(name, "must not start with '_'.")
            missing = not found and not options.ignore_unavailable
        if missing:
            raise index_not_found(name)
        return found

    def _matching(self, pattern: str) -> list[Index]:
        if pattern == "_all":
            pattern = "*"
        fits = wildcard(pattern).fullmatch
        hidden = pattern.startswith(".")
        found = []
        for index in self.indices.values():
            visible = hidden or not index.name.startswith(".") or not self.engine.is_elasticsearch
            stream = self.stream_of(index.name) or ""
            if (visible and fits(index.name)) or any(map(fits, [*index.aliases, stream])):
                found.append(index)
        return found


def is_pattern(name: str) -> bool:
    """Tell whether a name stands for many."""
    return "*" in name or name == "_all"
