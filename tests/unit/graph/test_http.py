import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from searchway.errors import Applied, Code, Failure, InvalidArgumentError, TransportError, UpstreamError
from searchway.graph.schema import sdl_of
from unit.graph.conftest import derive
from unit.graph.engine_double import BODIES, FAILURE, EngineDouble

Connect = Callable[..., httpx.AsyncClient]

ALLOCATION = "{ cat { allocation { totalCount } } }"
DELETE = 'mutation { ismDeletePolicy(input: {policyId: "p"}) { policyId } }'
QUERIES = {
    "security.PutRole": 'mutation { securityPutRole(input: {name: "a", role: {}}) { created } }',
    "ism.ListPolicies": "{ ism { policies { totalCount } } }",
}
GRAPHQL = "application/graphql-response+json"


async def ask(client: httpx.AsyncClient, query: str, variables: Any = None, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post("/graphql", json={"query": query, "variables": variables}, headers=named)


async def test_post_is_answered(connect: Connect) -> None:
    answer = await ask(connect(), ALLOCATION)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json() == {"data": {"cat": {"allocation": {"totalCount": 3}}}}


async def test_large_answers_stand_in_their_places(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"node": f"n{number}", "shards": str(number)} for number in range(1000)]
    monkeypatch.setitem(BODIES, "cat.ListAllocation", json.dumps(rows).encode())
    query = "{ __typename cat { a: allocation { edges { node { node shards } } } b: allocation { totalCount } } ism { policies { totalCount } } }"
    answer = (await ask(connect(), query)).json()
    edges = [{"node": {"node": f"n{number}", "shards": number}} for number in range(1000)]
    cat = {"a": {"edges": edges}, "b": {"totalCount": 1000}}
    assert answer == {"data": {"__typename": "Query", "cat": cat, "ism": {"policies": {"totalCount": 2}}}}


async def test_get_is_answered(connect: Connect) -> None:
    params = {"query": "query($n: Int){cat{allocation(first:$n){totalCount}}}", "variables": '{"n": 1}'}
    answer = await connect().get("/graphql", params=params, headers={"accept": GRAPHQL})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{GRAPHQL}; charset=utf-8"
    assert answer.json()["data"]["cat"]["allocation"]["totalCount"] == 3


async def test_a_slash_at_the_end_changes_nothing(connect: Connect) -> None:
    answer = await connect().post("/graphql/", json={"query": ALLOCATION})
    assert answer.json() == {"data": {"cat": {"allocation": {"totalCount": 3}}}}
    assert (
        (await connect().get("/graphql/", headers={"accept": "text/html"}))
        .headers["content-type"]
        .startswith("text/html")
    )


@pytest.mark.parametrize("path", ["/schema.graphql/", "/nothing/", "/graphql//"])
async def test_nothing_redirects_to_the_host_that_a_caller_names(connect: Connect, path: str) -> None:
    answer = await connect().get(path, headers={"host": "evil.example"})
    assert (answer.status_code, "location" in answer.headers) == (404, False)


async def test_get_never_changes_anything(connect: Connect, engine: EngineDouble) -> None:
    answer = await connect().get("/graphql", params={"query": DELETE})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert engine.asked == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_other_methods_are_405(connect: Connect, method: str) -> None:
    answer = await connect().request(method, "/graphql")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


async def test_a_client_that_wants_the_single_connection_mode_is_told_of_the_other(connect: Connect) -> None:
    answer = await connect().put("/graphql", headers={"accept": "*/*"})
    assert answer.status_code == 405
    assert "use its distinct connections mode" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("content", "headers", "refused"),
    [
        ("{", {"content-type": "application/json"}, (400, "INVALID_ARGUMENT")),
        (f"query={ALLOCATION}", {"content-type": "application/x-www-form-urlencoded"}, (415, "INVALID_ARGUMENT")),
        (json.dumps({"query": ALLOCATION}), {"content-type": "text/plain"}, (415, "INVALID_ARGUMENT")),
        (
            json.dumps({"query": ALLOCATION}),
            {"content-type": "application/json", "accept": "image/png"},
            (406, "INVALID_ARGUMENT"),
        ),
        (
            json.dumps({"query": ALLOCATION + " " * 2000}),
            {"content-type": "application/json"},
            (413, "RESOURCE_EXHAUSTED"),
        ),
    ],
)
async def test_requests_that_cannot_be_read(
    connect: Connect, engine: EngineDouble, content: str, headers: dict[str, str], refused: tuple[int, str]
) -> None:
    status, code = refused
    client = connect(limits={"request_bytes": 1000})
    answer = await client.post("/graphql", content=content, headers={**headers, "x-opaque-id": "me-7"})
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"] == {"code": code, "requestId": "me-7"}
    assert engine.refusals == [(Code(code), "me-7", "")]
    assert "data" not in answer.json()
    assert engine.asked == []


async def test_a_body_in_pieces_has_the_same_limit(connect: Connect) -> None:
    async def pieces() -> Any:
        for _ in range(11):
            yield b" " * 100

    client = connect(limits={"request_bytes": 1000})
    answer = await client.post("/graphql", content=pieces(), headers={"content-type": "application/json"})
    assert answer.status_code == 413


@pytest.mark.parametrize(("accept", "status"), [("application/json", 200), (GRAPHQL, 400)])
@pytest.mark.parametrize(
    "query",
    [
        "{",
        "{ nothing }",
        "query A {__typename} query B {__typename}",
        "query($n: Int!){__typename @skip(if: true) cat{allocation(first:$n){totalCount}}}",
    ],
)
async def test_refused_requests_have_the_status_of_their_media_type(
    connect: Connect, engine: EngineDouble, query: str, accept: str, status: int
) -> None:
    answer = await ask(connect(), query, accept=accept)
    assert answer.status_code == status
    assert "data" not in answer.json()
    [error] = answer.json()["errors"]
    assert error["extensions"]["code"] == "INVALID_ARGUMENT"
    assert engine.refusals == [(Code.INVALID_ARGUMENT, answer.headers["x-opaque-id"], "")]


IN_PARTS = {
    "{ cat { ... @defer { allocation { totalCount } } } }": ("defer", 13),
    "query($x: Boolean!) { ...F @defer(if: $x) } fragment F on Query { __typename }": ("defer", 28),
    "{ cat { allocation { edges @stream(initialCount: 1) { cursor } } } }": ("stream", 28),
}


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        (GRAPHQL, 400),
        (f"multipart/mixed;deferSpec=20220824,{GRAPHQL},application/json;q=0.9", 400),
        (f"multipart/mixed;incrementalSpec=v0.2,{GRAPHQL},application/json;q=0.9", 400),
        (f"{GRAPHQL}, application/graphql+json, application/json, text/event-stream, multipart/mixed", 400),
    ],
)
@pytest.mark.parametrize("query", IN_PARTS)
async def test_responses_in_parts_are_refused(connect: Connect, query: str, accept: str, status: int) -> None:
    answer = await ask(connect(), query, accept=accept)
    assert answer.status_code == status
    assert_refuses_parts(answer, query)


@pytest.mark.parametrize("introspection", [True, False])
@pytest.mark.parametrize("padding", [0, 500, 2000])
@pytest.mark.parametrize("query", IN_PARTS)
async def test_responses_in_parts_are_refused_however_a_document_is_read(
    connect: Connect, query: str, padding: int, *, introspection: bool
) -> None:
    assert_refuses_parts(await ask(connect(introspection=introspection), query + padding * " "), query)


def assert_refuses_parts(answer: httpx.Response, query: str) -> None:
    name, column = IN_PARTS[query]
    [error] = answer.json()["errors"]
    assert error["message"] == f"The directive '@{name}' is not supported; a response comes as a whole."
    assert error["locations"] == [{"line": 1, "column": column}]


async def test_arguments_that_make_no_message_leave_a_trace(connect: Connect, engine: EngineDouble) -> None:
    answer = await ask(connect(), "{ cat { allocation(last: -1) { totalCount } } }")
    [error] = answer.json()["errors"]
    assert error["extensions"]["field"] == "last"
    assert engine.refusals == [(Code.INVALID_ARGUMENT, answer.headers["x-opaque-id"], "cat.ListAllocation")]
    assert engine.asked == []


async def test_request_id_is_the_callers_or_made(connect: Connect, engine: EngineDouble) -> None:
    client = connect()
    given = await ask(client, ALLOCATION, x_opaque_id="mine")
    made = await ask(client, ALLOCATION)
    unusable = await ask(client, ALLOCATION, x_opaque_id="x" * 300)
    assert given.headers["x-opaque-id"] == "mine"
    assert re.fullmatch("[0-9a-f]{32}", made.headers["x-opaque-id"])
    assert len(unusable.headers["x-opaque-id"]) == 32
    assert [one.call.request_id for one in engine.asked] == [a.headers["x-opaque-id"] for a in (given, made, unusable)]


async def test_headers_reach_the_engine(connect: Connect, engine: EngineDouble) -> None:
    await ask(connect(), ALLOCATION, x_searchway_cluster="logs", authorization="Basic x", x_searchway_timeout="1500")
    [asked] = engine.asked
    assert asked.call.cluster == "logs"
    assert asked.call.headers["authorization"] == "Basic x"
    assert asked.call.face == "graphql"
    assert asked.call.deadline is not None


async def send(client: httpx.AsyncClient, query: str, *headers: tuple[str, str]) -> httpx.Response:
    body = json.dumps({"query": query})
    return await client.post("/graphql", content=body, headers=[("content-type", "application/json"), *headers])


async def test_headers_of_equal_names_are_joined(connect: Connect, engine: EngineDouble) -> None:
    await send(connect(), ALLOCATION, ("x-tenant", "a"), ("x-tenant", "b"))
    [asked] = engine.asked
    assert asked.call.headers["x-tenant"] == "a,b"


@pytest.mark.parametrize("second", ["Basic x", "Basic y", ""])
async def test_credentials_are_taken_once(connect: Connect, engine: EngineDouble, second: str) -> None:
    answer = await send(connect(), ALLOCATION, ("authorization", "Basic x"), ("Authorization", second))
    [error] = answer.json()["errors"]
    assert error["message"] == "authorization: expected once, got several"
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("INVALID_ARGUMENT", "authorization")
    assert engine.asked == []


@pytest.mark.parametrize("milliseconds", ["0", "-1", "1.5", "x", "", "1" * 30, "²"])
async def test_wrong_timeouts_are_refused(connect: Connect, engine: EngineDouble, milliseconds: str) -> None:
    body = json.dumps({"query": ALLOCATION})
    headers = [("content-type", "application/json"), ("x-searchway-timeout", milliseconds.encode())]
    answer = await connect().post("/graphql", content=body, headers=headers)  # type: ignore[arg-type]  # bytes are fine
    [error] = answer.json()["errors"]
    assert "milliseconds" in error["message"]
    assert error["extensions"]["field"] == "x-searchway-timeout"
    assert engine.asked == []
    assert len(engine.refusals) == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [("x-searchway-explain", "true, false or body"), ("x-searchway-strict", "true or false")],
)
@pytest.mark.parametrize("text", ["1", "yes", ""])
async def test_another_word_than_expected_is_refused(
    connect: Connect, engine: EngineDouble, name: str, words: str, text: str
) -> None:
    answer = await ask(connect(), ALLOCATION, **{name: text})
    [error] = answer.json()["errors"]
    assert error["message"] == f"{name}: expected {words}"
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("INVALID_ARGUMENT", name)
    assert engine.asked == []


@pytest.mark.parametrize(("headers", "strict"), [({"x_searchway_strict": "True"}, True), ({}, False)])
async def test_a_caller_may_be_strict(
    connect: Connect, engine: EngineDouble, headers: dict[str, str], strict: bool
) -> None:
    await ask(connect(), ALLOCATION, **headers)
    assert [asked.call.strict for asked in engine.asked] == [strict]


async def test_arguments_become_the_request_message(connect: Connect, engine: EngineDouble) -> None:
    query = "query ($q: JSON!, $n: Long) { fleet { multiSearch(preFilterShardSize: $n, searches: [{body: {query: $q, size: 1.50}}]) { took } } }"
    variables = '{"n": "9007199254740993", "q": {"a.b": 12345678901234567890123}}'
    body = f'{{"query": {json.dumps(query)}, "variables": {variables}}}'
    await connect().post("/graphql", content=body, headers={"content-type": "application/json"})
    [asked] = engine.asked
    assert asked.message.pre_filter_shard_size == 9007199254740993
    assert asked.message.searches[0].body.text == '{"query":{"a.b": 12345678901234567890123},"size":1.50}'


async def test_inputs_become_the_request_message(connect: Connect, engine: EngineDouble) -> None:
    role = '{indices: [{names: "a", privileges: ["read"], fieldSecurity: {grant: []}, query: null}], runAs: null}'
    await ask(
        connect(),
        f'mutation {{ securityPutRole(input: {{name: "r", refresh: WAIT_FOR, role: {role}}}) {{ created }} }}',
    )
    message = engine.asked[0].message
    index = message.role.indices[0]
    assert message.refresh == 3
    assert list(index.names) == ["a"]
    assert index.field_security.HasField("grant")
    assert index.query.text == "null"
    assert not message.role.run_as


async def test_a_constant_message_is_new_for_every_call(connect: Connect, engine: EngineDouble) -> None:
    client = connect()
    for _ in range(3):
        await ask(client, DELETE)
    first, second, third = (one.message for one in engine.asked)
    assert first == second == third
    assert first is not second
    assert second is not third


async def test_a_failed_field_leaves_its_neighbours(connect: Connect, engine: EngineDouble) -> None:
    cause = {
        "type": "x_exception",
        "reason": "r",
        "root_cause": [{"type": "y", "reason": "s"}],
        "caused_by": {"type": "z"},
    }
    engine.errors["ism.GetPolicy"] = UpstreamError(
        Failure(
            code=Code.UNAVAILABLE,
            message="no master",
            cause=cause,
            http_status=503,
            cluster="logs",
            operation="ism.GetPolicy",
            retryable=True,
            retry_delay_ms=1000,
            applied=Applied.NO,
            truncated=True,
        )
    )
    query = '{ a: ism { p: policy(policyId: "x") { policy { policyId } } policies { totalCount } } cat { allocation { totalCount } } }'
    answer = (await ask(connect(), query, x_opaque_id="me")).json()
    assert answer["data"] == {"a": {"p": None, "policies": {"totalCount": 2}}, "cat": {"allocation": {"totalCount": 3}}}
    assert answer["errors"] == [
        {
            "message": "no master",
            "locations": [{"line": 1, "column": 12}],
            "path": ["a", "p"],
            "extensions": {
                "code": "UNAVAILABLE",
                "type": "x_exception",
                "reason": "r",
                "rootCauses": [{"type": "y", "reason": "s"}],
                "causedBy": {"type": "z"},
                "httpStatus": 503,
                "cluster": "logs",
                "operation": "ism.GetPolicy",
                "requestId": "me",
                "retryable": True,
                "retryDelayMs": 1000,
                "applied": "no",
                "truncated": True,
            },
        }
    ]


@pytest.mark.parametrize(
    ("operation", "refused", "shown"),
    [
        ("security.PutRole", "role.run_as[0]", "role.runAs[0]"),
        ("ism.ListPolicies", "page_token", "after"),
        ("ism.ListPolicies", "sort_field", "sortField"),
    ],
)
async def test_refused_fields_are_named_as_in_the_input(
    connect: Connect, engine: EngineDouble, operation: str, refused: str, shown: str
) -> None:
    engine.errors[operation] = InvalidArgumentError(refused, "is wrong")
    [error] = (await ask(connect(), QUERIES[operation])).json()["errors"]
    assert error["message"] == f"{shown}: is wrong"
    assert error["extensions"]["field"] == shown


async def test_unexpected_errors_tell_nothing(
    connect: Connect, engine: EngineDouble, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.errors["cat.ListAllocation"] = RuntimeError("password=secret at 10.0.0.1")
    answer = await ask(connect(), ALLOCATION, x_opaque_id="me")
    assert answer.json()["data"] == {"cat": {"allocation": None}}
    [error] = answer.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL", "operation": "cat.ListAllocation", "requestId": "me"}
    assert "secret" not in answer.text
    assert "me" in error["message"]
    assert "RuntimeError" in caplog.text + capsys.readouterr().out


async def test_an_answer_of_the_wrong_shape_is_an_error_of_its_field(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BODIES, "tasks.GetTask", b"<html>")
    answer = (
        await ask(connect(), '{ tasks { task(taskId: "n:1") { completed } } cat { allocation { totalCount } } }')
    ).json()
    assert answer["data"] == {"tasks": {"task": None}, "cat": {"allocation": {"totalCount": 3}}}
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "html" not in json.dumps(answer)


async def test_reads_run_at_the_same_time(connect: Connect, engine: EngineDouble) -> None:
    await ask(
        connect(),
        '{ a: cat { allocation { totalCount } } ism { policies { totalCount } policy(policyId: "p") { policy { policyId } } } }',
    )
    assert engine.most_running == 3


async def test_writes_run_one_after_the_other(connect: Connect, engine: EngineDouble) -> None:
    engine.errors["ism.DeletePolicy"] = TransportError(FAILURE)
    query = f"""mutation {{ a: {DELETE[11:-2]} b: securityPutRole(input: {{name: "a", role: {{}}}}) {{ created }} }}"""
    answer = (await ask(connect(), query)).json()
    assert answer["data"] == {"a": None, "b": {"created": True}}
    assert [one.operation.name for one in engine.asked] == ["ism.DeletePolicy", "security.PutRole"]
    assert engine.most_running == 1


async def test_failures_of_parts_are_data(connect: Connect) -> None:
    answer = (
        await ask(connect(), "{ fleet { multiSearch(searches: [{body: {}}]) { failures { code item applied } } } }")
    ).json()
    assert answer == {
        "data": {"fleet": {"multiSearch": {"failures": [{"code": "NOT_FOUND", "item": "b", "applied": "no"}]}}}
    }


async def test_free_json_goes_out_as_it_came(connect: Connect) -> None:
    answer = await ask(
        connect(), "{ fleet { multiSearch(searches: [{body: {}}]) { items { hits { hits { source } } } } } }"
    )
    assert '"source":{"n": 12345678901234567890123, "f": 0.10}' in answer.text


async def test_introspection_beside_calls(connect: Connect) -> None:
    query = "query ($n: String!) { __type(name: $n) { name } cat { allocation { totalCount } } s: __schema { queryType { name } } }"
    client = connect()
    for name in ("Policy", "Nothing", "Policy"):
        data = (await ask(client, query, {"n": name})).json()["data"]
        assert list(data) == ["__type", "cat", "s"]
        assert data["__type"] == ({"name": name} if name == "Policy" else None)
        assert data["s"] == {"queryType": {"name": "Query"}}


async def test_a_caller_that_leaves_cancels_its_calls(open_app: Callable[[], ASGIApp], engine: EngineDouble) -> None:
    engine.hold = asyncio.Event()
    app = open_app()
    body = json.dumps({"query": ALLOCATION}).encode()
    events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    events.put_nowait({"type": "http.request", "body": body, "more_body": False})
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
        "root_path": "",
    }
    serving = asyncio.ensure_future(app(scope, events.get, send))
    await engine.started.wait()
    events.put_nowait({"type": "http.disconnect"})
    await asyncio.wait_for(serving, timeout=5)
    assert engine.cancelled == ["cat.ListAllocation"]
    assert sent == []


async def test_schema_text_is_served_once(connect: Connect) -> None:
    client = connect()
    answer = await client.get("/schema.graphql")
    assert answer.text == sdl_of(derive())
    again = await client.get("/schema.graphql", headers={"if-none-match": f'"other", W/{answer.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")


async def test_no_schema_without_introspection(connect: Connect) -> None:
    client = connect(introspection=False)
    assert (await client.get("/schema.graphql")).status_code == 404
    assert "errors" in (await ask(client, "{ __schema { queryType { name } } }")).json()


async def test_browsers_get_the_page_unless_it_is_off(connect: Connect) -> None:
    html = {"accept": "text/html,application/xhtml+xml"}
    async with connect() as with_page, connect(graphiql=False) as without:
        assert (await with_page.get("/graphql", headers=html)).headers["content-type"].startswith("text/html")
        assert (await without.get("/graphql", headers=html)).status_code == 406
        assert ((await with_page.get("/")).status_code, (await without.get("/")).status_code) == (307, 404)


async def test_explaining_counts_upstream_calls(connect: Connect, engine: EngineDouble) -> None:
    engine.upstream_calls = 2
    query = "{ cat { a: allocation { totalCount } } ism { b: policies { totalCount } } }"
    told = await ask(connect(), query, x_searchway_explain="true")
    assert told.json()["extensions"]["searchway"]["upstreamCalls"] == 4
    assert "extensions" not in (await ask(connect(), query)).json()
    assert "extensions" not in (await ask(connect(), query, x_searchway_explain="false")).json()
