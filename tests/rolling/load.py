"""Callers that read and write over both faces without a pause, and note what became of each call."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count

import grpc
import httpx

from rolling.balancer import Balancer
from searchway.api.security.v1.security_pb2 import PutRoleRequest, RoleDescriptor

_READ = "{ cat { allocation { edges { node { node } } } } }"
_WRITE = 'mutation {{ securityPutRole(input: {{name: "{}", role: {{cluster: ["monitor"]}}}}) {{ created }} }}'
Send = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Load:
    """The calls so far."""

    pause: float
    """Seconds between two calls of one caller."""
    done: Counter[str] = field(default_factory=Counter)
    """By face and kind, how many there were."""
    lost: Counter[str] = field(default_factory=Counter)
    """Those that failed, with how."""
    stopped: bool = False
    goal: int = 0
    """How many calls there shall be at least."""
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when there were so many."""
    _names: "count[int]" = field(default_factory=count)

    @property
    def total(self) -> int:
        """How many calls there were."""
        return self.done.total()

    async def keep_calling(self, what: str, send: Send) -> None:
        """Call again and again until it is stopped."""
        while not self.stopped:
            try:
                await send()
            except (httpx.HTTPError, grpc.aio.AioRpcError, AssertionError) as error:
                how = error.code() if isinstance(error, grpc.aio.AioRpcError) else repr(error)
                self.lost[f"{what}: {how}"] += 1
            self.done[what] += 1
            if self.total >= self.goal:
                self.enough.set()
            await asyncio.sleep(self.pause)

    async def over_http(self, balancer: Balancer, callers: int) -> None:
        """Call over HTTP on connections that are kept."""
        url = f"http://127.0.0.1:{balancer.ports['http']}/graphql"
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:

            async def ask(query: str) -> None:
                answer = await client.post(url, json={"query": query})
                assert answer.status_code == 200, answer.text
                assert "errors" not in answer.json(), answer.text

            async with asyncio.TaskGroup() as group:
                for _ in range(callers):
                    group.create_task(self.keep_calling("http read", lambda: ask(_READ)))
                    group.create_task(self.keep_calling("http write", lambda: ask(_WRITE.format(self._name()))))

    async def over_grpc(self, balancer: Balancer, callers: int) -> None:
        """Call over gRPC on a channel that is kept."""
        options = [("grpc.use_local_subchannel_pool", 1)]
        async with grpc.aio.insecure_channel(f"127.0.0.1:{balancer.ports['grpc']}", options=options) as channel:
            list_allocation = channel.unary_unary("/searchway.api.cat.v1.CatService/ListAllocation")
            put_role = channel.unary_unary("/searchway.api.security.v1.SecurityService/PutRole")

            async def read() -> None:
                await list_allocation(b"", timeout=30)

            async def write() -> None:
                role = RoleDescriptor(cluster=["monitor"])
                await put_role(PutRoleRequest(name=self._name(), role=role).SerializeToString(), timeout=30)

            async with asyncio.TaskGroup() as group:
                for _ in range(callers):
                    group.create_task(self.keep_calling("grpc read", read))
                    group.create_task(self.keep_calling("grpc write", write))

    def _name(self) -> str:
        return f"r{next(self._names)}"
