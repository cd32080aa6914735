"""A client of a gateway that is running, for the command line."""

import ssl
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.rpc import status_pb2

from searchway.api.errors.v1.errors_pb2 import ApiError
from searchway.api.errors.v1.errors_pb2 import Applied as AppliedWords
from searchway.contract.records import Operation
from searchway.contract.shapes import ShapeFactory
from searchway.errors import Applied, CallError, Code, Failure, SettingsError
from searchway.transcode.plain import plain

_DETAILS = "grpc-status-details-bin"
_OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]  # the gateway has limits

_OTHER_PROTOCOLS = {
    "http1.x server": "HTTP/1 is spoken at this address: expected that of the gateway's gRPC face, as in 127.0.0.1:50051",
    "WRONG_VERSION_NUMBER": "TLS is not spoken at this address: leave out --tls, or give the address of a gRPC face with TLS",
}
"""What is told apart by what grpc's core says of a connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A gateway that is running."""

    address: str
    """Where its gRPC face listens, as host:port."""
    tls: bool = False
    """Whether it is spoken to over TLS."""
    ca: Path | None = None
    """PEM certificates that its certificate must be signed by; those that browsers know where it is not said."""
    client_cert: Path | None = None
    """PEM certificate to show to it."""
    client_key: Path | None = None
    """PEM key of that certificate, not encrypted."""

    def open(self) -> grpc.aio.Channel:
        """Return a channel to it.

        Raises:
            SettingsError: a file cannot be used.
        """
        if not self.tls:
            return grpc.aio.insecure_channel(self.address, options=_OPTIONS)
        self._check()
        files = (self.ca, self.client_key, self.client_cert)
        credentials = grpc.ssl_channel_credentials(*(path.read_bytes() if path else None for path in files))
        return grpc.aio.secure_channel(self.address, credentials, options=_OPTIONS)

    def _check(self) -> None:
        """Try the files: grpc takes any, and then finds no connection."""
        if (self.client_cert is None) != (self.client_key is None):
            raise SettingsError("client_cert: expected together with client_key")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            if self.ca:
                context.load_verify_locations(self.ca)
        except OSError:
            raise SettingsError("ca: expected a file of PEM certificates") from None
        try:
            if self.client_cert and self.client_key:
                context.load_cert_chain(self.client_cert, self.client_key, password="")  # else it would ask for it
        except OSError:
            raise SettingsError("client_cert: expected a PEM certificate, and in client_key its PEM key") from None


async def call_gateway(
    target: Target,
    operation: Operation,
    message: Any,
    metadata: Mapping[str, str],
    timeout: float | None,  # noqa: ASYNC109  # gRPC's own deadline, which the gateway sees
) -> AsyncGenerator[dict[str, Any], None]:
    """Call an operation of a gateway; yield its answers, of which only streams have several, by proto names.

    Raises:
        CallError: the call failed; carries what the gateway said.
        SettingsError: a file of the target cannot be used.
    """
    async with target.open() as channel:
        connect = channel.unary_stream if operation.streaming else channel.unary_unary
        method = connect(
            operation.grpc_path,
            request_serializer=operation.request.cls.SerializeToString,
            response_deserializer=operation.response.cls.FromString,
        )
        call = method(message, metadata=tuple(metadata.items()), timeout=timeout)
        try:
            if not operation.streaming:
                yield plain(operation.response, await call)
                return
            async for answer in call:
                yield plain(operation.response, answer)
        except grpc.aio.AioRpcError as error:
            raise CallError(_failure(error, operation)) from None


def _failure(error: grpc.aio.AioRpcError, operation: Operation) -> Failure:
    told: dict[str, Any] = {
        "code": Code(error.code().name),
        "message": _message(error),
        "operation": operation.name,
    }
    for key, value in error.trailing_metadata() or ():
        if key == _DETAILS:
            told = {**_api_error(value), **told}
    return Failure(**told)


def _message(error: grpc.aio.AioRpcError) -> str:
    """Return what grpc says, in plain words where the other side speaks something else."""
    said = error.details() or ""
    return next((plain for sign, plain in _OTHER_PROTOCOLS.items() if sign in said), said)


def _api_error(value: bytes) -> dict[str, Any]:
    """Return the fields of a failure out of the details of a status."""
    said = ApiError()
    for detail in status_pb2.Status.FromString(value).details:
        detail.Unpack(said)
    fields = plain(ShapeFactory({}).shape(said.DESCRIPTOR), said)
    return {**fields, "applied": Applied(AppliedWords.Name(said.applied))}
