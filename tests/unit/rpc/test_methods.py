from typing import Any

import grpc
import pytest

from searchway.errors import Code


async def refusal(face: Any, path: str) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await face.channel.unary_unary(path)(b"")
    return caught.value


async def test_every_operation_has_a_method(face: Any) -> None:
    for operation in face.catalog.operations.values():
        # An unknown word for strict is refused by the operation's own handler; a path without one is UNIMPLEMENTED.
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await face.call(operation.name, {"x-searchway-strict": "?"})
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT, operation.name


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        (
            "/searchway.api.cat.v1.CatService/ListAlocation",
            "did you mean /searchway.api.cat.v1.CatService/ListAllocation?",
        ),
        ("/searchway.api.ism.v2.IsmService/GetPolicy", "did you mean /searchway.api.ism.v1.IsmService/GetPolicy?"),
        ("/a.B/C", "server reflection lists what there is"),
    ],
)
async def test_unknown_method_names_the_nearest(face: Any, path: str, hint: str) -> None:
    error = await refusal(face, path)
    assert error.code() is grpc.StatusCode.UNIMPLEMENTED
    assert error.details() == f"there is no method {path}; {hint}"


async def test_unknown_method_is_refused_for_streams_too(face: Any) -> None:
    call = face.channel.stream_stream("/a.B/C")()
    assert await call.code() is grpc.StatusCode.UNIMPLEMENTED
    assert dict(await call.trailing_metadata())["x-opaque-id"]


async def test_unknown_method_leaves_a_trace(face: Any) -> None:
    error = await refusal(face, "/a.B/C")
    request_id = dict(error.trailing_metadata())["x-opaque-id"]
    assert face.engine.refusals == [("grpc", Code.UNIMPLEMENTED, request_id, "")]


async def test_long_unknown_path_is_cut(face: Any) -> None:
    error = await refusal(face, "/a.B/" + "c" * 3000)
    details = error.details()
    assert error.code() is grpc.StatusCode.UNIMPLEMENTED
    assert details is not None
    assert len(details) < 300
