from pathlib import Path
from typing import Any

import pytest

from searchway import __version__
from searchway.errors import InvalidArgumentError, SettingsError
from searchway.settings import ClusterSettings
from searchway.upstream.credentials import HeaderPolicy
from searchway.wire import HttpRequest

GET = HttpRequest(method="GET", path="/")
FORWARDED = ("x-opaque-id", "traceparent", "tracestate")


def written(caller: dict[str, str] | None = None, request: HttpRequest = GET, **settings: Any) -> dict[str, str]:
    cluster = ClusterSettings(name="c", nodes=("http://c:9200",), **settings)
    policy = HeaderPolicy(cluster, FORWARDED)
    policy.check(caller or {})
    headers = policy.write(request, caller or {})
    names = [name for name, _ in headers]
    assert len(names) == len(set(names))
    return {name.decode(): value.decode() for name, value in headers}


def test_fixed_headers() -> None:
    assert written() == {
        "user-agent": f"searchway/{__version__}",
        "accept": "application/json",
        "accept-encoding": "identity",
    }


def test_compression_is_asked_for() -> None:
    assert written(compress=True)["accept-encoding"] == "gzip"


def test_content_type_of_the_request() -> None:
    request = HttpRequest(method="POST", path="/", body=b"{}", content_type="application/x-ndjson")
    assert written(request=request)["content-type"] == "application/x-ndjson"


@pytest.mark.parametrize(
    ("settings", "authorization"),
    [
        ({"username": "u", "password": "pä:ss"}, "Basic dTpww6Q6c3M="),
        ({"api_key": "a2V5"}, "ApiKey a2V5"),
        ({"bearer": "t"}, "Bearer t"),
    ],
)
def test_own_credentials(settings: dict[str, Any], authorization: str) -> None:
    assert written(**settings)["authorization"] == authorization
    assert written({"authorization": "Basic theirs"}, **settings)["authorization"] == authorization


@pytest.mark.parametrize("secret", ["a\nb: c", "a\r", "ä", "a\x00"])
@pytest.mark.parametrize("key", ["api_key", "bearer"])
def test_own_credentials_that_are_no_header_are_refused_at_the_start(key: str, secret: str) -> None:
    settings: dict[str, Any] = {key: secret}
    with pytest.raises(SettingsError) as caught:
        written(**settings)
    assert f"clusters.c.{key}: expected" in str(caught.value)
    assert secret not in str(caught.value)


def test_credentials_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("t\n")
    assert written(bearer_file=path)["authorization"] == "Bearer t"


@pytest.mark.parametrize(("caller", "sent"), [({"authorization": "Basic theirs"}, "Basic theirs"), ({}, "Bearer t")])
def test_callers_credentials_come_first_where_they_are_forwarded(caller: dict[str, str], sent: str) -> None:
    assert written(caller, bearer="t", forward_credentials=True)["authorization"] == sent


def test_only_listed_headers_pass() -> None:
    caller = {
        "x-opaque-id": "7",
        "traceparent": "00-1-2-01",
        "es-security-runas-user": "admin",
        "es-secondary-authorization": "Basic x",
        "authorization": "Basic theirs",
        "cookie": "a=b",
        "host": "elsewhere",
        "x-anything": "1",
    }
    assert written(caller).keys() - written().keys() == {"x-opaque-id", "traceparent"}


@pytest.mark.parametrize("value", ["a\r\nevil: 1", "a\x00", "ä", "a\tb"])
@pytest.mark.parametrize("name", ["x-opaque-id", "authorization"])
def test_header_that_cannot_be_sent_is_refused(name: str, value: str) -> None:
    with pytest.raises(InvalidArgumentError, match=f"{name}: expected printable ASCII"):
        written({name: value}, forward_credentials=True)


@pytest.mark.parametrize("name", ["tracestate", "authorization"])
def test_header_that_engines_would_not_take_is_refused(name: str) -> None:
    sent = written({name: "x" * 8192}, forward_credentials=True)
    assert len(sent[name]) == 8192
    with pytest.raises(InvalidArgumentError, match=rf"{name}: expected at most 8192 bytes \(limits\.\w+\), got 8193"):
        written({name: "x" * 8193}, forward_credentials=True)


def test_own_credentials_that_the_cluster_would_not_take_are_refused_at_the_start() -> None:
    written(bearer="t" * 15_000)
    with pytest.raises(SettingsError, match=r"clusters\.c\.max_header_bytes: expected room .* 16007 bytes"):
        written(bearer="t" * 16_000)


def test_headers_have_to_fit_together() -> None:
    caller = dict.fromkeys(FORWARDED, "x" * 2600)
    written(caller)
    with pytest.raises(InvalidArgumentError, match="tracestate: expected headers of at most 7680 bytes together"):
        written(caller, max_header_bytes=8192)
    with pytest.raises(InvalidArgumentError, match=r"traceparent: .* together"):
        written(caller, max_header_bytes=8192, bearer="t" * 4000)
    with pytest.raises(InvalidArgumentError, match=r"authorization: .* together"):
        written(
            {"tracestate": "x" * 7000, "authorization": "x" * 1000}, max_header_bytes=8192, forward_credentials=True
        )


def test_what_does_not_go_on_may_be_anything() -> None:
    caller = {"authorization": "ä", "cookie": "x" * 100_000}
    assert written(caller) == written()
