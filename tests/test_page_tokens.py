"""Page tokens between gateways: who has the key goes on where another stopped, on either face; everything else is refused with the reason."""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any, Final

import pytest
import pytest_asyncio

from harness.gateway import Gateway, gateway_settings, open_gateway
from harness.graph import argument_path
from harness.upstream import Upstream
from searchway.contract.catalog import load
from searchway.contract.records import Engine
from searchway.engine.tokens import Tokens
from searchway.sandbox import create_sandbox
from searchway.upstream import AsgiTransport

OLD, NEW, OTHER = ("o" * 32, "n" * 32, "x" * 32)
KEYS: Final = {
    "old": [OLD],
    "replica": [OLD],
    "rotating": [NEW, OLD],
    "rotated": [NEW],
    "foreign": [OTHER],
    "random": [],
}
DAY: Final = 86_400
FACES: Final = ["grpc", "graphql"]
NAMES: Final = [f"node-{n}" for n in range(1, 7)]

Gateways = Mapping[str, Gateway]
Change = Callable[[str], str]

pytestmark = pytest.mark.asyncio(loop_scope="session")
faces = pytest.mark.parametrize("face", FACES)


@pytest.fixture(scope="module")
def played() -> Upstream:
    """Return a cluster of six nodes."""
    upstream = Upstream()
    upstream.play(AsgiTransport(create_sandbox("opensearch", nodes=len(NAMES))))
    return upstream


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def gateways(played: Upstream) -> AsyncIterator[Gateways]:
    """Start a gateway for each set of keys."""
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(open_gateway(gateway_settings(token_keys=keys), played))
            for name, keys in KEYS.items()
        }


async def ask(gateway: Gateway, face: str, name: str = "cat.ListAllocation", **more: Any) -> Any:
    """Ask for a page of two."""
    cluster = more.pop("cluster", Engine.OPENSEARCH)
    values = {"page_size": 2, **more}
    return await gateway.face(face).call(load().operation(name), values, cluster=cluster, expected={})


async def first_token(gateway: Gateway, face: str) -> str:
    """Return the token of the first page."""
    return str((await ask(gateway, face)).result["next_page_token"])


async def following(gateway: Gateway, face: str, token: str) -> list[str]:
    """Return what comes after a token."""
    outcome = await ask(gateway, face, page_token=token)
    assert outcome.failure is None
    return [row["node"] for row in outcome.result["allocation"]]


@faces
@pytest.mark.parametrize("other", FACES)
@pytest.mark.parametrize(
    ("given_by", "taken_by"),
    [("old", "replica"), ("old", "rotating"), ("rotating", "rotated"), ("random", "random")],
)
async def test_who_has_the_key_goes_on(gateways: Gateways, face: str, other: str, given_by: str, taken_by: str) -> None:
    token = await first_token(gateways[given_by], face)
    assert await following(gateways[taken_by], other, token) == NAMES[2:4]


@faces
async def test_a_list_goes_on_after_a_restart(played: Upstream, face: str) -> None:
    settings = gateway_settings(token_keys=[OLD])
    async with open_gateway(settings, played) as gateway:
        token = await first_token(gateway, face)
    async with open_gateway(settings, played) as gateway:
        assert await following(gateway, face, token) == NAMES[2:4]


@faces
@pytest.mark.parametrize("size", [1, 3, 50])
async def test_the_size_may_change_between_pages(gateways: Gateways, face: str, size: int) -> None:
    token = await first_token(gateways["old"], face)
    outcome = await ask(gateways["old"], face, page_token=token, page_size=size)
    assert [row["node"] for row in outcome.result["allocation"]] == NAMES[2 : 2 + size]


async def refused(played: Upstream, gateway: Gateway, face: str, token: str, **more: Any) -> str:
    """Return why a token is refused; the cluster must not hear of it."""
    before = len(played.arrived)
    operation = load().operation(more.get("name", "cat.ListAllocation"))
    outcome = await ask(gateway, face, page_token=token, **more)
    assert outcome.failure is not None
    assert outcome.failure["code"] == "INVALID_ARGUMENT"
    field = argument_path(operation, "page_token") if face == "graphql" else "page_token"
    assert outcome.failure["field"] == field
    assert len(played.arrived) == before
    name, _, reason = outcome.failure["message"].partition(": ")
    assert name == field
    return str(reason)


@faces
@pytest.mark.parametrize(
    ("given_by", "taken_by"),
    [("old", "foreign"), ("old", "rotated"), ("rotating", "replica"), ("old", "random")],
)
async def test_who_has_not_the_key_refuses(
    gateways: Gateways, played: Upstream, face: str, given_by: str, taken_by: str
) -> None:
    token = await first_token(gateways[given_by], face)
    reason = await refused(played, gateways[taken_by], face, token)
    assert reason == "was not made by this gateway, or was changed"


@faces
@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "A", lambda t: t[1:], str.swapcase, lambda _: "x"])
async def test_a_changed_token_is_refused(gateways: Gateways, played: Upstream, face: str, change: Change) -> None:
    token = await first_token(gateways["old"], face)
    reason = await refused(played, gateways["old"], face, change(token))
    assert reason == "was not made by this gateway, or was changed"


@faces
@pytest.mark.parametrize(
    "more",
    [
        {"name": "ism.ListPolicies"},
        {"cluster": Engine.OPENDISTRO},
        {"node_ids": ["node-1"]},
    ],
    ids=["operation", "cluster", "filter"],
)
async def test_a_token_is_good_for_its_list_alone(
    gateways: Gateways, played: Upstream, face: str, more: Mapping[str, Any]
) -> None:
    token = await first_token(gateways["old"], face)
    reason = await refused(played, gateways["old"], face, token, **more)
    assert reason == "belongs to a list of another operation, cluster or filter"


@faces
@pytest.mark.parametrize(("age", "is_good"), [(DAY - 60, True), (DAY + 60, False)])
async def test_a_token_grows_old(
    gateways: Gateways, played: Upstream, face: str, age: int, *, is_good: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = gateways["old"]
    token = await first_token(gateway, face)
    later = int(time.time()) + age
    monkeypatch.setattr(Tokens, "now", lambda _tokens: later)
    if is_good:
        assert await following(gateway, face, token) == NAMES[2:4]
    else:
        assert await refused(played, gateway, face, token) == "has expired; begin with the first page"
