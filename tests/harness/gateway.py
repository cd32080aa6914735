"""A gateway with both faces, as the application puts it together, over a transport of choice."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import httpx

from harness.faces import EngineFace, Face, GraphFace, GrpcFace
from harness.graph import Writer
from harness.upstream import Upstream
from searchway.contract.catalog import load
from searchway.contract.records import Engine as EngineName
from searchway.engine import Engine
from searchway.engine.telemetry import Telemetry
from searchway.graph.app import create_app
from searchway.graph.schema import build_schema, core_schema
from searchway.rpc.server import create_server
from searchway.settings import Settings
from searchway.upstream import Clusters

VERSIONS = {EngineName.ELASTICSEARCH: "9.5.0", EngineName.OPENSEARCH: "3.9.0", EngineName.OPENDISTRO: "1.13.3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A gateway and the ways to call it."""

    engine: Engine
    grpc: GrpcFace
    graphql: GraphFace

    def face(self, name: str) -> Face:
        """Return a face by name."""
        faces: dict[str, Face] = {"engine": EngineFace(self.engine), "grpc": self.grpc, "graphql": self.graphql}
        return faces[name]


def gateway_settings(nodes: str = "http://{engine}:9200", **more: Any) -> Settings:
    """Return settings with a cluster of each engine, where nothing is tried twice and nobody has to wait; `more` are further settings."""
    clusters = {
        engine.value: {
            "nodes": [nodes.format(engine=engine.value)],
            "engine": engine.value,
            "version": version,
            "retries": 0,
            "breaker_failures": 10**9,
            "forward_credentials": True,
            "max_pause": 0,
        }
        for engine, version in VERSIONS.items()
    }
    loopback = {"host": "127.0.0.1", "port": 0}
    return Settings.model_validate({"clusters": clusters, "grpc": loopback, "batching": {"enabled": False}, **more})


@asynccontextmanager
async def open_gateway(settings: Settings, upstream: Upstream | None = None) -> AsyncIterator[Gateway]:
    """Start a gateway; without an upstream it uses the network."""
    transports = {cluster.name: upstream for cluster in settings.clusters} if upstream else None
    clusters = Clusters(settings, transports=transports, clock=upstream.clock if upstream else time.monotonic)
    engine = Engine(load(), clusters, settings, Telemetry(access_log=False))
    server = create_server(engine, load(), settings)
    await server.start()
    transport = httpx.ASGITransport(create_app(engine, load(), settings))
    writer = Writer(core_schema(build_schema(load())))
    async with (
        grpc.aio.insecure_channel(str(server.address)) as channel,
        httpx.AsyncClient(transport=transport, base_url="http://gateway") as client,
    ):
        yield Gateway(engine=engine, grpc=GrpcFace(channel), graphql=GraphFace(client, writer))
    await server.stop()
    await clusters.aclose()
