"""Who may do what, where a sandbox has users.

Elasticsearch answers as its own security does, the other two as the OpenSearch security plugin.
Users come with the sandbox; what a role grants is built in or read from the roles stored in it.
See https://www.elastic.co/docs/deploy-manage/users-roles.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from searchway.sandbox.call import Call
from searchway.sandbox.cluster import Cluster
from searchway.sandbox.errors import EngineError, SandboxError
from searchway.sandbox.router import Privilege
from searchway.sandbox.wildcards import wildcard

_CHALLENGES = ['Basic realm="security", charset="UTF-8"', "ApiKey"]
_BUILT_IN: dict[str, dict[str, Any]] = {
    "superuser": {"cluster": ["all"], "indices": [{"names": ["*"], "privileges": ["all"]}]},
    "monitor_only": {"cluster": ["monitor"], "indices": []},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user of a sandbox."""

    # Its password, kept out of every representation.
    password: str = field(repr=False)
    # Names of built-in or stored roles.
    roles: tuple[str, ...] = ("superuser",)


class PlainRefusalError(SandboxError):
    """The security plugin's 401: a word of text and a challenge."""

    def __init__(self) -> None:
        super().__init__(401, {"WWW-Authenticate": 'Basic realm="OpenSearch Security"'})

    def render(self, *, trace: bool) -> str:
        """Return the text of the answer."""
        del trace
        return "Unauthorized"


class Guard:
    """Checks a call's credentials and its user's privileges."""

    def __init__(self, cluster: Cluster, users: Mapping[str, User], api_keys: Mapping[str, User]) -> None:
        self._cluster = cluster
        self._users = users
        self._api_keys = api_keys

    def authenticate(self, headers: Mapping[str, str], path: str) -> tuple[str, User]:
        """Return the caller's name and record.

        Raises:
            SandboxError: 401 as the engine words it.
        """
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            name, password = _basic(token)
            user = self._users.get(name)
            if user is not None and user.password == password:
                return name, user
            raise self._refusal(f"unable to authenticate user [{name}] for REST request [{path}]")
        if scheme.lower() == "apikey":
            return self._by_api_key(token)
        raise self._refusal(f"missing authentication credentials for REST request [{path}]")

    def authorize(self, name: str, user: User, privilege: Privilege | None, call: Call) -> None:
        """Let the caller pass.

        Raises:
            EngineError: 403 security_exception naming the action and what would grant it.
        """
        if privilege is None:
            return
        indices = call.names(privilege.on_indices) if privilege.on_indices else None
        roles = [_BUILT_IN.get(role) or self._cluster.roles.get(role, {}) for role in user.roles]
        if not any(_grants(role, privilege, indices) for role in roles):
            raise self._forbidden(name, user, privilege, indices)

    def _by_api_key(self, token: str) -> tuple[str, User]:
        user = self._api_keys.get(token)
        if user is not None:
            return "api_key", user
        identity = _basic(token)[0]
        raise self._refusal(
            "unable to authenticate with provided credentials and anonymous access is not allowed for this request",
            additional_unsuccessful_credentials=f"API key: unable to find apikey with id {identity}",
        )

    def _refusal(self, reason: str, **members: Any) -> SandboxError:
        if not self._cluster.engine.is_elasticsearch:
            return PlainRefusalError()
        members["header"] = {"WWW-Authenticate": _CHALLENGES}
        refusal = EngineError(401, "security_exception", reason, **members)
        refusal.headers["WWW-Authenticate"] = ", ".join(_CHALLENGES)
        return refusal

    def _forbidden(self, name: str, user: User, privilege: Privilege, indices: list[str] | None) -> EngineError:
        if not self._cluster.engine.is_elasticsearch:
            who = f"User [name={name}, backend_roles=[], requestedTenant=null]"
            return EngineError(403, "security_exception", f"no permissions for [{privilege.action}] and {who}")
        kind = "cluster" if indices is None else "index"
        where = "" if indices is None else f" on indices [{','.join(indices)}]"
        return EngineError(
            403,
            "security_exception",
            f"action [{privilege.action}] is unauthorized for user [{name}] with effective roles "
            f"[{','.join(sorted(user.roles))}]{where}, this action is granted by the {kind} privileges "
            f"[{','.join(privilege.granted_by)}]",
        )


def _basic(token: str) -> tuple[str, str]:
    try:
        name, _, password = base64.b64decode(token).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, password


def _grants(role: Mapping[str, Any], privilege: Privilege, indices: list[str] | None) -> bool:
    wanted = set(privilege.granted_by)
    if indices is None:
        return not wanted.isdisjoint(role.get("cluster", []))
    return all(_grants_index(role, wanted, index) for index in indices)


def _grants_index(role: Mapping[str, Any], wanted: set[str], index: str) -> bool:
    for entry in role.get("indices", []):
        named = any(wildcard(pattern).fullmatch(index) for pattern in entry["names"])
        if named and not wanted.isdisjoint(entry["privileges"]):
            return True
    return False
