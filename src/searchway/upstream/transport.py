"""The network under the gateway: HTTP/1.1 over pyreqwest, behind the transport interface of httpx.

Differs from the transport that pyreqwest brings along in what a gateway must be sure of: request targets go out byte for
byte, nothing is followed or replayed, and a connection that never came about is told apart from one that broke. Knows
nothing of clusters, retries and deadlines; a task that is cancelled takes its connection with it.
"""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import ConnectTimeoutError, DecodeError, PyreqwestError, RequestTimeoutError
from pyreqwest.request import StreamRequest
from pyreqwest.response import Response

from searchway.settings import ClusterSettings

# The client library resolves these segments away, escaped or not, as browsers do.
# https://url.spec.whatwg.org/#double-dot-path-segment
_DOTS = re.compile(r"/(\.|%2e){1,2}(?=/|\?|$)", re.IGNORECASE)

# The library raises one class for a connection that was refused and for one that was lost after the request had gone
# out; only this cause says that nothing was sent.
_NEVER_CONNECTED = "client error (Connect)"

# Bodies up to this size, in bytes, are taken in one piece.
_WHOLE = 1024 * 1024


class ReqwestTransport(httpx.AsyncBaseTransport):
    """A connection pool to the nodes of one cluster.

    Raises what httpx's own transport raises: `ConnectError` and `ConnectTimeout` if nothing was sent, other
    `TransportError`s if the request may have arrived.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and return the answer, its body not read yet.

        Args:
            request: Its URL, or its extension `target` in place of the URL's path and query, goes out untouched.

        Raises:
            ValueError: The target has a segment `.` or `..`, which cannot be sent as it is.
            httpx.TransportError: There is no answer.
        """
        call = self._call(request)
        try:
            answer = await call.__aenter__()
        except PyreqwestError as error:
            raise _translate(error) from error
        return httpx.Response(answer.status, headers=list(answer.headers.items()), stream=_Body(call, answer))

    def _call(self, request: httpx.Request) -> StreamRequest:
        target: bytes = request.extensions.get("target", request.url.raw_path)
        text = target.decode("ascii")
        if "." in text and _DOTS.search(text.partition("?")[0]):
            raise ValueError("a path segment . or .. cannot be sent")
        url = request.url
        builder = self._client.request(request.method, f"{url.scheme}://{url.netloc.decode('ascii')}{text}")
        builder = builder.headers(request.headers.multi_items())
        body = request.read()
        return (builder.body_bytes(body) if body else builder).build_streamed()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.close()


class _Body(httpx.AsyncByteStream):
    """The body of an answer."""

    def __init__(self, call: StreamRequest, answer: Response) -> None:
        self._call = call
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        reader = self._answer.body_reader
        length = self._answer.get_header("content-length")
        try:
            if length is not None and int(length) <= _WHOLE:
                yield bytes(await reader.bytes())
                return
            while (chunk := await reader.read_chunk()) is not None:
                yield bytes(chunk)
        except PyreqwestError as error:
            raise _translate(error) from error

    async def aclose(self) -> None:
        await self._call.__aexit__(None, None, None)


def open_transport(settings: ClusterSettings) -> ReqwestTransport:
    """Return a transport with the cluster's TLS settings.

    Raises:
        pyreqwest.exceptions.BuilderError: A certificate or key cannot be read.
    """
    builder = (
        ClientBuilder()
        .follow_redirects(False)
        .no_proxy()
        .referer(False)
        .connect_timeout(timedelta(seconds=settings.connect_timeout))
        .danger_accept_invalid_certs(not settings.verify)
    )
    for encoding in (builder.gzip, builder.deflate, builder.brotli, builder.zstd):
        builder = encoding(settings.compress)
    if settings.ca:
        builder = builder.add_root_certificate_pem(settings.ca.read_bytes())
    if settings.client_cert and settings.client_key:
        builder = builder.identity_pem(_pem(settings.client_cert) + _pem(settings.client_key))
    return ReqwestTransport(builder.build())


def _pem(path: Path) -> bytes:
    return path.read_bytes().rstrip() + b"\n"


def _translate(error: PyreqwestError) -> httpx.TransportError:
    causes = getattr(error, "details", {}).get("causes") or ()
    message = str(error)
    if isinstance(error, ConnectTimeoutError):
        return httpx.ConnectTimeout(message)
    if any(cause["message"] == _NEVER_CONNECTED for cause in causes):
        return httpx.ConnectError(message)
    if isinstance(error, RequestTimeoutError):
        return httpx.ReadTimeout(message)
    if isinstance(error, DecodeError):
        return httpx.RemoteProtocolError(message)
    return httpx.ReadError(message)
