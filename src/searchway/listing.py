"""The operations as operators read them: a table, JSON, and the first queries to try."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from searchway.contract.catalog import Catalog
from searchway.contract.records import Availability, Engine, Operation
from searchway.graph.names import face_field
from searchway.settings import Address, ServerTls, Settings
from searchway.transcode.request import methods


def describe_all(catalog: Catalog, word: str = "") -> list[dict[str, Any]]:
    """Return a plain document for each operation that has the word in a name or a route, whatever its case."""
    found = [describe(operation) for operation in catalog.operations.values()]
    return [row for row in found if word.lower() in " ".join([row["name"], row["graphql"], *row["rest"]]).lower()]


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
    """Print what is asked for first of the documents as a table that fits a terminal."""
    cells = [("NAME", "GRAPHQL", *(engine.upper() for engine in Engine)), *map(_cells, rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in cells)


def first_queries(settings: Settings, http: Address | None, grpc: Address | None) -> str:
    """Say where the gateway listens, and what to paste for a first answer of each face."""
    return "\n".join([*(_over_http(settings, http) if http else ()), *(_over_grpc(settings, grpc) if grpc else ())])


def _over_http(settings: Settings, address: Address) -> Iterator[str]:
    url = f"{'https' if settings.http_tls else 'http'}://{address}/graphql"
    query = '{"query": "{ cat { allocation { edges { node { node shards diskUsed } } } } }"}'
    yield f"GraphQL{', with GraphiQL in a browser' if settings.graphiql else ''}: {url}"
    yield f"  curl -s {_certified(settings.http_tls, '--cert', '--key')}{url} -H 'content-type: application/json' -d '{query}'"


def _over_grpc(settings: Settings, address: Address) -> Iterator[str]:
    tls, rpc = settings.grpc_tls, "searchway.api.cat.v1.CatService/ListAllocation"
    own, others = _certified(tls, "--client-cert", "--client-key"), _certified(tls, "-cert", "-key")
    yield f"gRPC{' over TLS' if tls else ''}{', with reflection' if settings.introspection else ''}: {address}"
    yield f"  {_command()} call {'--tls ' if tls else ''}{own}--at {address} cat.ListAllocation"
    if settings.introspection:  # else it would not know the operation
        yield f"  grpcurl {others if tls else '-plaintext '}{address} {rpc}"


def _command() -> str:
    """Return how this command can be run again: by its path where that is below the current folder."""
    path = Path(sys.argv[0])
    is_here = path.name == "searchway" and path.is_relative_to(Path.cwd())
    return str(path.relative_to(Path.cwd())) if is_here else "searchway"


def _certified(tls: ServerTls | None, certificate: str, key: str) -> str:
    """Return the flags of a certificate of the caller's, where one is asked for."""
    return f"{certificate} CERT.pem {key} KEY.pem " if tls and tls.client_ca else ""


def _engine(availability: Availability) -> str:
    since = ".".join(map(str, availability.since))
    return f"{availability.engine} {since}".strip()


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    since = dict(engine.partition(" ")[::2] for engine in row["engines"])
    engines = ("-" if engine not in since else f"{since[engine]}+" if since[engine] else "yes" for engine in Engine)
    return (row["name"], row["graphql"], *engines)
