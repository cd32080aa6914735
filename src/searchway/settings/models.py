"""The settings of the whole gateway, with their defaults and the rules that hold between them."""

import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    FilePath,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    model_validator,
)

from searchway.settings.clusters import ClusterSettings
from searchway.settings.connections import ConnectionSettings
from searchway.settings.hosts import HostPattern, Origin, is_host
from searchway.settings.section import AsList, Section, Words
from searchway.vocabulary import AUTHORIZATION, REQUEST_ID, TRACE_PARENT, TRACE_STATE

MIB = 1024 * 1024

# Headers that frame the message between two hops; forwarding one would break or split requests.
# https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
_HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect"}
_PROXY = {"proxy-authenticate", "proxy-authorization"}
_CONTENT = {"content-length", "content-type", "content-encoding", "accept", "accept-encoding", "host"}
_FRAMING = frozenset(_HOP | _PROXY | _CONTENT)
# https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2, in lower case
_HEADER_NAME = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")


class Address(Section):
    """A place to listen at."""

    host: str
    """Host name or IP address."""
    port: Annotated[int, Field(ge=0, le=65535)]
    """Port; 0 for a free one."""

    def __str__(self) -> str:
        """Return it as `host:port`, IPv6 addresses in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _parse_address(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value.strip().lower() in {"", "off", "none"}:
        return None
    name, _, port = value.strip().rpartition(":")
    host = name.removeprefix("[").removesuffix("]") or "0.0.0.0"  # noqa: S104  # `:8080` means every interface
    if ":" not in value or not (port.isascii() and port.isdigit() and is_host(host)):
        raise ValueError("expected host:port, or off")
    return {"host": host, "port": int(port)}


def _check_path(path: Path) -> Path:
    if not path.exists():
        raise ValueError("expected the path of a file or folder that exists")
    return path


ExistingPath = Annotated[Path, AfterValidator(_check_path)]
Listen = Annotated[Address | None, BeforeValidator(_parse_address)]


class ServerTls(Section):
    """TLS of a face."""

    cert: FilePath
    """PEM certificate chain."""
    key: FilePath
    """PEM key, not encrypted."""
    client_ca: FilePath | None = None
    """PEM certificates that callers must be signed by; no client certificate is asked for without it."""

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(self.cert, self.key, password="")  # else it would ask a terminal for it
        except OSError:
            raise ValueError("cert: expected a PEM certificate chain, and in key its PEM key, not encrypted") from None
        try:
            if self.client_ca:
                context.load_verify_locations(self.client_ca)
        except OSError:
            raise ValueError("client_ca: expected PEM certificates") from None
        return self


class LimitSettings(Section):
    """How much one caller can ask of the gateway."""

    request_bytes: PositiveInt = 16 * MIB
    """Largest body of an HTTP request."""
    compress_from: NonNegativeInt = 2048
    """Smallest HTTP answer that is compressed (gzip) for callers that take that; 0 compresses none."""
    response_bytes: PositiveInt = 32 * MIB
    """Largest answer taken from a cluster."""
    grpc_receive_bytes: PositiveInt = 16 * MIB
    """Largest gRPC message taken."""
    grpc_send_bytes: PositiveInt = 128 * MIB
    """Largest gRPC message given."""
    forwarded_header_bytes: PositiveInt = 8192
    """Largest value of a caller's header that goes on to a cluster, credentials included."""
    in_flight: PositiveInt = 1000
    """Concurrent calls of one process; more are queued, then shed with RESOURCE_EXHAUSTED."""
    in_flight_per_cluster: PositiveInt = 500
    """Of these, calls to one cluster where there are several."""
    in_flight_per_principal: PositiveInt = 250
    """Of these, calls of one principal: of one caller's credentials, else of one address (IPv6: one /64 network). At all clusters twice as many."""
    streams: PositiveInt = 1000
    """Concurrent streams of one process, over both faces; more are RESOURCE_EXHAUSTED."""
    streams_per_principal: PositiveInt = 250
    """Of these, streams of one principal."""
    queue_calls: NonNegativeInt = 1000
    """Calls queued for admission, served round-robin by principal; 0 queues none."""
    queue_seconds: NonNegativeFloat = 1.0
    """The longest wait in that queue."""
    page_size: PositiveInt = 50
    """Items of a page where the caller names no number."""
    max_page_size: PositiveInt = 1000
    """The most items a page may have."""
    query_characters: PositiveInt = 128 * 1024
    """Longest GraphQL document."""
    query_tokens: PositiveInt = 8_000
    """Most lexical tokens in a GraphQL document."""
    query_depth: PositiveInt = 32
    """Deepest nesting of a GraphQL document, its fragments expanded."""
    query_fields: PositiveInt = 2_000
    """Most fields and fragment spreads in a GraphQL document, its fragments expanded."""
    query_aliases: PositiveInt = 128
    """Most aliases in a GraphQL document, its fragments expanded."""
    query_repeats: PositiveInt = 50
    """Most times that one field may be repeated at the same place of a GraphQL document."""
    query_fragments: PositiveInt = 100
    """Most fragments that a GraphQL document may define."""
    query_directives: PositiveInt = 200
    """Most directives in a GraphQL document."""
    field_directives: PositiveInt = 10
    """Most directives of one field, fragment, variable or operation of a GraphQL document."""
    query_operations: PositiveInt = 20
    """Most operations in a GraphQL document."""
    query_variables: PositiveInt = 256
    """Most variables that a GraphQL document may define."""
    variable_values: PositiveInt = 10_000
    """Most values in the variables of a GraphQL request; those inside of free JSON do not count."""
    message_values: PositiveInt = 100_000
    """Most values in one gRPC message, elements of lists among them; those inside of free JSON do not count."""
    node_ids: PositiveInt = 100
    """Most things that a GraphQL request may read by their identifiers (`node`, `nodes`); of a namespace each call counts."""
    introspection_values: PositiveInt = 50_000
    """Most values that a GraphQL answer may hold about the schema."""
    document_memory: PositiveInt = 8 * MIB
    """Memory for GraphQL documents and their plans that are remembered, in bytes as the gateway estimates them."""
    persisted_query_memory: NonNegativeInt = 16 * MIB
    """Memory for the texts of automatic persisted queries, in bytes, for each process; 0 switches them off."""
    documents_waiting: PositiveInt = 100
    """Large GraphQL documents that wait to be read at the same time in one process; more are RESOURCE_EXHAUSTED."""
    graphql_batch: NonNegativeInt = 0
    """Most GraphQL requests in one HTTP request, as an array; 0 takes no arrays."""
    graphql_streams: PositiveInt = 1000
    """GraphQL event streams and WebSockets open at the same time in one process; more are refused."""
    graphql_streams_per_peer: PositiveInt = 500
    """Of these, from one address (IPv6: from one /64 network)."""
    socket_operations: PositiveInt = 100
    """GraphQL operations at the same time on one WebSocket."""

    @model_validator(mode="after")
    def _pages_fit(self) -> Self:
        if self.page_size > self.max_page_size:
            raise ValueError("page_size: expected at most max_page_size")
        return self


class OperationBatching(Section):
    """How calls of one operation share upstream requests, where it is not as with the others."""

    enabled: bool | None = None
    """Whether they are joined and share at all."""
    single_flight: bool | None = None
    """Whether identical reads in flight share one request."""
    window_ms: NonNegativeFloat | None = None
    """Milliseconds for which a call waits for others to join."""
    max_size: PositiveInt | None = None
    """Most calls in one joined request."""


def _switch(value: Any) -> Any:
    """Take a bare true or false as the switch."""
    return {"enabled": value} if isinstance(value, bool) else value


OperationSettings = Annotated[OperationBatching, BeforeValidator(_switch)]


class BatchingSettings(Section):
    """How calls in flight at the same time share upstream requests."""

    enabled: bool = True
    """Whether anything is joined at all."""
    single_flight: bool = True
    """Whether identical reads in flight share one request."""
    window_ms: NonNegativeFloat = 2.0
    """Milliseconds for which a call waits for others to join; 0 joins only what is there already."""
    max_size: PositiveInt = 100
    """Most calls in one joined request."""
    operations: Mapping[str, OperationSettings] = {}
    """Operations with settings of their own, by name: a table, or false for never sharing, as in `security.PutRole = false`."""

    def of(self, operation: str) -> "BatchingSettings":
        """Return what holds for an operation."""
        own = self.operations.get(operation)
        if own is None:
            return self
        told = own.model_dump(exclude_none=True)
        return self.model_copy(update={**told, "enabled": self.enabled and told.get("enabled", True)})


def _named(value: Any) -> Any:
    """Turn tables keyed by cluster name into records that know their name."""
    if not isinstance(value, Mapping):
        return value
    return tuple({"name": name, **table} if isinstance(table, Mapping) else table for name, table in value.items())


class Settings(Section):
    """Everything the gateway can be told."""

    clusters: Annotated[tuple[ClusterSettings, ...], BeforeValidator(_named)]
    """The clusters, in the file's order."""
    default: str = ""
    """The cluster of calls that name none; the first one where it is not said."""
    http: Listen = Address(host="127.0.0.1", port=8080)
    """Where GraphQL listens, or off."""
    grpc: Listen = Address(host="127.0.0.1", port=50051)
    """Where gRPC listens, or off."""
    http_tls: ServerTls | None = None
    """TLS of the GraphQL face."""
    grpc_tls: ServerTls | None = None
    """TLS of the gRPC face."""
    workers: PositiveInt = 1
    """Processes that serve; more than one needs `token_keys`. Limits and readiness are of each."""
    timeout: PositiveFloat = 30.0
    """Seconds that a call may take where the caller gave no deadline."""
    max_timeout: PositiveFloat = 300.0
    """The most seconds that a call may take, whatever deadline its caller gives."""
    margin: NonNegativeFloat = 0.05
    """Seconds kept of a deadline for bringing the answer home."""
    drain: NonNegativeFloat = 5.0
    """Seconds for which a gateway that is to stop says it is not ready and still serves; less when no calls come any more."""
    grace: NonNegativeFloat = 10.0
    """Seconds that calls in flight get to end after that, on both faces together."""
    max_connection_age: NonNegativeFloat = 300.0
    """Seconds after which callers are asked to connect anew, so that they spread over replicas and workers; 0 for never."""
    probe_seconds: PositiveFloat = 5.0
    """Seconds between two probes of a cluster, whose results `/readyz` shows."""
    forward_headers: Words = (REQUEST_ID, TRACE_PARENT, TRACE_STATE)
    """Headers of callers that go on to the cluster, in lower case."""
    token_keys: Annotated[tuple[SecretStr, ...], AsList] = ()
    """Keys that sign page tokens: the first signs, all are accepted, so that keys can be changed. Random if empty."""
    token_seconds: PositiveInt = 86_400
    """Seconds for which a page token is good."""
    limits: LimitSettings = LimitSettings()
    """Bounds on what callers ask."""
    connections: ConnectionSettings = ConnectionSettings()
    """Bounds on connections and on requests that are not complete."""
    batching: BatchingSettings = BatchingSettings()
    """Joining of calls."""
    allowed_hosts: Annotated[tuple[HostPattern, ...], AsList] = ()
    """Host names that HTTP requests may be for, as in `gateway.example.org` or `*.example.org`; IP addresses always are. If empty: on a loopback address those of the loopback interface, elsewhere all."""
    cors_origins: Annotated[tuple[Origin, ...], AsList] = ()
    """Origins whose pages may call the GraphQL face, as in `https://app.example.org`; closed if empty, `*` for every one."""
    cors_headers: Words = ()
    """Headers, in lower case, that these pages may send beside those that the gateway reads and `forward_headers`; `*` for every one."""
    documents: ExistingPath | None = None
    """Manifest of trusted GraphQL documents, or a folder of them: what GraphQL Codegen's client preset, Apollo's manifest generator and Relay's compiler write."""
    documents_only: bool = False
    """Whether GraphQL callers may only name trusted documents, and send none; introspection included."""
    document_keys: Annotated[tuple[SecretStr, ...], AsList] = ()
    """Keys of at least 32 characters: a caller that shows one in `x-searchway-document-key` may send any document in spite of `documents_only`."""
    list_clusters: bool = False
    """Whether callers are told the names of clusters: by GraphQL's `clusters`, and by the error of a name that there is not. On in a sandbox."""
    explain_requests: bool = False
    """Whether GraphQL callers who ask with `x-searchway-explain` are told the requests to clusters: method, path, status, time, body. On in a sandbox."""
    explain_keys: Annotated[tuple[SecretStr, ...], AsList] = ()
    """Keys of at least 32 characters: a caller that shows one in `x-searchway-explain-key` is told them in spite of that."""
    long_as: Literal["auto", "string"] = "auto"
    """How GraphQL writes whole numbers of 64 bits (`Long`): `auto` as strings where JavaScript would round them, `string` always."""
    introspection: bool = True
    """Whether callers may ask for the GraphQL schema and the gRPC descriptors."""
    graphiql: bool = True
    """Whether the GraphQL face shows its explorer to browsers."""
    metrics: bool = True
    """Whether `/metrics` is served."""
    log_format: Literal["json", "console"] = "json"
    """How log lines are written."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important lines that are written."""
    access_log: bool = True
    """Whether each call writes a line."""

    @model_validator(mode="after")
    def _reads_together(self) -> Self:
        if problems := self._problems():
            raise ValueError("\n".join(problems))
        return self

    def _problems(self) -> list[str]:
        names = [cluster.name for cluster in self.clusters]
        framing = [name for name in self.forward_headers if name in _FRAMING]
        misnamed, unsendable = _misnamed(self.forward_headers), _misnamed(self.cors_headers)
        checks = [
            (not names, "clusters", "expected at least one; give --upstream URL, --config FILE or --sandbox"),
            (len(set(names)) != len(names), "clusters", "expected each name once"),
            (self.default not in {"", *names}, "default", f"expected one of {', '.join(names)}"),
            (bool(misnamed), "forward_headers", f"expected names of headers in lower case, got {misnamed}"),
            (bool(unsendable), "cors_headers", f"expected names of headers in lower case, got {unsendable}"),
            (bool(framing), "forward_headers", f"expected end-to-end headers, got {', '.join(framing)}"),
            (AUTHORIZATION in self.forward_headers, "forward_headers", "expected forward_credentials for it"),
            (self.timeout > self.max_timeout, "timeout", "expected at most max_timeout"),
            (_are_short(self.token_keys), "token_keys", "expected keys of at least 32 characters"),
            (_are_short(self.document_keys), "document_keys", "expected keys of at least 32 characters"),
            (_are_short(self.explain_keys), "explain_keys", "expected keys of at least 32 characters"),
            (
                self.documents_only and self.documents is None,
                "documents_only",
                "expected documents to name a manifest of those that callers may name",
            ),
            (self.workers > 1 and not self.token_keys, "token_keys", "expected a key, since workers is above 1"),
            (
                self.connections.body_memory < 2 * self.limits.request_bytes,
                "connections.body_memory",
                "expected at least twice limits.request_bytes",
            ),
            (self.http is None and self.grpc is None, "http", "expected http or grpc to be on"),
            (
                bool(self.http and self.http.port and self.http == self.grpc),
                "http",
                "expected another address than grpc",
            ),
        ]
        return [f"{key}: {problem}" for wrong, key, problem in checks if wrong]

    @property
    def default_cluster(self) -> ClusterSettings:
        """The cluster of calls that name none."""
        return next((c for c in self.clusters if c.name == self.default), self.clusters[0])


def _misnamed(names: tuple[str, ...]) -> str:
    """Return those that are no names of headers in lower case."""
    return ", ".join(ascii(name) for name in names if not _HEADER_NAME.fullmatch(name))


def _are_short(keys: tuple[SecretStr, ...]) -> bool:
    return any(len(key.get_secret_value()) < 32 for key in keys)  # noqa: PLR2004  # 256 bits as text
