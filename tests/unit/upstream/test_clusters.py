from pathlib import Path
from typing import Any

import httpx
import pytest

from searchway.errors import InvalidArgumentError, SettingsError
from searchway.settings import ClusterSettings, Settings
from searchway.upstream import Clusters


def settings(*names: str, default: str = "", listed: bool = False) -> Settings:
    clusters = tuple(ClusterSettings(name=name, nodes=(f"http://{name}:9200",)) for name in names)
    return Settings(clusters=clusters, default=default, list_clusters=listed)


@pytest.mark.parametrize(
    ("default", "asked", "name"),
    [("", None, "logs"), ("", "", "logs"), ("metrics", None, "metrics"), ("metrics", "logs", "logs")],
)
def test_cluster_by_name(default: str, asked: str | None, name: str) -> None:
    clusters = Clusters(settings("logs", "metrics", default=default))
    assert clusters.get(asked).name == name
    assert clusters.names == ("logs", "metrics")
    assert [cluster.name for cluster in clusters] == ["logs", "metrics"]


MANY = tuple(f"c{number}" for number in range(25))


@pytest.mark.parametrize(
    ("names", "listed", "asked", "told"),
    [
        (("logs", "metrics"), False, "metric", ""),
        (("logs", "metrics"), True, "metric", "; did you mean metrics?"),
        (("logs", "metrics"), False, "x", ""),
        (("logs", "metrics"), True, "x", "; there are logs, metrics"),
        (MANY, True, "x", f"; there are {', '.join(MANY[:20])} and 5 more"),
        (("logs",), True, "Basic c2VjcmV0", "; there are logs"),
    ],
)
def test_unknown_cluster_is_refused(names: tuple[str, ...], listed: bool, asked: str, told: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        Clusters(settings(*names, listed=listed)).get(asked)
    assert str(caught.value) == f"x-searchway-cluster: expected the name of a configured cluster{told}"
    assert caught.value.failure.field == "x-searchway-cluster"


async def test_every_transport_is_closed() -> None:
    closed: list[str] = []

    class Transport(httpx.AsyncBaseTransport):
        async def aclose(self) -> None:
            closed.append("one")

    clusters = Clusters(settings("a", "b"), transports={"a": Transport(), "b": Transport()})
    await clusters.aclose()
    assert closed == ["one", "one"]


def test_sandbox_must_be_given() -> None:
    with pytest.raises(SettingsError, match=r"^clusters\.s\.sandbox: "):
        Clusters(Settings(clusters=(ClusterSettings(name="s", sandbox="opensearch"),)))


@pytest.mark.parametrize("keys", [("ca",), ("client_cert", "client_key")])
def test_unusable_certificate_is_a_wrong_setting(tmp_path: Path, keys: tuple[str, ...]) -> None:
    path = tmp_path / "x.pem"
    path.write_text("not a certificate")
    paths: dict[str, Any] = dict.fromkeys(keys, path)
    cluster = ClusterSettings(name="c", nodes=("https://c:9200",), **paths)
    with pytest.raises(SettingsError, match=r"^clusters\.c: expected PEM files"):
        Clusters(Settings(clusters=(cluster,)))
