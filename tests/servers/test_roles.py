"""Roles in Elasticsearch with security: what is stored is read past the gateway."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from searchway.api.security.v1.security_pb2 import PutRoleRequest
from searchway.api.security.v1.security_pb2_grpc import SecurityServiceStub
from servers.direct import Direct
from servers.faces import Face, GraphCaller
from servers.gateway import cluster_name
from servers.record import Credentials, Server

PUT, BULK = "security.PutRole", "security.BulkPutRole"
ROLE: Mapping[str, Any] = {
    "cluster": ["monitor", "cluster:monitor/main"],
    "description": "reads logs",
    "run_as": ["other"],
    "global": {"application": {"manage": {"applications": ["app-*"]}}},
    "applications": [{"application": "app-1", "privileges": ["read"], "resources": ["*"]}],
    "metadata": {"large": 12345678901234567890, "deep": {"list": [1, None, "x"]}},
    "indices": [
        {
            "names": ["logs-*", "/metrics-.*/"],
            "privileges": ["read"],
            "field_security": {"grant": ["message", "host.*"], "except": ["host.ip"]},
            "query": {"term": {"tenant": "a"}},
            "allow_restricted_indices": False,
        },
        {"names": ["hidden"], "privileges": ["read"], "field_security": {"grant": []}},
    ],
    "remote_indices": [{"clusters": ["eu-*"], "names": ["logs-*"], "privileges": ["read"]}],
    "remote_cluster": [{"clusters": ["eu-*"], "privileges": ["monitor_enrich"]}],
}
NASTY = [
    "../../_cluster/settings",
    "a/b",
    "x?pretty",
    "%2e%2e",
    "%2F",
    "a,b",
    "a#b",
    "a+b c&d=e;f",
    '{"q": \'\\"}',
    "$ {a} [b] |<>^`~*",
    "x" * 480,
]
MUTATION = """
mutation {
  first: securityPutRole(input: {name: "%s", refresh: WAIT_FOR, role: {cluster: ["monitor"]}}) { created }
  second: securityPutRole(input: {name: "%s", role: {cluster: ["manage"], metadata: {big: 12345678901234567890}}}) { created }
}
"""


@pytest.fixture
def client(elasticsearch: Server, direct: Callable[[Server], Direct]) -> Direct:
    return direct(elasticsearch)


@pytest.fixture
def name(fresh: Callable[[str], str]) -> str:
    """The name of a role that there is not yet."""
    return fresh("role")


def test_all_of_a_role_is_stored(face: Face, elasticsearch: Server, client: Direct, name: str) -> None:
    assert face.succeed(elasticsearch, PUT, {"name": name, "role": ROLE, "refresh": "wait_for"}) == {
        "created": True,
        "role": {"name": name},
    }
    stored = client.role(name)
    logs, hidden = stored["indices"]
    assert logs["query"] == '{"term":{"tenant":"a"}}'
    assert logs["field_security"] == {"grant": ["message", "host.*"], "except": ["host.ip"]}
    assert hidden["field_security"] == {"grant": []}
    assert stored["global"]["application"] == ROLE["global"]["application"]
    same = ("cluster", "description", "run_as", "applications", "metadata", "remote_cluster")
    assert {member: stored[member] for member in same} == {member: ROLE[member] for member in same}
    assert stored["remote_indices"][0]["clusters"] == ["eu-*"]


def test_a_second_time_it_is_replaced_as_a_whole(face: Face, elasticsearch: Server, client: Direct, name: str) -> None:
    face.succeed(elasticsearch, PUT, {"name": name, "role": ROLE})
    assert face.succeed(elasticsearch, PUT, {"name": name, "role": {"cluster": ["manage"]}})["created"] is False
    stored = client.role(name)
    assert (stored["cluster"], stored["indices"], stored["metadata"]) == (["manage"], [], {})


def test_a_query_that_is_text_stays_text(face: Face, elasticsearch: Server, client: Direct, name: str) -> None:
    query = '{"template": {"source": {"term": {"owner": "{{_user.username}}"}}}}'
    privileges = {"names": ["a"], "privileges": ["read"], "query": query}
    face.succeed(elasticsearch, PUT, {"name": name, "role": {"indices": [privileges]}})
    assert client.role(name)["indices"][0]["query"] == query


@pytest.mark.parametrize("part", NASTY)
def test_a_name_stays_a_name(
    face: Face, elasticsearch: Server, client: Direct, fresh: Callable[[str], str], part: str
) -> None:
    name, before = part + fresh("-"), client.cluster_settings()
    assert face.succeed(elasticsearch, PUT, {"name": name, "role": {"cluster": ["monitor"]}}) == {
        "created": True,
        "role": {"name": name},
    }
    assert client.roles()[name]["cluster"] == ["monitor"]
    assert client.cluster_settings() == before


@pytest.mark.parametrize(
    ("name", "code"),
    [("superuser", "INVALID_ARGUMENT"), (" blank", "INVALID_ARGUMENT"), ("x" * 2000, "INVALID_ARGUMENT")],
)
def test_a_name_that_the_server_refuses(
    face: Face, elasticsearch: Server, client: Direct, name: str, code: str
) -> None:
    before = client.roles()
    failure = face.fail(elasticsearch, PUT, {"name": name, "role": {"cluster": ["monitor"]}})
    assert (failure["code"], failure["http_status"]) == (code, 400)
    assert client.roles() == before


def test_a_name_too_long_for_a_request_line(face: Face, elasticsearch: Server) -> None:
    failure = face.fail(elasticsearch, PUT, {"name": "x" * 10_000, "role": {"cluster": ["monitor"]}})
    assert (failure["code"], failure["field"]) == ("INVALID_ARGUMENT", "name")
    assert "http_status" not in failure


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_no_path_can_hold_is_not_sent(face: Face, elasticsearch: Server, name: str) -> None:
    failure = face.fail(elasticsearch, PUT, {"name": name, "role": {"cluster": ["monitor"]}})
    assert (failure["code"], failure["field"]) == ("INVALID_ARGUMENT", "name")
    assert "http_status" not in failure


def test_an_unknown_privilege_is_the_callers_mistake(
    face: Face, elasticsearch: Server, client: Direct, name: str
) -> None:
    failure = face.fail(elasticsearch, PUT, {"name": name, "role": {"cluster": ["no_such_privilege"]}})
    assert (failure["code"], failure["type"]) == ("INVALID_ARGUMENT", "action_request_validation_exception")
    assert "no_such_privilege" in failure["message"]
    assert name not in client.roles()


def test_many_roles_are_created_updated_left_or_refused_each_by_itself(
    face: Face, elasticsearch: Server, client: Direct, fresh: Callable[[str], str]
) -> None:
    new, changed, same, wrong = (fresh(word) for word in ("new", "changed", "same", "wrong/a,b"))
    for name in (changed, same):
        face.succeed(elasticsearch, PUT, {"name": name, "role": {"cluster": ["monitor"]}})
    roles = [
        {"name": new, "role": ROLE},
        {"name": changed, "role": {"cluster": ["manage"], "metadata": {"n": 1}}},
        {"name": same, "role": {"cluster": ["monitor"]}},
        {"name": wrong, "role": {"cluster": ["no_such_privilege"]}},
    ]
    answer = face.succeed(elasticsearch, BULK, {"roles": roles, "refresh": "true"})
    assert (answer["created"], answer["updated"], answer["noop"]) == ([new], [changed], [same])
    assert answer["error_count"] == 1
    (error,) = answer["errors"]
    assert error["name"] == wrong
    assert error["cause"]["type"] == "action_request_validation_exception"
    assert "no_such_privilege" in error["cause"]["reason"]
    (failure,) = answer["failures"]
    assert (failure["code"], failure["item"], failure["operation"]) == ("INVALID_ARGUMENT", wrong, BULK)
    stored = client.roles()
    assert (stored[new]["metadata"], stored[changed]["cluster"]) == (ROLE["metadata"], ["manage"])
    assert stored[new]["indices"][1]["field_security"] == {"grant": []}
    assert wrong not in stored


def test_a_strict_call_fails_with_its_first_role(
    face: Face, elasticsearch: Server, client: Direct, fresh: Callable[[str], str]
) -> None:
    good, wrong = fresh("good"), fresh("wrong")
    roles = [{"name": good, "role": {}}, {"name": wrong, "role": {"cluster": ["no_such_privilege"]}}]
    failure = face.fail(elasticsearch, BULK, {"roles": roles, "strict": True})
    assert (failure["code"], failure["item"]) == ("INVALID_ARGUMENT", wrong)
    assert client.roles().keys() & {good, wrong} == {good}


def test_a_wrong_password_is_not_authenticated(face: Face, elasticsearch: Server, client: Direct, name: str) -> None:
    stranger = Credentials(username="gateway", password="not-the-password")
    failure = face.fail(elasticsearch, PUT, {"name": name, "role": ROLE}, user=stranger)
    assert (failure["code"], failure["http_status"]) == ("UNAUTHENTICATED", 401)
    assert "not-the-password" not in str(failure)
    assert name not in client.roles()


def test_a_lesser_user_is_not_permitted(face: Face, elasticsearch: Server, client: Direct, name: str) -> None:
    failure = face.fail(elasticsearch, PUT, {"name": name, "role": ROLE}, user=elasticsearch.reader)
    assert (failure["code"], failure["http_status"]) == ("PERMISSION_DENIED", 403)
    assert "user [reader]" in failure["message"]
    assert name not in client.roles()


def test_a_lesser_user_may_write_no_role_of_many(face: Face, elasticsearch: Server, client: Direct, name: str) -> None:
    roles = [{"name": name, "role": {}}]
    assert face.fail(elasticsearch, BULK, {"roles": roles}, user=elasticsearch.reader)["code"] == "PERMISSION_DENIED"
    assert name not in client.roles()


def test_callers_act_under_their_own_name(face: Face, elasticsearch: Server, client: Direct, name: str) -> None:
    """The gateway's own user may do everything; a caller that brings a key of lesser rights gets these."""
    key = client.elasticsearch.security.create_api_key(
        name=name, role_descriptors={"roles": {"cluster": ["manage_security"]}}
    )["encoded"]
    owned = {"authorization": f"ApiKey {key}"}
    assert face.succeed(elasticsearch, PUT, {"name": name, "role": ROLE}, headers=owned)["created"] is True
    assert name in client.roles()
    failure = face.fail(elasticsearch, "indices.CreateIndex", {"index": name}, headers=owned)
    assert failure["code"] == "PERMISSION_DENIED"
    assert not client.has_index(name)


def test_a_document_written_by_hand(
    graphql: GraphCaller, elasticsearch: Server, client: Direct, fresh: Callable[[str], str]
) -> None:
    first, second = fresh("first"), fresh("second")
    answer = graphql.ask(elasticsearch, MUTATION % (first, second))
    assert answer == {"data": {"first": {"created": True}, "second": {"created": True}}}
    assert client.role(second)["metadata"] == {"big": 12345678901234567890}


def test_a_stub_used_by_hand(channel: Any, elasticsearch: Server, client: Direct, name: str) -> None:
    request = PutRoleRequest(name=name)
    granted = request.role.indices.add(names=["logs-*"], privileges=["read"])
    granted.field_security.grant.SetInParent()
    stub = SecurityServiceStub(channel)
    answer = stub.PutRole(request, metadata=(("x-searchway-cluster", cluster_name(elasticsearch)),), timeout=60)
    assert answer.created is True
    assert client.role(name)["indices"][0]["field_security"] == {"grant": []}
