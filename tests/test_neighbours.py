"""Calls that share a request: what one of them gets is nothing to the others. The engine is called as gRPC does, whose own calls come in turns of their own."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final

import httpx
import pytest
import pytest_asyncio

from harness.faces import Outcome
from harness.gateway import Gateway, gateway_settings, open_gateway
from harness.upstream import Upstream
from searchway.contract.catalog import load
from searchway.contract.records import Engine, Operation
from searchway.transcode import inputs
from searchway.transcode.depth import DEEPEST
from searchway.transcode.jsontext import JsonText

SEARCH: Final = load().operation("fleet.Search")
EXPLAIN: Final = load().operation("ism.ExplainIndices")
PUT_ROLE: Final = load().operation("security.PutRole")
DEEP: Final = "[" * 100_000 + "]" * 100_000
HOSTILE: Final = {
    "surrogate": r'{"_source":"\ud83d"}',
    "deep": DEEP,
    "nan": "NaN",
    "huge": '{"_seq_no":%s}' % ("9" * 5000),
    "shape": '{"_id":{}}',
}
TOGETHER: Final = 8


class Shared(httpx.AsyncBaseTransport):
    """A cluster whose answer has something hostile for one of those who share the request, or is hostile as a whole."""

    def __init__(self) -> None:
        self.hostile, self.whole = "", ""
        self.requests: list[int] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        asked = re.findall(rb'"n":(\d+)', request.read()) or re.findall(rb"i(\d+)", request.extensions["target"])
        numbers = [int(number) for number in asked]
        self.requests.append(len(numbers))
        text = self.whole if self.whole and len(numbers) > 1 else self._answer(numbers, is_search=bool(request.content))
        return httpx.Response(200, headers={"content-type": "application/json"}, content=text.encode())

    def _answer(self, numbers: list[int], *, is_search: bool) -> str:
        parts = [self.hostile if number == 0 else f'{{"_index":"i","_id":"{number}"}}' for number in numbers]
        if not is_search:
            entries = (f'"i{number}":{part}' for number, part in zip(numbers, parts, strict=True))
            return f'{{{",".join(entries)},"total_managed_indices":0}}'
        responses = (f'{{"hits":{{"hits":[{part}]}},"status":200}}' for part in parts)
        return f'{{"took":1,"responses":[{",".join(responses)}]}}'


@pytest.fixture(scope="module")
def shared() -> Shared:
    return Shared()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def joining(shared: Shared) -> AsyncIterator[Gateway]:
    """Start a gateway that joins calls and has much time to do so."""
    upstream = Upstream()
    upstream.play(shared)
    async with open_gateway(gateway_settings(batching={"window_ms": 200}), upstream) as opened:
        yield opened


CALLS: Final[Mapping[str, tuple[Operation, Engine, Callable[[int], Mapping[str, Any]]]]] = {
    "search": (SEARCH, Engine.ELASTICSEARCH, lambda n: {"body": {"n": n}}),
    "explain": (EXPLAIN, Engine.OPENSEARCH, lambda n: {"indices": [f"i{n}"]}),
}


async def calls(gateway: Gateway, name: str, face: str) -> list[Outcome]:
    operation, engine, values = CALLS[name]
    each = (gateway.face(face).call(operation, values(n), cluster=engine, expected={}) for n in range(TOGETHER))
    return await asyncio.gather(*each)


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("face", ["engine", "graphql"])
@pytest.mark.parametrize("name", ["search", "explain"])
@pytest.mark.asyncio(loop_scope="session")
async def test_a_hostile_answer_is_of_its_own_call(  # two fixtures and a row of the table
    joining: Gateway, shared: Shared, name: str, face: str, hostile: str
) -> None:
    shared.hostile, shared.whole = HOSTILE[hostile], ""
    shared.requests.clear()
    first, *others = await calls(joining, name, face)
    assert max(shared.requests) > 1
    assert [outcome.failure for outcome in others] == [None] * len(others)
    told = first.failure or {"code": "INTERNAL", "message": "cluster's answer"}
    assert told["code"] == "INTERNAL"
    assert "cluster's answer" in told["message"]


@pytest.mark.parametrize(
    "whole", ["{}", "[]", "<html>", DEEP, '{"took":1,"responses":[{}]}', "NaN", '{"responses":[' + "{}," * 99 + "{}]}"]
)
@pytest.mark.parametrize("face", ["engine", "graphql"])
@pytest.mark.parametrize("name", ["search", "explain"])
@pytest.mark.asyncio(loop_scope="session")
async def test_reads_whose_joined_answer_cannot_be_taken_apart_are_made_again_alone(  # as above
    joining: Gateway, shared: Shared, name: str, face: str, whole: str
) -> None:
    shared.hostile, shared.whole = '{"_index":"i","_id":"0"}', whole
    shared.requests.clear()
    outcomes = await calls(joining, name, face)
    assert [outcome.failure for outcome in outcomes] == [None] * TOGETHER
    assert min(shared.requests) == 1
    assert max(shared.requests) > 1


@pytest.mark.parametrize(
    "answer", ["{}", DEEP, '{"created":[', '{"created":"r0","noop":7,"errors":[]}', '{"created":[["r0"],null]}']
)
@pytest.mark.asyncio(loop_scope="session")
async def test_a_joined_write_whose_answer_cannot_be_read_says_unknown_and_is_not_repeated(
    answer: str,
) -> None:
    requests: list[str] = []

    async def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request.method)
        return httpx.Response(200, headers={"content-type": "application/json"}, content=answer.encode())

    upstream = Upstream()
    upstream.play(httpx.MockTransport(respond))
    async with open_gateway(gateway_settings(batching={"window_ms": 200}), upstream) as gateway:
        each = (put_role(gateway, number, face) for number in range(4) for face in ("engine", "graphql"))
        outcomes = await asyncio.gather(*each)
    assert len(requests) < len(outcomes)
    assert {str((outcome.failure or {}).get("applied")) for outcome in outcomes} == {"unknown"}
    assert {str((outcome.failure or {}).get("code")) for outcome in outcomes} == {"INTERNAL"}


async def put_role(gateway: Gateway, number: int, face: str) -> Outcome:
    values: Mapping[str, Any] = {"name": f"r{number}{face}", "role": {}}
    assert inputs.build(PUT_ROLE.request, values)
    return await gateway.face(face).call(PUT_ROLE, values, cluster=Engine.ELASTICSEARCH, expected={})


BODIES: Final = [
    '{"n":1}',
    '{\n"a"\r\n:\t1}',
    r'{"a":"\ud83d\n","\udc00":1}',
    '{"a":1e400,"b":%s}' % ("9" * 300),
    '{"a":' * DEEPEST + "1" + "}" * DEEPEST,
    '{"a":"}]}\\n{\\"b\\":","a":1}',
    '{"a":"\u2028\u2029\ufeff"}',
    "{ }",
]


class Recorder(httpx.AsyncBaseTransport):
    """A cluster that keeps what arrives, and accepts it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as the route does."""
        self.bodies.append(request.read())
        target = request.extensions["target"].decode()
        names = [f"r{number}" for number in range(len(BODIES))]
        hits = {"hits": {"hits": []}, "status": 200}
        answers: dict[str, Any] = {
            "/_security/role": {"created": names},
            "/_security/role/": {"role": {"created": True}},
        }
        searches = {"responses": [hits] * (self.bodies[-1].count(b"\n") // 2)}
        answer = answers.get(re.sub(r"r\d+$", "", target.partition("?")[0]), searches)
        return httpx.Response(200, json=answer)


@pytest.mark.parametrize("joined", [SEARCH, PUT_ROLE], ids=lambda operation: operation.name)
@pytest.mark.asyncio(loop_scope="session")
async def test_what_one_asks_stands_beside_what_the_others_ask_unchanged(joined: Operation) -> None:
    def values(number: int) -> Mapping[str, Any]:
        free = JsonText(BODIES[number])
        return {"body": free} if joined is SEARCH else {"name": f"r{number}", "role": {"metadata": free}}

    recorder, upstream = Recorder(), Upstream()
    upstream.play(recorder)
    async with open_gateway(gateway_settings(batching={"window_ms": 200}), upstream) as gateway:
        engine = gateway.face("engine")
        calls = (engine.call(joined, values(n), cluster=Engine.ELASTICSEARCH, expected={}) for n in range(len(BODIES)))
        outcomes = await asyncio.gather(*calls)
    assert [outcome.failure for outcome in outcomes] == [None] * len(BODIES)
    assert len(recorder.bodies) < len(BODIES)
    if joined is SEARCH:
        lines = [line for body in recorder.bodies for line in body.splitlines()[1::2]]
        assert sorted(lines) == sorted(re.sub(r"[\r\n]", " ", body).encode() for body in BODIES)
        return
    together = b"".join(recorder.bodies)
    assert all(f'{{"metadata":{body}}}'.encode() in together for body in BODIES)
