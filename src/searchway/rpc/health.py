"""Health of the whole server and of each service, by the standard protocol.

https://github.com/grpc/grpc/blob/master/doc/health-checking.md
The state changes once, when the server is about to stop. The servicer of grpcio-health-checking never ends a watch, which then takes
the whole time of grace of a server that stops; this one does.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import grpc
from grpc_health.v1.health_pb2 import HealthCheckResponse, HealthListResponse
from grpc_health.v1.health_pb2_grpc import HealthServicer

from searchway.readiness import Probe, Readiness


class Health(HealthServicer):  # type: ignore[misc]  # grpc has no types
    """Everything is SERVING until readiness is withdrawn; watches end when the server stops."""

    def __init__(self, services: Iterable[str], readiness: Readiness) -> None:
        """Take the names of the services, the empty name for the whole server, and what their state follows."""
        self._services = frozenset({"", *services})
        self._readiness = readiness
        self._stopped = asyncio.Event()

    def withdraw(self) -> None:
        """Call every service NOT_SERVING, for good."""
        self._readiness.withdraw()

    def stop(self) -> None:
        """End every watch."""
        self._stopped.set()

    async def Check(self, request: Any, context: Any) -> HealthCheckResponse:  # noqa: N802  # the rpc's name
        """Tell the state of a service."""
        if request.service not in self._services:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"there is no service {request.service}")
        return self._state(request.service, "check")

    async def List(self, _request: Any, _context: Any) -> HealthListResponse:  # noqa: N802  # the rpc's name
        """Tell the state of every service."""
        return HealthListResponse(statuses={service: self._state(service, "check") for service in self._services})

    async def Watch(self, request: Any, _context: Any) -> AsyncIterator[HealthCheckResponse]:  # noqa: N802  # the rpc's name
        """Tell the state of a service and its change."""
        yield self._state(request.service, "watch")
        await self._readiness.until_withdrawn()
        yield self._state(request.service, "watch")
        await self._stopped.wait()

    def _state(self, service: str, kind: Probe) -> HealthCheckResponse:
        if service not in self._services:
            return HealthCheckResponse(status=HealthCheckResponse.SERVICE_UNKNOWN)
        ready = self._readiness.probe(kind)
        return HealthCheckResponse(status=HealthCheckResponse.SERVING if ready else HealthCheckResponse.NOT_SERVING)
