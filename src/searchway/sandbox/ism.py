"""Index state management, first part: the policies.

They live as documents of the plugin's system index, which appears with the first of them and gives
them their sequence numbers. See https://docs.opensearch.org/latest/im-plugin/ism/api/.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import orjson

from searchway.sandbox.call import Call, Reply
from searchway.sandbox.cluster import Cluster, Index
from searchway.sandbox.documents import check_sequence, conflict, save
from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import EngineError, illegal_argument, index_not_found
from searchway.sandbox.ismindices import index_routes
from searchway.sandbox.ismpolicy import answered, read_policy, template_clash
from searchway.sandbox.jsontext import JsonSyntaxError, parse, scan, syntax_error, token
from searchway.sandbox.ordering import unmapped_sort
from searchway.sandbox.parameters import check_refresh, integer, missing_body
from searchway.sandbox.router import Privilege, Route, route
from searchway.sandbox.shapes import PolicyBody, check
from searchway.sandbox.wildcards import wildcard

CONFIG_INDEX = ".opendistro-ism-config"
_UNSET = -2
_READ_SCHEMA = 27
_LIST = "size from sortField sortOrder queryString"
_SORT_FIELDS = frozenset({"policy_id", "description", "default_state", "last_updated_time", "schema_version"})


def routes(engine: Engine) -> list[Route]:
    """Return the routes of this family, under each prefix that the engine serves."""
    write = Privilege(action="cluster:admin/opendistro/ism/policy/write", granted_by=("manage", "all"))
    read = Privilege(action="cluster:admin/opendistro/ism/policy/get", granted_by=("monitor", "manage", "all"))
    found: list[Route] = []
    for prefix in engine.ism_prefixes:
        base = f"/{prefix}/_ism/policies"
        found += [
            route("PUT", base, put_policy, "if_seq_no if_primary_term refresh", write),
            route("GET", base, list_policies, _LIST, read),
            route("PUT", f"{base}/{{policy_id}}", put_policy, "if_seq_no if_primary_term refresh", write),
            route("GET HEAD", f"{base}/{{policy_id}}", get_policy, "_source version", read),
            route("DELETE", f"{base}/{{policy_id}}", delete_policy, "refresh", write),
            *index_routes(f"/{prefix}/_ism"),
        ]
    return found


def put_policy(cluster: Cluster, call: Call) -> Reply:
    """Create a policy, or update one whose sequence number and term are given.

    Raises:
        EngineError: for a bad policy, a clash of templates, or 409 for a state that is not the current one.
    """
    policy_id = call.variables.get("policy_id")
    if policy_id is None:
        raise illegal_argument("Missing policy ID")
    check_refresh(call.query)
    seq_no = integer(call.query, "if_seq_no", _UNSET, "long")
    term = integer(call.query, "if_primary_term", 0, "long")
    policy = read_policy(_read(cluster.engine, call), policy_id, cluster.now(), cluster.engine)
    _check_templates(cluster, policy)
    index = cluster.indices.get(CONFIG_INDEX) or _config_index(cluster)
    _check_write(index, policy_id, seq_no, term)
    document, created = save(index, policy_id, orjson.dumps({"policy": policy}))
    if created:
        document.version += cluster.tombstones.pop(policy_id, 0)
    cluster.policies[policy_id] = policy
    body = {"_id": policy_id, "_version": document.version, "_primary_term": 1, "_seq_no": document.seq_no}
    headers = {"Location": _location(cluster.engine, policy_id)} if created else {}
    return Reply(
        body={**body, "policy": {"policy": answered(policy, cluster.engine)}},
        status=201 if created else 200,
        headers=headers,
    )


def get_policy(cluster: Cluster, call: Call) -> Reply:
    """Return one policy with its version and sequence number.

    Raises:
        EngineError: 404, worded otherwise before the first policy.
    """
    policy_id = call.variables["policy_id"]
    index = _existing_index(cluster)
    if policy_id not in cluster.policies:
        raise EngineError(404, "status_exception", "Policy not found")
    version = {"_version": index.documents[policy_id].version}
    return Reply(body=_stored(cluster, index, policy_id, version))


def list_policies(cluster: Cluster, call: Call) -> Reply:
    """Return a page of the policies with the number of all that match.

    Raises:
        EngineError: for a negative number, an unknown sort field or order.
    """
    size, start = (_page_number(call, name, default) for name, default in (("size", 20), ("from", 0)))
    order = call.query.get("sortOrder", "asc").upper()
    if order not in {"ASC", "DESC"}:
        raise illegal_argument(f"No enum constant org.opensearch.search.sort.SortOrder.{order}")
    index = cluster.indices.get(CONFIG_INDEX)
    if index is None:
        return Reply(body={"policies": [], "total_policies": 0})
    key = _sort_key(index, call.query.get("sortField", "policy.policy_id.keyword"))
    test = _query_string(call.query.get("queryString", "*"))
    found = sorted(filter(test, cluster.policies.values()), key=key, reverse=order == "DESC")
    page = found[start : start + size]
    policies = [_stored(cluster, index, policy["policy_id"], {}) for policy in page]
    return Reply(body={"policies": policies, "total_policies": len(found)})


def delete_policy(cluster: Cluster, call: Call) -> Reply:
    """Delete a policy, in use or not; the answer is that of a document.

    Raises:
        EngineError: 404, worded otherwise before the first policy.
    """
    check_refresh(call.query)
    policy_id = call.variables["policy_id"]
    index = _existing_index(cluster)
    document = index.documents.pop(policy_id, None)
    if document is None:
        raise EngineError(404, "status_exception", f"Policy {policy_id} is not found")
    del cluster.policies[policy_id]
    cluster.tombstones[policy_id] = document.version + 1
    seq_no = index.next_seq_no
    index.next_seq_no += 1
    kind = {} if cluster.engine.is_opensearch else {"_type": "_doc"}
    shards = {"total": 1 + index.replicas, "successful": cluster.copies(index), "failed": 0}
    body = {"_index": CONFIG_INDEX, **kind, "_id": policy_id, "_version": document.version + 1, "result": "deleted"}
    return Reply(body={**body, "forced_refresh": True, "_shards": shards, "_seq_no": seq_no, "_primary_term": 1})


def _read(engine: Engine, call: Call) -> dict[str, Any]:
    """Return the object under a body's first member, as the plugin does."""
    if not call.body.strip():
        raise missing_body()
    try:
        body = parse(call.body)
    except JsonSyntaxError as error:
        failure = syntax_error(engine, call.body, error)
        raise failure from error
    if not isinstance(body, dict) or not body:
        found = "END_OBJECT" if body == {} else token(body)
        raise _expecting("FIELD_NAME", found, 1, 2)
    name, policy = next(iter(body.items()))
    if not isinstance(policy, dict):
        raise _expecting("START_OBJECT", token(policy), *scan(call.body).values[(name,)])
    checked: dict[str, Any] = check(PolicyBody, policy)
    return checked


def _expecting(expected: str, found: str, line: int, column: int) -> EngineError:
    reason = f"Failed to parse object: expecting token of type [{expected}] but found [{found}]"
    return EngineError(400, "parsing_exception", reason, line=line, col=column)


def _check_write(index: Index, policy_id: str, seq_no: int, term: int) -> None:
    """One of the two numbers alone counts as none."""
    if seq_no != _UNSET and term != 0:
        check_sequence(index, policy_id, seq_no, term)
    elif policy_id in index.documents:
        version = index.documents[policy_id].version
        raise conflict(index, policy_id, f"document already exists (current version [{version}])")


def _check_templates(cluster: Cluster, policy: dict[str, Any]) -> None:
    for template in policy["ism_template"] or []:
        for other in cluster.policies.values():
            if other["policy_id"] == policy["policy_id"]:
                continue
            if any(_overlap(template, theirs) for theirs in other["ism_template"] or []):
                raise template_clash(policy["policy_id"], template["index_patterns"], template["priority"])


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one["priority"] == other["priority"] and any(
        wildcard(left).fullmatch(right) or wildcard(right).fullmatch(left)
        for left in one["index_patterns"]
        for right in other["index_patterns"]
    )


def _config_index(cluster: Cluster) -> Index:
    settings = {"index.number_of_shards": "1", "index.number_of_replicas": "1", "index.hidden": "true"}
    return cluster.add_index(CONFIG_INDEX, settings, {}, {})


def _existing_index(cluster: Cluster) -> Index:
    index = cluster.indices.get(CONFIG_INDEX)
    if index is None:
        raise index_not_found(CONFIG_INDEX, "index_expression")
    return index


def _stored(cluster: Cluster, index: Index, policy_id: str, version: dict[str, int]) -> dict[str, Any]:
    schema = _READ_SCHEMA if cluster.engine.is_opensearch else 1
    policy = {**answered(cluster.policies[policy_id], cluster.engine), "schema_version": schema}
    seq_no = index.documents[policy_id].seq_no
    return {"_id": policy_id, **version, "_seq_no": seq_no, "_primary_term": 1, "policy": policy}


def _location(engine: Engine, policy_id: str) -> str:
    shown = policy_id if policy_id.isascii() and policy_id.isprintable() else quote(policy_id)
    return f"/{engine.ism_prefixes[0]}/_ism/policies/{shown}"


def _page_number(call: Call, name: str, default: int) -> int:
    value = integer(call.query, name, default)
    if value < 0:
        raise illegal_argument(f"[{name}] parameter cannot be negative, found [{value}]")
    return value


def _sort_key(index: Index, name: str) -> Callable[[dict[str, Any]], Any]:
    field = name.removeprefix("policy.").removesuffix(".keyword")
    if not name.startswith("policy.") or field not in _SORT_FIELDS:
        raise unmapped_sort(index, name)
    return lambda policy: policy[field]


def _query_string(text: str) -> Callable[[dict[str, Any]], bool]:
    """Return the test of a query string: one of its words, wildcards allowed, in identity or description."""
    patterns = [wildcard(word.lower()) for word in text.split()]

    def test(policy: dict[str, Any]) -> bool:
        identity = policy["policy_id"].lower()
        words = [identity, *identity.split(), *policy["description"].lower().split()]
        return any(pattern.fullmatch(word) for pattern in patterns for word in words)

    return test
