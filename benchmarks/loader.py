"""Sends the same call again and again, from several callers at once, for a bounded time.

Every caller has credentials of its own, so that the gateway, which never mixes principals, cannot answer several with one
request to the cluster.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import grpc
import orjson

Call = Callable[[], Awaitable[bytes]]


async def repeat(call: Call, until: float) -> int:
    """Call until a moment of `time.monotonic()`; return how often."""
    count = 0
    while time.monotonic() < until:
        await call()
        count += 1
    return count


async def load(callers: list[Call], seconds: float) -> int:
    """Let all callers call for so many seconds; return how many calls there were."""
    until = time.monotonic() + seconds
    return sum(await asyncio.gather(*(repeat(call, until) for call in callers)))


class GraphQLCaller:
    """One connection to a GraphQL server."""

    def __init__(self, port: int, query: str, number: int) -> None:
        body = orjson.dumps({"query": query})
        head = (
            f"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\naccept: application/json\r\n"
            f"content-type: application/json\r\nauthorization: Bearer {number}\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        self._port = port
        self._request = head.encode() + body
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __call__(self) -> bytes:
        if self._streams is None or self._streams[0].at_eof():  # servers close what is idle between two rounds
            self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=2**22)
        reader, writer = self._streams
        writer.write(self._request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        if b" 200 " not in head[:16] or b'"errors"' in body[:10]:
            raise RuntimeError(f"the call failed: {body[:300]!r}")
        return body

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()


class GrpcCaller:
    """One channel to a gRPC server."""

    def __init__(self, port: int, method: str, number: int) -> None:
        # Channels to the same place share a connection unless they are told not to.
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.max_receive_message_length", 2**24)]
        self._channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}", options)
        self._method = self._channel.unary_unary(method)
        self._metadata = (("authorization", f"Bearer {number}"),)

    async def __call__(self) -> bytes:
        answer: bytes = await self._method(b"", metadata=self._metadata)
        return answer

    async def close(self) -> None:
        await self._channel.close()
