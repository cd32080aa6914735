import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme

from searchway.settings import ClusterSettings
from searchway.upstream.trust import context_factory


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    return path


def cluster(name: str, **settings: Any) -> ClusterSettings:
    return ClusterSettings(name=name, **{"nodes": (f"https://{name}:9200",)} | settings)


def test_clusters_with_equal_settings_share_a_context(ca: Path) -> None:
    context_of = context_factory()
    kinds: list[dict[str, Any]] = [{}, {"verify": False}, {"ca": ca}]
    contexts = [[context_of(cluster(name, **kind)) for name in ("a", "b")] for kind in kinds]
    assert all(first is second is not None for first, second in contexts)
    assert len({id(first) for first, _ in contexts}) == len(kinds)


@pytest.mark.parametrize(("nodes", "has"), [(["http://a:9200"], False), (["http://a:9200", "https://b:9200"], True)])
def test_a_cluster_without_https_needs_none(nodes: list[str], *, has: bool) -> None:
    assert (context_factory()(cluster("a", nodes=nodes)) is not None) == has


def test_files_are_read_anew_by_the_next_factory(ca: Path) -> None:
    settings = cluster("a", ca=ca)
    assert context_factory()(settings) is not context_factory()(settings)


@pytest.mark.parametrize("verify", [True, False])
def test_verification_is_as_the_settings_say(*, verify: bool) -> None:
    context = context_factory()(cluster("a", verify=verify))
    assert context is not None
    assert (context.verify_mode is ssl.CERT_REQUIRED, context.check_hostname) == (verify, verify)
