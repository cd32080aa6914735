"""The network under the gateway: HTTP/1.1 over aiohttp, behind the transport interface of httpx.

Chosen by measurement among the transports that end a request when its task is cancelled: httpx's own takes ten times the
processor time, and the fastest one, pyreqwest, leaves cancelled requests running. Request targets go out byte for byte,
nothing is followed or replayed, and a connection that never came about is told apart from one that broke. Knows nothing
of clusters, retries and deadlines.
"""

import ssl
from collections.abc import AsyncIterator

import aiohttp
import httpx
from yarl import URL

from searchway.settings import ClusterSettings
from searchway.upstream.carrier import Arrival, Headers

# Bodies up to this size, in bytes, are taken in one piece.
_WHOLE = 1024 * 1024

# The longest header in bytes; engines put every deprecation warning into one.
_HEADER = 64 * 1024

# What aiohttp would add by itself.
_OWN_HEADERS = ("user-agent", "accept", "accept-encoding", "content-type")

_KEPT_SECONDS = 30.0


class AiohttpTransport(httpx.AsyncBaseTransport):
    """A connection pool to the nodes of one cluster.

    Raises what httpx's own transport raises: `ConnectError` and `ConnectTimeout` if nothing was sent, other
    `TransportError`s if the request may have arrived.
    """

    def __init__(self, *, tls: ssl.SSLContext, connect_timeout: float) -> None:
        """Open no connection yet.

        Args:
            tls: How certificates are checked and shown.
            connect_timeout: Seconds that setting up a connection may take.
        """
        self._tls = tls
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect_timeout)
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and return the answer, its body not read yet.

        Args:
            request: Its URL, or its extension `target` in place of the URL's path and query, goes out untouched.

        Raises:
            httpx.TransportError: There is no answer.
        """
        url = request.url
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        target: bytes = request.extensions.get("target", url.raw_path)
        arrival = await self.open(request.method, origin, target, request.headers.raw, request.read())
        return httpx.Response(arrival.status, headers=arrival.headers, stream=arrival.body)

    async def open(self, method: str, origin: str, target: bytes, headers: Headers, body: bytes) -> Arrival:
        """Do the same without httpx's records; see `Carrier`."""
        session = self._session or self._open()
        answer = await session.request(
            method,
            URL(origin + target.decode("ascii"), encoded=True),
            headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers],
            data=body or None,
            allow_redirects=False,
        )
        told = [pair for pair in answer.raw_headers if pair[0].lower() != b"content-encoding"]
        return Arrival(answer.status, told, _Body(answer))

    def _open(self) -> aiohttp.ClientSession:
        # A session belongs to the loop it is made in, and settings are read before there is one.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self._tls, limit=0, keepalive_timeout=_KEPT_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_OWN_HEADERS,
            timeout=self._timeout,
            max_line_size=_HEADER,
            max_field_size=_HEADER,
            middlewares=(_translate_errors,),
        )
        return self._session

    async def aclose(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()


class _Body(httpx.AsyncByteStream):
    """The body of an answer, unpacked."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        packed = "content-encoding" in self._answer.headers
        length = self._answer.content_length
        try:
            if length is not None and length <= _WHOLE and not packed:
                yield await self._answer.read()
                return
            async for chunk in self._answer.content.iter_any():
                yield chunk
        except (aiohttp.ClientError, OSError) as error:
            raise _translated(error) from error

    async def aclose(self) -> None:
        # Ends the connection unless the body was read whole, in which case it is back in the pool already.
        self._answer.close()


async def _translate_errors(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Raise httpx's errors, here rather than around the session: the session would replay a PUT whose connection broke."""
    try:
        return await handler(request)
    except (aiohttp.ClientError, OSError) as error:
        raise _translated(error) from error


def _translated(error: Exception) -> httpx.TransportError:
    message = type(error).__name__
    match error:
        case aiohttp.ClientConnectorError():
            return httpx.ConnectError(message)
        case aiohttp.ConnectionTimeoutError():
            return httpx.ConnectTimeout(message)
        case aiohttp.ClientResponseError():
            return httpx.RemoteProtocolError(message)
        case _:
            return httpx.ReadError(message)


def open_transport(settings: ClusterSettings) -> AiohttpTransport:
    """Return a transport with the cluster's TLS settings.

    Raises:
        OSError: A certificate or key cannot be read or used.
    """
    return AiohttpTransport(tls=_tls(settings), connect_timeout=settings.connect_timeout)


def _tls(settings: ClusterSettings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.ca:
        context.load_verify_locations(settings.ca)
    if settings.client_cert and settings.client_key:
        # Without a password OpenSSL would ask for one on the terminal.
        context.load_cert_chain(settings.client_cert, settings.client_key, password="")  # there is none
    if not settings.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
