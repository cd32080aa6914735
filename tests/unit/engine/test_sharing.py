"""Sharing through the engine, over the sandbox: what calls of one moment become, and that each gets what it would get alone."""

import asyncio
from base64 import b64encode
from collections import Counter
from collections.abc import Awaitable, Mapping
from typing import Any

import pytest

from searchway.contract.catalog import load
from searchway.engine import Call
from searchway.errors import Applied, Code, SettingsError
from searchway.sandbox import Fault, Sandbox, User, create_sandbox, load_example_data
from searchway.transcode import inputs
from searchway.transcode.jsontext import dumps
from unit.engine.sharing_world import new_call, open_world
from unit.engine.turns import settle

ROLE: Mapping[str, Any] = {"cluster": ["monitor"]}
PUT, EXPLAIN, SEARCH, TABLE = "security.PutRole", "ism.ExplainIndices", "fleet.MultiSearch", "cat.ListAllocation"
BULK_LINE = "POST /_security/role"
SOON = 1.0
"""Seconds to a deadline that comes after all that was begun was sent, on a machine with other work too."""


def elasticsearch(**how: Any) -> Sandbox:
    return create_sandbox("elasticsearch", **how)


def opensearch() -> Sandbox:
    sandbox = create_sandbox("opensearch")
    load_example_data(sandbox)
    return sandbox


def role(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "role": ROLE, **more}


def put(name: str, *, new: bool = True) -> dict[str, Any]:
    """Return the answer to a role that was stored."""
    return {"created": new, "role": {"name": name}}


def roles(number: int) -> list[dict[str, Any]]:
    return [role(f"role-{n}") for n in range(number)]


def basic(user: str) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(f'{user}:{user}'.encode()).decode()}"}


async def first_of(*waits: Awaitable[Any]) -> None:
    """Wait for the first of several; leave alone those that are tasks."""
    tasks = [asyncio.ensure_future(one) for one in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task, given in zip(tasks, waits, strict=True):
        if task is not given:
            task.cancel()


async def test_a_hundred_roles_are_one_request() -> None:
    async with open_world(c=elasticsearch()) as world:
        calls = [new_call() for _ in range(100)]
        answers = await world.all(PUT, roles(100), calls)
        assert world.requests() == [BULK_LINE]
        assert answers == [put(f"role-{n}") for n in range(100)]
        assert sum(call.upstream_calls for call in calls) == 1
        assert await world.all(PUT, roles(2)) == [put("role-0", new=False), put("role-1", new=False)]
        assert world.metric("searchway_shared_calls_total", operation=PUT, how="batch") == 99 + 1
        assert world.metric("searchway_batch_calls_sum", operation=PUT) == 100 + 2
        assert world.metric("searchway_upstream_requests_total", operation="security.BulkPutRole", cluster="c") == 2


async def test_fifty_equal_reads_are_one_request() -> None:
    async with open_world(c=opensearch()) as world:
        calls = [new_call() for _ in range(50)]
        answers = await world.all(TABLE, [{}] * 50, calls)
        assert len(world.requests()) == 1
        assert answers == [answers[0]] * 50
        assert answers[0]["allocation"]
        assert sum(call.upstream_calls for call in calls) == 1
        assert world.metric("searchway_shared_calls_total", operation=TABLE, how="flight") == 49


async def test_pages_of_different_sizes_share_what_is_fetched_in_one_piece() -> None:
    async with open_world(c=opensearch()) as world:
        await world.all(TABLE, [{"page_size": n} for n in (1, 2, 3)])
        assert len(world.requests()) == 1


async def test_explanations_of_different_indices_are_one_request() -> None:
    sandbox = opensearch()
    names = sorted(sandbox.state.indices)[:6]
    async with open_world({"enabled": False}, c=sandbox) as apart:
        alone = await apart.all(EXPLAIN, [{"indices": [name]} for name in names])
    sandbox.requests.clear()
    async with open_world(c=sandbox) as world:
        calls = [new_call() for _ in names]
        answers = await world.all(EXPLAIN, [{"indices": [name]} for name in names], calls)
        assert len(world.requests()) == 1
        assert answers == alone
        assert sum(call.upstream_calls for call in calls) == 1


async def test_equal_and_different_explanations_share() -> None:
    sandbox = opensearch()
    names = sorted(sandbox.state.indices)[:3]
    async with open_world(c=sandbox) as world:
        answers = await world.all(EXPLAIN, [{"indices": [name]} for name in [*names, *names]])
        assert len(world.requests()) == 1
        assert answers[:3] == answers[3:]


@pytest.mark.parametrize("strict", [True, False])
async def test_an_explanation_of_what_is_missing_is_as_alone(strict: bool) -> None:
    sandbox = opensearch()
    first, second = sorted(sandbox.state.indices)[:2]
    every: list[Mapping[str, Any]] = [
        {"indices": [first]},
        {"indices": ["missing"], "strict": strict},
        {"indices": [second, "gone"]},
        {"indices": [second]},
    ]
    async with open_world({"enabled": False}, c=sandbox) as apart:
        alone = await apart.all(EXPLAIN, every)
    async with open_world(c=sandbox) as world:
        assert _comparable(await world.all(EXPLAIN, every)) == _comparable(alone)


def _comparable(answers: list[dict[str, Any]]) -> list[Any]:
    """Leave out what names the single call."""

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(item) for key, item in value.items() if key != "request_id"}
        if isinstance(value, list):
            return [strip(item) for item in value]
        return value

    return [
        strip(answer) if "error" not in answer else (answer["error"].code, answer["error"].message)
        for answer in answers
    ]


async def test_a_pattern_is_asked_for_alone() -> None:
    sandbox = opensearch()
    name = min(sandbox.state.indices)
    async with open_world(c=sandbox) as world:
        await world.all(EXPLAIN, [{"indices": [name]}, {"indices": [f"{name[:3]}*"]}, {"indices": ["_all"]}])
        assert len(world.requests()) == 3


@pytest.mark.parametrize(("unreadable", "requests"), [(0, 1), (1, 1 + 51)])
async def test_searches_are_one_request_and_each_has_its_own_hits_or_error(unreadable: int, requests: int) -> None:
    sandbox = elasticsearch()
    load_example_data(sandbox)
    index = min(name for name in sandbox.state.indices if not name.startswith("."))

    def search(body: Any, name: str = index) -> dict[str, Any]:
        return {"searches": [{"header": {"index": [name]}, "body": dumps(body)}]}

    every = [*(search({"size": n}) for n in range(49)), search({}, "missing")]
    every += [search({"query": {"nonsense": {}}})] * unreadable
    async with open_world({"enabled": False}, c=sandbox) as apart:
        alone = await apart.all(SEARCH, every)
    sandbox.requests.clear()
    async with open_world(c=sandbox) as world:
        joined = await world.all(SEARCH, every)
        assert len(world.requests()) == requests  # the engine refuses the whole for one that it cannot read
    assert [_told(answer) for answer in joined] == [_told(answer) for answer in alone]
    assert len({len(answer["items"][0]["hits"]["hits"]) for answer in joined[:3]}) == 3


def _told(answer: dict[str, Any]) -> Any:
    if "error" in answer:
        return _essence(answer)
    (item,) = answer["items"]
    return item.get("hits"), item.get("error"), [(f["code"], f["item"], f["message"]) for f in answer["failures"]]


REFUSED: Mapping[str, Mapping[str, Any]] = {
    "unknown privilege": role("x", role={"cluster": ["nonsense"]}),
    "unknown index privilege": role("x", role={"indices": [{"names": ["a"], "privileges": ["nonsense"]}]}),
    "reserved": role("superuser"),
    "blank": role(" x"),
    "bad query": role("x", role={"indices": [{"names": ["a"], "privileges": ["read"], "query": {"nonsense": {}}}]}),
    "reserved metadata": role("x", role={"metadata": {"_x": 1}}),
    "restriction": role("x", role={"restriction": {"workflows": ["search_application_query"]}}),
    "two clusters' words": role("x", role={"run_as": [], "global": {"nonsense": {}}}),
}


@pytest.mark.parametrize("bad", REFUSED.values(), ids=REFUSED.keys())
async def test_a_role_that_is_refused_is_refused_as_alone_and_leaves_the_others(bad: Mapping[str, Any]) -> None:
    async with open_world({"enabled": False}, c=elasticsearch()) as apart:
        (alone,) = await apart.all(PUT, [bad])
    async with open_world(c=elasticsearch()) as world:
        first, joined, last = await world.all(PUT, [role("a"), bad, role("b")])
        assert (first["created"], last["created"]) == (True, True)
        assert _essence(joined) == _essence(alone)
        stored = world.sandboxes["c"].state
        assert {"a", "b"} <= stored.roles.keys()


def _essence(answer: dict[str, Any]) -> Any:
    if "error" not in answer:
        return answer
    failure = answer["error"]
    facts = (failure.code, failure.http_status, failure.retryable, failure.retry_delay_ms, failure.applied)
    return (*facts, failure.operation, failure.cluster, failure.message)


FAULTS = {
    "401": Fault(status=401, times=None),
    "403": Fault(status=403, times=None, body=b'{"error":{"type":"security_exception","reason":"no"},"status":403}'),
    "429": Fault(status=429, times=None, headers={"Retry-After": "3"}),
    "500": Fault(status=500, times=None, body=b'{"error":{"type":"x","reason":"y"},"status":500}'),
    "503": Fault(status=503, times=None, headers={"Retry-After": "2"}, body=b"<html>"),
    "broken": Fault(abort=True, times=None),
    "nonsense": Fault(status=200, times=None, body=b"{"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize(
    ("operation", "every"), [(PUT, roles(3)), (TABLE, [{}] * 3)], ids=["batch of writes", "flight of reads"]
)
async def test_what_fails_for_all_tells_each_what_it_would_be_told_alone(
    fault: Fault, operation: str, every: list[dict[str, Any]]
) -> None:
    async with open_world({"enabled": False}, c=elasticsearch()) as apart:
        apart.sandboxes["c"].faults.add(fault)
        alone = await apart.all(operation, every[:1])
    async with open_world(c=elasticsearch()) as world:
        world.sandboxes["c"].faults.add(fault)
        calls = [new_call() for _ in every]
        joined = await world.all(operation, every, calls)
    assert {_essence(answer) for answer in joined} == {_essence(alone[0])}
    assert [answer["error"].request_id for answer in joined] == [call.request_id for call in calls]


async def test_a_cluster_that_takes_no_roles_in_bulk_is_remembered() -> None:
    sandbox = elasticsearch(version="8.14.3")
    async with open_world(c=sandbox) as world:
        assert await world.all(PUT, roles(5)) == [put(f"role-{n}") for n in range(5)]
        assert await world.all(PUT, roles(5)) == [put(f"role-{n}", new=False) for n in range(5)]
        assert Counter(world.requests())[BULK_LINE] <= 1
        assert world.metric("searchway_shared_calls_total", operation=PUT, how="batch") == 0


PRINCIPALS = {
    "users": (new_call(headers=basic("ann")), new_call(headers=basic("bob"))),
    "a user and the gateway itself": (new_call(headers=basic("ann")), new_call()),
    "clusters": (new_call("c"), new_call("d")),
    "forwarded headers": (new_call(headers={"x-tenant": "a"}), new_call(headers={"x-tenant": "b"})),
}


@pytest.mark.parametrize(("one", "other"), PRINCIPALS.values(), ids=PRINCIPALS.keys())
async def test_nothing_is_shared_across(one: Call, other: Call) -> None:
    async with open_world(forward_headers=["x-tenant"], c=elasticsearch(), d=elasticsearch()) as world:
        await world.all(TABLE, [{}] * 4, [one, other] * 2)
        await world.all(PUT, roles(4), [one, other] * 2)
        lines = world.requests("c") + world.requests("d")
        assert Counter(line.partition(" ")[0] for line in lines) == {"GET": 2, "POST": 2}


async def test_options_are_not_mixed() -> None:
    async with open_world(c=elasticsearch()) as world:
        await world.all(PUT, [role(f"r{n}", refresh=["TRUE", "FALSE"][n % 2]) for n in range(4)])
        queries = [request.query for request in world.sandboxes["c"].requests if request.method == "POST"]
        assert sorted(queries) == ["refresh=false", "refresh=true"]


async def test_tracing_does_not_keep_calls_apart() -> None:
    calls = [new_call(headers={"traceparent": f"00-{n:032x}-{n:016x}-01"}) for n in range(1, 4)]
    async with open_world(c=elasticsearch()) as world:
        await world.all(TABLE, [{}] * 3, calls)
        assert len(world.requests()) == 1


SWITCHES: Mapping[str, tuple[Mapping[str, Any], int, int]] = {
    "as it comes": ({}, 1, 1),
    "off": ({"enabled": False}, 6, 6),
    "one operation off": ({"operations": {PUT: False}}, 6, 1),
    "no single flight": ({"single_flight": False}, 1, 6),
    "off for one, by table": ({"operations": {TABLE: {"single_flight": False}, PUT: {"max_size": 3}}}, 2, 6),
    "small batches": ({"max_size": 2}, 3, 1),
    "no window": ({"window_ms": 0, "operations": {PUT: {"window_ms": 5}}}, 1, 1),
}


@pytest.mark.parametrize(("batching", "writes", "reads"), SWITCHES.values(), ids=SWITCHES.keys())
async def test_settings_hold_for_each_operation(batching: Mapping[str, Any], writes: int, reads: int) -> None:
    async with open_world(batching, c=elasticsearch()) as world:
        await world.all(PUT, roles(6))
        await world.all(TABLE, [{}] * 6)
        lines = Counter(line.partition(" ")[2].startswith("/_security") for line in world.requests())
        assert (lines[True], lines[False]) == (writes, reads)


async def test_an_unknown_operation_in_the_settings_is_refused() -> None:
    with pytest.raises(
        SettingsError, match=r"batching\.operations: .*security\.PutRol.*did you mean security\.PutRole"
    ):
        async with open_world({"operations": {"security.PutRol": False}}, c=elasticsearch()):
            pass


async def test_a_deadline_ends_one_and_not_the_others() -> None:
    async with open_world(c=elasticsearch()) as world:
        gate, arrived = asyncio.Event(), asyncio.Event()
        for _ in range(2):
            world.sandboxes["c"].faults.add(Fault(gate=gate, arrived=arrived, path="/_cat/*"))
        hasty = new_call(deadline=asyncio.get_running_loop().time() + SOON)
        tasks = [world.start(TABLE, {}, hasty), world.start(TABLE, {}), world.start(TABLE, {})]
        first = await tasks[0]
        assert first["error"].code is Code.DEADLINE_EXCEEDED
        gate.set()
        assert "error" not in await tasks[1]
        assert "error" not in await tasks[2]
        assert len(world.requests()) == 1


async def test_a_write_that_was_never_sent_says_so() -> None:
    async with open_world(c=elasticsearch()) as world:
        gate = asyncio.Event()
        world.sandboxes["c"].faults.add(Fault(gate=gate, path="/_security/*"))
        first = world.start(PUT, role("x"))
        await settle()
        hasty = new_call(deadline=asyncio.get_running_loop().time() + SOON)
        late = await world.call(PUT, role("x"), hasty)
        gate.set()
        assert (late["error"].applied, late["error"].retryable) == (Applied.NO, True)
        assert late["error"].message.endswith("before it was sent: it waited for earlier requests")
        assert await first == put("x")
        assert len(world.requests()) == 1


@pytest.mark.parametrize("how", ["leaves", "deadline"])
async def test_a_write_that_hangs_ends_with_its_caller_and_the_next_of_that_role_is_sent(how: str) -> None:
    async with open_world(c=elasticsearch()) as world:
        arrived, sandbox = asyncio.Event(), world.sandboxes["c"]
        sandbox.faults.add(Fault(hang=True, arrived=arrived, path="/_security/*"))
        for seconds in (SOON, 10 * SOON, 100 * SOON):  # on a slow machine the time may be over before it is sent
            deadline = asyncio.get_running_loop().time() + seconds if how == "deadline" else None
            stuck = world.start(PUT, role("x"), new_call(deadline=deadline))
            await first_of(arrived.wait(), stuck)
            if arrived.is_set():
                break
        waiting = [world.start(PUT, role("x")) for _ in range(2)]
        await settle()
        if how == "leaves":
            stuck.cancel()
        else:
            assert (await stuck)["error"].applied is Applied.UNKNOWN
        assert await asyncio.gather(*waiting) == [put("x"), put("x", new=False)]
        assert sandbox.abandoned


async def test_a_write_that_hangs_holds_up_nobody_elses_write_of_that_role() -> None:
    async with open_world(c=elasticsearch()) as world:
        arrived = asyncio.Event()
        world.sandboxes["c"].faults.add(Fault(hang=True, arrived=arrived, path="/_security/*"))
        stuck = world.start(PUT, role("x"), new_call(headers=basic("ann")))
        await arrived.wait()
        assert await world.call(PUT, role("x"), new_call(headers=basic("bob"))) == put("x")
        assert await world.call(PUT, role("x"), new_call(peer="192.0.2.1")) == put("x", new=False)
        stuck.cancel()
        await settle()


async def test_a_write_whose_caller_leaves_while_it_waits_is_never_sent() -> None:
    async with open_world(c=elasticsearch()) as world:
        gate, arrived = asyncio.Event(), asyncio.Event()
        world.sandboxes["c"].faults.add(Fault(gate=gate, arrived=arrived, path="/_security/*"))
        first = world.start(PUT, role("x"))
        await arrived.wait()
        leaver, patient = world.start(PUT, role("x")), world.start(PUT, role("x"))
        await settle()
        leaver.cancel()
        await settle()
        gate.set()
        assert [await first, await patient] == [put("x"), put("x", new=False)]
        assert len(world.requests()) == 2


async def test_a_write_under_way_says_that_it_may_be_done() -> None:
    async with open_world(c=elasticsearch()) as world:
        gate = asyncio.Event()
        world.sandboxes["c"].faults.add(Fault(gate=gate, path="/_security/*"))
        calls = [new_call(deadline=asyncio.get_running_loop().time() + SOON), new_call()]
        hasty, patient = (world.start(PUT, role(f"x{n}"), call) for n, call in enumerate(calls))
        assert (await hasty)["error"].applied is Applied.UNKNOWN
        gate.set()
        assert await patient == put("x1")


async def test_who_writes_reads_what_was_written() -> None:
    async with open_world(c=elasticsearch()) as world:
        gate, arrived = asyncio.Event(), asyncio.Event()
        world.sandboxes["c"].faults.add(Fault(gate=gate, arrived=arrived, path="/_cat/*"))
        slow = world.start(TABLE, {})
        await arrived.wait()
        await world.call(PUT, role("x"), new_call())
        await world.call(TABLE, {}, new_call())  # answered while the first read still hangs
        gate.set()
        await slow
        assert sum(line.startswith("GET") for line in world.requests()) == 2


async def test_the_last_reader_that_leaves_ends_the_request() -> None:
    async with open_world(c=elasticsearch()) as world:
        sandbox, arrived = world.sandboxes["c"], asyncio.Event()
        sandbox.faults.add(Fault(hang=True, arrived=arrived, path="/_cat/*"))
        tasks = [world.start(TABLE, {}) for _ in range(3)]
        await arrived.wait()
        for task in tasks:
            assert not sandbox.abandoned
            task.cancel()
            await settle()
        assert all(task.cancelled() for task in tasks)


async def test_users_never_get_each_others_answers() -> None:
    users = {"ann": User(password="ann"), "bob": User(password="bob", roles=("monitor_only",))}
    async with open_world(c=elasticsearch(users=users)) as world:
        names = ["ann", "bob"] * 50
        calls = [new_call(headers=basic(name)) for name in names]
        answers = await world.all(PUT, [role(f"r{n}") for n in range(100)], calls)
        for name, answer in zip(names, answers, strict=True):
            if name == "ann":
                assert answer["created"] is True
            else:
                assert answer["error"].code is Code.PERMISSION_DENIED
                assert "bob" in answer["error"].message


def test_the_case_messages_are_what_is_meant() -> None:
    for values in REFUSED.values():
        assert inputs.build(load().operation(PUT).request, values).name == values["name"]
