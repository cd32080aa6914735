import asyncio
from typing import Any

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse, HealthListRequest
from grpc_health.v1.health_pb2_grpc import HealthStub

SERVING, NOT_SERVING = HealthCheckResponse.SERVING, HealthCheckResponse.NOT_SERVING


async def test_server_and_each_service_are_serving(face: Any) -> None:
    stub = HealthStub(face.channel)
    for service in ["", *face.catalog.services]:
        assert (await stub.Check(HealthCheckRequest(service=service))).status == SERVING


async def test_services_are_listed(face: Any) -> None:
    listed = await HealthStub(face.channel).List(HealthListRequest())
    assert {name: state.status for name, state in listed.statuses.items()} == dict.fromkeys(
        ["", *face.catalog.services], SERVING
    )


async def test_unknown_service_is_not_found(face: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await HealthStub(face.channel).Check(HealthCheckRequest(service="a.B"))
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_unknown_service_can_be_watched(face: Any) -> None:
    watch = HealthStub(face.channel).Watch(HealthCheckRequest(service="a.B"))
    assert (await watch.read()).status == HealthCheckResponse.SERVICE_UNKNOWN
    watch.cancel()


async def test_watchers_see_the_end_and_hold_up_nothing(face: Any) -> None:
    watch = HealthStub(face.channel).Watch(HealthCheckRequest())
    assert (await watch.read()).status == SERVING
    stopping = asyncio.ensure_future(face.server.stop(grace=60))
    assert (await watch.read()).status == NOT_SERVING
    assert await watch.read() is grpc.aio.EOF
    await asyncio.wait_for(stopping, 10)
