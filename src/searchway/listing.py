"""The operations as operators read them: a table, JSON, and the first queries to try."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from searchway.contract.catalog import Catalog
from searchway.contract.records import Availability, Operation
from searchway.graph.names import face_field
from searchway.settings import Address, Settings
from searchway.transcode.request import methods

_COLUMNS = {
    "rpc": "RPC",
    "graphql": "GRAPHQL",
    "rest": "REST",
    "engines": "ENGINES",
    "retry": "RETRY",
    "paging": "PAGING",
    "streaming": "STREAM",
}


def describe_all(catalog: Catalog) -> list[dict[str, Any]]:
    """Return a plain document for each operation."""
    return [describe(operation) for operation in catalog.operations.values()]


def describe(operation: Operation) -> dict[str, Any]:
    """Return an operation as a plain document."""
    return {
        "name": operation.name,
        "rpc": operation.grpc_path,
        "graphql": face_field(operation),
        "rest": methods(operation.bindings),
        "engines": [_engine(availability) for availability in operation.engines],
        "retry": operation.retry.value,
        "read_only": operation.read_only,
        "idempotent": operation.idempotent,
        "paging": operation.paging.pages.value if operation.paging else None,
        "streaming": operation.streaming,
        "documentation": operation.link,
    }


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Print the documents as a table, the documentation link on a line of its own."""
    cells = [_COLUMNS, *({key: _cell(row[key]) for key in _COLUMNS} for row in rows)]
    widths = {key: max(len(row[key]) for row in cells) for key in _COLUMNS}
    lines = ["  ".join(row[key].ljust(widths[key]) for key in _COLUMNS).rstrip() for row in cells]
    links = ["", *(f"    {row['documentation']}" for row in rows)]
    return "\n".join(line for pair in zip(lines, links, strict=True) for line in pair if line)


def first_queries(_settings: Settings, http: Address | None, grpc: Address | None) -> str:
    """Say where the gateway listens, and what to paste for a first answer of each face."""
    parts = []
    if http:
        query = '{"query": "{ cat { allocation { edges { node { node shards diskUsed } } } } }"}'
        parts += [
            f"GraphQL, with GraphiQL in a browser: http://{http}/graphql",
            f"  curl -s http://{http}/graphql -H 'content-type: application/json' -d '{query}'",
        ]
    if grpc:
        parts += [
            f"gRPC, with reflection: {grpc}",
            f"  .venv/bin/searchway call --at {grpc} cat.ListAllocation",
            f"  grpcurl -plaintext {grpc} searchway.api.cat.v1.CatService/ListAllocation",
        ]
    return "\n".join(parts)


def _engine(availability: Availability) -> str:
    since = ".".join(map(str, availability.since))
    return f"{availability.engine} {since}".strip()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "-"
    if isinstance(value, str):
        return value
    if isinstance(value, Iterable):
        return ", ".join(value)
    return str(value or "-")
