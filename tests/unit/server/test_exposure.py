from typing import Any

import pytest
import trustme
from structlog.testing import capture_logs

from searchway.server.exposure import warn_of_exposure
from searchway.settings import Settings

CREDENTIALS = [{"username": "u", "password": "p"}, {"api_key": "k"}, {"bearer": "b"}]
EVERYWHERE = "0.0.0.0"  # noqa: S104  # nothing listens there


def said(cluster: dict[str, Any], **more: Any) -> list[Any]:
    settings = Settings.model_validate({"clusters": {"one": {"nodes": ["https://one:9200"], **cluster}}, **more})
    with capture_logs() as lines:
        warn_of_exposure(settings)
    return lines


@pytest.mark.parametrize("cluster", CREDENTIALS)
@pytest.mark.parametrize("host", [EVERYWHERE, "[::]", "10.0.0.1", "gateway.internal"])
def test_face_beyond_this_machine_is_warned_of(cluster: dict[str, Any], host: str) -> None:
    lines = said(cluster, http=f"{host}:8080", grpc=f"{host}:50051")
    assert [(line["log_level"], line["face"], line["clusters"]) for line in lines] == [
        ("warning", "http", ["one"]),
        ("warning", "grpc", ["one"]),
    ]
    assert "http_tls.client_ca" in lines[0]["problem"]


@pytest.mark.parametrize("cluster", CREDENTIALS)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_face_of_this_machine_is_not(cluster: dict[str, Any], host: str) -> None:
    assert said(cluster, http=f"{host}:8080", grpc=f"{host}:50051") == []


def test_without_credentials_of_its_own_nothing_is_said() -> None:
    assert said({"forward_credentials": True}, http=f"{EVERYWHERE}:8080", grpc="off") == []


def test_credentials_for_callers_without_any_count() -> None:
    assert len(said({"forward_credentials": True, "api_key": "k"}, http=f"{EVERYWHERE}:8080", grpc="off")) == 1


@pytest.mark.parametrize("asks", [True, False])
def test_client_certificates_are_enough(tmp_path: Any, asks: bool) -> None:
    ca, paths = trustme.CA(), {name: str(tmp_path / name) for name in ("cert", "key", "client_ca")}
    certificate = ca.issue_cert("localhost")
    certificate.cert_chain_pems[0].write_to_path(paths["cert"])
    certificate.private_key_pem.write_to_path(paths["key"])
    ca.cert_pem.write_to_path(paths["client_ca"])
    tls = paths if asks else {name: paths[name] for name in ("cert", "key")}
    assert len(said({"api_key": "k"}, http=f"{EVERYWHERE}:8080", grpc="off", http_tls=tls)) == (0 if asks else 1)
