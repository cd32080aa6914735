"""Calls of several users, interleaved by the thousand: requests are shared, and yet nobody gets what another is given."""

import random
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import grpc
import httpx
import pytest

from searchway.api.cat.v1.cat_pb2 import ListAllocationRequest
from searchway.api.cat.v1.cat_pb2_grpc import CatServiceStub
from searchway.api.fleet.v1.fleet_pb2 import MultiSearchRequest, Search, SearchHeader
from searchway.api.fleet.v1.fleet_pb2_grpc import FleetServiceStub
from searchway.api.security.v1.security_pb2 import PutRoleRequest, RoleDescriptor
from searchway.api.security.v1.security_pb2_grpc import SecurityServiceStub
from searchway.api.types.v1.types_pb2 import Json
from servers.direct import Direct
from servers.gateway import Gateway, cluster_name
from servers.record import Credentials, Server

CALLS, AT_ONCE, SEED = 1000, 250, 20
STRANGERS = 0.2
REFUSED = grpc.StatusCode.PERMISSION_DENIED


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who may read one index, and perhaps write roles."""

    credentials: Credentials
    index: str
    writes_roles: bool

    @property
    def name(self) -> str:
        return self.credentials.username


@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """The operations as they are called, by a user or a stranger."""

    server: Server
    channel: grpc.Channel

    def search(self, user: Credentials, index: str) -> Any:
        search = Search(header=SearchHeader(index=[index]), body=Json(text='{"query":{"match_all":{}}}'))
        return self._start(FleetServiceStub, "MultiSearch", MultiSearchRequest(searches=[search]), user)

    def table(self, user: Credentials) -> Any:
        return self._start(CatServiceStub, "ListAllocation", ListAllocationRequest(), user)

    def put(self, user: Credentials, name: str) -> Any:
        role = RoleDescriptor(cluster=["monitor"], description=f"by {user.username}")
        return self._start(SecurityServiceStub, "PutRole", PutRoleRequest(name=name, role=role), user)

    def _start(self, stub: Any, name: str, message: Any, user: Credentials) -> Any:
        token = b64encode(":".join(user.pair).encode()).decode()
        metadata = (("x-searchway-cluster", cluster_name(self.server)), ("authorization", f"Basic {token}"))
        method = getattr(stub(self.channel), name)
        return method.future(message, metadata=metadata, timeout=60)


@pytest.fixture
def users(
    elasticsearch8: Server, direct: Callable[[Server], Direct], fresh: Callable[[str], str]
) -> Iterator[list[User]]:
    client = direct(elasticsearch8)
    made = []
    for word, writes in (("ann", True), ("bob", False)):
        name, index = fresh(word), fresh(f"of-{word}")
        client.create_index(index, {})
        client.add_document(index, "1", f'{{"of": "{word}"}}')
        privileges = {"names": [index], "privileges": ["read"]}
        cluster = ["monitor", "manage_security"] if writes else ["monitor"]
        client.elasticsearch.security.put_role(name=name, cluster=cluster, indices=[privileges])
        client.elasticsearch.security.put_user(username=name, password=f"{name}-secret", roles=[name])
        made.append(
            User(
                credentials=Credentials(username=name, password=f"{name}-secret"),
                index=index,
                writes_roles=writes,
            )
        )
    yield made
    for user in made:
        client.elasticsearch.security.delete_user(username=user.name)


Check = Callable[[Any], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Calls in an order that is the same each time, each with what must come of it."""

    callers: Callers
    users: list[User]
    fresh: Callable[[str], str]
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311  # guards no secret
    written: list[tuple[str, User]] = field(default_factory=list)

    def start(self) -> tuple[Check, Any]:
        """Begin a call."""
        user, kind = self.dice.choice(self.users), self.dice.choice([self.own, self.others, self.table, self.put])
        return kind(user) if self.dice.random() > STRANGERS else self.strange()

    def own(self, user: User) -> tuple[Check, Any]:
        return _finds(user), self.callers.search(user.credentials, user.index)

    def others(self, user: User) -> tuple[Check, Any]:
        other = self.users[1 - self.users.index(user)]
        return _finds_nothing_of(other, user), self.callers.search(user.credentials, other.index)

    def table(self, user: User) -> tuple[Check, Any]:
        return _succeeds, self.callers.table(user.credentials)

    def put(self, user: User) -> tuple[Check, Any]:
        name = self.fresh("role")
        self.written.append((name, user))
        return _writes(user), self.callers.put(user.credentials, name)

    def strange(self) -> tuple[Check, Any]:
        one, other = (user.credentials for user in self.users)
        stranger = Credentials(username=one.username, password=other.password)
        return _is_turned_away, self.callers.table(stranger)


@pytest.fixture
def mixture(users: list[User], elasticsearch8: Server, channel: grpc.Channel, fresh: Callable[[str], str]) -> Mixture:
    return Mixture(callers=Callers(server=elasticsearch8, channel=channel), users=users, fresh=fresh)


def test_a_thousand_calls_of_two_users_and_a_stranger(
    mixture: Mixture, elasticsearch8: Server, gateway: Gateway, direct: Callable[[Server], Direct]
) -> None:
    before = _saved(gateway)
    for _ in range(CALLS // AT_ONCE):
        for check, future in [mixture.start() for _ in range(AT_ONCE)]:
            check(future)
    roles = direct(elasticsearch8).roles()
    for name, user in mixture.written:
        assert (name in roles) is user.writes_roles
        assert not user.writes_roles or roles[name]["description"] == f"by {user.name}"
    saved = {how: after - before[how] for how, after in _saved(gateway).items()}
    assert all(saved.values()), f"nothing was shared, so that this shows nothing: {saved}"


def _finds(user: User) -> Check:
    def check(future: Any) -> None:
        (item,) = future.result().items
        assert [hit.index for hit in item.hits.hits] == [user.index]

    return check


def _finds_nothing_of(other: User, user: User) -> Check:
    def check(future: Any) -> None:
        (item,) = future.result().items
        assert not item.hits.hits
        assert item.error.type == "security_exception"
        assert user.name in item.error.reason
        assert f"[{other.name}]" not in item.error.reason

    return check


def _writes(user: User) -> Check:
    def check(future: Any) -> None:
        if user.writes_roles:
            assert future.result().created
        else:
            assert future.code() is REFUSED
            assert user.name in future.details()

    return check


def _succeeds(future: Any) -> None:
    assert future.result().allocation


def _is_turned_away(future: Any) -> None:
    assert future.code() is grpc.StatusCode.UNAUTHENTICATED


def _saved(gateway: Gateway) -> Mapping[str, float]:
    """Return how many calls needed no request, by how."""
    text = httpx.get(f"{gateway.http}/metrics", trust_env=False).text
    counts = re.findall(r'^searchway_shared_calls_total\{.*how="(\w+)".*\} (\S+)$', text, re.MULTILINE)
    return {how: sum(float(value) for name, value in counts if name == how) for how in ("flight", "batch")}
