"""Things with an identity: which types have an `id`, and what finds them again."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

from searchway.contract.catalog import Catalog
from searchway.errors import Code, Failure, UpstreamError
from searchway.graph import names
from searchway.graph.entities import entity_reads
from searchway.transcode.identity import write_identity as identity
from unit.graph.engine_double import EngineDouble

Connect = Callable[..., httpx.AsyncClient]
POLICY = identity("b", "Policy", ("p1",))
NODE = "query($id: ID!) { node(id: $id) { __typename id ... on Policy { policyId seqNo } ... on Task { number } ... on IsmQueries { policies { totalCount } } } }"
NODES = 'query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on IsmQueries { policies { totalCount } policy(policyId: "p") { policy { policyId } } } } }'


async def ask(client: httpx.AsyncClient, query: str, **variables: Any) -> Any:
    return (await client.post("/graphql", json={"query": query, "variables": variables})).json()


def test_entities_and_namespaces_have_an_identifier_and_nothing_else_has(
    schema: GraphQLSchema, catalog: Catalog
) -> None:
    node = schema.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    namespaces = {names.family_type(o) for o in catalog.operations.values() if o.read_only and not o.streaming}
    expected = {entity.name for entity in catalog.entities} | namespaces
    objects = {name: kind for name, kind in schema.type_map.items() if isinstance(kind, GraphQLObjectType)}
    assert {name for name, kind in objects.items() if "id" in kind.fields} == expected
    assert {kind.name for kind in schema.get_possible_types(node)} == expected
    assert {str(objects[name].fields["id"].type) for name in expected} == {"ID!"}


def test_a_thing_is_one_type_wherever_it_is_read_listed_or_written(schema: GraphQLSchema) -> None:
    places = {
        "Policy": ["GetPolicyResponse.policy", "IsmPoliciesEdge.node", "CreatePolicyResponse.policy", "UpdatePolicyResponse.policy"],
        "Rule": ["GetRuleResponse.rule", "RulesRulesEdge.node", "CreateRuleResponse.rule", "UpdateRuleResponse.rule", "StreamRulesResponse.rule"],
        "Task": ["GetTaskResponse.task", "TasksTasksEdge.node"],
        "Hit": ["SearchHits.hits", "FleetSearchEdge.node", "StreamHitsResponse.hit"],
        "Index": ["CreateIndexResponse.index", "ShrinkIndexResponse.index"],
    }  # fmt: skip
    for kind, fields in places.items():
        for field in fields:
            owner, _, name = field.partition(".")
            found: Any = schema.type_map[owner]
            assert str(found.fields[name].type).strip("[]!") == kind, field


def test_what_reads_entities_takes_their_keys(catalog: Catalog) -> None:
    reads = {read.entity.name: read for read in entity_reads(catalog)}
    assert set(reads) == {"Policy", "Rule", "Task", "ManagedIndex"}
    assert reads["Task"].message(("n", "5"), "id").task_id == "n:5"
    assert reads["ManagedIndex"].message(("logs",), "id").indices == ["logs"]
    rule = reads["Rule"].message(("workload_group", "r"), "id")
    assert (rule.feature_type, rule.rule_id) == ("workload_group", "r")


@pytest.mark.parametrize(
    ("wanted", "found", "operation"),
    [
        (POLICY, {"__typename": "Policy", "policyId": "p1", "seqNo": 7}, "ism.GetPolicy"),
        (identity("b", "Task", ("n", 5)), {"__typename": "Task", "number": 5}, "tasks.GetTask"),
        (identity("b", "IsmQueries", ()), {"__typename": "IsmQueries", "policies": {"totalCount": 2}}, "ism.ListPolicies"),
    ],
)  # fmt: skip
async def test_a_thing_is_read_again_on_its_cluster(
    connect: Connect, engine: EngineDouble, wanted: str, found: dict[str, Any], operation: str
) -> None:
    engine.cluster = "b"
    answer = await ask(connect(), NODE, id=wanted)
    assert answer == {"data": {"node": {"__typename": found.pop("__typename"), "id": wanted, **found}}}
    [asked] = engine.asked
    assert (asked.operation.name, asked.call.cluster) == (operation, "b")


async def test_only_the_thing_that_was_asked_for_is_given(connect: Connect, engine: EngineDouble) -> None:
    engine.cluster = "b"
    answer = await ask(connect(), NODE, id=identity("b", "ManagedIndex", ("logs-*",)))
    assert answer == {"data": {"node": None}}
    assert list(engine.asked[0].message.indices) == ["logs-*"]


async def test_what_is_gone_is_null(connect: Connect, engine: EngineDouble) -> None:
    gone = Failure(code=Code.NOT_FOUND, message="Policy not found", http_status=404)
    engine.errors["ism.GetPolicy"] = UpstreamError(gone)
    assert await ask(connect(), NODE, id=POLICY) == {"data": {"node": None}}


async def test_what_fails_is_an_error_of_its_place(connect: Connect, engine: EngineDouble) -> None:
    denied = Failure(code=Code.PERMISSION_DENIED, message="no permissions", http_status=403)
    engine.errors["ism.GetPolicy"] = UpstreamError(denied)
    ids = [identity("b", "IsmQueries", ()), POLICY, "x"]
    answer = await ask(connect(), NODES, ids=ids)
    told = [(error["path"], error["extensions"]["code"]) for error in answer["errors"]]
    assert sorted(told, key=repr) == [
        (["nodes", 0, "policy"], "PERMISSION_DENIED"),
        (["nodes", 1], "PERMISSION_DENIED"),
        (["nodes", 2], "INVALID_ARGUMENT"),
    ]
    assert [thing and thing["__typename"] for thing in answer["data"]["nodes"]] == ["IsmQueries", None, None]


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ("x", "id: 'x': expected the `id` of an object that was read before"),
        (identity("nope", "Policy", ("p",)), "is of a cluster that is not configured"),
        (identity("b", "Hit", ("i", "1")), "id: no operation reads a Hit by itself; expected one of CatQueries, "),
        (identity("b", "Nothing", ()), "id: no operation reads a Nothing by itself"),
        (identity("b", "Policy", ()), "id: expected the id of a Policy, whose key has 1 parts"),
        (identity("b", "Hit", ("i", None)), "id: the Hit was read without what tells it from others"),
    ],
)
async def test_identifiers_of_nothing_are_refused(
    connect: Connect, engine: EngineDouble, wanted: str, problem: str
) -> None:
    answer = await ask(connect(), NODE, id=wanted)
    [error] = answer["errors"]
    assert problem in error["message"]
    assert (error["path"], error["extensions"]["field"]) == (["node"], "id")
    assert answer["data"] == {"node": None}
    assert engine.asked == []
    assert engine.refusals[0][0] is Code.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ("ids", "is_refused"),
    [
        ([POLICY] * 4, False),
        ([POLICY] * 5, True),
        ([identity("b", "IsmQueries", ())] * 3, True),
        (["x"] * 10_000, True),
    ],
)
async def test_a_request_reads_a_bounded_number_of_things(
    connect: Connect, engine: EngineDouble, ids: list[str], is_refused: bool
) -> None:
    answer = await ask(connect(limits={"node_ids": 4, "variable_values": 20_000}), NODES, ids=ids)
    assert ("limits.node_ids" in str(answer.get("errors"))) == is_refused
    assert (answer["data"]["nodes"] is None) == is_refused
    assert bool(engine.asked) != is_refused


async def test_things_of_all_lookups_of_a_request_are_counted(connect: Connect) -> None:
    text = " ".join(f'a{number}: node(id: "{POLICY}") {{ id }}' for number in range(5))
    answer = await ask(connect(limits={"node_ids": 4}), f"{{ {text} }}")
    assert [error["path"] for error in answer["errors"]] == [["a4"]]


async def test_things_of_one_kind_set_out_together(connect: Connect, engine: EngineDouble) -> None:
    engine.joined["ism.ExplainIndices"] = 10
    ids = [identity("b", "ManagedIndex", (f"i{number}",)) for number in range(3)]
    await ask(connect(), NODES, ids=[*ids, identity("a", "ManagedIndex", ("i",))])
    cohorts = [asked.call.expected for asked in engine.asked]
    assert [one is not None for one in cohorts] == [True, True, True, False]


async def test_namespaces_name_their_cluster(connect: Connect) -> None:
    query = 'query($b: String) { ism { id } other: ism(cluster: $b) { id } same: ism(cluster: "a") { id } cat { id } }'
    found = (await ask(connect(), query, b="b"))["data"]
    assert found["ism"] == found["same"] == {"id": identity("a", "IsmQueries", ())}
    assert found["other"] == {"id": identity("b", "IsmQueries", ())}
    assert found["cat"] == {"id": identity("a", "CatQueries", ())}
