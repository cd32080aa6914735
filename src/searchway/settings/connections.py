"""The settings of what comes over the network before it is a call: connections, and what one of them may hold and take."""

from typing import Self

from pydantic import PositiveInt, model_validator

from searchway.settings.section import Section

_KIB = 1024
_MIB = 1024 * _KIB


class ConnectionSettings(Section):
    """Bounds on connections and on requests that are not complete. Counts are of one process."""

    total: PositiveInt = 10_000
    """Connections that each face keeps open at the same time; fewer where the file descriptors do not suffice."""
    per_peer: PositiveInt = 1000
    """HTTP connections of one address (IPv6: of one /64 network), but at most half of all; a proxy in front is one address."""
    header_bytes: PositiveInt = 64 * _KIB
    """Most bytes of an HTTP request's line and headers; more are answered with 431."""
    header_count: PositiveInt = 100
    """Most headers of an HTTP request; more are answered with 431."""
    header_timeout: PositiveInt = 10
    """Seconds in which a TLS or HTTP/2 handshake and the headers of an HTTP request must arrive."""
    body_timeout: PositiveInt = 30
    """Seconds in which the body of an HTTP request or a WebSocket message must arrive, beside what `body_rate` adds."""
    body_rate: PositiveInt = 16 * _KIB
    """Bytes of a body for which `body_timeout` grows by a second: a large body may take longer, a slow one may not."""
    body_memory: PositiveInt = 128 * _MIB
    """Bytes of request bodies above 64 KiB held at the same time, half of them by one address; beyond, the largest unfinished one is answered with 503."""
    idle_timeout: PositiveInt = 75
    """Seconds for which a connection without calls stays open."""
    write_timeout: PositiveInt = 60
    """Seconds in which a client must read some of what was written to it; after them the connection is closed."""
    unread_memory: PositiveInt = 512 * _MIB
    """Bytes written to clients that do not read; beyond, the connection with most of them is closed."""
    pipelined: PositiveInt = 16
    """HTTP requests read ahead on a connection while one is answered; further ones wait in the network."""
    init_bytes: PositiveInt = 64 * _KIB
    """Largest WebSocket message before `connection_init` has been accepted."""
    fragments: PositiveInt = 1024
    """Most fragments of a WebSocket message."""
    grpc_streams: PositiveInt = 10_000
    """Calls at the same time on one gRPC connection; clients wait with more, but some that come at once may be UNAVAILABLE."""
    grpc_metadata_bytes: PositiveInt = 16 * _KIB
    """Most bytes of a gRPC call's metadata, each entry counted with 32 more; more are RESOURCE_EXHAUSTED."""

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.per_peer > self.total:
            raise ValueError("per_peer: expected at most total")
        return self
