from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.reflection_pb2 import ExtensionRequest, ServerReflectionRequest, ServerReflectionResponse

from searchway.contract.comments import read_comments

VERSIONS = ["v1", "v1alpha"]


async def ask(face: Any, version: str = "v1", **question: Any) -> ServerReflectionResponse:
    stream = face.channel.stream_stream(
        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
        request_serializer=ServerReflectionRequest.SerializeToString,
        response_deserializer=ServerReflectionResponse.FromString,
    )
    request = ServerReflectionRequest(host="here", **question)
    async for answer in stream(iter([request])):
        assert answer.original_request == request
        assert answer.valid_host == "here"
        return answer
    raise AssertionError("no answer")


def files_of(answer: ServerReflectionResponse) -> list[FileDescriptorProto]:
    return [FileDescriptorProto.FromString(one) for one in answer.file_descriptor_response.file_descriptor_proto]


def pool_of(files: list[FileDescriptorProto]) -> DescriptorPool:
    """Build what a client builds: every import must be there."""
    by_name = {file.name: file for file in files}
    pool, added = DescriptorPool(), set[str]()

    def add(name: str) -> None:
        if name not in added:
            added.add(name)
            for one in by_name[name].dependency:
                add(one)
            pool.AddSerializedFile(by_name[name].SerializeToString())

    for name in by_name:
        add(name)
    return pool


@pytest.mark.parametrize("version", VERSIONS)
async def test_all_services_are_listed(face: Any, version: str) -> None:
    answer = await ask(face, version, list_services="*")
    listed = {service.name for service in answer.list_services_response.service}
    assert listed == {
        *face.catalog.services,
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
    }


async def test_every_listed_service_is_described_with_all_its_imports(face: Any) -> None:
    for service in (await ask(face, list_services="*")).list_services_response.service:
        files = files_of(await ask(face, file_containing_symbol=service.name))
        assert pool_of(files).FindServiceByName(service.name).methods


@pytest.mark.parametrize("version", VERSIONS)
async def test_comments_are_kept(face: Any, version: str) -> None:
    answer = await ask(face, version, file_containing_symbol="searchway.api.cat.v1.CatService.ListAllocation")
    first = files_of(answer)[0]
    assert first.name == "searchway/api/cat/v1/cat.proto"
    comments = read_comments(type(face.catalog.descriptor_set)(file=[first]))
    shape = face.catalog.operation("cat.ListAllocation").response
    assert shape.comment
    assert comments[shape.name] == shape.comment


@pytest.mark.parametrize(
    "symbol",
    [
        "searchway.api.errors.v1.ApiError",
        "searchway.api.errors.v1.ApiError.code",
        "searchway.api.errors.v1.Applied",
        "google.rpc.ErrorInfo",
        "google.rpc.Status",
        "grpc.health.v1.HealthCheckResponse.ServingStatus",
    ],
)
async def test_symbols_of_all_kinds_are_found(face: Any, symbol: str) -> None:
    assert files_of(await ask(face, file_containing_symbol=symbol))


async def test_file_is_found_by_name(face: Any) -> None:
    files = files_of(await ask(face, file_by_filename="searchway/api/types/v1/types.proto"))
    assert files[0].package == "searchway.api.types.v1"


async def test_extensions_are_found(face: Any) -> None:
    answer = await ask(face, all_extension_numbers_of_type="google.protobuf.MethodOptions")
    numbers = list(answer.all_extension_numbers_response.extension_number)
    assert 72295728 in numbers  # google.api.http
    for number in numbers:
        asked = ExtensionRequest(containing_type="google.protobuf.MethodOptions", extension_number=number)
        assert files_of(await ask(face, file_containing_extension=asked))


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({}, 3),
        ({"file_by_filename": "none.proto"}, 5),
        ({"file_containing_symbol": "a.B"}, 5),
        ({"file_containing_symbol": ""}, 5),
        ({"all_extension_numbers_of_type": "a.B"}, 5),
        ({"file_containing_extension": ExtensionRequest(containing_type="a.B", extension_number=1)}, 5),
        (
            {
                "file_containing_extension": ExtensionRequest(
                    containing_type="google.protobuf.FileOptions", extension_number=1
                )
            },
            5,
        ),
    ],
)
async def test_what_is_not_there_is_said(face: Any, question: dict[str, Any], code: int) -> None:
    error = (await ask(face, **question)).error_response
    assert error.error_code == code
    assert error.error_message
