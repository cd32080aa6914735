import base64

import pytest

from searchway.sandbox import Sandbox, User, create_sandbox
from searchway.sandbox.engines import EngineName
from unit.sandbox.asgi import JSON, ask

USERS = {"admin": User(password="secret"), "writer": User(password="secret", roles=("log_writer",))}


def basic(name: str) -> dict[str, str]:
    token = base64.b64encode(f"{name}:secret".encode()).decode()
    return {**JSON, "authorization": f"Basic {token}"}


@pytest.fixture
async def secured() -> Sandbox:
    sandbox = create_sandbox("elasticsearch", users=USERS, api_keys={"a2V5": User(password="")})
    role = {"indices": [{"names": ["logs-*"], "privileges": ["create_index", "write"]}]}
    await ask(sandbox, "PUT /_security/role/log_writer", role, basic("admin"))
    return sandbox


async def test_a_stored_role_grants_what_it_says(secured: Sandbox) -> None:
    allowed = await ask(secured, "PUT /logs-1", headers=basic("writer"))
    elsewhere = await ask(secured, "PUT /other", headers=basic("writer"))
    resize = await ask(secured, "PUT /logs-1/_shrink/logs-2", headers=basic("writer"))
    assert (allowed.status, elsewhere.status, resize.status) == (200, 403, 403)
    assert resize.reason == (
        "action [indices:admin/resize] is unauthorized for user [writer] with effective roles [log_writer] "
        "on indices [logs-1], this action is granted by the index privileges [manage,all]"
    )


async def test_an_api_key_stands_for_a_user(secured: Sandbox) -> None:
    known = await ask(secured, "GET /", headers={"authorization": "ApiKey a2V5"})
    unknown = await ask(secured, "GET /", headers={"authorization": "ApiKey bm90OnZhbGlk"})
    assert (known.status, unknown.status) == (200, 401)
    assert unknown.document["error"]["additional_unsuccessful_credentials"].endswith("apikey with id not")


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer x"}, {"authorization": "Basic %%%"}])
async def test_bad_credentials_are_challenged(secured: Sandbox, header: dict[str, str]) -> None:
    answer = await ask(secured, "GET /", headers=header)
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Basic realm=")


@pytest.mark.parametrize("engine", ["opensearch", "opendistro"])
async def test_the_security_plugin_answers_otherwise(engine: EngineName) -> None:
    users = {"reader": User(password="secret", roles=("monitor_only",))}
    sandbox = create_sandbox(engine, users=users)
    missing = await ask(sandbox, "GET /")
    denied = await ask(sandbox, "PUT /i", headers=basic("reader"))
    assert (missing.status, missing.body) == (401, b"Unauthorized")
    assert denied.status == 403
    assert denied.reason.startswith("no permissions for [indices:admin/create] and User [name=reader")


def test_a_user_never_shows_its_password() -> None:
    assert "secret" not in repr(USERS)
