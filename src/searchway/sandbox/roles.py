"""Elasticsearch's roles, one by one and in bulk.

See https://www.elastic.co/docs/api/doc/elasticsearch/group/endpoint-security.
"""

from typing import Any

from searchway.sandbox.call import Call, Reply
from searchway.sandbox.cluster import Cluster
from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import EngineError, illegal_argument, invalid_request
from searchway.sandbox.jsontext import Positions, read_body, scan, token
from searchway.sandbox.parameters import check_refresh
from searchway.sandbox.rolechecks import check_name, check_role
from searchway.sandbox.rolenames import RESERVED_ROLES
from searchway.sandbox.rolesyntax import read_role, unparsable
from searchway.sandbox.router import Privilege, Route, route
from searchway.sandbox.shapes import NamesBody, check

_BULK = "[bulk_update_roles_request_payload]"


def routes(engine: Engine) -> list[Route]:
    """Return the routes of this family."""
    if not engine.is_elasticsearch:
        return []
    action = "cluster:admin/xpack/security/role"
    granted = ("manage_security", "all")
    put = Privilege(action=f"{action}/put", granted_by=granted)
    bulk_put = Privilege(action=f"{action}/bulk_put", granted_by=granted)
    read = Privilege(action=f"{action}/get", granted_by=("read_security", *granted))
    delete = Privilege(action=f"{action}/delete", granted_by=granted)
    return [
        route("PUT POST", "/_security/role/{name}", put_role, "refresh", put),
        route("GET", "/_security/role/{name}", get_roles, "", read),
        route("DELETE", "/_security/role/{name}", delete_role, "refresh", delete),
        route("GET", "/_security/role", get_roles, "", read),
        route("POST", "/_security/role", bulk_put_roles, "refresh", bulk_put),
        route("DELETE", "/_security/role", bulk_delete_roles, "refresh", delete),
    ]


def put_role(cluster: Cluster, call: Call) -> Reply:
    """Create or replace one role.

    Raises:
        EngineError: for a bad name, body or privilege.
    """
    name = call.variables["name"]
    check_refresh(call.query)
    body = read_body(cluster.engine, call)
    if not isinstance(body, dict):
        raise unparsable(f"failed to parse role [{name}]. expected an object but found [{token(body)}]")
    check_name(name)
    role = read_role(name, body)
    check_role(name, role)
    created = name not in cluster.roles
    cluster.roles[name] = role
    return Reply(body={"role": {"created": created}})


def get_roles(cluster: Cluster, call: Call) -> Reply:
    """Return roles by name; all without any; 404 and no member where none was found."""
    names = call.names("name") or sorted(cluster.roles)
    found = {name: cluster.roles[name] for name in names if name in cluster.roles}
    return Reply(body=found, status=200 if found or not call.names("name") else 404)


def delete_role(cluster: Cluster, call: Call) -> Reply:
    """Delete one role.

    Raises:
        EngineError: for a reserved one.
    """
    check_refresh(call.query)
    name = call.variables["name"]
    if name in RESERVED_ROLES:
        raise illegal_argument(f"role [{name}] is reserved and cannot be deleted")
    found = cluster.roles.pop(name, None) is not None
    return Reply(body={"found": found}, status=200 if found else 404)


def bulk_put_roles(cluster: Cluster, call: Call) -> Reply:
    """Create or replace many roles, each with its own result.

    Raises:
        EngineError: for a body that cannot be read; no role is stored then.
    """
    check_refresh(call.query)
    roles = _read_bulk(cluster.engine, call)
    if not roles:
        raise invalid_request("roles cannot be empty")
    results: dict[str, Any] = {}
    details: dict[str, Any] = {}
    for name, role in roles.items():
        try:
            check_name(name)
            check_role(name, role)
        except EngineError as error:
            details[name] = error.describe()
        else:
            results.setdefault(_outcome(cluster, name, role), []).append(name)
            cluster.roles[name] = role
    body = {outcome: results[outcome] for outcome in ("noop", "created", "updated") if outcome in results}
    return Reply(body=body | _errors(details))


def bulk_delete_roles(cluster: Cluster, call: Call) -> Reply:
    """Delete many roles, each with its own result.

    Raises:
        EngineError: for a body that cannot be read.
    """
    check_refresh(call.query)
    names = check(NamesBody, read_body(cluster.engine, call)).get("names")
    if names is None:
        raise illegal_argument("Required [names]")
    results: dict[str, Any] = {}
    details: dict[str, Any] = {}
    for name in names:
        if name in RESERVED_ROLES:
            details[name] = illegal_argument(f"role [{name}] is reserved and cannot be deleted").describe()
        else:
            found = cluster.roles.pop(name, None) is not None
            results.setdefault("deleted" if found else "not_found", []).append(name)
    body = {outcome: results[outcome] for outcome in ("deleted", "not_found") if outcome in results}
    return Reply(body=body | _errors(details))


def _outcome(cluster: Cluster, name: str, role: dict[str, Any]) -> str:
    if name not in cluster.roles:
        return "created"
    return "noop" if cluster.roles[name] == role else "updated"


def _errors(details: dict[str, Any]) -> dict[str, Any]:
    return {"errors": {"count": len(details), "details": details}} if details else {}


def _read_bulk(engine: Engine, call: Call) -> dict[str, dict[str, Any]]:
    body = read_body(engine, call)
    at = scan(call.body)
    if not isinstance(body, dict):
        raise _unparsable("1:1", f"{_BULK} Expected START_OBJECT but was: {token(body)}")
    for key in body:
        if key != "roles":
            raise _unparsable(at.names[(key,)], f"{_BULK} unknown field [{key}]")
    if "roles" not in body:
        raise illegal_argument("Required [roles]")
    if not isinstance(body["roles"], dict):
        where = at.values[("roles",)]
        raise _unparsable(where, f"{_BULK} roles doesn't support values of type: {token(body['roles'])}")
    return {name: _bulk_role(name, role, at) for name, role in body["roles"].items()}


def _bulk_role(name: str, body: Any, at: Positions) -> dict[str, Any]:
    try:
        if not isinstance(body, dict):
            raise unparsable(f"failed to parse role [{name}]. expected an object but found [{token(body)}]")
        return read_role(name, body)
    except EngineError as error:
        inside = [where for path, where in at.values.items() if path[:2] == ("roles", name)]
        where = inside[1] if len(inside) > 1 else inside[0]
        entry = _unparsable(where, f"[roles] failed to parse field [{name}]", error)
        raise _unparsable(where, f"{_BULK} failed to parse field [roles]", entry) from error


def _unparsable(where: Any, reason: str, cause: EngineError | None = None) -> EngineError:
    return EngineError(400, "x_content_parse_exception", f"[{where}] {reason}", cause=cause)
