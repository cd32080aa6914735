"""The sandbox as an ASGI application: one cluster of one engine, held in memory.

    caller -> faults -> router -> credentials -> parameters -> handler -> rendering

It imports nothing of the gateway, so that no mistake can be shared by both.
"""

import asyncio
import inspect
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from searchway.sandbox.access import Guard, User
from searchway.sandbox.call import Call, Reply
from searchway.sandbox.cluster import Cluster
from searchway.sandbox.engines import ENGINES, EngineName
from searchway.sandbox.errors import SandboxError
from searchway.sandbox.faults import Fault, Faults
from searchway.sandbox.ismjobs import run_jobs
from searchway.sandbox.media import answer_media_type, check_request_media
from searchway.sandbox.operations import build_router, prepare
from searchway.sandbox.parameters import check_known, flag
from searchway.sandbox.render import render

_PLAIN = "text/plain; charset=UTF-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A request as it arrived, for tests to look at."""

    # HTTP method.
    method: str
    # Path as sent, still percent-encoded.
    raw_path: str
    # Query string as sent.
    query: str
    # Body's bytes.
    body: bytes
    # Header fields by lower-case name.
    headers: Mapping[str, str]


class Sandbox:
    """An embedded upstream.

    `requests` logs what arrived, `abandoned` the calls whose caller left a hanging answer,
    `faults` takes the faults to come and `state` is the cluster itself.
    """

    def __init__(self, cluster: Cluster, guard: Guard | None, *, keep_log: bool = True) -> None:
        self.state = cluster
        self.engine = cluster.engine
        self.faults = Faults()
        self.requests: list[Received] = []
        self.abandoned: list[Received] = []
        self._guard = guard
        self._keep_log = keep_log
        self._router = build_router(cluster.engine)

    def run_ism_jobs(self) -> None:
        """Run the index state management job once, as a real cluster does every few minutes."""
        run_jobs(self.state)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        received = await _read(Request(scope, receive))
        if self._keep_log:
            self.requests.append(received)
        fault = self.faults.take(received.method, received.raw_path)
        if fault is not None and not await self._suffer(fault, received, receive):
            return
        response = _faulty(fault) if fault and fault.status else await self._answer(received)
        await response(scope, receive, send)

    async def _suffer(self, fault: Fault, received: Received, receive: Receive) -> bool:
        """Let the fault happen; return whether an answer follows."""
        if fault.arrived is not None:
            fault.arrived.set()
        try:
            if fault.gate is not None:
                await fault.gate.wait()
            if fault.delay:
                await asyncio.sleep(fault.delay)
            while fault.hang and (await receive())["type"] != "http.disconnect":
                pass
        except asyncio.CancelledError:
            self.abandoned.append(received)
            raise
        if fault.abort:
            raise ConnectionResetError
        if fault.hang:
            self.abandoned.append(received)
        return not fault.hang

    async def _answer(self, received: Received) -> Response:
        query = dict(parse_qsl(received.query, keep_blank_values=True))
        try:
            return self._render(await self._run(received, query), received, query)
        except SandboxError as error:
            return self._render_error(error, received, query)

    async def _run(self, received: Received, query: dict[str, str]) -> Reply:
        path = unquote(received.raw_path)
        caller = self._guard.authenticate(received.headers, path) if self._guard else None
        if received.method == "OPTIONS":
            allowed = self._router.allowed(received.raw_path)
            return Reply(body="", headers={"Allow": ",".join(allowed)} if allowed else {}, media_type=_PLAIN)
        route, variables = self._router.find(received.method, received.raw_path)
        check_request_media(self.engine, received.headers, received.body)
        call = Call(
            method=received.method,
            raw_path=received.raw_path,
            path=path,
            variables=variables,
            query=query,
            headers=received.headers,
            body=received.body,
        )
        if self._guard and caller:
            self._guard.authorize(*caller, route.privilege, call)
        check_known(path, query, route.parameters)
        reply = route.handler(self.state, call)
        return await reply if inspect.isawaitable(reply) else reply

    def _render(self, reply: Reply, received: Received, query: Mapping[str, str]) -> Response:
        headers = {**self._common_headers(received), **reply.headers}
        if reply.media_type is not None:
            return Response(reply.body, reply.status, headers, reply.media_type)
        pretty = flag(query, "pretty", default=reply.pretty)
        body = render(reply.body, filter_path=query.get("filter_path", ""), pretty=pretty)
        return _respond(received, body, reply.status, headers, answer_media_type(self.engine, received.headers))

    def _render_error(self, error: SandboxError, received: Received, query: Mapping[str, str]) -> Response:
        headers = {**self._common_headers(received), **error.headers}
        document = error.render(trace=query.get("error_trace", "false") != "false")
        if isinstance(document, str):
            return Response(document, error.status, headers, _PLAIN)
        body = render(document, pretty=query.get("pretty", "false") != "false")
        return _respond(received, body, error.status, headers, answer_media_type(self.engine, received.headers))

    def _common_headers(self, received: Received) -> dict[str, str]:
        headers = dict(self.engine.headers)
        if "x-opaque-id" in received.headers:
            headers["X-Opaque-Id"] = received.headers["x-opaque-id"]
        return headers


def create_sandbox(  # noqa: PLR0913  # each is a property of the sandbox, given by name
    engine: EngineName = "opensearch",
    *,
    version: str | None = None,
    users: Mapping[str, User] | None = None,
    api_keys: Mapping[str, User] | None = None,
    nodes: int = 1,
    enrich_seconds: float = 0.0,
    workload_groups: Collection[str] | None = None,
    clock: Callable[[], float] = time.time,
    keep_log: bool = True,
) -> Sandbox:
    """Create an empty sandbox.

    Args:
        engine: the engine to play.
        version: its release, where it matters which; the newest known one without.
        users: by name; with any, every call needs basic credentials.
        api_keys: users by encoded API key, beside `users`.
        nodes: number of data nodes, called node-1, node-2 and so on.
        enrich_seconds: how long executing an enrich policy takes.
        workload_groups: identities that rules may name; None takes any.
        clock: seconds since the epoch.
        keep_log: whether `requests` is filled; benchmarks turn it off.
    """
    played = ENGINES[engine]
    cluster = Cluster(
        engine=replace(played, version=version or played.version),
        clock=clock,
        nodes=[f"node-{number}" for number in range(1, nodes + 1)],
        enrich_seconds=enrich_seconds,
        workload_groups=None if workload_groups is None else set(workload_groups),
    )
    prepare(cluster)
    guarded = users is not None or api_keys is not None
    guard = Guard(cluster, users or {}, api_keys or {}) if guarded else None
    return Sandbox(cluster, guard, keep_log=keep_log)


async def _read(request: Request) -> Received:
    scope = request.scope
    raw_path = scope.get("raw_path") or quote(scope["path"]).encode()
    return Received(
        method=scope["method"],
        raw_path=raw_path.split(b"?", 1)[0].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        body=await request.body(),
        headers=dict(request.headers),
    )


def _faulty(fault: Fault) -> Response:
    return Response(fault.body, fault.status or 500, dict(fault.headers), "application/json")


def _respond(received: Received, body: bytes, status: int, headers: Mapping[str, str], media_type: str) -> Response:
    response = Response(body, status, dict(headers), media_type)
    if received.method == "HEAD":
        response.body = b""
    return response


async def _live(receive: Receive, send: Send) -> None:
    """Answer the server's start and stop; there is nothing to set up."""
    while True:
        message: Any = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
