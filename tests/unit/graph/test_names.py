import re

import pytest

from searchway.contract.catalog import load
from searchway.contract.shapes import ContractError
from searchway.graph import names
from searchway.graph.descriptions import facts


@pytest.mark.parametrize(
    ("snake", "camel"),
    [
        ("min_doc_count", "minDocCount"),
        ("a", "a"),
        ("role.indices[0].field_security.grant", "role.indices[0].fieldSecurity.grant"),
        ("role.run_as[0]", "role.runAs[0]"),
    ],
)
def test_camel_joins_words(snake: str, camel: str) -> None:
    assert names.camel(snake) == camel


@pytest.mark.parametrize(
    ("operation", "field"),
    [
        ("cat.ListAllocation", "cat.allocation"),
        ("fleet.MultiSearch", "fleet.multiSearch"),
        ("ism.GetPolicy", "ism.policy"),
        ("ism.ListPolicies", "ism.policies"),
        ("ism.ExplainIndices", "ism.explainIndices"),
        ("tasks.GetTask", "tasks.task"),
        ("security.PutRole", "securityPutRole"),
        ("enrich.ExecutePolicy", "enrichExecutePolicy"),
        ("indices.ModifyDataStream", "indicesModifyDataStream"),
        ("rules.StreamRules", "rulesStreamRules"),
        ("enrich.WatchPolicyExecution", "enrichWatchPolicyExecution"),
    ],
)
def test_fields_follow_the_rule(operation: str, field: str) -> None:
    assert names.face_field(load().operation(operation)) == field


def test_page_fields_become_relay_arguments() -> None:
    lists, other = load().operation("ism.ListPolicies"), load().operation("ism.GetPolicy")
    assert [names.argument(lists, n) for n in ("page_size", "page_token", "sort_field")] == [
        "first",
        "after",
        "sortField",
    ]
    assert names.argument(other, "policy_id") == "policyId"


def test_claims_name_both_owners_of_a_clash() -> None:
    claims = names.Claims()
    assert claims.claim("Policy", "ism.v1.Policy") == "Policy"
    claims.claim("Policy", "ism.v1.Policy")
    with pytest.raises(ContractError, match=re.escape("enrich.v1.Policy")) as clash:
        claims.claim("Policy", "enrich.v1.Policy")
    assert "ism.v1.Policy" in str(clash.value)


def test_claims_refuse_the_names_of_graphql_itself() -> None:
    with pytest.raises(ContractError, match="GraphQL itself"):
        names.Claims().claim("Query", "x.v1.Query")


@pytest.mark.parametrize(
    ("operation", "line"),
    [
        (
            "security.PutRole",
            "PUT /_security/role/{name} or POST /_security/role/{name} · Elasticsearch · retried only if never sent",
        ),
        ("ism.ListPolicies", "GET /_plugins/_ism/policies · OpenSearch, Open Distro · retried on another node"),
        ("rules.GetRule", "GET /_rules/{feature_type}/{rule_id} · OpenSearch 3.0+ · retried on another node"),
        (
            "enrich.ExecutePolicy",
            "PUT /_enrich/policy/{name}/_execute or POST /_enrich/policy/{name}/_execute · Elasticsearch 7.5+ · never retried",
        ),
    ],
)
def test_facts_tell_routes_engines_and_retry(operation: str, line: str) -> None:
    assert facts(load().operation(operation)) == line
