"""The cluster as an argument: each part of a document goes to the cluster that it names, and nothing of one to another."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.faces import events
from searchway.engine.telemetry import Telemetry
from searchway.sandbox import Sandbox, create_sandbox, load_example_data
from searchway.settings.clusters import EngineName
from searchway.upstream.asgi import AsgiTransport
from unit.graph.sandboxed import app_of

ENGINES: Mapping[str, EngineName] = {"main": "elasticsearch", "logs": "opensearch", "shop": "opensearch"}
HEADER = "x-searchway-cluster"


def at(cluster: str) -> str:
    """Return the argument of a cluster's name, or of a variable; nothing for the cluster of the request."""
    return f"cluster: {cluster if cluster[:1] in {'$', 'n'} else json.dumps(cluster)}" if cluster else ""


def policy(cluster: str = "", name: str = "log-retention") -> str:
    argument = f"({at(cluster)})" if cluster else ""
    return f'ism{argument} {{ policy(policyId: "{name}") {{ policy {{ version }} }} }}'


def create(cluster: str, name: str) -> str:
    body = 'description: "d", defaultState: "a", states: [{name: "a"}]'
    return (
        f'ismCreatePolicy({at(cluster)} input: {{policyId: "{name}", policy: {{{body}}}}}) {{ policy {{ version }} }}'
    )


def role(cluster: str, name: str) -> str:
    return f'securityPutRole({at(cluster)} input: {{name: "{name}", role: {{}}}}) {{ created }}'


def query(*fields: str, defines: str = "", kind: str = "query") -> str:
    """Return a document with fields named f0, f1 and so on."""
    return f"{kind} {defines} {{ {' '.join(f'f{n}: {field}' for n, field in enumerate(fields))} }}"


class Gateway:
    """A gateway's GraphQL face in front of three sandboxes, the first the default one."""

    def __init__(self, sandboxes: Mapping[str, Sandbox], client: httpx.AsyncClient, telemetry: Telemetry) -> None:
        self.sandboxes = sandboxes
        self.client = client
        self.telemetry = telemetry

    async def ask(self, query: Any, variables: Any = None, **headers: str) -> Any:
        """Send a request, or several as an array, and return the answer."""
        body = query if isinstance(query, list) else {"query": query, "variables": variables or {}}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named |= {"content-type": "application/json"}
        return (await self.client.post("/graphql", content=json.dumps(body), headers=named)).json()

    def sent(self) -> dict[str, list[str]]:
        """Return what each cluster was asked, but what it is, and forget it."""
        found = {
            name: [f"{one.method} {one.raw_path}" for one in sandbox.requests if one.raw_path != "/"]
            for name, sandbox in self.sandboxes.items()
        }
        for sandbox in self.sandboxes.values():
            sandbox.requests.clear()
        return {name: requests for name, requests in found.items() if requests}

    def calls(self) -> dict[tuple[str, str], float]:
        """Return how many calls ended by cluster and code, as the metrics tell."""
        samples = [s for family in self.telemetry.registry.collect() for s in family.samples]
        counted = [s for s in samples if s.name == "searchway_calls_total"]
        return {(s.labels["cluster"], s.labels["code"]): s.value for s in counted}


@asynccontextmanager
async def gateway(
    tables: Mapping[str, Mapping[str, Any]] | None = None, engines: Mapping[str, EngineName] = ENGINES, **more: Any
) -> AsyncIterator[Gateway]:
    sandboxes = {name: create_sandbox(engine) for name, engine in engines.items()}
    for sandbox in sandboxes.values():
        load_example_data(sandbox)
        sandbox.requests.clear()
    transports = {name: AsgiTransport(sandbox) for name, sandbox in sandboxes.items()}
    telemetry = Telemetry(access_log=False)
    async with app_of(transports, telemetry, tables or {}, **more) as app:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            yield Gateway(sandboxes, client, telemetry)


GET = "GET /_plugins/_ism/policies/log-retention"


@pytest.mark.parametrize(
    ("fields", "defines", "variables", "headers", "clusters"),
    [
        ([policy("logs")], "", {}, {}, ["logs"]),
        ([policy("logs")], "", {}, {HEADER: "shop"}, ["logs"]),
        ([policy("logs")], "", {}, {HEADER: "nope"}, ["logs"]),
        ([policy()], "", {}, {HEADER: "shop"}, ["shop"]),
        ([policy("null")], "", {}, {HEADER: "shop"}, ["shop"]),
        ([policy("$c")], "($c: String)", {"c": "logs"}, {}, ["logs"]),
        ([policy("$c")], "($c: String!)", {"c": "shop"}, {}, ["shop"]),
        ([policy("$c")], "($c: String)", {"c": None}, {HEADER: "logs"}, ["logs"]),
        ([policy("$c")], "($c: String)", {}, {HEADER: "logs"}, ["logs"]),
        ([policy("$c")], '($c: String = "shop")', {}, {HEADER: "logs"}, ["shop"]),
        ([policy("logs"), policy("shop")], "", {}, {}, ["logs", "shop"]),
        ([policy("$a"), policy("$b")], "($a: String, $b: String)", {"a": "logs", "b": "shop"}, {}, ["logs", "shop"]),
        ([policy("$a"), policy("$b")], "($a: String, $b: String)", {"a": "logs", "b": "logs"}, {}, ["logs"]),
        ([policy("logs"), policy()], "", {}, {HEADER: "logs"}, ["logs"]),
        (['ism(cluster: "logs") { ... on IsmQueries { policy(policyId: "log-retention") { policy { version } } } }'], "", {}, {}, ["logs"]),
    ],
)  # fmt: skip
async def test_reads_go_where_they_are_for(
    fields: Sequence[str], defines: str, variables: Any, headers: dict[str, str], clusters: Sequence[str]
) -> None:
    async with gateway() as one:
        answer = await one.ask(query(*fields, defines=defines), variables, **headers)
        assert "errors" not in answer
        assert {name: [path.partition("?")[0] for path in sent] for name, sent in one.sent().items()} == {
            name: [GET] for name in clusters
        }


async def test_two_clusters_stand_side_by_side() -> None:
    document = """{
      logs: ism(cluster: "logs") { policies { edges { node { definition { description } } } } }
      shop: ism(cluster: "shop") { policies { edges { node { definition { description } } } } }
      cat(cluster: "main") { allocation { totalCount } }
    }"""
    async with gateway() as one:
        await one.ask(query(create("logs", "only-logs"), kind="mutation"))
        assert one.sent() == {"logs": ["PUT /_plugins/_ism/policies/only-logs"]}
        data = (await one.ask(document))["data"]
    found = {name: len(data[name]["policies"]["edges"]) for name in ("logs", "shop")}
    assert found["logs"] == found["shop"] + 1
    assert data["cat"]["allocation"]["totalCount"] > 0


async def test_writes_go_where_they_are_for() -> None:
    async with gateway() as one:
        fields = [create("logs", "p"), create("shop", "p"), create("$c", "q"), create("", "r")]
        document = query(*fields, defines="($c: String)", kind="mutation")
        answer = await one.ask(document, {"c": "shop"}, **{HEADER: "logs"})
        assert answer == {"data": {f"f{n}": {"policy": {"version": 1}} for n in range(4)}}
        put = "PUT /_plugins/_ism/policies/"
        assert one.sent() == {"logs": [f"{put}p", f"{put}r"], "shop": [f"{put}p", f"{put}q"]}


LONG = "x" * 10_000


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize(
    ("name", "shown", "hint"),
    [
        ("lgos", "'lgos'", "; did you mean logs?"),
        ("", "''", ""),
        ("LOGS", "'LOGS'", "; there are main, logs, shop"),
        ("../logs", "'../logs'", "; did you mean logs?"),
        ("a\n\x00\u2028", r"'a\n\x00\u2028'", "; there are main, logs, shop"),
        ("\ud83d", r"'\ud83d'", "; there are main, logs, shop"),
        (LONG, f"'{'x' * 63}…'", "; there are main, logs, shop"),
    ],
)
@pytest.mark.parametrize("write", [False, True])
async def test_unknown_cluster_is_an_error_of_its_field(
    name: str, shown: str, hint: str, listed: bool, write: bool
) -> None:
    fields = [create("$c", "p"), role("main", "r")] if write else [policy("$c"), "cat { allocation { totalCount } }"]
    document = query(*fields, defines="($c: String)", kind="mutation" if write else "query")
    async with gateway(list_clusters=listed) as one:
        answer = await one.ask(document, {"c": name})
        [error] = answer["errors"]
        assert answer["data"]["f1"]
        assert list(one.sent()) == ["main"]
    problem = f"cluster: got {shown}, expected the name of a configured cluster"
    assert error["message"] == problem + (hint if listed else "")
    assert error["path"] == (["f0"] if write else ["f0", "policy"])
    extensions = error["extensions"]
    assert (extensions["code"], extensions["field"]) == ("INVALID_ARGUMENT", "cluster")
    assert extensions["operation"] == ("ism.CreatePolicy" if write else "ism.GetPolicy")
    assert ("cluster" in extensions, extensions.get("applied")) == (False, "no")


@pytest.mark.parametrize("given", ["", "null", "$c"])
async def test_unknown_name_in_the_header_is_not_repeated(given: str) -> None:
    """It may be a secret that was put into the wrong header."""
    document = query(policy(given), defines="($c: String)" if given == "$c" else "")
    async with gateway() as one:
        [error] = (await one.ask(document, **{HEADER: "Basic c2VjcmV0"}))["errors"]
    assert error["message"] == f"{HEADER}: expected the name of a configured cluster"
    assert error["extensions"]["field"] == HEADER


@pytest.mark.parametrize("shown", ["1", "[]", '["logs"]', "{}", "true", "LOGS"])
async def test_what_is_no_name_is_not_valid(shown: str) -> None:
    async with gateway() as one:
        answer = await one.ask(f"{{ ism(cluster: {shown}) {{ policies {{ totalCount }} }} }}")
        assert answer["errors"][0]["message"].startswith("String cannot represent a non string value")
        assert one.sent() == {}


async def test_merged_fields_name_one_cluster() -> None:
    document = '{ ism(cluster: "logs") { policies { totalCount } } ism(cluster: "shop") { policies { totalCount } } }'
    async with gateway() as one:
        [error] = (await one.ask(document))["errors"]
        assert "conflict" in error["message"]
        assert one.sent() == {}


async def test_an_operation_is_checked_against_the_engine_of_its_cluster() -> None:
    document = query(policy("main"), policy("logs"))
    async with gateway() as one:
        answer = await one.ask(document, **{HEADER: "shop"})
        [error] = answer["errors"]
        assert one.sent().keys() == {"logs"}
        assert one.calls() == {("main", "UNIMPLEMENTED"): 1, ("logs", "OK"): 1}
    assert (error["path"], error["extensions"]["code"]) == (["f0", "policy"], "UNIMPLEMENTED")
    assert error["extensions"]["cluster"] == "main"
    assert error["message"].endswith("; cluster chooses another cluster")
    assert answer["data"]["f1"]["policy"]["policy"]["version"] == 1


async def test_errors_of_clusters_name_them() -> None:
    document = query(policy("logs", "no"), policy("shop", "no"))
    async with gateway() as one:
        errors = (await one.ask(document))["errors"]
        assert one.calls() == {("logs", "NOT_FOUND"): 1, ("shop", "NOT_FOUND"): 1}
    assert [(e["path"][0], e["extensions"]["cluster"]) for e in errors] == [("f0", "logs"), ("f1", "shop")]


PAGE = '{ ism(cluster: "%s") { policies(first: 1%s) { pageInfo { endCursor } edges { node { definition { description } } } } } }'


async def test_a_cursor_stays_with_its_cluster() -> None:
    async with gateway() as one:
        first = (await one.ask(PAGE % ("logs", "")))["data"]["ism"]["policies"]
        after = f', after: "{first["pageInfo"]["endCursor"]}"'
        second = (await one.ask(PAGE % ("logs", after), **{HEADER: "shop"}))["data"]["ism"]["policies"]
        assert second["edges"] != first["edges"]
        by_header = PAGE.replace('(cluster: "%s")', "") % after
        assert (await one.ask(by_header, **{HEADER: "logs"}))["data"]["ism"]["policies"] == second
        one.sent()
        [error] = (await one.ask(PAGE % ("shop", after)))["errors"]
        assert one.sent() == {}
    assert error["message"] == "after: belongs to a list of another operation, cluster or filter"


JOINED = "POST /_security/role"
BOTH: Mapping[str, EngineName] = {"main": "elasticsearch", "more": "elasticsearch"}


@pytest.mark.parametrize(
    ("clusters", "sent"),
    [
        (["main", "main", "more", "more"], {"main": [JOINED], "more": [JOINED]}),
        (["main", "more", "main"], {"main": ["PUT", "PUT"], "more": ["PUT"]}),
        (["$a", "$a", "$b", "$b"], {"main": [JOINED], "more": [JOINED]}),
        (["", "", "main"], {"main": ["PUT"], "more": [JOINED]}),
    ],
)
async def test_joined_writes_are_of_one_cluster(clusters: Sequence[str], sent: Mapping[str, Sequence[str]]) -> None:
    fields = [role(cluster, f"r{n}") for n, cluster in enumerate(clusters)]
    document = query(*fields, defines="($a: String, $b: String)" if "$a" in clusters else "", kind="mutation")
    async with gateway(engines=BOTH) as one:
        answer = await one.ask(document, {"a": "main", "b": "more"}, **{HEADER: "more"})
        assert answer == {"data": {f"f{n}": {"created": True} for n in range(len(clusters))}}
        found = one.sent()
    assert {n: [path if path == JOINED else path.split()[0] for path in paths] for n, paths in found.items()} == sent


@pytest.mark.parametrize("kind", ["query", "mutation"])
async def test_arrays_of_requests_join_by_cluster(kind: str) -> None:
    read = 'fleet(cluster: $c) { search(header: {index: ["logs-*"]}, body: {sort: ["_index", "_id"]}, first: 1) { edges { cursor } } }'
    requests = [
        {
            "query": query(role("$c", f"r{n}") if kind == "mutation" else read, defines="($c: String)", kind=kind),
            "variables": {"c": ("main", "more")[n % 2]},
        }
        for n in range(6)
    ]
    async with gateway(engines=BOTH, limits={"graphql_batch": 10}) as one:
        answers = await one.ask(requests)
        sent = one.sent()
    assert ["errors" in answer for answer in answers] == [False] * 6
    assert {name: len(paths) for name, paths in sent.items()} == {"main": 1, "more": 1}


async def test_credentials_go_to_the_cluster_that_takes_them() -> None:
    document = query(policy("logs"), policy("shop"))
    tables: Mapping[str, Mapping[str, Any]] = {
        "logs": {"forward_credentials": True},
        "shop": {"username": "u", "password": "p"},
    }
    async with gateway(tables) as one:
        await one.ask(document, authorization="Bearer mine")
        got = {n: {r.headers.get("authorization") for r in s.requests} for n, s in one.sandboxes.items() if s.requests}
    assert got == {"logs": {"Bearer mine"}, "shop": {"Basic dTpw"}}


@pytest.mark.parametrize(("given", "cluster"), [('cluster: "logs", ', "logs"), ("", "shop"), ("cluster: $c, ", "logs")])
async def test_subscriptions_go_where_they_are_for(given: str, cluster: str) -> None:
    defines = "($c: String)" if "$c" in given else ""
    document = (
        f'subscription {defines} {{ rulesStreamRules({given}featureType: "workload_group") {{ rule {{ ruleId }} }} }}'
    )
    async with gateway() as one:
        answer = await one.client.post(
            "/graphql",
            json={"query": document, "variables": {"c": "logs"}},
            headers={"accept": "text/event-stream", HEADER: "shop"},
        )
        *found, _end = events(answer.text)
        assert one.sent().keys() == {cluster}
    assert found
    assert all("errors" not in response for _, response in found)


async def test_subscription_to_an_unknown_cluster_is_told() -> None:
    document = 'subscription { rulesStreamRules(cluster: "nope", featureType: "workload_group") { rule { ruleId } } }'
    async with gateway() as one:
        answer = await one.client.post("/graphql", json={"query": document}, headers={"accept": "text/event-stream"})
        (_, response), _end = events(answer.text)
        assert one.sent() == {}
    [error] = response["errors"]
    assert (error["path"], error["extensions"]["field"]) == (["rulesStreamRules"], "cluster")


async def test_what_it_took_is_counted_over_clusters() -> None:
    document = query(policy("logs"), policy("shop"))
    tables = {name: {"engine": "opensearch", "version": "3.0.0"} for name in ("logs", "shop")}
    async with gateway(tables) as one:
        answer = await one.ask(document, x_searchway_explain="true")
    told = answer["extensions"]["searchway"]
    assert (told["upstreamCalls"], [call["cluster"] for call in told["calls"]]) == (2, ["logs", "shop"])


async def test_trusted_documents_take_the_cluster_as_a_variable(tmp_path: Path) -> None:
    document = f"query Policy($c: String) {{ clusters {{ name }} {policy('$c')} }}"
    manifest = tmp_path / "m.json"
    manifest.write_text(json.dumps({"policy": document}), encoding="utf-8")
    async with gateway(documents=str(manifest), documents_only=True, list_clusters=True) as one:
        for name in ("logs", "shop"):
            asked = {"documentId": "policy", "variables": {"c": name}}
            answer = (await one.client.post("/graphql", json=asked)).json()
            assert answer["data"]["ism"]["policy"]["policy"]["version"] == 1
            assert one.sent().keys() == {name}
        assert answer["data"]["clusters"] == [{"name": name} for name in ENGINES]
        refused = await one.ask("{ clusters { name } }")
    assert refused["errors"][0]["extensions"]["code"] == "PERMISSION_DENIED"


# --- The list of clusters ---

LIST = "{ clusters { name engine version reachable } }"


async def test_clusters_are_listed_with_their_states() -> None:
    async with gateway(list_clusters=True) as one:
        answer = await one.ask(LIST)
        versions = {name: sandbox.state.engine.version for name, sandbox in one.sandboxes.items()}
    assert answer == {
        "data": {
            "clusters": [
                {"name": name, "engine": engine, "version": versions[name], "reachable": True}
                for name, engine in ENGINES.items()
            ]
        }
    }


async def test_clusters_are_not_listed_unless_it_is_allowed() -> None:
    async with gateway() as one:
        answer = await one.ask("{ all: clusters { name } cat { allocation { totalCount } } again: clusters { name } }")
        assert one.sent().keys() == {"main"}
        assert all(not sandbox.requests for name, sandbox in one.sandboxes.items() if name != "main")
    assert answer["data"]["all"] is answer["data"]["again"] is None
    assert answer["data"]["cat"]["allocation"]["totalCount"] > 0
    assert [error["path"] for error in answer["errors"]] == [["all"], ["again"]]
    for error in answer["errors"]:
        assert error["extensions"]["code"] == "PERMISSION_DENIED"
        assert error["message"] == "the gateway does not tell the names of its clusters (list_clusters)"
        assert not any(name in json.dumps(error) for name in ("logs", "shop"))


@pytest.mark.parametrize(
    ("document", "data"),
    [
        ("{ clusters { __typename n: name } }", {"clusters": [{"__typename": "Cluster", "n": n} for n in ENGINES]}),
        ("{ c: clusters { ...f } } fragment f on Cluster { name }", {"c": [{"name": n} for n in ENGINES]}),
        ("{ clusters { name } clusters { reachable } }", {"clusters": [{"name": n, "reachable": True} for n in ENGINES]}),
        ("{ clusters @skip(if: true) { name } __typename }", {"__typename": "Query"}),
        ("query ($y: Boolean!) { clusters { name engine @include(if: $y) } }", {"clusters": [{"name": n} for n in ENGINES]}),
        ("{ __typename a: clusters { name } b: clusters { name } }", {"__typename": "Query", "a": [{"name": n} for n in ENGINES], "b": [{"name": n} for n in ENGINES]}),
    ],
)  # fmt: skip
async def test_clusters_are_selected_as_anything_else(document: str, data: Any) -> None:
    async with gateway(list_clusters=True) as one:
        assert await one.ask(document, {"y": False}) == {"data": data}
        assert list(data) == list((await one.ask(document, {"y": False}))["data"])


async def test_many_lists_ask_each_cluster_once() -> None:
    document = query(*["clusters { reachable }"] * 40)
    async with gateway(list_clusters=True) as one:
        answers = await asyncio.gather(*(one.ask(document) for _ in range(5)), one.ask(LIST))
        assert all("errors" not in answer for answer in answers)
        assert {name: len(sandbox.requests) for name, sandbox in one.sandboxes.items()} == dict.fromkeys(ENGINES, 1)


class Silent(httpx.AsyncBaseTransport):
    """A cluster that takes requests and answers none."""

    def __init__(self) -> None:
        self.asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        await asyncio.Event().wait()
        raise AssertionError(request)


class Broken(httpx.AsyncBaseTransport):
    """A cluster that cannot be connected to."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)


async def test_what_does_not_answer_holds_up_nobody() -> None:
    sandbox, silent = create_sandbox("opensearch"), [Silent() for _ in range(20)]
    transports: dict[str, httpx.AsyncBaseTransport] = {f"silent-{n}": one for n, one in enumerate(silent)}
    transports |= {"broken": Broken(), "well": AsgiTransport(sandbox)}
    tables = {"silent-0": {"engine": "opensearch", "version": "2.1.0"}}
    async with app_of(transports, Telemetry(access_log=False), tables, list_clusters=True) as app:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
            answer = await client.post("/graphql", json={"query": LIST}, headers={"x-searchway-timeout": "1000"})
        assert all(one.asked == 1 for one in silent)
    found = {one["name"]: one for one in answer.json()["data"]["clusters"]}
    assert list(found) == list(transports)
    assert {name for name, one in found.items() if one["reachable"]} == {"well"}
    assert (found["silent-0"]["engine"], found["silent-0"]["version"]) == ("opensearch", "2.1.0")
    assert (found["silent-1"]["engine"], found["silent-1"]["version"]) == (None, None)
