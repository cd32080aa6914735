"""Server reflection with comments, in both versions of the protocol.

https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
The servicer of grpcio-reflection answers from the process's descriptor pool, which forgets comments, and speaks v1alpha alone. This one
answers with the files of the compiled contract as they are. The messages of v1 and v1alpha differ in nothing but their package.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import grpc
from google.protobuf import text_format
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha.reflection_pb2 import (
    DESCRIPTOR,
    ErrorResponse,
    ExtensionNumberResponse,
    FileDescriptorResponse,
    ListServiceResponse,
    ServerReflectionRequest,
    ServerReflectionResponse,
    ServiceResponse,
)

SERVICES = ("grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection")


class Files:
    """Proto files, found by what they declare."""

    def __init__(self, files: Iterable[FileDescriptorProto]) -> None:
        """Take the files, each after those that it imports."""
        self._files: dict[str, FileDescriptorProto] = {}
        self._pool = DescriptorPool()
        for file in files:
            if file.name not in self._files:
                self._files[file.name] = file
                self._pool.AddSerializedFile(file.SerializeToString())

    def named(self, name: str) -> list[bytes]:
        """Return the file and everything that it imports; raises KeyError."""
        return [self._bytes[one] for one in self._closure(name)]

    def declaring(self, symbol: str) -> list[bytes]:
        """Return the file that declares a service, rpc, message, enum or field; raises KeyError."""
        try:
            return self.named(self._pool.FindFileContainingSymbol(symbol).name)
        except KeyError:  # the pool looks for everything but rpcs
            return self.named(self._pool.FindMethodByName(symbol).containing_service.file.name)

    def extending(self, message: str, number: int) -> list[bytes]:
        """Return the file that declares the extension; raises KeyError."""
        descriptor = self._pool.FindMessageTypeByName(message)
        extension: Any = self._pool.FindExtensionByNumber(descriptor, number)  # its type does not know its file
        return self.named(extension.file.name)

    def extensions(self, message: str) -> list[int]:
        """Return the numbers of all extensions of a message; raises KeyError."""
        descriptor = self._pool.FindMessageTypeByName(message)
        return sorted(extension.number for extension in self._pool.FindAllExtensions(descriptor))

    @cached_property
    def _bytes(self) -> Mapping[str, bytes]:
        return {name: file.SerializeToString() for name, file in self._files.items()}

    def _closure(self, name: str) -> Iterable[str]:
        found, left = {name: None}, [name]
        while left:
            fresh = [one for one in self._files[left.pop()].dependency if one not in found]
            found.update(dict.fromkeys(fresh))
            left += fresh
        return found


class Reflection:
    """Answers what there is."""

    def __init__(self, files: Files, services: Iterable[str]) -> None:
        self._files = files
        self._services = sorted(services)

    async def serve(self, requests: AsyncIterator[Any], _context: Any) -> AsyncIterator[Any]:
        """Answer each question of a stream: the form that grpc calls."""
        async for request in requests:
            answer = self._answer(request)
            answer.valid_host = request.host
            answer.original_request.CopyFrom(request)
            yield answer

    def _answer(self, request: Any) -> Any:
        question = request.WhichOneof("message_request")
        if question is None:
            return _error(grpc.StatusCode.INVALID_ARGUMENT, "the request asks nothing")
        try:
            return getattr(self, f"_{question}")(getattr(request, question))
        except KeyError:
            return _error(grpc.StatusCode.NOT_FOUND, f"not found: {str(getattr(request, question)).strip()}")

    def _list_services(self, _: str) -> Any:
        services = [ServiceResponse(name=name) for name in self._services]
        return ServerReflectionResponse(list_services_response=ListServiceResponse(service=services))

    def _file_by_filename(self, name: str) -> Any:
        return _found(self._files.named(name))

    def _file_containing_symbol(self, symbol: str) -> Any:
        return _found(self._files.declaring(symbol))

    def _file_containing_extension(self, asked: Any) -> Any:
        return _found(self._files.extending(asked.containing_type, asked.extension_number))

    def _all_extension_numbers_of_type(self, message: str) -> Any:
        numbers = ExtensionNumberResponse(base_type_name=message, extension_number=self._files.extensions(message))
        return ServerReflectionResponse(all_extension_numbers_response=numbers)


def _found(files: list[bytes]) -> Any:
    return ServerReflectionResponse(file_descriptor_response=FileDescriptorResponse(file_descriptor_proto=files))


def _error(code: grpc.StatusCode, problem: str) -> Any:
    return ServerReflectionResponse(error_response=ErrorResponse(error_code=code.value[0], error_message=problem))


def reflection_handlers(contract: FileDescriptorSet, services: Iterable[str]) -> list[Any]:
    """Return the handlers of both reflection services, which show the contract, the services and themselves."""
    files = Files([*contract.file, *_own()])
    reflection = Reflection(files, [*services, *SERVICES])
    method = grpc.stream_stream_rpc_method_handler(
        reflection.serve, ServerReflectionRequest.FromString, ServerReflectionResponse.SerializeToString
    )
    return [grpc.method_handlers_generic_handler(name, {"ServerReflectionInfo": method}) for name in SERVICES]


def _own() -> Iterator[FileDescriptorProto]:
    """Yield the files of health, of error details and of both versions of reflection."""
    for module in (health_pb2, error_details_pb2, status_pb2):
        yield from _with_imports(module.DESCRIPTOR)
    alpha = FileDescriptorProto.FromString(DESCRIPTOR.serialized_pb)
    yield alpha
    yield text_format.Parse(text_format.MessageToString(alpha).replace("v1alpha", "v1"), FileDescriptorProto())


def _with_imports(descriptor: Any) -> Iterator[FileDescriptorProto]:
    for imported in descriptor.dependencies:
        yield from _with_imports(imported)
    yield FileDescriptorProto.FromString(descriptor.serialized_pb)
