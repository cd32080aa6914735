"""Five hundred rules, on a sandbox that misorders as the engine does: whoever pages or streams gets each exactly once."""

from collections.abc import AsyncIterator
from random import Random
from string import ascii_letters, digits
from typing import Any, Final

import httpx
import pytest

from harness.gateway import Gateway
from harness.upstream import Upstream
from searchway.contract.catalog import load
from searchway.contract.records import Engine
from searchway.sandbox import Sandbox, create_sandbox
from searchway.transcode import inputs
from searchway.upstream import AsgiTransport

FEATURE: Final = "workload_group"
LIST: Final = load().operation("rules.ListRules")
STREAM: Final = load().operation("rules.StreamRules")
ALPHABET: Final = "-_" + digits + ascii_letters
COUNT: Final = 500

REQUESTS: Final = {7: 72, 50: 11, 120: 13, 1000: 11}
"""By page size, the requests that the whole list needs: fifty rules come in one, and a full answer does not say that it was the last."""

pytestmark = pytest.mark.asyncio(loop_scope="session")
faces = pytest.mark.parametrize("face", ["grpc", "graphql"])
sizes = pytest.mark.parametrize("size", REQUESTS)

Walk = AsyncIterator[list[str]]


class Churn(httpx.AsyncBaseTransport):
    """Lets rules come and go after each request, those just given among them, while others stay."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._rules = sandbox.state.rules
        self._inner = AsgiTransport(sandbox)
        self._random = random = Random(11)  # noqa: S311  # the same changes in each run
        self._gone: set[str] = set()
        self._fleeting = random.sample(sorted(self._rules), 150)
        self.staying = self._rules.keys() - set(self._fleeting)
        self.ever = set(self._rules)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, then change the rules."""
        response = await self._inner.handle_async_request(request)
        self.change()
        return response

    def change(self, last: str = "") -> None:
        """Delete two rules, `last` first if it is not one that stays, and add two."""
        for going in (last, self._fleeting.pop() if self._fleeting else ""):
            if going in self._rules and going not in self.staying:
                del self._rules[going]
                self._gone.add(going)
        for coming in identities(self._random, 2):
            self._rules[coming] = rule(coming)
            self.ever.add(coming)

    @property
    def gone(self) -> int:
        """The number of rules that were deleted."""
        return len(self._gone)


def identities(random: Random, count: int) -> list[str]:
    """Return identities as the engine makes them, each sign of the alphabet in front of some if there are enough."""
    return [ALPHABET[n % 64] + "".join(random.choices(ALPHABET, k=21)) for n in random.sample(range(4096), count)]


def rule(identity: str) -> dict[str, Any]:
    return {"id": identity, "description": "d", "index_pattern": [f"{identity}*"], FEATURE: "g"}


@pytest.fixture
def sandbox() -> Sandbox:
    """Return a sandbox with the rules in no order; it makes identities of content itself, and no more than 200 rules."""
    made = create_sandbox("opensearch")
    random = Random(7)  # noqa: S311  # the same rules in each run
    made.state.rules.update({one: rule(one) for one in identities(random, COUNT)})
    assert {one[0] for one in made.state.rules} == set(ALPHABET)
    return made


async def pages(gateway: Gateway, face: str, size: int) -> Walk:
    """Yield the identities of each page up to the end."""
    token = ""
    while True:
        values = {"feature_type": FEATURE, "page_size": size} | ({"page_token": token} if token else {})
        outcome = await gateway.face(face).call(LIST, values, cluster=Engine.OPENSEARCH, expected={})
        assert outcome.result is not None, outcome.failure
        yield [one["rule_id"] for one in outcome.result.get("rules", [])]
        token = outcome.result.get("next_page_token", "")
        if not token:
            return


async def streamed(gateway: Gateway, face: str, size: int) -> list[str]:
    """Return the identities in the order in which they come."""
    if face == "grpc":
        message = inputs.build(STREAM.request, {"feature_type": FEATURE, "page_size": size})
        return [one.rule.rule_id async for one in gateway.grpc.stream(STREAM, message, Engine.OPENSEARCH)]
    query = f'subscription {{ rulesStreamRules(featureType: "{FEATURE}", pageSize: {size}) {{ rule {{ ruleId }} }} }}'
    found = await gateway.graphql.subscribe(query, Engine.OPENSEARCH)
    return [one["data"]["rulesStreamRules"]["rule"]["ruleId"] for one in found]


async def test_who_pages_as_the_engine_tells_misses_rules(sandbox: Sandbox) -> None:
    """Without this the tests below would show nothing."""
    found, query = set(), ""
    async with httpx.AsyncClient(transport=AsgiTransport(sandbox), base_url="http://engine") as client:
        while True:
            answer = (await client.get(f"/_rules/{FEATURE}{query}")).json()
            found |= {one["id"] for one in answer["rules"]}
            if "search_after" not in answer:
                break
            query = f"?search_after={answer['search_after'][0]}"
    assert found < sandbox.state.rules.keys()


@faces
@sizes
async def test_each_rule_is_on_one_page(
    gateway: Gateway, upstream: Upstream, sandbox: Sandbox, face: str, size: int
) -> None:
    upstream.play(AsgiTransport(sandbox))
    found: list[str] = []
    asked: list[int] = []
    async for page in pages(gateway, face, size):
        found += page
        asked.append(len(upstream.arrived))
        assert len(page) == size or len(found) == COUNT
    assert found == sorted(sandbox.state.rules)
    assert asked[0] == min(-(-size // 50), REQUESTS[1000])
    assert asked[-1] == REQUESTS[size]


@faces
@sizes
async def test_each_rule_is_streamed_once(
    gateway: Gateway, upstream: Upstream, sandbox: Sandbox, face: str, size: int
) -> None:
    upstream.play(AsgiTransport(sandbox))
    assert await streamed(gateway, face, size) == sorted(sandbox.state.rules)
    assert len(upstream.arrived) == REQUESTS[size]


@faces
@sizes
async def test_rules_that_come_and_go_hide_and_repeat_none(
    gateway: Gateway, upstream: Upstream, sandbox: Sandbox, face: str, size: int
) -> None:
    churn = Churn(sandbox)
    upstream.play(churn)
    found = []
    async for page in pages(gateway, face, size):
        found += page
        churn.change(page[-1] if page else "")
    check(found, churn)


@faces
@sizes
async def test_rules_that_come_and_go_leave_a_stream_whole(
    gateway: Gateway, upstream: Upstream, sandbox: Sandbox, face: str, size: int
) -> None:
    churn = Churn(sandbox)
    upstream.play(churn)
    check(await streamed(gateway, face, size), churn)


def check(found: list[str], churn: Churn) -> None:
    assert len(found) == len(set(found))
    assert churn.staying <= set(found) <= churn.ever
    assert churn.gone >= REQUESTS[1000]
