from pathlib import Path
from typing import Any

import pytest
import trustme

from searchway.settings import Settings
from searchway.settings.changes import differences, keep_ports, renew


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the certificates `a` and `b`, and whom callers must be of."""
    made = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(made / "ca.pem"))
    for name in "ab":
        issued = authority.issue_cert("localhost")
        (made / f"{name}.crt").write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        (made / f"{name}.key").write_bytes(issued.private_key_pem.bytes())
    return made


def settings(**values: Any) -> Settings:
    return Settings.model_validate({"clusters": {"one": {"nodes": ["http://a"]}}, **values})


def tls(folder: Path, name: str, **more: Any) -> dict[str, Any]:
    return {"cert": folder / f"{name}.crt", "key": folder / f"{name}.key", **more}


def test_what_can_be_had_without_a_restart_is_taken_and_the_rest_is_told(folder: Path) -> None:
    old = settings(http_tls=tls(folder, "a"))
    new = settings(
        http_tls=tls(folder, "b"),
        log_level="debug",
        timeout=7,
        clusters={"one": {"nodes": ["http://b"], "username": "u", "password": "p"}, "two": {"nodes": ["http://c"]}},
    )
    renewed = renew(old, new)
    assert differences(old, renewed) == [
        "clusters.one.password",
        "clusters.one.username",
        "http_tls.cert",
        "http_tls.key",
        "log_level",
    ]
    left = differences(renewed, new)
    assert {"clusters.one.nodes", "timeout", "clusters.two.name", "clusters.two.nodes"} <= set(left)
    assert not {key for key in left if key.startswith(("http_tls", "log", "clusters.one.p"))}


@pytest.mark.parametrize("face", ["http_tls", "grpc_tls"])
def test_whether_there_is_tls_and_callers_are_asked_needs_a_restart(folder: Path, face: str) -> None:
    forms = [
        settings(),
        settings(**{face: tls(folder, "a")}),
        settings(**{face: tls(folder, "a", client_ca=folder / "ca.pem")}),
    ]
    for old in forms:
        for new in forms:
            assert renew(old, new) == old
            assert bool(differences(old, new)) is (old is not new)


def test_a_secret_that_differs_is_a_difference() -> None:
    one, other = (settings(clusters={"one": {"nodes": ["http://a"], "api_key": key}}) for key in ("first", "second"))
    assert differences(one, other) == ["clusters.one.api_key"]


def test_a_free_port_stays_the_one_that_was_found() -> None:
    found = settings(http="127.0.0.1:4711", grpc="off")
    assert keep_ports(found, settings(http="127.0.0.1:0", grpc="off")) == found
    assert keep_ports(found, settings(http="127.0.0.1:5", grpc="off")).http != found.http
    assert keep_ports(found, settings(http="127.0.0.2:0", grpc="off")).http != found.http
